/* NtCreateUserProcess: a process with its first thread, from a file. The parent's parameters come
 * along; handles, console and job are inherited as Windows does it. */
#include "base/buf.h"
#include "guest/ask.h"
#include "guest/debug.h"
#include "guest/device/console.h"
#include "guest/device/disk.h"
#include "guest/fs.h"
#include "guest/job.h"
#include "guest/nt/section.h"
#include "guest/parameters.h"
#include "guest/sys.h"
#include "guest/token.h"
#include "guest/trace.h"
#include "pe/pe.h"

/* Arguments. */
enum {
    PROCESS_HANDLE,
    THREAD_HANDLE,
    PROCESS_ACCESS,
    THREAD_ACCESS,
    PROCESS_ATTRIBUTES,
    THREAD_ATTRIBUTES,
    PROCESS_FLAGS,
    THREAD_FLAGS,
    PARAMETERS,
    CREATE_INFO,
    ATTRIBUTE_LIST,
};

/* PROCESS_CREATE_FLAGS_*, THREAD_CREATE_FLAGS_* */
enum { BREAKAWAY = 1, NO_DEBUG_INHERIT = 2, INHERIT_HANDLES = 4, THREAD_SUSPENDED = 1, HIDE_FROM_DEBUGGER = 4 };

/* PS_ATTRIBUTE_*: the number, and what it is for. */
enum {
    PS_IMAGE_INFO = 0x00006,
    PS_CLIENT_ID = 0x10003,
    PS_TEB_ADDRESS = 0x10004,
    PS_IMAGE_NAME = 0x20005,
    PS_HANDLE_LIST = 0x2000a,
    PS_JOB_LIST = 0x2000d,
    PS_PARENT = 0x60000,
    PS_DEBUG_OBJECT = 0x60001,
    PS_TOKEN = 0x60002,
};

typedef struct {
    uint64_t attribute, size, value, returned;
} Attribute;

typedef struct {
    Attribute list[32];
    size_t count;
} Attributes;

static bool read_attributes(Sys *s, Attributes *out) {
    unsigned width = s->process->pointer;
    uint64_t total;
    *out = (Attributes){.count = 0};
    if (!s->arg[ATTRIBUTE_LIST]) return true;
    Fields f = fields(s->process, s->arg[ATTRIBUTE_LIST]);
    total = get_pointer(&f);
    if (f.bad || total < width) return false;
    size_t count = (size_t)((total - width) / (4 * width)),
           most = sizeof out->list / sizeof *out->list;
    for (; out->count < count && out->count < most; out->count++) {
        Attribute *a = &out->list[out->count];
        a->attribute = get_pointer(&f);
        a->size = get_pointer(&f);
        a->value = get_pointer(&f);
        a->returned = get_pointer(&f);
    }
    return !f.bad;
}

static const Attribute *find(const Attributes *a, uint64_t attribute) {
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i].attribute == attribute) return &a->list[i];
    return NULL;
}

/* ---- the image ---- */

static uint32_t find_image(Sys *s, const Attributes *a, Name **out) {
    const Attribute *name = find(a, PS_IMAGE_NAME);
    FsPath at;
    if (!name || name->size > UINT16_MAX) return STATUS_INVALID_PARAMETER;
    char *path = guest_text16(s->process, s->scratch, name->value, (uint32_t)name->size);
    if (!path) return STATUS_ACCESS_VIOLATION;
    FileSystem *fs = s->machine->fs;
    const char *device = fs_device_path(fs, s->scratch, path);
    if (!device || !fs_on_volume(fs, device)) return STATUS_OBJECT_PATH_NOT_FOUND;
    uint32_t status = fs_walk(fs, device, disk_redirects(s), &at);
    if (status) return status;
    if (!at.name) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (node_is_directory(at.name->node)) return STATUS_FILE_IS_A_DIRECTORY;
    *out = at.name;
    return STATUS_SUCCESS;
}

/* A DLL is no program, nor is a driver. */
static uint32_t open_image(Sys *s, Name *file, Section **out) {
    enum { SUBSYSTEM_NATIVE = 1 };
    uint32_t status = section_of_image(s->machine, file, out);
    if (status) return status;
    if (!((*out)->characteristics & PE_FILE_DLL) && (*out)->subsystem != SUBSYSTEM_NATIVE)
        return STATUS_SUCCESS;
    section_drop(*out);
    return STATUS_INVALID_IMAGE_FORMAT;
}

/* ---- what the child is given ---- */

/* The handles of PROC_THREAD_ATTRIBUTE_HANDLE_LIST. */
static bool read_handle_list(Sys *s, const Attributes *a, ProcessOptions *o) {
    const Attribute *list = find(a, PS_HANDLE_LIST);
    unsigned width = s->process->pointer;
    if (!list || !o->inherit) return true;
    size_t count = (size_t)(list->size / width);
    enum { MOST = 4096 };
    uint64_t *handles = count < MOST ? arena_array(s->scratch, count + 1, sizeof *handles) : NULL;
    if (!handles) return false;
    Fields f = fields(s->process, list->value);
    for (size_t i = 0; i < count; i++) handles[i] = get_pointer(&f);
    o->handles = handles;
    o->handle_count = count;
    return !f.bad;
}

