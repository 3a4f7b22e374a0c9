#include "tests/support/tinyguest.h"
#include "guest/sys.h"
#include "pe/pe.h"
#include "tests/support/tinype.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* The image: headers, code, data; a page each. The code: 16 bytes for each export. */
enum { IMAGE_SIZE = 3 * PAGE_SIZE, CODE = PAGE_SIZE, DATA = 2 * PAGE_SIZE, SLOT = 16, NT = 0x80 };
enum { PACK_HEADER = 216, PACK_ENTRY = 128 };

/* Sorted, as exports are. The first are data; those of system calls get their place as number. */
static const char *const exports[] = {
    "KiRaiseUserExceptionDispatcher",
    "KiUserApcDispatcher",
    "KiUserCallbackDispatcher",
    "KiUserExceptionDispatcher",
    "LdrInitializeThunk",
    "NtClose",
    "NtCreateEvent",
    "NtDelayExecution",
    "NtQueryPerformanceCounter",
    "NtTerminateProcess",
    "NtTinyUnknown", /* nobody models this one */
    "RtlUserThreadStart",
    "__host_syscall_dispatcher",
    "__host_unix_call_dispatcher",
};
enum { EXPORTS = sizeof exports / sizeof *exports, FIRST_NUMBER = 0x100 };

static unsigned place_of(const char *name) {
    unsigned i = 0;
    while (i < EXPORTS && strcmp(exports[i], name) != 0) i++;
    return i;
}

uint32_t tinyguest_number(const char *name) {
    return FIRST_NUMBER + place_of(name);
}

/* ---- the DLL ---- */

static void put(uint8_t *image, size_t at, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) image[at + i] = (uint8_t)(value >> 8 * i);
}

/* The stub of a system call, as Wine's look; and the start of a thread: to the routine that its
 * CONTEXT names, in RCX or EAX. Everything else is an endless loop. */
static void put_code(uint8_t *image, unsigned export, bool is64) {
    static const uint8_t start64[] = {0x48, 0x8b, 0x89, 0x80, 0, 0, 0, 0xff, 0xe1};
    static const uint8_t start32[] = {0x8b, 0x44, 0x24, 4, 0x8b, 0x80, 0xb0, 0, 0, 0, 0xff, 0xe0};
    static const uint8_t call64[] = {0x4c, 0x8b, 0xd1, 0xb8, 0, 0, 0, 0, 0x0f, 5, 0xc3};
    static const uint8_t call32[] = {0xb8, 0, 0, 0, 0, 0xba, 0, 0x10, 0xfe, 0x7f, 0xff, 0xd2, 0xc3};
    const char *name = exports[export];
    size_t at = CODE + export * SLOT;
    if (strcmp(name, "LdrInitializeThunk") == 0) {
        memcpy(image + at, is64 ? start64 : start32, is64 ? sizeof start64 : sizeof start32);
    } else if (strncmp(name, "Nt", 2) == 0) {
        memcpy(image + at, is64 ? call64 : call32, is64 ? sizeof call64 : sizeof call32);
        put(image, at + (is64 ? 4 : 1), FIRST_NUMBER + export, 4);
    } else {
        put(image, at, 0xfeeb, 2);
    }
}

static void put_exports(uint8_t *image, bool is64) {
    enum { ADDRESSES = DATA + 0x40, NAMES = DATA + 0x100, ORDINALS = DATA + 0x180 };
    size_t text = DATA + 0x200;
    put(image, DATA + 20, EXPORTS, 4);
    put(image, DATA + 24, EXPORTS, 4);
    put(image, DATA + 28, ADDRESSES, 4);
    put(image, DATA + 32, NAMES, 4);
    put(image, DATA + 36, ORDINALS, 4);
    put(image, DATA + 16, 1, 4);
    for (unsigned i = 0; i < EXPORTS; i++) {
        bool pointer = exports[i][0] == '_';
        put(image, ADDRESSES + 4 * i, pointer ? DATA + 0x800 + 8 * i : CODE + SLOT * i, 4);
        put(image, NAMES + 4 * i, text, 4);
        put(image, ORDINALS + 2 * i, i, 2);
        memcpy(image + text, exports[i], strlen(exports[i]));
        text += strlen(exports[i]) + 1;
        put_code(image, i, is64);
    }
}

