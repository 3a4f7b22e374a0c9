/* ITaskSchedulerService (MS-TSCH 3.2.5.4): tasks are registered, read, listed, run and deleted. As
 * on Windows a task is a file below System32\Tasks, which is how it is told; service/task.c starts
 * it.
 *
 * Not modelled: instances that run, security descriptors, folders of their own. */
#include "base/text.h"
#include "guest/fs.h"
#include "guest/rpc/ndr.h"
#include "guest/rpc/rpc.h"
#include "guest/service/task.h"
#include "guest/trace.h"
#include <stdlib.h>

#define S_FALSE          1u
#define E_FILE_NOT_FOUND 0x80070002u
#define E_ALREADY_EXISTS 0x800700b7u
#define E_INVALID_NAME   0x8007007bu
#define TASKS            "C:\\Windows\\System32\\Tasks"
enum { VALIDATE_ONLY = 1, CREATE = 2, UPDATE = 4, VERSION = 0x10005, READY = 3 };

static RpcOutcome answer(RpcCall *c, uint32_t result) {
    ndr_put_u32(&c->out, result);
    return RPC_ANSWERED;
}

/* Where the task lies; NULL for a name that leads elsewhere. */
static const char *file_of(RpcCall *c, const char *path) {
    if (!path || strstr(path, "..") || strpbrk(path, ":*?\"<>|")) return NULL;
    while (*path == '\\' || *path == '/') path++;
    return *path ? arena_printf(c->scratch, TASKS "\\%s", path) : NULL;
}

/* \Folder\Task */
static const char *name_of(const char *file) {
    return file + sizeof TASKS - 1;
}

static Name *find(RpcCall *c, const char *path) {
    const char *file = file_of(c, path);
    Name *n = file ? fs_find(c->machine->fs, file, false) : NULL;
    return n && !node_is_directory(n->node) ? n : NULL;
}

static void tell(RpcCall *c, EventCategory category, const char *file) {
    trace_event(c->machine, NULL, category, {EF_Image, "C:\\Windows\\System32\\svchost.exe"},
                {EF_TargetFilename, file});
}

static RpcOutcome highest_version(RpcCall *c) {
    ndr_put_u32(&c->out, VERSION);
    return answer(c, 0);
}

/* path, XML, flags, ...; *path as it is, *error */
static RpcOutcome register_task(RpcCall *c) {
    const char *path = ndr_optional_text(&c->in, c->scratch);
    const char *xml = ndr_text(&c->in, c->scratch);
    uint32_t flags = ndr_u32(&c->in), result = 0;
    if (c->in.bad || !xml) return RPC_ANSWERED;
    const char *file = file_of(c, path);
    bool there = find(c, path), known = file && !(flags & VALIDATE_ONLY);
    if (!file) result = E_INVALID_NAME;
    else if (there && !(flags & UPDATE)) result = E_ALREADY_EXISTS;
    else if (!there && !(flags & CREATE) && flags & UPDATE) result = E_FILE_NOT_FOUND;
    if (known && !result) {
        Span units = text_to_utf16(c->scratch, span_str(xml));
        Buf b = buf_new(RPC_MOST_BYTES);
        buf_le(&b, 0xfeff, 2);
        buf_add(&b, units);
        fs_put(c->machine->fs, file, arena_bytes(&c->machine->arena, buf_span(&b)));
        buf_free(&b);
        tell(c, there ? EV_file_change : EV_file_event, file);
        task_registered(c->machine, name_of(file), xml);
    }
    ndr_put_pointer(&c->out, !result);
    if (!result) ndr_put_text(&c->out, c->scratch, name_of(file), 0);
    ndr_put_pointer(&c->out, false);
    return answer(c, result);
}

/* path, languages, *count of them; *XML */
static RpcOutcome retrieve_task(RpcCall *c) {
    const char *path = ndr_text(&c->in, c->scratch), *xml = NULL;
    const Name *n = path ? find(c, path) : NULL;
    Span bytes = {0};
    void *copy = NULL;
    if (n && fs_read_all(n->node, &bytes, &copy) && bytes.n >= 2)
        xml = text_from_utf16(c->scratch, span_clip(bytes, 2, SIZE_MAX));
    free(copy);
    ndr_put_pointer(&c->out, xml);
    if (xml) ndr_put_text(&c->out, c->scratch, xml, 0);
    return answer(c, xml ? 0 : E_FILE_NOT_FOUND);
}

