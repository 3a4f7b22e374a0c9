/* Sections: NtCreateSection, NtMapViewOfSection and their family.
 *
 * All mappings of a file's bytes share one Section, so that they see each other's changes; reads
 * and writes through a handle carry changes from and to its frames. */
#include "guest/nt/section.h"
#include "base/text.h"
#include "guest/device/disk.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/target.h"
#include "guest/trace.h"
#include <stdlib.h>

enum {
    SEC_FILE = 0x800000,
    SEC_IMAGE = 0x1000000,
    SEC_RESERVE = 0x4000000,
    SEC_COMMIT = 0x8000000,
    SEC_IMAGE_NO_EXECUTE = 0x11000000,
};

static void section_object_destroy(Object *o) {
    section_drop(((SectionObject *)o)->section);
}

const ObjectType section_type = {.name = "Section", .destroy = section_object_destroy};

/* ---- images of files ---- */

/* What is told before the reader of PE files is asked. */
static uint32_t check_image(Span file) {
    Cur c = cur(file);
    if (!file.n) return STATUS_INVALID_FILE_FOR_SECTION;
    if (cur_u16le(&c) != 0x5a4d || file.n < 64) return STATUS_INVALID_IMAGE_NOT_MZ;
    cur_seek(&c, 0x3c);
    cur_seek(&c, cur_u32le(&c));
    uint32_t signature = cur_u32le(&c);
    if (c.bad) return STATUS_INVALID_IMAGE_PROTECT;
    if ((signature & 0xffff) == 0x454e) return STATUS_INVALID_IMAGE_WIN_16;
    return signature == 0x4550 ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_PROTECT;
}

static uint32_t image_of_bytes(Machine *m, Node *n) {
    Span bytes;
    void *copy;
    if (!fs_read_all(n, &bytes, &copy)) return STATUS_NO_MEMORY;
    uint32_t status = check_image(bytes);
    if (!status) n->image = section_new_image(&m->ram, bytes, &status);
    free(copy);
    return status;
}

