/* Sections of the page file: shared views, parts, names, protections. */
#include "fault.h"

enum { VIEW = 65536 };

static void write_byte(void *p) {
    *(volatile char *)p = 1;
}

static void shared(HANDLE section) {
    int *a = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    int *b = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    say("two views", a && b && a != b);
    say_number("zero", a[0] + a[VIEW / 4]);
    for (int i = 0; i < 100; i++) {
        a[i] = i;
        b[i] += 1;
    }
    say_number("both see both", a[99] + b[50]);
    int *part = MapViewOfFile(section, FILE_MAP_WRITE, 0, VIEW, VIEW);
    part[5] = 1234;
    say_number("a part is part of it", a[VIEW / 4 + 5]);
    UnmapViewOfFile(a);
    UnmapViewOfFile(part);
    say_number("stays", b[VIEW / 4 + 5]);
    UnmapViewOfFile(b);
    a = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    say_number("stays while the section does", a[VIEW / 4 + 5]);
    say_attempt("write to a read view", write_byte, a, a);
    UnmapViewOfFile(a);
    say_attempt("write to no view", write_byte, a, a);
}

static void copy_on_write(HANDLE section) {
    int *copy = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
    int *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    view[10] = 10;
    copy[20] = 99;
    view[2000] = 5;
    printf("copied page: %d %d, shared page: %d, original: %d\n", copy[20], copy[10], copy[2000],
           view[20]);
    UnmapViewOfFile(copy);
    UnmapViewOfFile(view);
}

static void placement(HANDLE section) {
    char *p = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    UnmapViewOfFile(p);
    say("at a wanted address", MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, p) == p);
    say_result("at a taken address", MapViewOfFileEx(section, FILE_MAP_READ, 0, 0, 0, p) != NULL);
    MEMORY_BASIC_INFORMATION m;
    VirtualQuery(p + 4096, &m, sizeof m);
    say("one allocation", m.AllocationBase == p);
    say_hex("type", m.Type);
    say_hex("protection", m.Protect);
    say_result("free a view", VirtualFree(p, 0, MEM_RELEASE));
    say_result("unmap", UnmapViewOfFile(p));
    say_result("unmap again", UnmapViewOfFile(p));
    say_result("view that is too long",
               MapViewOfFile(section, FILE_MAP_READ, 0, VIEW, 2 * VIEW) != NULL);
}

static void reserved(void) {
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                        4 * VIEW, NULL);
    char *p = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    MEMORY_BASIC_INFORMATION m;
    VirtualQuery(p, &m, sizeof m);
    say_hex("state", m.State);
    say("commit", VirtualAlloc(p, 4096, MEM_COMMIT, PAGE_READWRITE) == p);
    say_attempt("write after commit", write_byte, p + 100, p);
    UnmapViewOfFile(p);
    CloseHandle(section);
}

static void named(void) {
    HANDLE a =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, VIEW, "coax-section");
    say_number("first", (long)GetLastError());
    HANDLE b =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 100, "coax-section");
    say_number("second", (long)GetLastError());
    char *p = MapViewOfFile(a, FILE_MAP_WRITE, 0, 0, 0);
    strcpy(p + 1000, "through a name");
    HANDLE c = OpenFileMappingA(FILE_MAP_READ, FALSE, "coax-section");
    CloseHandle(a);
    CloseHandle(b);
    char *q = MapViewOfFile(c, FILE_MAP_READ, 0, 0, 0);
    say_text("opened", q + 1000);
    say_result("write view without the right", MapViewOfFile(c, FILE_MAP_WRITE, 0, 0, 0) != NULL);
    UnmapViewOfFile(p);
    CloseHandle(c);
    say("a view keeps it alive", strcmp(q + 1000, "through a name") == 0);
    UnmapViewOfFile(q);
    say_result("gone", OpenFileMappingA(FILE_MAP_READ, FALSE, "coax-section") != NULL);
}

int main(void) {
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 2 * VIEW, NULL);
    say("section", section != NULL);
    shared(section);
    copy_on_write(section);
    placement(section);
    CloseHandle(section);
    reserved();
    named();
    say_result("no size",
               CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL);
    return 0;
}
