#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
/* Bring-up: the least that lets a process start. Every answer here is replaced by the family that
 * owns it (file, section, locale, system), and then this file goes. */
#include "base/text.h"
#include "guest/file.h"
#include "guest/fs.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/registry.h"
#include "guest/sys.h"
#include "guest/trace.h"
#include <stdio.h>
#include <stdlib.h>
static uint64_t dbgw(Sys *s) {
    char b[2000];
    uint64_t n = s->arg[1];
    if (n > 2000) n = 2000;
    guest_read(s->process, s->arg[0], b, n);
    fwrite(b, 1, n, stderr);
    return 0;
}
const SysRow nt_bringup_rows[] = {{"__wine_dbg_write", 2, dbgw},
                                  {NULL, 0, NULL}};
static uint32_t console_write(File *f, Io *io) {
    Machine *m = f->object.machine;
    char *b = arena_alloc(&m->scratch, io->input_size + 1);
    if (!io_get(io, 0, b, io->input_size)) return STATUS_INVALID_USER_BUFFER;
    trace_event(m, io->thread, EV_console, {EF_Text, b}, {EF_Stream, "stdout"});
    io->information = io->input_size;
    return STATUS_SUCCESS;
}
static uint32_t console_read(File *f, Io *io) {
    return STATUS_PIPE_BROKEN;
}
static const FileOps console_ops = {
    .device_type = FILE_DEVICE_NAMED_PIPE, .read = console_read, .write = console_write};
void console_attach(Process *p) {
    FileOpen how = {.access = 0x1f01ff, .options = FILE_SYNCHRONOUS_IO_NONALERT};
    uint64_t at = p->parameters + (p->pointer == 8 ? 0x20 : 0x18);
    for (int i = 0; i < 3; i++) {
        File *f = file_new(p->machine, &console_ops, sizeof *f, &how, "\\Device\\NamedPipe\\std");
        guest_put_pointer(p, at + i * p->pointer, handle_new(p, &f->object, how.access, true));
        object_drop(&f->object);
    }
}
