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

uint32_t unix_functions_table(Process *p, uint64_t result) {
    enum { MOST = 1 << 14 };
    uint64_t base = 0, size = COUNT * (STUB + 8);
    uint32_t old, status = vm_allocate(p->vm, &base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE,
                                       false, p->wow64 ? 0x7ffe0000 : 0);
    if (status) return status;
    Buf b = buf_new(MOST);
    for (uint32_t i = 0; i < COUNT; i++) add_stub(&b, p->wow64, i);
    for (uint32_t i = 0; i < COUNT; i++) buf_le(&b, base + (uint64_t)i * STUB, p->pointer);
    bool good = !b.full && guest_write(p, base, b.p, b.n);
    buf_free(&b);
    status = vm_protect(p->vm, &base, &size, VM_EXECUTE_READ, &old);
    if (!good || status) return STATUS_NO_MEMORY;
    return guest_put_pointer(p, result, base + COUNT * STUB) ? STATUS_SUCCESS
                                                             : STATUS_ACCESS_VIOLATION;
}
