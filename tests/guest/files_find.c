/* Folder listings and wildcards. */
#include "guest.h"

static const char *const names[] = {"a.txt",      "b.txt",  "readme",        "archive.tar.gz",
                                    "Mixed.Case", "x.c",    "long name.txt", "data1.bin",
                                    "data22.bin", "data3.b"};

static void make_files(void) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DWORD n;
        HANDLE f = CreateFileA(names[i], GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
        WriteFile(f, names[i], (DWORD)i, &n, NULL);
        CloseHandle(f);
    }
    CreateDirectoryA("folder", NULL);
}

static int by_name(const void *a, const void *b) {
    return strcmp((const char *)a, (const char *)b);
}

static void list(const char *pattern) {
    static char found[32][300];
    WIN32_FIND_DATAA data;
    size_t n = 0;
    HANDLE find = FindFirstFileA(pattern, &data);
    if (find == INVALID_HANDLE_VALUE) {
        printf("[%s] error %lu\n", pattern, GetLastError());
        return;
    }
    do
        snprintf(found[n++], sizeof *found, "%s%s %lu", data.cFileName,
                 data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? "\\" : "", data.nFileSizeLow);
    while (n < 32 && FindNextFileA(find, &data));
    DWORD error = GetLastError();
    FindClose(find);
    qsort(found, n, sizeof *found, by_name);
    printf("[%s] %u, then error %lu\n", pattern, (unsigned)n, error);
    for (size_t i = 0; i < n; i++) printf("  %s\n", found[i]);
}

static void list_with_class(void) {
    WIN32_FIND_DATAW data;
    int n = 0;
    HANDLE find = FindFirstFileExW(L"d*", FindExInfoBasic, &data, FindExSearchLimitToDirectories,
                                   NULL, FIND_FIRST_EX_LARGE_FETCH);
    say("basic listing", find != INVALID_HANDLE_VALUE);
    do n += data.cAlternateFileName[0] != 0;
    while (FindNextFileW(find, &data));
    say_number("short names in a basic listing", n);
    FindClose(find);
}

static void clean(void) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) DeleteFileA(names[i]);
    RemoveDirectoryA("folder");
}

int main(void) {
    static const char *const patterns[] = {"*",       "*.*",    "*.txt",  "*.TXT",     "data?.bin",
                                           "data*.b", "mixed*", "folder", "folder\\*", "none*",
                                           "no\\*",   "a.txt",  "*a*"};
    enter_scratch("find");
    make_files();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) list(patterns[i]);
    list_with_class();
    clean();
    leave_scratch();
    return 0;
}
