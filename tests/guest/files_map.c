/* A file in memory, and overlapped reads and writes. */
#include "guest.h"

enum { PAGE = 4096, FILE_SIZE = 3 * PAGE + 100 };

static HANDLE make_file(DWORD flags) {
    DWORD n;
    static unsigned char bytes[FILE_SIZE];
    for (int i = 0; i < FILE_SIZE; i++) bytes[i] = (unsigned char)(i / PAGE * 16 + i % 16);
    HANDLE f = CreateFileA("map.bin", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL,
                           CREATE_ALWAYS, 0, NULL);
    WriteFile(f, bytes, FILE_SIZE, &n, NULL);
    CloseHandle(f);
    return CreateFileA("map.bin", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL,
                       OPEN_EXISTING, flags, NULL);
}

static int byte_of_file(HANDLE f, LONG at) {
    unsigned char byte = 0;
    DWORD n = 0;
    SetFilePointer(f, at, NULL, FILE_BEGIN);
    ReadFile(f, &byte, 1, &n, NULL);
    return n ? byte : -1;
}

static void shared_view(HANDLE f) {
    HANDLE section = CreateFileMappingA(f, NULL, PAGE_READWRITE, 0, 0, NULL);
    unsigned char *v = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    say("mapped", v != NULL);
    say_hex("first byte of the second page", v[PAGE]);
    say_hex("last byte", v[FILE_SIZE - 1]);
    say_hex("after the end", v[FILE_SIZE]);
    v[PAGE + 5] = 0xee;
    say_result("flush", FlushViewOfFile(v, 0));
    say_hex("the file has the write", (unsigned long)byte_of_file(f, PAGE + 5));
    say_result("unmap", UnmapViewOfFile(v));
    v = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    say_hex("mapped again", v[PAGE + 5]);
    UnmapViewOfFile(v);
    CloseHandle(section);
}

static void copied_view(HANDLE f) {
    HANDLE section = CreateFileMappingA(f, NULL, PAGE_WRITECOPY, 0, 0, NULL);
    unsigned char *v = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    v[7] = 0x77;
    say_hex("own copy", v[7]);
    say_hex("the file is as it was", (unsigned long)byte_of_file(f, 7));
    UnmapViewOfFile(v);
    CloseHandle(section);
}

static void grown_by_mapping(HANDLE f) {
    HANDLE section = CreateFileMappingA(f, NULL, PAGE_READWRITE, 0, 5 * PAGE, NULL);
    say("larger section", section != NULL);
    say_number("file has grown", (long)GetFileSize(f, NULL));
    CloseHandle(section);
}

static void bad_mappings(HANDLE f) {
    HANDLE section = CreateFileMappingA(f, NULL, PAGE_READONLY, 0, 0, NULL);
    say_result("write view of a read section",
               MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0) != NULL);
    say_result("unaligned offset", MapViewOfFile(section, FILE_MAP_READ, 0, 100, 0) != NULL);
    CloseHandle(section);
    HANDLE empty =
        CreateFileA("empty.bin", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    say_result("map an empty file",
               CreateFileMappingA(empty, NULL, PAGE_READONLY, 0, 0, NULL) != NULL);
    CloseHandle(empty);
    DeleteFileA("empty.bin");
}

static void overlapped(void) {
    HANDLE f = make_file(FILE_FLAG_OVERLAPPED);
    unsigned char bytes[8] = {0};
    OVERLAPPED o = {.Offset = 2 * PAGE + 3, .hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    DWORD n = 0;
    BOOL done = ReadFile(f, bytes, 4, NULL, &o);
    say("read is done or pending", done || GetLastError() == ERROR_IO_PENDING);
    say_result("result", GetOverlappedResult(f, &o, &n, TRUE));
    say_number("bytes", (long)n);
    printf("read: %02x %02x %02x %02x\n", bytes[0], bytes[1], bytes[2], bytes[3]);
    say("event is set", WaitForSingleObject(o.hEvent, 0) == WAIT_OBJECT_0);
    o.Offset = FILE_SIZE + 1000;
    done = ReadFile(f, bytes, 4, NULL, &o);
    if (!done && GetLastError() == ERROR_IO_PENDING) done = GetOverlappedResult(f, &o, &n, TRUE);
    say_result("read past the end", done);
    o.Offset = 1;
    done = WriteFile(f, "zz", 2, NULL, &o);
    if (!done && GetLastError() == ERROR_IO_PENDING) SetLastError(0);
    say_result("write", GetOverlappedResult(f, &o, &n, TRUE));
    CloseHandle(o.hEvent);
    CloseHandle(f);
}

static DWORD completed_bytes, completed_error = 99;

static void CALLBACK completed(DWORD error, DWORD bytes, OVERLAPPED *o) {
    completed_error = error;
    completed_bytes = bytes;
    (void)o;
}

static void completion_routine(void) {
    HANDLE f = make_file(FILE_FLAG_OVERLAPPED);
    unsigned char bytes[16];
    OVERLAPPED o = {.Offset = PAGE};
    say_result("start", ReadFileEx(f, bytes, sizeof bytes, &o, completed));
    say("not called yet", completed_error == 99);
    say("wait ends by completion", SleepEx(1000, TRUE) == WAIT_IO_COMPLETION);
    say_number("error", (long)completed_error);
    say_number("bytes", (long)completed_bytes);
    CloseHandle(f);
}

static void completion_port(void) {
    HANDLE f = make_file(FILE_FLAG_OVERLAPPED);
    HANDLE port = CreateIoCompletionPort(f, NULL, 77, 1);
    unsigned char bytes[16];
    OVERLAPPED o = {.Offset = 0}, *which = NULL;
    ULONG_PTR key = 0;
    DWORD n = 0;
    ReadFile(f, bytes, 10, NULL, &o);
    say_result("dequeue", GetQueuedCompletionStatus(port, &n, &key, &which, 1000));
    printf("%lu bytes, key %lu, %s\n", n, (unsigned long)key, which == &o ? "ours" : "another");
    say_result("post", PostQueuedCompletionStatus(port, 5, 6, NULL));
    say_result("dequeue", GetQueuedCompletionStatus(port, &n, &key, &which, 1000));
    printf("%lu bytes, key %lu, %s\n", n, (unsigned long)key, which ? "another" : "none");
    say_result("empty port", GetQueuedCompletionStatus(port, &n, &key, &which, 10));
    CloseHandle(f);
    CloseHandle(port);
}

int main(void) {
    enter_scratch("map");
    HANDLE f = make_file(0);
    shared_view(f);
    copied_view(f);
    bad_mappings(f);
    grown_by_mapping(f);
    CloseHandle(f);
    overlapped();
    completion_routine();
    completion_port();
    say_result("delete", DeleteFileA("map.bin"));
    leave_scratch();
    return 0;
}