static uint32_t read_objects(Sys *s, const Attributes *a, ProcessOptions *o) {
    const Attribute *parent = find(a, PS_PARENT), *token = find(a, PS_TOKEN);
    uint32_t status = STATUS_SUCCESS;
    o->parent = s->process;
    if (parent) status = handle_process(s->thread, parent->value, &o->parent);
    if (!status && token) status = token_of_handle(s->thread, token->value, (Token **)&o->token);
    return status;
}

static uint32_t read_options(Sys *s, const Attributes *a, ProcessOptions *o) {
    o->inherit = s->arg[PROCESS_FLAGS] & INHERIT_HANDLES;
    o->breakaway = s->arg[PROCESS_FLAGS] & BREAKAWAY;
    if (!parameters_read(s->process, s->arg[PARAMETERS], s->scratch, o) ||
        !read_handle_list(s, a, o))
        return STATUS_ACCESS_VIOLATION;
    return read_objects(s, a, o);
}

/* ---- what the parent is told ---- */

/* PS_CREATE_INFO: the state, PsCreateSuccess. Wine's kernelbase.dll hands over an unfilled one. */
static void put_create_info(Sys *s) {
    enum { SUCCESS = 6 };
    if (!s->arg[CREATE_INFO]) return;
    Fields f = fields(s->process, s->arg[CREATE_INFO]);
    get_pointer(&f);
    put_u32(&f, SUCCESS);
}

static void put_answer(Sys *s, const Attribute *a, const Thread *t) {
    const Process *p = t->process;
    Fields f = fields_in(s->process, a->value, a->size);
    switch (a->attribute) {
    case PS_CLIENT_ID:
        put_pointer(&f, p->id);
        put_pointer(&f, t->id);
        break;
    case PS_TEB_ADDRESS: put_pointer(&f, s->process->wow64 ? t->teb32 : t->teb); break;
    case PS_IMAGE_INFO: process_put_image_information(p, &f); break;
    default: return;
    }
    if (a->returned) guest_put_pointer(s->process, a->returned, fields_used(&f));
}

static uint32_t put_handles(Sys *s, Thread *t) {
    ObjectAttributes process, thread;
    uint32_t status = sys_object_attributes(s, s->arg[PROCESS_ATTRIBUTES], &process);
    if (!status) status = sys_object_attributes(s, s->arg[THREAD_ATTRIBUTES], &thread);
    if (status) return status;
    object_hold(&t->process->object);
    object_hold(&t->object);
    status = sys_return_handle(s, s->arg[PROCESS_HANDLE], &t->process->object,
                               (uint32_t)s->arg[PROCESS_ACCESS], process.attributes);
    uint32_t other = sys_return_handle(s, s->arg[THREAD_HANDLE], &t->object,
                                       (uint32_t)s->arg[THREAD_ACCESS], thread.attributes);
    return status ? status : other;
}

/* ---- command lines that the world answers ---- */

/* `"C:\Windows\System32\net.exe" user` is asked for as `net user`. */
static const char *plain_line(Sys *s, const char *line) {
    bool quoted = *line == '"';
    const char *begin = line + quoted, *end = begin + strcspn(begin, quoted ? "\"" : " \t");
    const char *rest = quoted && *end ? end + 1 : end, *name = begin;
    for (const char *c = begin; c < end; c++)
        if (*c == '\\' || *c == '/') name = c + 1;
    if (end - name > 4 && strncasecmp(end - 4, ".exe", 4) == 0) end -= 4;
    rest += strspn(rest, " \t");
    return arena_printf(s->scratch, "%.*s%s%s", (int)(end - name), name, *rest ? " " : "", rest);
}

static const WorldItem *find_answer(Sys *s, const char *line) {
    const char *plain = plain_line(s, line);
    const WorldItem *i = plain ? ask_match(s->machine, FACT_command, plain) : NULL;
    return i ? i : world_match(s->machine->world, FACT_command, line);
}

/* The machine's own program runs in the place of the one that was asked for. */
static Section *answering_image(Sys *s, const Section *asked) {
    Pack *pack = &s->machine->packs[asked->machine == PE_MACHINE_I386];
    PackEntry *e = pack_find(pack, "answer");
    return e ? pack_section(pack, e) : NULL;
}

