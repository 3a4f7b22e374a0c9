#include "guest/outside.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/target.h"
#include "guest/token.h"

uint64_t outside_start(const Machine *m) {
    enum { BOOT_TAKES = 100000000 }; /* ten seconds */
    return time_to_filetime(m->start) - m->uptime / 100 + BOOT_TAKES;
}

/* ---- whose they are ---- */

static const char *owner(const WorldItem *i) {
    const char *user = item_text(i, FACT_process_user);
    return user ? user : "";
}

/* NULL: a person's. */
static const char *service_sid(const WorldItem *i) {
    static const struct {
        const char *name, *sid;
    } accounts[] = {
        {"SYSTEM", "S-1-5-18"}, {"LOCAL SERVICE", "S-1-5-19"}, {"NETWORK SERVICE", "S-1-5-20"}};
    for (size_t n = 0; n < sizeof accounts / sizeof *accounts; n++)
        if (text_equal_nocase(owner(i), accounts[n].name)) return accounts[n].sid;
    return NULL;
}

static bool is_users_own(const Machine *m, const WorldItem *i) {
    return !*owner(i) || text_equal_nocase(owner(i), world_text(m->world, FACT_user));
}

/* notepad.exe#2 is notepad.exe. */
static bool is_named(const WorldItem *p, const char *name) {
    size_t n = strcspn(p->subject, "#");
    return n == strlen(name) && strncasecmp(p->subject, name, n) == 0;
}

/* Protected processes, which not even an administrator can change. */
static bool is_protected(const WorldItem *p) {
    static const char *const names[] = {
        "System",      "Registry",     "Memory Compression", "smss.exe",   "csrss.exe",
        "wininit.exe", "services.exe", "MsMpEng.exe",        "NisSrv.exe", "SgrmBroker.exe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_named(p, names[i])) return true;
    return false;
}

/* The default descriptors of processes: the owner and SYSTEM may everything, administrators look at
 * those of the system. SeDebugPrivilege opens all but protected ones. */
uint32_t outside_access(Thread *t, const Process *p, uint32_t wanted, uint32_t *granted) {
    enum {
        LIMITED = TARGET_QUERY_LIMITED | TARGET_SYNCHRONIZE,
        ADMINISTRATORS = LIMITED | TARGET_TERMINATE | TARGET_VM_READ | TARGET_QUERY | 0x20000
    };
    const Token *who = token_of_thread(t);
    uint32_t allowed = 0;
    if (is_protected(p->outside)) allowed = token_may_debug(who) ? LIMITED | TARGET_TERMINATE : 0;
    else if (token_may_debug(who) || is_users_own(t->process->machine, p->outside))
        allowed = TARGET_ALL;
    else if (who && who->elevated) allowed = ADMINISTRATORS;
    *granted = target_map_access(wanted);
    if (wanted & TARGET_MAXIMUM_ALLOWED) *granted = allowed;
    return *granted && !(*granted & ~allowed) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* ---- making them ---- */

/* The program at its path; another where the world has none there that could be loaded. */
static Section *image_of(Machine *m, const char *path) {
    static const char *const others[] = {"C:\\Windows\\System32\\svchost.exe",
                                         "C:\\Windows\\SysWOW64\\svchost.exe"};
    uint32_t status = STATUS_OBJECT_NAME_NOT_FOUND;
    Section *s = image_open(m, path, &status);
    for (size_t i = 0; !s && i < sizeof others / sizeof *others; i++)
        s = image_open(m, others[i], &status);
    return s;
}

static uint32_t make(Machine *m, const WorldItem *i, Process **out) {
    const char *path = item_text(i, FACT_process), *command = item_text(i, FACT_process_command);
    Section *image = image_of(m, path ? path : "");
    if (!image) return STATUS_ACCESS_DENIED;
    ProcessOptions o = {.image = image,
                        .image_path = path ? path : "",
                        .command_line = command ? command
                                        : path  ? path
                                                : "",
                        .directory = "C:\\Windows\\System32\\",
                        .environment = process_world_environment(m, &m->scratch),
                        .outside = i};
    uint32_t status = process_create(m, &o, out);
    section_drop(image);
    if (status) return status;
    const char *sid = service_sid(i);
    if (sid) (*out)->token = (Object *)token_of_service(m, sid);
    (*out)->create_time = outside_start(m);
    (*out)->announced = true;
    return STATUS_SUCCESS;
}

uint32_t outside_process(Machine *m, uint64_t id, Process **out) {
    const WorldItem *i = process_of_world(m, id);
    if (!i) return STATUS_INVALID_CID;
    ask_item(m, i, FACT_process);
    for (Process *p = m->processes; p; p = p->next) {
        if (p->outside != i) continue;
        *out = p;
        return p->ended ? STATUS_INVALID_CID : STATUS_SUCCESS;
    }
    return make(m, i, out);
}