static uint64_t base_of(bool is64) {
    return is64 ? 0x7ff800000000 : 0x77000000;
}

static void put_headers(uint8_t *image, bool is64) {
    enum { FILE_HEADER = NT + 4, OPTIONAL = NT + 24 };
    size_t sections = OPTIONAL + (is64 ? 0xf0u : 0xe0u);
    memcpy(image, "MZ", 2);
    put(image, 0x3c, NT, 4);
    memcpy(image + NT, "PE", 2);
    put(image, FILE_HEADER, is64 ? PE_MACHINE_AMD64 : PE_MACHINE_I386, 2);
    put(image, FILE_HEADER + 2, 2, 2);
    put(image, FILE_HEADER + 16, is64 ? 0xf0 : 0xe0, 2);
    put(image, FILE_HEADER + 18, 0x2022, 2);
    put(image, OPTIONAL, is64 ? 0x20b : 0x10b, 2);
    put(image, OPTIONAL + (is64 ? 24 : 28), base_of(is64), is64 ? 8 : 4);
    put(image, OPTIONAL + 32, PAGE_SIZE, 4);
    put(image, OPTIONAL + 36, PAGE_SIZE, 4);
    put(image, OPTIONAL + 56, IMAGE_SIZE, 4);
    put(image, OPTIONAL + 60, PAGE_SIZE, 4);
    put(image, OPTIONAL + 68, 3, 2);
    put(image, OPTIONAL + (is64 ? 108 : 92), 16, 4);
    put(image, OPTIONAL + (is64 ? 112 : 96), DATA, 4);
    put(image, OPTIONAL + (is64 ? 116 : 100), 40, 4);
    for (unsigned i = 0; i < 2; i++, sections += 40) {
        memcpy(image + sections, i ? ".data" : ".text", 5);
        put(image, sections + 8, PAGE_SIZE, 4);
        put(image, sections + 12, CODE + i * PAGE_SIZE, 4);
        put(image, sections + 16, PAGE_SIZE, 4);
        put(image, sections + 20, CODE + i * PAGE_SIZE, 4);
        put(image, sections + 36, i ? 0xc0000040 : 0x60000020, 4);
    }
}

/* ---- the pack (docs/pack.md) ---- */

