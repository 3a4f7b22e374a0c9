/* Loads the DLLs that programs commonly use, one line for each. */
#include "guest.h"

static const char *const names[] = {
    "kernel32", "kernelbase", "ntdll",    "user32",       "gdi32",       "advapi32", "shell32",
    "shlwapi",  "ole32",      "oleaut32", "comctl32",     "comdlg32",    "ws2_32",   "wininet",
    "winhttp",  "urlmon",     "crypt32",  "bcrypt",       "ncrypt",      "secur32",  "rpcrt4",
    "version",  "winmm",      "psapi",    "iphlpapi",     "dnsapi",      "netapi32", "mpr",
    "userenv",  "wtsapi32",   "setupapi", "imagehlp",     "dbghelp",     "msvcrt",   "ucrtbase",
    "uxtheme",  "imm32",      "msvcp140", "vcruntime140", "winspool.drv"};

int main(void) {
    int failed = 0;
    setvbuf(stdout, NULL, _IONBF, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        SetLastError(0);
        HMODULE m = LoadLibraryA(names[i]);
        say_result(names[i], m != NULL);
        failed += !m;
    }
    return failed;
}
