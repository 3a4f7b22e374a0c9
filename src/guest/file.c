/* Open files as objects, and what a path leads to: a volume's file, or a device. */
#include "guest/file.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/device/disk.h"
#include "guest/device/driver.h"
#include "guest/fs.h"
#include "guest/process.h"
#include <stdlib.h>

/* ---- the object ---- */

static bool file_signaled(Object *o, Thread *t) {
    File *f = (File *)o;
    return f->ops->signaled ? f->ops->signaled(f, t) : !f->busy;
}

/* The last handle of all cancels what is on its way. */
static void file_closed(Object *o, Process *p) {
    File *f = (File *)o;
    IoFilter mine = {.file = f};
    if (!o->handles) io_cancel(o->machine, &mine);
    if (f->ops->closed) f->ops->closed(f, p);
}

static void file_destroy(Object *o) {
    File *f = (File *)o;
    if (f->ops->destroy) f->ops->destroy(f);
    object_drop(f->port);
    free(f->path);
}

const ObjectType file_type = {
    .name = "File", .signaled = file_signaled, .closed = file_closed, .destroy = file_destroy};

void *file_new(Machine *m, const FileOps *ops, size_t size, const FileOpen *how, const char *path) {
    File *f = object_new(m, &file_type, size);
    if (!f) return NULL;
    f->ops = ops;
    f->path = strdup(path);
    f->access = how->access;
    f->share = how->share;
    f->options = how->options;
    f->alertable = how->options & FILE_SYNCHRONOUS_IO_ALERT;
    f->synchronous = f->alertable || how->options & FILE_SYNCHRONOUS_IO_NONALERT;
    if (f->path) return f;
    object_drop(&f->object);
    return NULL;
}

uint32_t file_of_handle(Process *p, uint64_t handle, File **out, uint32_t *access) {
    uint32_t status = handle_object(p, handle, &file_type, (Object **)out);
    if (!status && access) *access = handle_entry(p, handle)->access;
    return status;
}

/* The module that made the system call: what called ntdll's stub, which on x86 has a return address
 * of its own. */
static const Module *calling_module(Sys *s) {
    uint64_t sp = thread_get(s->thread, REG_RSP), at;
    for (unsigned i = 0; i < 2; i++) {
        bool read = guest_get_pointer(s->process, sp + i * s->process->pointer, &at);
        const Module *m = read ? process_module(s->process, at) : NULL;
        if (m && m->name && strcmp(m->name, "ntdll.dll")) return m;
    }
    return NULL;
}

/* GetFinalPathNameByHandle of Wine's kernelbase wants names that begin with \??\; everybody else
 * hears what Windows says. */
const char *file_told_path(Sys *s, const File *f) {
    const Module *m = calling_module(s);
    if (f->ops != &disk_ops || !m || strcmp(m->name, "kernelbase.dll")) return f->path;
    return arena_printf(s->scratch, "\\??\\%s",
                        name_path(((const DiskFile *)f)->handle.name, s->scratch));
}

uint32_t file_map_access(uint32_t access) {
    static const struct {
        uint32_t generic, specific;
    } map[] = {
        {0x80000000, 0x120089}, /* GENERIC_READ: FILE_GENERIC_READ */
        {0x40000000, 0x120116}, {0x20000000, 0x1200a0},
        {0x10000000, 0x1f01ff}, {0x02000000, 0x1f01ff}, /* MAXIMUM_ALLOWED */
    };
    uint32_t out = access & 0x01ffffff;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (access & map[i].generic) out |= map[i].specific;
    return out;
}

/* ---- devices ---- */

#define DEVICE(name) extern const Device device_##name;
#include "guest/device/devices.def"
#undef DEVICE

static const Device *const devices[] = {
#define DEVICE(name) &device_##name,
#include "guest/device/devices.def"
#undef DEVICE
};

static const char *behind_name(const char *path, const char *name) {
    size_t n = strlen(name);
    if (strncasecmp(path, name, n) || (path[n] && path[n] != '\\')) return NULL;
    return path[n] ? path + n + 1 : path + n;
}

const Device *device_find(const char *path, const char **rest) {
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if ((*rest = behind_name(path, devices[i]->path))) return devices[i];
    return NULL;
}

/* ---- opening by path ---- */

static uint32_t open_device(Sys *s, FileOpen *how, File **out, uint64_t *information) {
    static const char root[] = "\\Device\\", redirector[] = "\\Device\\Mup\\";
    const Device *d = device_find(how->path, &how->rest);
    if (!strncasecmp(how->path, redirector, sizeof redirector - 1)) return STATUS_BAD_NETWORK_PATH;
    *information = FILE_OPENED;
    if (!d && strncasecmp(how->path, root, sizeof root - 1)) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (!d) return driver_open(s, how, FACT_device, how->path + sizeof root - 1, out);
    return d->open(s, how, out);
}

/* A drive that is not there: its name alone, or with something behind it. */
static uint32_t unknown_path(Sys *s, const char *path) {
    if (path[0] != '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
    const char *colon = strchr(path, ':');
    if (colon && asking(s->machine) && colon > path) {
        const char letter[2] = {colon[-1], 0};
        ask_about(s->machine, FACT_drive, letter, ASK_ABSENT);
    }
    return colon && colon[1] ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}

static uint32_t below_root(Sys *s, const char *name, FileOpen *how) {
    const char *root = how->root->path;
    if (*name == '\\') return STATUS_INVALID_PARAMETER;
    bool join = *name && *root && root[strlen(root) - 1] != '\\';
    how->path = arena_printf(s->scratch, "%s%s%s", root, join ? "\\" : "", name);
    return how->path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

uint32_t file_locate(Sys *s, const ObjectAttributes *a, FileOpen *how) {
    if (a->root && a->root->type == &file_type) {
        how->root = (File *)a->root;
        return below_root(s, a->name, how);
    }
    if (!*a->path) return STATUS_OBJECT_PATH_SYNTAX_BAD;
    how->path = fs_device_path(s->machine->fs, s->scratch, a->path);
    if (!how->path) how->path = driver_path(s, a->path);
    if (how->path) return STATUS_SUCCESS;
    return s->scratch->full ? STATUS_NO_MEMORY : unknown_path(s, a->path);
}

uint32_t file_open(Sys *s, FileOpen *how, File **out, uint64_t *information) {
    how->rest = "";
    if (fs_on_volume(s->machine->fs, how->path)) return disk_open(s, how, out, information);
    return open_device(s, how, out, information);
}
