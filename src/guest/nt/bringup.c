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
#include <stdio.h>
#include <stdlib.h>
typedef struct {
    Object o;
    PackEntry *e;
    Pack *pk;
} HF;
static const ObjectType hf = {.name = "File"};
typedef struct {
    Object o;
    Section *s;
} HS;
static const ObjectType hs = {.name = "Section"};
static PackEntry *look(Sys *s, const char *path) {
    const char *b = strrchr(path, '\\');
    b = b ? b + 1 : path;
    char n[80];
    size_t i = 0;
    for (; b[i] && i < 79; i++) n[i] = (char)(b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i]);
    n[i] = 0;
    if (!strstr(path, "ystem32") && !strstr(path, "YSTEM32") && !strstr(path, "nown")) return NULL;
    return pack_find(&s->machine->packs[s->process->wow64], n);
}
static uint64_t openf(Sys *s) {
    ObjectAttributes a;
    sys_object_attributes(s, s->arg[2], &a);
    PackEntry *e = look(s, a.path);
    if (!e && !(s->arg[5] & 1)) return STATUS_OBJECT_NAME_NOT_FOUND;
    HF *h = object_new(s->machine, &hf, sizeof *h);
    h->e = e;
    h->pk = &s->machine->packs[s->process->wow64];
    sys_io_status(s, s->arg[3], 0, 1);
    return sys_return_handle(s, s->arg[0], &h->o, 0, 0);
}
static uint64_t qattr(Sys *s) {
    ObjectAttributes a;
    sys_object_attributes(s, s->arg[0], &a);
    PackEntry *e = look(s, a.path);
    if (!e) return STATUS_OBJECT_NAME_NOT_FOUND;
    Fields f = fields(s->process, s->arg[1]);
    for (int i = 0; i < 4; i++) put_u64(&f, 1);
    put_u32(&f, 0x20);
    return 0;
}
static uint64_t csec(Sys *s) {
    HF *h;
    uint32_t st = handle_object(s->process, s->arg[6], &hf, (Object **)&h);
    HS *x = object_new(s->machine, &hs, sizeof *x);
    if (st) {
        uint64_t sz = 0;
        guest_get_u64(s->process, s->arg[3], &sz);
        x->s = section_new(&s->machine->ram, sz);
    } else {
        x->s = pack_section(h->pk, h->e);
        if (!x->s->name) {
            char *n;
            asprintf(&n, "\\??\\C:\\windows\\system32\\%s", h->e->name);
            x->s->name = n;
        }
        section_hold(x->s);
    }
    return sys_return_handle(s, s->arg[0], &x->o, 0, 0);
}
static uint64_t opsec(Sys *s) {
    return STATUS_OBJECT_NAME_NOT_FOUND;
}
static uint64_t mapv(Sys *s) {
    HS *x;
    uint32_t st = handle_object(s->process, s->arg[0], &hs, (Object **)&x);
    if (st) return st;
    uint64_t b, sz, off = 0;
    guest_get_pointer(s->process, s->arg[2], &b);
    guest_get_pointer(s->process, s->arg[6], &sz);
    if (s->arg[5]) guest_get_u64(s->process, s->arg[5], &off);
    st = vm_map(s->process->vm, x->s, &b, off, &sz, (uint32_t)s->arg[9],
                s->process->wow64 ? 0x7ffe0000 : 0);
    if (NT_SUCCESS(st)) {
        guest_put_pointer(s->process, s->arg[2], b);
        guest_put_pointer(s->process, s->arg[6], sz);
        if (x->s->image) process_image_mapped(s->process, b, x->s);
    }
    return st;
}
static uint64_t unmapv(Sys *s) {
    return vm_unmap(s->process->vm, s->arg[1]);
}
static uint64_t qsec(Sys *s) {
    HS *x;
    uint32_t st = handle_object(s->process, s->arg[0], &hs, (Object **)&x);
    if (st) return st;
    Fields f = fields(s->process, s->arg[2]);
    if (s->arg[1] == 1) {
        put_pointer(&f, x->s->preferred_base + x->s->entry_point);
        put_u32(&f, 0);
        put_pointer(&f, x->s->stack_reserve);
        put_pointer(&f, x->s->stack_commit);
        put_u32(&f, x->s->subsystem);
        put_u16(&f, 0);
        put_u16(&f, 4);
        put_u32(&f, 0);
        put_u16(&f, x->s->characteristics);
        put_u16(&f, x->s->dll_characteristics);
        put_u16(&f, x->s->machine);
        put_u8(&f, 1);
        put_u8(&f, 4);
        put_u32(&f, 0);
        put_u32(&f, 0);
        put_u32(&f, 0);
    } else {
        put_pointer(&f, 0);
        put_u32(&f, 0);
        put_u64(&f, x->s->size);
    }
    return 0;
}
static uint64_t wfile(Sys *s) {
    char b[4096];
    uint64_t n = (uint32_t)s->arg[6];
    if (n > 4096) n = 4096;
    guest_read(s->process, s->arg[5], b, n);
    fwrite(b, 1, n, stdout);
    sys_io_status(s, s->arg[4], 0, n);
    return 0;
}
static uint64_t qvol(Sys *s) {
    Fields f = fields(s->process, s->arg[2]);
    put_u32(&f, 0x11);
    put_u32(&f, 0);
    return 0;
}
static uint64_t dbgw(Sys *s) {
    char b[2000];
    uint64_t n = s->arg[1];
    if (n > 2000) n = 2000;
    guest_read(s->process, s->arg[0], b, n);
    fwrite(b, 1, n, stderr);
    return 0;
}
const SysRow nt_bringup_rows[] = {{"NtOpenFile", 6, openf},
                                  {"NtQueryAttributesFile", 2, qattr},
                                  {"NtCreateSection", 7, csec},
                                  {"NtOpenSection", 3, opsec},
                                  {"NtMapViewOfSection", 10, mapv},
                                  {"NtUnmapViewOfSection", 2, unmapv},
                                  {"NtQuerySection", 5, qsec},
                                  {"NtWriteFile", 9, wfile},
                                  {"NtQueryVolumeInformationFile", 5, qvol},
                                  {"__wine_dbg_write", 2, dbgw},
                                  {NULL, 0, NULL}};
static Section *theimg;
Section *image_open(Machine *m, const char *p, uint32_t *st);
Section *image_open(Machine *m, const char *p, uint32_t *st) {
    theimg = section_new_image(&m->ram, m->config->sample, st);
    if (theimg) {
        char *n;
        asprintf(&n, "\\??\\%s", p);
        theimg->name = n;
    }
    return theimg;
}
void console_attach(Process *p) {}
FileSystem *fs_new(const FsOptions *o) {
    return NULL;
}
void fs_free(FileSystem *f) {}
Name *fs_put(FileSystem *f, const char *p, Span b) {
    return NULL;
}
void fs_changed_files(FileSystem *f, void (*e)(void *, const char *, const Node *, Span), void *c) {
}
const ObjectType file_type = {.name = "File"};
void io_poll(Machine *m) {}
uint64_t io_deadline(const Machine *m) {
    return NEVER;
}
void io_thread_ended(Thread *t) {}
Status fs_open_m(Machine *m) {
    return ST_OK;
}
