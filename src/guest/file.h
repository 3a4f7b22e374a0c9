/* File: an open file, pipe end or device, and the requests that are on their way to it.
 *
 * NtReadFile, NtWriteFile, NtFsControlFile, NtDeviceIoControlFile and their kin make an Io and give
 * it to the open file's FileOps. What cannot be answered yet is answered with STATUS_PENDING, and
 * asked again, in the order of the requests, whenever something in the machine changed (whoever
 * changes it sets machine->changed) and when the request's deadline came. The caller of an
 * operation finishes the request: status block, event, APC, completion port, or the waiting thread.
 *
 * A device is a row of device/devices.def: its NT path and what opens it. */
#ifndef COAX_GUEST_FILE_H
#define COAX_GUEST_FILE_H

#include "guest/sys.h"

typedef struct File File;
typedef struct FileOps FileOps;
typedef struct Io Io;

/* ---- requests ---- */

typedef enum { IO_READ, IO_WRITE, IO_FLUSH, IO_CONTROL, IO_LOCK, IO_NOTIFY } IoKind;

struct Io {
    Io *next;
    IoKind kind;
    File *file; /* both are held until the request is over */
    Thread *thread;
    uint32_t code;              /* IO_CONTROL: FSCTL_* or IOCTL_* */
    uint64_t input, input_size; /* guest addresses in the thread's process */
    uint64_t output, output_size;
    uint64_t offset;      /* reads and writes of what has positions; locks */
    uint64_t deadline;    /* ask again then, at the latest; NEVER at first */
    bool again;           /* it was pending before */
    void *context;        /* the operation's own between two questions; freed with the request */
    uint64_t information; /* the answer's second half: bytes transferred */

    /* How it ends. */
    bool synchronous; /* the thread waits for it */
    bool cancelled, done;
    uint32_t status;
    uint64_t status_block, apc_routine, apc_context;
    Object *event;
};

static inline Process *io_process(const Io *io) {
    return io->thread->process;
}

/* Copies of the request's buffers; false where they do not fit or cannot be accessed. */
bool io_get(const Io *io, uint64_t at, void *out, uint64_t n);
bool io_put(const Io *io, uint64_t at, const void *bytes, uint64_t n);

/* For the system calls that make requests. io_new takes the event, the APC and the status block
 * from the call's arguments 1 to 4; io_start performs the request, io_finish ends one that was
 * performed already: both free it and return what the call returns. io_discard frees one without a
 * word. */
uint32_t io_new(Sys *s, File *f, IoKind kind, Io **out);
uint64_t io_start(Sys *s, Io *io);
uint64_t io_finish(Io *io, uint32_t status);
void io_discard(Io *io);

/* Cancels pending requests: those that are of this file, of this thread, have this status block,
 * are synchronous, where these are given. Returns how many there were. */
typedef struct {
    const File *file;
    const Thread *thread;
    uint64_t status_block;
    bool synchronous;
} IoFilter;
uint32_t io_cancel(Machine *m, const IoFilter *which);

/* Asks all pending requests again; the scheduler does so before it looks at the waits. */
void io_poll(Machine *m);
/* When io_poll is due at the latest; NEVER. */
uint64_t io_deadline(const Machine *m);
/* Requests of a thread that ends are cancelled. */
void io_thread_ended(Thread *t);

/* ---- open files ---- */

/* What NtCreateFile was asked for. */
typedef struct {
    const char *path; /* full NT path, below \\Device\\ (file_locate) */
    const char *rest; /* a device: what follows its path, without the backslash; else "" */
    File *root;       /* RootDirectory where it is a file, else NULL */
    uint32_t access;  /* generic rights are resolved */
    uint32_t share, disposition, options, attributes;
    uint64_t allocation;
    Span ea; /* extended attributes (FILE_FULL_EA_INFORMATION) in the scratch arena */
} FileOpen;

/* Answers of a kind of file. Where there is no function the answer is
 * STATUS_INVALID_DEVICE_REQUEST (STATUS_SUCCESS for flush). */
struct FileOps {
    uint32_t device_type; /* FILE_DEVICE_* */
    uint32_t characteristics;
    bool seekable; /* it has positions; reads and writes end at once */
    uint32_t (*read)(File *f, Io *io);
    uint32_t (*write)(File *f, Io *io);
    uint32_t (*flush)(File *f, Io *io);
    uint32_t (*control)(File *f, Io *io);
    uint32_t (*lock)(File *f, Io *io);
    uint32_t (*notify)(File *f, Io *io);
    /* NtQueryInformationFile and NtSetInformationFile of the classes that are not the same for all
     * files; STATUS_INVALID_INFO_CLASS for those it does not know. */
    uint32_t (*query)(File *f, Sys *s, uint32_t class, Fields *out);
    uint32_t (*set)(File *f, Sys *s, uint32_t class, Fields *in);
    uint32_t (*query_volume)(File *f, Sys *s, uint32_t class, Fields *out);
    /* For waits on the handle; NULL: signaled unless a request is pending. */
    bool (*signaled)(File *f, Thread *t);
    /* A process closed its last handle; it was the last of all where f->object.handles is 0. */
    void (*closed)(File *f, Process *p);
    /* Frees what it holds; the File itself is freed after. */
    void (*destroy)(File *f);
};

