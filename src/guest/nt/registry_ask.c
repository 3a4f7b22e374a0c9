#include "guest/nt/registry_ask.h"
#include "base/text.h"
#include "guest/ask.h"
#include <strings.h>

/* Names that hold a NUL, or half of a character, have no spelling in a world. */
static void tell(Sys *s, FactId id, const char *subject, unsigned how) {
    if (text_is_utf8(span_str(subject))) ask_about_derived(s->machine, id, subject, how);
}

static bool begins(const char *path, const char *prefix) {
    size_t n = strlen(prefix);
    return !strncasecmp(path, prefix, n) && (path[n] == '\\' || !path[n]);
}

/* \REGISTRY\MACHINE\SYSTEM\ControlSet001\x as a world spells it; NULL where that has no name for
 * it.
 */
static const char *world_key(Sys *s, const char *path) {
    const char *user =
        arena_printf(s->scratch, "\\REGISTRY\\USER\\%s", world_user_sid(s->machine->world));
    const struct {
        const char *from, *to;
    } roots[] = {
        {"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001", "HKLM\\SYSTEM\\CurrentControlSet"},
        {"\\REGISTRY\\MACHINE", "HKLM"},
        {user, "HKCU"},
        {"\\REGISTRY\\USER", "HKU"},
    };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (roots[i].from && begins(path, roots[i].from))
            return arena_printf(s->scratch, "%s%s", roots[i].to, path + strlen(roots[i].from));
    return NULL;
}

/* What a 32-bit program means by HKLM\SOFTWARE. */
static const char *redirected(Sys *s, const char *key) {
    static const char software[] = "HKLM\\SOFTWARE", node[] = "HKLM\\SOFTWARE\\Wow6432Node";
    if (!begins(key, software) || begins(key, node)) return key;
    return arena_printf(s->scratch, "%s%s", node, key + sizeof software - 1);
}

void ask_key(Sys *s, const RegKey *key) {
    if (!asking(s->machine) || key->guest) return;
    const char *path = registry_path(s->scratch, key), *subject = path ? world_key(s, path) : NULL;
    if (subject && strchr(subject, '\\')) tell(s, FACT_key, subject, ASK_FOUND);
}

void ask_no_key(Sys *s, const RegKey *root, const char *path, bool view32) {
    if (!asking(s->machine)) return;
    const char *above = root ? registry_path(s->scratch, root) : "";
    const char *full =
        arena_printf(s->scratch, "%s%s%s", above ? above : "", root ? "\\" : "", path);
    const char *subject = full ? world_key(s, full) : NULL;
    if (subject && view32) subject = redirected(s, subject);
    if (subject) tell(s, FACT_key, subject, ASK_ABSENT);
}

void ask_value(Sys *s, const RegKey *key, const char *name, const RegValue *v) {
    if (!asking(s->machine) || (v ? v->guest : key->guest)) return;
    const char *path = registry_path(s->scratch, key), *above = path ? world_key(s, path) : NULL;
    const char *separator = strchr(name, '\\') ? "\\\\" : "\\";
    const char *subject = above ? arena_printf(s->scratch, "%s%s%s", above, separator, name) : NULL;
    if (subject) tell(s, FACT_registry, subject, v ? ASK_TOLD : ASK_ABSENT);
}