/* What it is started with (tools/stub/answer.c): exit code, length, text; 0: no memory. */
static uint64_t put_answer_block(Process *p, const WorldItem *answer) {
    enum { MOST = 1 << 20 };
    const char *text = item_text(answer, FACT_command);
    Buf lines = buf_new(MOST), block = buf_new(MOST + 8);
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '\n') buf_byte(&lines, '\r');
        if (*c != '\r') buf_byte(&lines, (uint8_t)*c);
    }
    buf_le(&block, (uint64_t)item_number(answer, FACT_command_exit, 0), 4);
    buf_le(&block, lines.n, 4);
    buf_add(&block, buf_span(&lines));
    uint64_t base = 0, size = block.n;
    uint32_t status = vm_allocate(p->vm, &base, &size, VM_RESERVE | VM_COMMIT, VM_READWRITE, false,
                                  p->wow64 ? SHARED_DATA_AT : 0);
    if (!status && !guest_write(p, base, block.p, block.n)) base = 0;
    buf_free(&lines);
    buf_free(&block);
    return base;
}

/* ---- creation ---- */

/* A console program that shall have a console of its own has it from its start; one with windows
 * may make one. */
static void give_console(Process *p, const ProcessOptions *o, uint64_t wanted) {
    enum { USE_STANDARD_HANDLES = 0x100 };
    if (wanted == CONSOLE_NEW || wanted == CONSOLE_NEW_HIDDEN)
        console_attach(p, !(o->flags & USE_STANDARD_HANDLES));
}

static uint32_t start_thread(Sys *s, Process *p, const WorldItem *answer, Thread **out) {
    ThreadOptions o = {.start = p->image_base + p->image->entry_point,
                       .argument = p->wow64 ? p->peb32 : p->peb,
                       .suspended = s->arg[THREAD_FLAGS] & THREAD_SUSPENDED};
    if (answer && !(o.argument = put_answer_block(p, answer))) return STATUS_NO_MEMORY;
    return thread_create(p, &o, out);
}

/* PROC_THREAD_ATTRIBUTE_JOB_LIST. */
static uint32_t assign_jobs(Sys *s, const Attributes *a, Process *p) {
    const Attribute *list = find(a, PS_JOB_LIST);
    unsigned width = s->process->pointer;
    uint32_t status = STATUS_SUCCESS;
    for (uint64_t i = 0; list && i < list->size / width && !status; i++) {
        Object *job;
        uint64_t handle;
        if (!guest_get_pointer(s->process, list->value + i * width, &handle))
            return STATUS_ACCESS_VIOLATION;
        status = job_of_handle(s->process, handle, &job);
        if (!status) status = job_assign(job, p);
    }
    return status;
}

/* By the debugger that the parent names, or with the parent by its own. */
static uint32_t give_debugger(Sys *s, const Attributes *a, Process *p) {
    const Attribute *named = find(a, PS_DEBUG_OBJECT);
    Object *o = s->process->debug_single ? NULL : s->process->debugger;
    uint32_t status = STATUS_SUCCESS;
    if (named) status = handle_object(s->process, named->value, &debug_object_type, &o);
    p->debug_single = s->arg[PROCESS_FLAGS] & NO_DEBUG_INHERIT;
    return status || !o ? status : debug_attach((DebugObject *)o, p, true);
}

static uint32_t create(Sys *s, const Attributes *a, ProcessOptions *o, Thread **out) {
    Process *p;
    uint64_t console = o->console;
    const WorldItem *answer = find_answer(s, o->command_line);
    Section *asked = o->image, *own = answer ? answering_image(s, asked) : NULL;
    if (own) o->image = own;
    if ((int64_t)console < 0) o->console = 0;
    uint32_t status = process_create(s->machine, o, &p);
    o->image = asked;
    if (status) return status;
    give_console(p, o, console);
    status = assign_jobs(s, a, p);
    if (!status) status = start_thread(s, p, own ? answer : NULL, out);
    if (!status) status = give_debugger(s, a, p);
    if (status) process_terminate(p, status);
    else trace_process_started(p, s->process, o->directory);
    object_drop(&p->object); /* its thread holds it */
    return status;
}

static uint64_t nt_create_user_process(Sys *s) {
    Attributes a;
    ProcessOptions o = {0};
    Name *file = NULL;
    Thread *t;
    if (s->arg[THREAD_FLAGS] & HIDE_FROM_DEBUGGER) return STATUS_INVALID_PARAMETER;
    if (!read_attributes(s, &a)) return STATUS_ACCESS_VIOLATION;
    uint32_t status = find_image(s, &a, &file);
    if (!status) status = read_options(s, &a, &o);
    if (!status) status = open_image(s, file, &o.image);
    if (status) return status;
    o.image_path = name_path(file, s->scratch);
    status = create(s, &a, &o, &t);
    section_drop(o.image);
    if (status) return status;
    for (size_t i = 0; i < a.count; i++) put_answer(s, &a.list[i], t);
    put_create_info(s);
    status = put_handles(s, t);
    object_drop(&t->object);
    return status;
}

const SysRow nt_spawn_rows[] = {
    {"NtCreateUserProcess", 11, nt_create_user_process},
    {NULL, 0, NULL},
};
