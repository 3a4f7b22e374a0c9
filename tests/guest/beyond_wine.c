/* Where Windows answers otherwise than Wine does on Linux, and our system calls can do as Windows.
 */
#include "fault.h"

enum { PAGE = 4096 };

static void decommitted_memory_is_one_region(void) {
    MEMORY_BASIC_INFORMATION m;
    char *p = VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(p + 4 * PAGE, 2 * PAGE, MEM_COMMIT, PAGE_EXECUTE_READ);
    VirtualFree(p, 0, MEM_DECOMMIT);
    VirtualQuery(p, &m, sizeof m);
    say_number("pages of the region", (long)(m.RegionSize / PAGE));
    VirtualFree(p, 0, MEM_RELEASE);
    say_result("release again", VirtualFree(p, 0, MEM_RELEASE));
}

static void write_byte(void *p) {
    *(volatile char *)p = 1;
}

static void reserved_views_fault(void) {
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                        65536, NULL);
    char *p = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    say_attempt("write before commit", write_byte, p + 5, p);
    UnmapViewOfFile(p);
    CloseHandle(section);
}

static void files(void) {
    static const SYSTEMTIME when = {.wYear = 1998, .wMonth = 5, .wDay = 6, .wHour = 7};
    SYSTEMTIME back;
    FILETIME created, read;
    char name[] = "coax-beyond.tmp";
    HANDLE f = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                           FILE_FLAG_DELETE_ON_CLOSE, NULL);
    SystemTimeToFileTime(&when, &created);
    say_result("set creation time", SetFileTime(f, &created, NULL, NULL));
    GetFileTime(f, &read, NULL, NULL);
    FileTimeToSystemTime(&read, &back);
    printf("created %u-%u-%u\n", back.wYear, back.wMonth, back.wDay);
    say_result("unlock what is not locked", UnlockFile(f, 0, 0, 10, 0));
    CloseHandle(f);
}

static void waits(void) {
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL), twice[2] = {event, event};
    say_result("wait for all of the same twice",
               WaitForMultipleObjects(2, twice, TRUE, 0) != WAIT_FAILED);
    CloseHandle(event);
}

static void other_memory(void) {
    char text[8];
    SIZE_T n = 77;
    say_result("read the null page",
               ReadProcessMemory(GetCurrentProcess(), (void *)16, text, 4, &n));
    char *p = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualAlloc(p, PAGE, MEM_COMMIT, PAGE_READWRITE);
    say_result("read over an end",
               ReadProcessMemory(GetCurrentProcess(), p + PAGE - 4, text, 8, &n));
    VirtualFree(p, 0, MEM_RELEASE);
}

int main(void) {
    decommitted_memory_is_one_region();
    reserved_views_fault();
    files();
    waits();
    other_memory();
    return 0;
}
