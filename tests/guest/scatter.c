/* Scattered reads and gathered writes of whole pages. */
#include "guest.h"

enum { PAGES = 3, PAGE = 4096 };

static BOOL done(HANDLE file, BOOL started, OVERLAPPED *o) {
    DWORD n = 0;
    if (!started && GetLastError() != ERROR_IO_PENDING) return FALSE;
    BOOL good = GetOverlappedResult(file, o, &n, TRUE);
    printf("%lu bytes\n", n);
    return good;
}

int main(void) {
    FILE_SEGMENT_ELEMENT parts[PAGES + 1] = {0};
    OVERLAPPED o = {0};
    enter_scratch("scatter");
    char *memory = VirtualAlloc(NULL, PAGES * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    HANDLE file = CreateFileA("pages", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING, NULL);
    for (int i = 0; i < PAGES; i++) {
        memset(memory + i * PAGE, 'a' + i, PAGE);
        parts[i].Buffer = PtrToPtr64(memory + (PAGES - 1 - i) * PAGE);
    }
    say_result("gather", done(file, WriteFileGather(file, parts, PAGES * PAGE, NULL, &o), &o));
    memset(memory, 0, PAGES * PAGE);
    for (int i = 0; i < PAGES; i++) parts[i].Buffer = PtrToPtr64(memory + i * PAGE);
    say_result("scatter", done(file, ReadFileScatter(file, parts, PAGES * PAGE, NULL, &o), &o));
    for (int i = 0; i < PAGES; i++)
        printf("page %d: %c, %c\n", i, memory[i * PAGE], memory[i * PAGE + PAGE - 1]);
    o.Offset = 2 * PAGE;
    memset(memory, 0, PAGES * PAGE);
    say_result("past the end", done(file, ReadFileScatter(file, parts, 2 * PAGE, NULL, &o), &o));
    printf("page 0: %c, page 1: %d\n", memory[0], memory[PAGE]);
    CloseHandle(file);
    DeleteFileA("pages");
    leave_scratch();
    return 0;
}