static void write_all(int fd, Span bytes) {
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

int tinyguest_pack(bool is64) {
    enum { TABLE = PAGE_SIZE, BYTES = 2 * PAGE_SIZE };
    static uint8_t file[BYTES + IMAGE_SIZE];
    memset(file, 0, sizeof file);
    memcpy(file, "COAXPACK", 8);
    put(file, 8, 2, 4);
    put(file, 12, is64 ? PE_MACHINE_AMD64 : PE_MACHINE_I386, 4);
    put(file, 16, 1, 4);
    put(file, 24, TABLE, 8);
    put(file, 32, sizeof file, 8);
    memcpy(file + 72, "tiny", 4);
    memcpy(file + TABLE, "ntdll.dll", 9);
    put(file, TABLE + 80, PACK_IMAGE, 4);
    put(file, TABLE + 88, BYTES, 8);
    put(file, TABLE + 96, IMAGE_SIZE, 8);
    put(file, TABLE + 104, base_of(is64), 8);
    put_headers(file + BYTES, is64);
    put_exports(file + BYTES, is64);
    int fd = memfd_create("tiny.pack", MFD_CLOEXEC);
    assert_true(fd >= 0);
    write_all(fd, span(file, sizeof file));
    return fd;
}

/* ---- the machine ---- */

static void read_world(TinyGuest *g) {
    WorldError error = {0};
    Status s = world_read(&g->arena, span_str("computer: TINY\n"), "tiny", &g->world, &error);
    if (s) fail_msg("%s", error.text ? error.text : status_text(s));
}

static Section *make_image(TinyGuest *g, bool is64) {
    uint32_t status;
    Buf b = tinype_make(&(TinyPe){.is64 = is64});
    Section *s = section_new_image(&g->machine.ram, buf_span(&b), &status);
    buf_free(&b);
    assert_non_null(s);
    return s;
}

TinyGuest *tinyguest_open(bool is64) {
    TinyGuest *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->arena = arena_new(16 << 20);
    g->pointer = is64 ? 8 : 4;
    read_world(g);
    int pack = tinyguest_pack(is64);
    g->config = (GuestConfig){.path = "C:\\tiny.exe",
                              .world = g->world,
                              .world_name = "tiny",
                              .pack64 = is64 ? pack : -1,
                              .pack32 = is64 ? -1 : pack,
                              .budget = guest_default_budget(),
                              .sink = &g->sink};
    g->config.budget.memory = 64 << 20;
    assert_int_equal(machine_open(&g->machine, &g->config), ST_OK);
    close(pack);
    assert_int_equal(machine_furnish(&g->machine, &g->config), ST_OK);
    g->image = make_image(g, is64);
    g->machine.first = g->process = tinyguest_process(g, NULL, false);
    object_hold(&g->process->object);
    return g;
}

void tinyguest_close(TinyGuest *g) {
    for (unsigned i = 0; i < g->process_count; i++) {
        process_terminate(g->processes[i], 0);
        object_drop(&g->processes[i]->object);
    }
    section_drop(g->image);
    machine_close(&g->machine);
    arena_reset(&g->arena);
    free(g);
}

Process *tinyguest_process(TinyGuest *g, Process *parent, bool inherit) {
    Process *p;
    ProcessOptions o = {.image = g->image,
                        .image_path = "C:\\tiny.exe",
                        .command_line = "tiny",
                        .directory = "C:\\",
                        .environment = process_world_environment(&g->machine, &g->arena),
                        .parent = parent,
                        .inherit = inherit};
    assert_int_equal(process_create(&g->machine, &o, &p), STATUS_SUCCESS);
    assert_true(g->process_count < TINYGUEST_PROCESSES);
    return g->processes[g->process_count++] = p;
}

Thread *tinyguest_thread(Process *p, uint64_t start) {
    Thread *t;
    ThreadOptions o = {.start = start ? start : tinyguest_export(p, "RtlUserThreadStart")};
    assert_int_equal(thread_create(p, &o, &t), STATUS_SUCCESS);
    object_drop(&t->object);
    return t;
}

uint64_t tinyguest_place(Process *p, const void *bytes, size_t n) {
    uint64_t at = 0, size = VM_GRANULARITY;
    assert_int_equal(
        vm_allocate(p->vm, &at, &size, VM_RESERVE | VM_COMMIT, VM_EXECUTE_READWRITE, false, 0),
        STATUS_SUCCESS);
    if (n) assert_true(guest_write(p, at, bytes, n));
    return at;
}

uint64_t tinyguest_export(const Process *p, const char *name) {
    return base_of(!p->wow64) + CODE + SLOT * place_of(name);
}

/* ---- system calls ---- */

/* Behind the return address, or the two of them, at the stack's end. */
static void put_arguments(Thread *t, unsigned count, const uint64_t *arguments) {
    static const CpuReg registers[] = {REG_R10, REG_RDX, REG_R8, REG_R9};
    Process *p = t->process;
    uint64_t rsp = t->stack_base - 0x200;
    thread_set(t, REG_RSP, rsp);
    for (unsigned i = 0; i < count; i++)
        if (p->wow64) guest_put_u32(p, rsp + 8 + 4 * i, (uint32_t)arguments[i]);
        else if (i < 4) thread_set(t, registers[i], arguments[i]);
        else guest_put_u64(p, rsp + 8 + 8 * i, arguments[i]);
}

uint64_t tinyguest_call(Thread *t, const char *name, unsigned count, const uint64_t *arguments) {
    put_arguments(t, count, arguments);
    sys_call(t, tinyguest_number(name));
    return thread_get(t, REG_RAX);
}
