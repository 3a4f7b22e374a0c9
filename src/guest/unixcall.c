#include "guest/unixcall.h"
#include "guest/ntstatus.h"
#include "guest/process.h"
#include "guest/unix/unix.h"
#include "guest/win32k/unix_functions.h"

/* The DLL asks for its half at load time; there is nothing to prepare. */
static uint32_t attach(UnixCall *c) {
    (void)c;
    return STATUS_SUCCESS;
}

static uint32_t system_time(UnixCall *c) {
    Machine *m = c->process->machine;
    return guest_put_u64(c->process, c->arguments, machine_filetime(m)) ? STATUS_SUCCESS
                                                                        : STATUS_ACCESS_VIOLATION;
}

/* What is no PE could be a host library to Wine; here it is just no program. */
static uint32_t no_host_library(UnixCall *c) {
    (void)c;
    return STATUS_INVALID_IMAGE_FORMAT;
}

/* There are no host libraries in the guest: a function without unwind data is a leaf. */
static uint32_t no_unwind_data(UnixCall *c) {
    (void)c;
    return STATUS_UNSUCCESSFUL;
}

/* win32u passes the place of its dispatcher pointer. */
static uint32_t win32u_init(UnixCall *c) {
    uint64_t gadget = c->process->wow64 ? GADGET_SYSCALL32 : 0;
    return gadget && !guest_put_pointer(c->process, c->arguments, gadget) ? STATUS_ACCESS_VIOLATION
                                                                          : STATUS_SUCCESS;
}

static uint32_t win32u_functions(UnixCall *c) {
    return unix_functions_table(c->process, c->arguments);
}

static const UnixRow rows[] = {
    {"win32u.dll", 1, win32u_functions},
    {"ntdll.dll", 0, no_host_library}, /* load_so_dll */
    {"ntdll.dll", 1, no_unwind_data},  /* unwind_builtin_dll */
    {"ntdll.dll", 2, system_time},
    {"win32u.dll", 0, win32u_init},
    {"winspool.drv", 0, attach},
    {"opengl32.dll", 0, attach},
    {0},
};

static const UnixRow *const families[] = {rows,
                                          unix_bcrypt_rows,
                                          unix_crypt32_rows,
                                          unix_dnsapi_rows,
                                          unix_secur32_rows,
                                          unix_ws2_32_rows};

static const UnixRow *find_row(const char *module, uint32_t code) {
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (const UnixRow *r = families[f]; r->module; r++)
            if (r->code == code && strcmp(r->module, module) == 0) return r;
    return NULL;
}

/* 64-bit: handle in RCX, code in EDX, block in R8. 32-bit: a 64-bit handle, code, block on the
 * stack. */
static bool read_call(UnixCall *c, uint64_t *handle, uint32_t *code) {
    Thread *t = c->thread;
    if (!c->process->wow64) {
        *handle = thread_get(t, REG_RCX);
        *code = (uint32_t)thread_get(t, REG_RDX);
        c->arguments = thread_get(t, REG_R8);
        return true;
    }
    uint32_t block = 0;
    uint64_t at = thread_get(t, REG_RSP) + 4;
    bool good = guest_get_u64(c->process, at, handle) && guest_get_u32(c->process, at + 8, code) &&
                guest_get_u32(c->process, at + 12, &block);
    c->arguments = block;
    return good;
}

static uint32_t answer(UnixCall *c) {
    uint64_t handle;
    uint32_t code;
    if (!read_call(c, &handle, &code)) return STATUS_ACCESS_VIOLATION;
    const Module *m = process_module(c->process, handle);
    const char *name = m ? m->name : "?";
    const UnixRow *row = find_row(name, code);
    if (row) return row->answer(c);
    machine_unmodelled(c->process->machine, "%s's unix call %u", name, code);
    return STATUS_NOT_IMPLEMENTED;
}

void unixcall(Thread *t) {
    UnixCall c = {.thread = t, .process = t->process};
    uint32_t status = answer(&c);
    thread_set(t, REG_RAX, status);
    arena_clear(&c.process->machine->scratch);
}
