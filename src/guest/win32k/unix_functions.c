#include "guest/win32k/unix_functions.h"
#include "base/buf.h"
#include "guest/process.h"

typedef struct {
    const char *name;
    uint8_t arguments, popped;
} UnixFunction;

static const UnixFunction functions[] = {
#define UNIX_FUNCTION(name, arguments, popped) {#name, arguments, popped},
#include "guest/win32k/unix_functions.def"
#undef UNIX_FUNCTION
};

enum { COUNT = sizeof functions / sizeof *functions, STUB = 16 };

const char *unix_function_name(uint32_t number) {
    return number - UNIX_FUNCTION_FIRST < COUNT ? functions[number - UNIX_FUNCTION_FIRST].name
                                                : NULL;
}

_Static_assert(COUNT *(STUB + 8) <= PAGE_SIZE, "the stubs and their table fit into a page");

static uint64_t unix_functions_page(bool wow64) {
    return SHARED_DATA_AT + (wow64 ? UNIX_PAGE32 : UNIX_PAGE) * (uint64_t)PAGE_SIZE;
}

/* x64: mov r10,rcx; mov eax,number; syscall; ret. x86: mov eax,number; mov edx,gadget; call edx;
 * ret n. */
static void add_stub(Buf *b, bool wow64, uint32_t i) {
    size_t start = b->n;
    if (wow64) {
        buf_byte(b, 0xb8);
        buf_le(b, UNIX_FUNCTION_FIRST + i, 4);
        buf_byte(b, 0xba);
        buf_le(b, GADGET_SYSCALL32, 4);
        buf_le(b, 0xd2ff, 2);
        buf_byte(b, 0xc2);
        buf_le(b, 4u * functions[i].popped, 2);
    } else {
        buf_le(b, 0xd18b4c, 3);
        buf_byte(b, 0xb8);
        buf_le(b, UNIX_FUNCTION_FIRST + i, 4);
        buf_le(b, 0x050f, 2);
        buf_byte(b, 0xc3);
    }
    while (b->n - start < STUB) buf_byte(b, 0xcc);
}

void unix_functions_write(uint8_t *page, bool wow64) {
    uint64_t at = unix_functions_page(wow64);
    Buf b = buf_new(PAGE_SIZE);
    for (uint32_t i = 0; i < COUNT; i++) add_stub(&b, wow64, i);
    for (uint32_t i = 0; i < COUNT; i++) buf_le(&b, at + (uint64_t)i * STUB, wow64 ? 4 : 8);
    if (!b.full) memcpy(page, b.p, b.n);
    buf_free(&b);
}

uint32_t unix_functions_table(Process *p, uint64_t result) {
    uint64_t table = unix_functions_page(p->wow64) + COUNT * STUB;
    return guest_put_pointer(p, result, table) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}
