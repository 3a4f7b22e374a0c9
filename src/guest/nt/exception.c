/* Exceptions and contexts: NtRaiseException, NtContinue. */
#include "guest/exception.h"
#include "guest/context.h"
#include "guest/process.h"
#include "guest/sys.h"

static uint64_t nt_raise(Sys *s) {
    ExceptionRecord r;
    if (!exception_read(s->process, s->arg[0], &r)) return STATUS_ACCESS_VIOLATION;
    if (!context_load(s->thread, s->process, s->arg[1])) return STATUS_ACCESS_VIOLATION;
    s->replaced = true;
    bool first_chance = (uint8_t)s->arg[2];
    if (first_chance) exception_dispatch(s->thread, &r);
    else exception_unhandled(s->thread, &r);
    return STATUS_SUCCESS;
}

static uint64_t nt_continue(Sys *s) {
    s->process->initialised = true; /* the loader's last act: it goes to the first thread's start */
    if (!context_load(s->thread, s->process, s->arg[0])) return STATUS_ACCESS_VIOLATION;
    s->replaced = true;
    if ((uint8_t)s->arg[1]) exception_run_apc(s->thread, thread_get(s->thread, REG_RAX));
    return STATUS_SUCCESS;
}

const SysRow nt_exception_rows[] = {
    {"NtRaiseException", 3, nt_raise},
    {"NtContinue", 2, nt_continue},
    {NULL, 0, NULL},
};