static uint32_t image_of_node(Machine *m, Node *n) {
    if (n->image) return STATUS_SUCCESS;
    if (!n->pack_entry || n->pack_entry->kind != PACK_IMAGE) return image_of_bytes(m, n);
    n->image = pack_section(n->pack, n->pack_entry);
    section_hold(n->image);
    return n->image ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static void name_section(Section *s, const Name *file) {
    Arena a = arena_new(1 << 18);
    char *path = name_device_path(file, &a);
    if (!s->name && path) s->name = strdup(path);
    arena_reset(&a);
}

uint32_t section_of_image(Machine *m, Name *file, Section **out) {
    section_sync_file(file->node);
    uint32_t status = image_of_node(m, file->node);
    if (status) return status;
    name_section(file->node->image, file);
    section_hold(*out = file->node->image);
    return STATUS_SUCCESS;
}

Section *image_open(Machine *m, const char *path, uint32_t *status) {
    Section *s = NULL;
    Name *file = fs_find(m->fs, path, false);
    *status = file ? section_of_image(m, file, &s) : STATUS_OBJECT_NAME_NOT_FOUND;
    return s;
}

/* The node's own reference is no use, nor is the pack's of an image that lies flat in it. */
bool section_image_in_use(const Node *n) {
    if (!n->image) return false;
    bool of_pack = !n->image->frames;
    return n->image->refs > (of_pack ? 2u : 1u);
}

bool section_in_use(const Node *n) {
    return n->data || section_image_in_use(n);
}

static void forget_image(Node *n) {
    section_drop(n->image);
    n->image = NULL;
}

/* ---- the bytes of files ---- */

typedef struct {
    SectionBacking backing;
    Machine *machine;
    Name *name; /* references of it and of the node are held */
    Node *node;
    bool writable; /* a view could have written */
    bool written;  /* one did */
} FileBacking;

static void file_load(SectionBacking *b, uint64_t offset, uint8_t page[PAGE_SIZE]) {
    fs_read(((FileBacking *)b)->node, offset, page, PAGE_SIZE);
}

/* Only what differs is a change; what lies past the end of the file is lost. */
static void file_store(SectionBacking *b, uint64_t offset, const uint8_t page[PAGE_SIZE]) {
    FileBacking *f = (FileBacking *)b;
    uint8_t old[PAGE_SIZE];
    if (!f->writable) return;
    size_t n = fs_read(f->node, offset, old, PAGE_SIZE);
    if (!n || !memcmp(old, page, n)) return;
    f->written = true;
    fs_write(f->node, offset, span(page, n));
    if (fs_exhausted(f->machine->fs)) machine_end_budget(f->machine, "file_bytes");
}

static void tell_written(FileBacking *f, Thread *t) {
    Arena a = arena_new(1 << 18);
    f->written = false;
    char *size = arena_printf(&a, "%llu", (unsigned long long)f->node->size);
    trace_event(f->machine, t, EV_file_change, {EF_TargetFilename, name_path(f->name, &a)},
                {EF_Size, size});
    arena_reset(&a);
}

static void file_close(SectionBacking *b) {
    FileBacking *f = (FileBacking *)b;
    if (f->written) {
        tell_written(f, f->machine->current);
        forget_image(f->node);
    }
    f->node->data = NULL;
    name_drop(f->name);
    node_drop(f->node);
    free(f);
}

void section_tell_unclosed(Machine *m) {
    for (Process *p = m->processes; p; p = p->next)
        for (size_t i = 0; p->vm && i < vm_region_count(p->vm); i++) {
            Section *s = vm_region_at(p->vm, i)->section;
            FileBacking *f = s ? (FileBacking *)s->backing : NULL;
            if (!f) continue;
            section_flush(s);
            if (f->written) tell_written(f, p->threads);
        }
}

static Section *new_data_section(Machine *m, Name *name, uint64_t size) {
    FileBacking *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    *f = (FileBacking){{file_load, file_store, file_close}, m, name, name->node, false, false};
    Section *s = section_new_backed(&m->ram, size, &f->backing);
    if (!s) {
        free(f);
        return NULL;
    }
    name_hold(name);
    node_hold(name->node);
    return name->node->data = s;
}

static uint64_t page_count(uint64_t bytes) {
    return (bytes + PAGE_MASK) >> PAGE_SHIFT;
}

/* The file grew: its one section must cover it. */
static bool grow_section(Section *s, uint64_t size) {
    if (size <= s->size) return true;
    uint64_t old = page_count(s->size), pages = page_count(size);
    Frame *frames = realloc(s->frames, (pages + 1) * sizeof *frames);
    if (!frames) return false;
    memset(frames + old, 0, (pages + 1 - old) * sizeof *frames);
    s->frames = frames;
    s->size = size;
    return true;
}

/* With a reference for the caller. */
static Section *data_section(Machine *m, Name *name, uint64_t size) {
    Section *s = name->node->data;
    if (!s) s = new_data_section(m, name, size);
    else section_hold(s);
    if (!s || !grow_section(s, size)) {
        section_drop(s);
        return NULL;
    }
    name_section(s, name);
    return s;
}

void section_sync_file(Node *n) {
    if (n->data && ((FileBacking *)n->data->backing)->writable) section_flush(n->data);
}

/* Code that was translated from the frame is no longer what it holds. */
static void frame_changes(Machine *m, Frame f) {
    cpu_frame_changes(m->cpu, f);
}

static void refresh_page(Node *n, uint64_t page) {
    Section *s = n->data;
    Frame f = page < page_count(s->size) ? s->frames[page] : 0;
    if (!f) return;
    uint8_t *host = ram_page(s->ram, f);
    frame_changes(((FileBacking *)s->backing)->machine, f);
    size_t got = fs_read(n, page << PAGE_SHIFT, host, PAGE_SIZE);
    memset(host + got, 0, PAGE_SIZE - got);
}

void section_file_written(Node *n, uint64_t at, uint64_t size) {
    if (!size) return;
    if (!section_image_in_use(n)) forget_image(n);
    if (!n->data) return;
    for (uint64_t page = at >> PAGE_SHIFT; page <= (at + size - 1) >> PAGE_SHIFT; page++)
        refresh_page(n, page);
}

void section_content_replaced(Node *n) {
    section_file_written(n, 0, n->data ? n->data->size : 1);
}

/* ---- creating ---- */

typedef struct {
    uint64_t size;
    uint32_t protect, attributes;
    DiskFile *file;
    uint32_t access; /* that the file's handle grants */
} Creation;

static bool writes_back(uint32_t protect) {
    return protect & (VM_READWRITE | VM_EXECUTE_READWRITE);
}

/* What the file must be open for. */
static uint32_t needed_access(const Creation *c) {
    switch (c->protect & 0xff) {
    case VM_READONLY:
    case VM_EXECUTE_READ:
    case VM_WRITECOPY:
    case VM_EXECUTE_WRITECOPY: return FILE_READ_DATA;
    case VM_READWRITE:
    case VM_EXECUTE_READWRITE:
        return c->attributes & SEC_IMAGE ? FILE_READ_DATA : FILE_READ_DATA | FILE_WRITE_DATA;
    default: return 0;
    }
}

static uint32_t check_creation(const Creation *c) {
    uint32_t kind = c->attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT), p = c->protect & 0xff;
    if (!p || p & (p - 1)) return STATUS_INVALID_PAGE_PROTECTION;
    if (kind != SEC_IMAGE && kind != SEC_RESERVE && kind != SEC_COMMIT)
        return STATUS_INVALID_PARAMETER_6;
    if (kind == SEC_IMAGE && !c->file) return STATUS_INVALID_FILE_FOR_SECTION;
    if (!c->file) return c->size ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER_4;
    return needed_access(c) & ~c->access ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static uint32_t fill_image(Sys *s, const Creation *c, SectionObject *o) {
    uint32_t status = section_of_image(s->machine, c->file->handle.name, &o->section);
    if (status) return status;
    if (c->size > o->section->size) return STATUS_SECTION_TOO_BIG;
    o->size = o->section->size;
    o->attributes = c->attributes | SEC_FILE;
    return STATUS_SUCCESS;
}

/* Reading by mapping is reading; a pack's tables, which every program maps, tell nothing. */
static void tell_mapped(Sys *s, DiskFile *d) {
    if (d->read || d->made || d->handle.node->pack_entry) return;
    d->read = true;
    trace_event(s->machine, s->thread, EV_file_access,
                {EF_TargetFilename, name_path(d->handle.name, s->scratch)});
}

static uint32_t fill_file(Sys *s, const Creation *c, SectionObject *o) {
    Node *n = c->file->handle.node;
    if (node_is_directory(n)) return STATUS_INVALID_FILE_FOR_SECTION;
    o->size = c->size ? c->size : n->size;
    if (!o->size) return STATUS_MAPPED_FILE_SIZE_ZERO;
    if (o->size > n->size) {
        if (!writes_back(c->protect)) return STATUS_SECTION_TOO_BIG;
        uint32_t status = fs_resize(n, o->size);
        if (status) return status;
        c->file->written = true;
    }
    o->section = data_section(s->machine, c->file->handle.name, o->size);
    o->attributes = SEC_FILE | SEC_COMMIT;
    tell_mapped(s, c->file);
    return o->section ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static uint32_t fill_memory(Sys *s, const Creation *c, SectionObject *o) {
    enum { MAX_SHIFT = 40 };
    if (c->size >> MAX_SHIFT) return STATUS_SECTION_TOO_BIG;
    if (c->attributes & SEC_COMMIT && page_count(c->size) > s->machine->ram.ram_count)
        return STATUS_COMMITMENT_LIMIT;
    o->size = (c->size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
    o->section = section_new(&s->machine->ram, o->size);
    if (!o->section) return STATUS_NO_MEMORY;
    o->section->reserve = c->attributes & SEC_RESERVE;
    o->attributes = c->attributes;
    return STATUS_SUCCESS;
}

static uint32_t fill_section(Sys *s, const Creation *c, SectionObject *o) {
    o->protect = c->protect;
    if (c->attributes & SEC_IMAGE) return fill_image(s, c, o);
    uint32_t status = c->file ? fill_file(s, c, o) : fill_memory(s, c, o);
    if (!status && !o->section->protect) o->section->protect = c->protect;
    return status;
}

static uint32_t creation_file(Sys *s, Creation *c) {
    File *f;
    if (!s->arg[6]) return STATUS_SUCCESS;
    uint32_t status = file_of_handle(s->process, s->arg[6], &f, &c->access);
    if (status) return status;
    c->file = disk_file(f);
    return c->file ? STATUS_SUCCESS : STATUS_INVALID_FILE_FOR_SECTION;
}

static uint32_t map_access(uint32_t access) {
    enum { ALL = 0xf001f, READ = 0x20005, WRITE = 0x20002, EXECUTE = 0x20008 };
    uint32_t out = access & 0x01ffffff;
    if (access & 0x80000000) out |= READ;
    if (access & 0x40000000) out |= WRITE;
    if (access & 0x20000000) out |= EXECUTE;
    return access & 0x12000000 ? ALL : out;
}

/* (handle, access, attributes, maximum size, protection, SEC_*, file). The handle is 0 where it
 * fails: kernelbase returns it without a look at the status. */
static uint64_t create_section(Sys *s) {
    Creation c = {.protect = (uint32_t)s->arg[4], .attributes = (uint32_t)s->arg[5]};
    ObjectAttributes a;
    SectionObject *o;
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    if (s->arg[3] && !guest_get_u64(s->process, s->arg[3], &c.size)) return STATUS_ACCESS_VIOLATION;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = creation_file(s, &c);
    if (!status) status = check_creation(&c);
    if (!status) status = sys_create_named(s, &a, &section_type, sizeof *o, (Object **)&o);
    if (NT_ERROR(status)) return status;
    uint32_t filled = status == STATUS_SUCCESS ? fill_section(s, &c, o) : STATUS_SUCCESS;
    if (filled) {
        object_drop(&o->object);
        return filled;
    }
    uint32_t returned =
        sys_return_handle(s, s->arg[0], &o->object, (uint32_t)s->arg[1], a.attributes);
    return returned ? returned : status;
}

static uint64_t nt_create_section(Sys *s) {
    return create_section(s);
}

/* The extended parameters (a NUMA node, ...) say nothing that matters here. */
static uint64_t nt_create_section_ex(Sys *s) {
    return create_section(s);
}

/* ---- opening; \KnownDlls ---- */

/* What HKLM\System\CurrentControlSet\Control\Session Manager\KnownDLLs names, and what those
 * import. */
static const char *const known_dlls[] = {
    "advapi32.dll", "bcrypt.dll",    "bcryptprimitives.dll",
    "clbcatq.dll",  "combase.dll",   "comctl32.dll",
    "comdlg32.dll", "crypt32.dll",   "difxapi.dll",
    "gdi32.dll",    "gdiplus.dll",   "imagehlp.dll",
    "imm32.dll",    "kernel32.dll",  "kernelbase.dll",
    "msasn1.dll",   "msvcp_win.dll", "msctf.dll",
    "msvcrt.dll",   "normaliz.dll",  "nsi.dll",
    "ntdll.dll",    "ole32.dll",     "oleaut32.dll",
    "psapi.dll",    "rpcrt4.dll",    "sechost.dll",
    "setupapi.dll", "shcore.dll",    "shell32.dll",
    "shlwapi.dll",  "ucrtbase.dll",  "user32.dll",
    "win32u.dll",   "wintrust.dll",  "wldap32.dll",
    "ws2_32.dll",
};

static bool is_known(const char *name) {
    for (size_t i = 0; i < sizeof known_dlls / sizeof *known_dlls; i++)
        if (text_equal_nocase(known_dlls[i], name)) return true;
    return false;
}

/* The DLL's name and the directory that it means; a 32-bit program's \KnownDlls is \KnownDlls32. */
static const char *known_name(const Sys *s, const char *path, bool *wow64) {
    static const char dlls[] = "\\KnownDlls\\", dlls32[] = "\\KnownDlls32\\";
    *wow64 = s->process->wow64 || !strncasecmp(path, dlls32, sizeof dlls32 - 1);
    if (!strncasecmp(path, dlls, sizeof dlls - 1)) return path + sizeof dlls - 1;
    if (!strncasecmp(path, dlls32, sizeof dlls32 - 1)) return path + sizeof dlls32 - 1;
    return NULL;
}

static uint32_t open_known(Sys *s, const ObjectAttributes *a, Object **out) {
    bool wow64;
    const char *name = known_name(s, a->path, &wow64);
    if (!name || !is_known(name)) return STATUS_OBJECT_NAME_NOT_FOUND;
    const char *system = wow64 ? "SysWOW64" : "System32";
    char *path = arena_printf(s->scratch, "\\SystemRoot\\%s\\%s", system, name);
    path = path ? fs_device_path(s->machine->fs, s->scratch, path) : NULL;
    FsPath file;
    if (!path || fs_walk(s->machine->fs, path, false, &file) || !file.name)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    SectionObject *o = object_new(s->machine, &section_type, sizeof *o);
    if (!o) return STATUS_NO_MEMORY;
    uint32_t status = section_of_image(s->machine, file.name, &o->section);
    if (status) {
        object_drop(&o->object);
        return status;
    }
    o->size = o->section->size;
    o->attributes = SEC_IMAGE | SEC_FILE;
    o->protect = VM_EXECUTE_WRITECOPY;
    *out = &o->object;
    return STATUS_SUCCESS;
}

static uint64_t nt_open_section(Sys *s) {
    ObjectAttributes a;
    Object *o;
    if (!guest_put_pointer(s->process, s->arg[0], 0)) return STATUS_ACCESS_VIOLATION;
    uint32_t status = sys_object_attributes(s, s->arg[2], &a);
    if (!status) status = sys_open_named(s, &a, &section_type, &o);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) status = open_known(s, &a, &o);
    uint32_t access = map_access((uint32_t)s->arg[1]);
    return status ? status : sys_return_handle(s, s->arg[0], o, access, a.attributes);
}

/* ---- views ---- */

typedef struct {
    SectionObject *object;
    Process *process;
    uint64_t base, size, offset, below;
    uint32_t protect;
    uint32_t access; /* that the section's handle grants */
} View;

/* What the handle must grant for a protection. */
static uint32_t view_access(uint32_t protect) {
    enum { MAP_WRITE = 2, MAP_READ = 4, MAP_EXECUTE = 8 };
    switch (protect & 0xff) {
    case VM_READONLY:
    case VM_WRITECOPY: return MAP_READ;
    case VM_READWRITE: return MAP_WRITE;
    case VM_EXECUTE: return MAP_EXECUTE;
    case VM_EXECUTE_READ:
    case VM_EXECUTE_WRITECOPY: return MAP_READ | MAP_EXECUTE;
    case VM_EXECUTE_READWRITE: return MAP_WRITE | MAP_EXECUTE;
    default: return 0;
    }
}

/* The highest address that zero_bits (below 32: a count, otherwise a mask) leaves. */
static uint64_t below_of(uint64_t zero_bits) {
    if (!zero_bits) return 0;
    return zero_bits < 32 ? UINT64_C(0x100000000) >> zero_bits : zero_bits + 1;
}

static uint32_t check_view(const View *v) {
    const SectionObject *o = v->object;
    bool writes = v->protect & (VM_READWRITE | VM_EXECUTE_READWRITE);
    if (o->attributes & SEC_IMAGE) return STATUS_SUCCESS;
    if (view_access(v->protect) & ~v->access) return STATUS_ACCESS_DENIED;
    if (writes && !(o->protect & (VM_READWRITE | VM_EXECUTE_READWRITE)))
        return STATUS_SECTION_PROTECTION;
    if (v->offset >= o->size || v->size > o->size - v->offset) return STATUS_INVALID_VIEW_SIZE;
    return STATUS_SUCCESS;
}

static uint32_t map_image(View *v) {
    Section *s = v->object->section;
    uint32_t status =
        vm_map(v->process->vm, s, &v->base, v->offset, &v->size, v->protect, v->below);
    if (!NT_SUCCESS(status)) return status;
    process_image_mapped(v->process, v->base, s);
    return s->machine == v->process->pe_machine ? status : STATUS_IMAGE_MACHINE_TYPE_MISMATCH;
}

static uint32_t map_view(View *v) {
    uint32_t status = check_view(v);
    if (status) return status;
    if (v->object->attributes & SEC_IMAGE) return map_image(v);
    Section *s = v->object->section;
    if (!v->size) v->size = v->object->size - v->offset;
    if (s->backing && writes_back(v->protect)) ((FileBacking *)s->backing)->writable = true;
    return vm_map(v->process->vm, s, &v->base, v->offset, &v->size, v->protect, v->below);
}

static uint32_t view_objects(Sys *s, View *v) {
    uint32_t status = handle_object(s->process, s->arg[0], &section_type, (Object **)&v->object);
    if (!status) v->access = handle_entry(s->process, s->arg[0])->access;
    if (!status) status = target_process(s, s->arg[1], TARGET_VM_OPERATION, &v->process);
    return !status && v->process->ending ? STATUS_PROCESS_IS_TERMINATING : status;
}

/* Where base, offset and size are in the guest; the offset may be NULL. */
static uint32_t view_places(Sys *s, View *v, uint64_t base, uint64_t offset, uint64_t size) {
    if (!guest_get_pointer(s->process, base, &v->base) ||
        !guest_get_pointer(s->process, size, &v->size) ||
        (offset && !guest_get_u64(s->process, offset, &v->offset)))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static uint32_t map_and_tell(Sys *s, View *v, uint64_t base, uint64_t offset, uint64_t size) {
    uint32_t status = map_view(v);
    if (!NT_SUCCESS(status)) return status;
    target_tell(s, v->process, "maps a section", v->base, v->size);
    guest_put_pointer(s->process, base, v->base);
    guest_put_pointer(s->process, size, v->size);
    if (offset) guest_put_u64(s->process, offset, v->offset);
    return status;
}

/* (section, process, base, zero bits, commit size, offset, size, inherit, type, protection) */
static uint64_t nt_map_view_of_section(Sys *s) {
    View v = {.protect = (uint32_t)s->arg[9], .below = below_of(s->arg[3])};
    if (s->arg[3] > 21 && s->arg[3] < 32) return STATUS_INVALID_PARAMETER_4;
    uint32_t status = view_objects(s, &v);
    if (!status) status = view_places(s, &v, s->arg[2], s->arg[5], s->arg[6]);
    return status ? status : map_and_tell(s, &v, s->arg[2], s->arg[5], s->arg[6]);
}

/* (section, process, base, offset, size, type, protection, parameters, count) */
static uint64_t nt_map_view_of_section_ex(Sys *s) {
    View v = {.protect = (uint32_t)s->arg[6]};
    uint32_t status = view_objects(s, &v);
    if (!status) status = view_places(s, &v, s->arg[2], s->arg[3], s->arg[4]);
    return status ? status : map_and_tell(s, &v, s->arg[2], s->arg[3], s->arg[4]);
}

/* (process, address) */
static uint64_t nt_unmap_view_of_section(Sys *s) {
    Process *p;
    uint32_t status = target_process(s, s->arg[0], TARGET_VM_OPERATION, &p);
    if (status) return status;
    const VmRegion *r = p->vm ? vm_region(p->vm, s->arg[1]) : NULL;
    if (!r || !r->section) return STATUS_NOT_MAPPED_VIEW;
    uint64_t base = r->base;
    bool image = r->type == VM_IMAGE;
    target_tell(s, p, "unmaps a view", base, 0);
    target_tampered(s, p, base, 1);
    status = vm_unmap(p->vm, s->arg[1]);
    if (!status && image) process_image_unmapped(p, base);
    return status;
}

/* ---- asking ---- */

/* SECTION_IMAGE_INFORMATION. A 32-bit program gets made-up values for what does not fit. */
static void put_image(Fields *out, const Process *p, const Section *s) {
    enum { MAPPED_FLAT = 8, RELOCATED = 4, DYNAMIC_BASE = 0x40 };
    bool fits = p->pointer == 8 || s->machine != 0x8664;
    put_pointer(out, fits ? s->preferred_base + s->entry_point : 0x81231234);
    put_u32(out, 0);
    put_pointer(out, fits ? s->stack_reserve : 0x100000);
    put_pointer(out, fits ? s->stack_commit : 0x10000);
    put_u32(out, s->subsystem);
    put_u16(out, (uint16_t)s->subsystem_minor);
    put_u16(out, (uint16_t)s->subsystem_major);
    put_u16(out, (uint16_t)s->subsystem_major); /* of the operating system: the same everywhere */
    put_u16(out, (uint16_t)s->subsystem_minor);
    put_u16(out, s->characteristics);
    put_u16(out, s->dll_characteristics);
    put_u16(out, s->machine);
    put_u8(out, s->entry_point || s->range_count > 1);
    put_u8(out, s->dll_characteristics & DYNAMIC_BASE && !s->dotnet ? RELOCATED : 0);
    put_u32(out, s->dotnet);
    put_u32(out, s->file_size);
    put_u32(out, s->checksum);
}

static void put_basic(Fields *out, const SectionObject *o) {
    put_pointer(out, 0);
    put_u32(out, o->attributes);
    put_u64(out, o->size);
}

/* (section, class, information, length, returned length) */
static uint64_t nt_query_section(Sys *s) {
    enum { BASIC, IMAGE };
    SectionObject *o;
    uint32_t class = (uint32_t)s->arg[1], small = s->process->pointer == 4;
    uint64_t need = class == BASIC ? (small ? 16 : 24) : (small ? 48 : 64);
    uint32_t status = handle_object(s->process, s->arg[0], &section_type, (Object **)&o);
    if (status) return status;
    if (class > IMAGE) return STATUS_INVALID_INFO_CLASS;
    if (s->arg[3] < need) return STATUS_INFO_LENGTH_MISMATCH;
    if (class == IMAGE && !(o->attributes & SEC_IMAGE)) return STATUS_SECTION_NOT_IMAGE;
    Fields out = fields(s->process, s->arg[2]);
    if (class == BASIC) put_basic(&out, o);
    else put_image(&out, s->process, o->section);
    if (out.bad) return STATUS_ACCESS_VIOLATION;
    if (s->arg[4]) guest_put_pointer(s->process, s->arg[4], need);
    return STATUS_SUCCESS;
}

/* (section, size): a file's section may grow. */
static uint64_t nt_extend_section(Sys *s) {
    SectionObject *o;
    uint64_t size;
    uint32_t status = handle_object(s->process, s->arg[0], &section_type, (Object **)&o);
    if (status) return status;
    if (!guest_get_u64(s->process, s->arg[1], &size)) return STATUS_ACCESS_VIOLATION;
    if (!o->section->backing) return STATUS_SECTION_NOT_EXTENDED;
    if (size <= o->size)
        return guest_put_u64(s->process, s->arg[1], o->size) ? STATUS_SUCCESS
                                                             : STATUS_ACCESS_VIOLATION;
    Node *n = ((FileBacking *)o->section->backing)->node;
    if (size > n->size && (!writes_back(o->protect) || fs_resize(n, size)))
        return STATUS_SECTION_NOT_EXTENDED;
    if (!grow_section(o->section, size)) return STATUS_NO_MEMORY;
    o->size = size;
    return STATUS_SUCCESS;
}

static const VmRegion *view_at(Sys *s, unsigned argument, uint32_t *status) {
    const VmRegion *r = vm_region(s->process->vm, s->arg[argument]);
    *status = !r           ? STATUS_INVALID_ADDRESS
              : r->section ? STATUS_SUCCESS
                           : STATUS_CONFLICTING_ADDRESSES;
    return r;
}

static uint64_t nt_are_mapped_files_the_same(Sys *s) {
    uint32_t first, second;
    const VmRegion *a = view_at(s, 0, &first), *b = view_at(s, 1, &second);
    if (first) return first;
    if (second) return second;
    return a->section == b->section ? STATUS_SUCCESS : STATUS_NOT_SAME_DEVICE;
}

const SysRow nt_section_rows[] = {
    {"NtCreateSection", 7, nt_create_section},
    {"NtCreateSectionEx", 9, nt_create_section_ex},
    {"NtOpenSection", 3, nt_open_section},
    {"NtMapViewOfSection", 10, nt_map_view_of_section},
    {"NtMapViewOfSectionEx", 9, nt_map_view_of_section_ex},
    {"NtUnmapViewOfSection", 2, nt_unmap_view_of_section},
    {"NtUnmapViewOfSectionEx", 3, nt_unmap_view_of_section},
    {"NtQuerySection", 5, nt_query_section},
    {"NtExtendSection", 2, nt_extend_section},
    {"NtAreMappedFilesTheSame", 2, nt_are_mapped_files_the_same},
    {NULL, 0, NULL},
};