struct File {
    Object object; /* of file_type */
    const FileOps *ops;
    char *path; /* as NtQueryObject names it: \Device\HarddiskVolume1\dir\file; owned */
    uint32_t access, share, options;
    bool synchronous, alertable;
    bool busy; /* not signaled: a request is pending */
    uint64_t position;
    Object *port; /* completion port, or NULL; a reference is held */
    uint64_t port_key;
    uint32_t port_flags; /* FILE_SKIP_* */
};

extern const ObjectType file_type;

/* A zeroed open file of `size` bytes that begins with a File. NULL: no memory. */
void *file_new(Machine *m, const FileOps *ops, size_t size, const FileOpen *how, const char *path);

/* The open file behind a handle; *access (may be NULL) is what the handle grants. */
uint32_t file_of_handle(Process *p, uint64_t handle, File **out, uint32_t *access);

/* The name that NtQueryObject tells. */
const char *file_told_path(Sys *s, const File *f);

/* Resolves generic rights to those of files. */
uint32_t file_map_access(uint32_t access);

/* ---- devices ---- */

typedef struct {
    const char *path; /* \Device\ConDrv; names below it (\Device\ConDrv\Input) are its own */
    /* *out: a new open file with one reference. */
    uint32_t (*open)(Sys *s, const FileOpen *how, File **out);
} Device;

/* The device of an NT path (case is ignored) with what follows its name in *rest, or NULL. */
const Device *device_find(const char *path, const char **rest);

/* Finds out what path OBJECT_ATTRIBUTES mean: sets how->path and how->root. */
uint32_t file_locate(Sys *s, const ObjectAttributes *a, FileOpen *how);

/* Opens a path as NtCreateFile does. *information: FILE_OPENED, FILE_CREATED... */
uint32_t file_open(Sys *s, FileOpen *how, File **out, uint64_t *information);

enum {
    FILE_READ_DATA = 0x1, /* FILE_LIST_DIRECTORY */
    FILE_WRITE_DATA = 0x2,
    FILE_APPEND_DATA = 0x4,
    FILE_READ_EA = 0x8,
    FILE_WRITE_EA = 0x10,
    FILE_EXECUTE = 0x20,
    FILE_DELETE_CHILD = 0x40,
    FILE_READ_ATTRIBUTES = 0x80,
    FILE_WRITE_ATTRIBUTES = 0x100,
    ACCESS_DELETE = 0x10000,
    ACCESS_READ_CONTROL = 0x20000,
    ACCESS_SYNCHRONIZE = 0x100000,
};

/* Create options. */
enum {
    FILE_DIRECTORY_FILE = 0x1,
    FILE_WRITE_THROUGH = 0x2,
    FILE_SEQUENTIAL_ONLY = 0x4,
    FILE_NO_INTERMEDIATE_BUFFERING = 0x8,
    FILE_SYNCHRONOUS_IO_ALERT = 0x10,
    FILE_SYNCHRONOUS_IO_NONALERT = 0x20,
    FILE_NON_DIRECTORY_FILE = 0x40,
    FILE_DELETE_ON_CLOSE = 0x1000,
    FILE_OPEN_BY_FILE_ID = 0x2000,
};

enum { FILE_SHARE_READ = 1, FILE_SHARE_WRITE = 2, FILE_SHARE_DELETE = 4 };

/* Dispositions, and what became of them. */
enum { FILE_SUPERSEDE, FILE_OPEN, FILE_CREATE, FILE_OPEN_IF, FILE_OVERWRITE, FILE_OVERWRITE_IF };
enum { FILE_SUPERSEDED, FILE_OPENED, FILE_CREATED, FILE_OVERWRITTEN };

enum {
    FILE_DEVICE_CD_ROM = 0x02,
    FILE_DEVICE_DISK = 0x07,
    FILE_DEVICE_FILE_SYSTEM = 0x09,
    FILE_DEVICE_MAILSLOT = 0x0c,
    FILE_DEVICE_NAMED_PIPE = 0x11,
    FILE_DEVICE_NULL = 0x15,
    FILE_DEVICE_UNKNOWN = 0x22,
    FILE_DEVICE_CONSOLE = 0x50,
};

#endif
