/* Code that is written through one view of a section and run through another: the same bytes at two
 * addresses. */
#include "guest.h"

enum { BYTES = 65536 };

static int run(void *at) {
    return ((int (*)(void))at)();
}

static void write_return(unsigned char *at, int value) {
    at[0] = 0xb8; /* mov eax, value; ret */
    memcpy(at + 1, &value, 4);
    at[5] = 0xc3;
}

int main(void) {
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, BYTES, NULL);
    unsigned char *writable = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, BYTES);
    unsigned char *runnable = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, BYTES);
    say("two views", writable && runnable && writable != runnable);
    write_return(writable + 100, 1);
    say_number("written here, run there", run(runnable + 100));
    long sum = 0;
    for (int i = 0; i < 100; i++) {
        write_return(writable + 100, i);
        sum += run(runnable + 100);
    }
    say_number("rewritten 100 times", sum);
    return 0;
}