static RpcOutcome create_folder(RpcCall *c) {
    (void)c;
    return answer(c, 0); /* it is there as soon as a task is in it */
}

/* The names below a folder: none where it is not there. */
static RpcOutcome enumerate(RpcCall *c, bool folders) {
    enum { MOST = 256 };
    const char *path = ndr_text(&c->in, c->scratch), *names[MOST];
    ndr_u32(&c->in);
    uint32_t start = ndr_u32(&c->in), wanted = ndr_u32(&c->in), count = 0, seen = 0;
    bool root = path && (!*path || strcmp(path, "\\") == 0);
    const char *file = root ? TASKS : file_of(c, path);
    Name *folder = file ? fs_find(c->machine->fs, file, false) : NULL;
    const Node *n = folder && node_is_directory(folder->node) ? folder->node : NULL;
    for (size_t i = 0; n && i < n->entry_count && count < wanted && count < MOST; i++)
        if (node_is_directory(n->entries[i]->node) == folders && seen++ >= start)
            names[count++] = n->entries[i]->text;
    ndr_put_u32(&c->out, start + count);
    ndr_put_u32(&c->out, count);
    ndr_put_pointer(&c->out, count);
    if (count) ndr_put_u32(&c->out, count);
    for (uint32_t i = 0; i < count; i++) ndr_put_pointer(&c->out, true);
    for (uint32_t i = 0; i < count; i++) ndr_put_text(&c->out, c->scratch, names[i], 0);
    if (!n && !root) return answer(c, E_FILE_NOT_FOUND);
    return answer(c, n && count == wanted ? 0 : S_FALSE);
}

static RpcOutcome enum_folders(RpcCall *c) {
    return enumerate(c, true);
}
static RpcOutcome enum_tasks(RpcCall *c) {
    return enumerate(c, false);
}

static RpcOutcome delete_task(RpcCall *c) {
    const char *path = ndr_text(&c->in, c->scratch), *file = file_of(c, path);
    if (!find(c, path)) return answer(c, E_FILE_NOT_FOUND);
    fs_remove(c->machine->fs, file);
    task_deleted(c->machine, name_of(file));
    tell(c, EV_file_delete, file);
    return answer(c, 0);
}

/* path, count and pointers of parameters, flags, session, user; *GUID of the instance */
static RpcOutcome run_task(RpcCall *c) {
    enum { GUID_WORDS = 4 };
    const char *path = ndr_text(&c->in, c->scratch);
    bool ran = find(c, path) && task_run(c->machine, name_of(file_of(c, path)));
    for (int i = 0; i < GUID_WORDS; i++)
        ndr_put_u32(&c->out, ran ? (uint32_t)machine_random(c->machine) : 0);
    return answer(c, ran ? 0 : E_FILE_NOT_FOUND);
}

static RpcOutcome get_task_info(RpcCall *c) {
    const char *path = ndr_text(&c->in, c->scratch);
    bool there = find(c, path);
    ndr_put_u32(&c->out, there);
    ndr_put_u32(&c->out, there ? READY : 0);
    return answer(c, there ? 0 : E_FILE_NOT_FOUND);
}

static RpcOutcome enable_task(RpcCall *c) {
    const char *path = ndr_text(&c->in, c->scratch);
    bool enabled = ndr_u32(&c->in) != 0;
    if (!find(c, path)) return answer(c, E_FILE_NOT_FOUND);
    task_enable(c->machine, name_of(file_of(c, path)), enabled);
    return answer(c, 0);
}

static RpcFunction *const functions[] = {
    [0] = highest_version, [1] = register_task, [2] = retrieve_task, [3] = create_folder,
    [6] = enum_folders,    [7] = enum_tasks,    [12] = run_task,     [13] = delete_task,
    [17] = get_task_info,  [19] = enable_task,
};

const RpcInterface rpc_schrpc = {
    .name = "ITaskSchedulerService",
    .id = {0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd,
           0x0c},
    .version = 1,
    .functions = functions,
    .count = sizeof functions / sizeof *functions,
};
