/* The environment: what the world tells, and what follows from user, computer and domain as on an
 * installed Windows 10 x64. */
#include "world/internal.h"
#include <stdlib.h>

enum { DEEPEST = 8, LONGEST = 32767 /* Windows' limit of a variable */ };

/* Templates as in derived.def. */
static const Variable derived[] = {
    {"ALLUSERSPROFILE", "%ProgramData%"},
    {"APPDATA", "%USERPROFILE%\\AppData\\Roaming"},
    {"CommonProgramFiles", "%ProgramFiles%\\Common Files"},
    {"CommonProgramFiles(x86)", "%ProgramFiles(x86)%\\Common Files"},
    {"CommonProgramW6432", "%ProgramFiles%\\Common Files"},
    {"COMPUTERNAME", "%:computer%"},
    {"ComSpec", "%SystemRoot%\\system32\\cmd.exe"},
    {"DriverData", "%SystemRoot%\\System32\\Drivers\\DriverData"},
    {"HOMEDRIVE", "%SystemDrive%"},
    {"HOMEPATH", "\\Users\\%USERNAME%"},
    {"LOCALAPPDATA", "%USERPROFILE%\\AppData\\Local"},
    {"LOGONSERVER", "\\\\%:logon-server%"},
    {"NUMBER_OF_PROCESSORS", "%:cpu.count%"},
    {"OS", "Windows_NT"},
    {"Path", "%SystemRoot%\\system32;%SystemRoot%;%SystemRoot%\\System32\\Wbem;"
             "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\;%SystemRoot%\\System32\\OpenSSH\\;"
             "%LOCALAPPDATA%\\Microsoft\\WindowsApps;"},
    {"PATHEXT", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"},
    {"PROCESSOR_ARCHITECTURE", "AMD64"},
    {"PROCESSOR_IDENTIFIER", "%:cpu-name%, %:cpu.vendor%"},
    {"PROCESSOR_LEVEL", "%:cpu.family%"},
    {"PROCESSOR_REVISION", "%:cpu-revision%"},
    {"ProgramData", "%SystemDrive%\\ProgramData"},
    {"ProgramFiles", "%SystemDrive%\\Program Files"},
    {"ProgramFiles(x86)", "%SystemDrive%\\Program Files (x86)"},
    {"ProgramW6432", "%ProgramFiles%"},
    {"PSModulePath", "%ProgramFiles%\\WindowsPowerShell\\Modules;"
                     "%SystemRoot%\\system32\\WindowsPowerShell\\v1.0\\Modules"},
    {"PUBLIC", "%SystemDrive%\\Users\\Public"},
    {"SESSIONNAME", "Console"},
    {"SystemDrive", "C:"},
    {"SystemRoot", "%SystemDrive%\\Windows"},
    {"TEMP", "%LOCALAPPDATA%\\Temp"},
    {"TMP", "%TEMP%"},
    {"USERDNSDOMAIN", "%:domain-dns%"},
    {"USERDOMAIN", "%:user-domain%"},
    {"USERDOMAIN_ROAMINGPROFILE", "%USERDOMAIN%"},
    {"USERNAME", "%:user%"},
    {"USERPROFILE", "%SystemDrive%\\Users\\%USERNAME%"},
    {"windir", "%SystemRoot%"},
};
enum { DERIVED = sizeof derived / sizeof *derived };

/* ---- expansion while the variables are being made ---- */

typedef struct {
    const World *world;
    Arena *scratch;
    const char *open[DEEPEST]; /* names that are being resolved */
    unsigned depth;
} Resolver;

static void expand_into(Resolver *r, Buf *out, const char *template);

const char *variable_template(const char *name) {
    for (size_t i = 0; i < DERIVED; i++)
        if (text_equal_nocase(derived[i].name, name)) return derived[i].value;
    return NULL;
}

static bool is_open(const Resolver *r, const char *name) {
    for (unsigned i = 0; i < r->depth; i++)
        if (text_equal_nocase(r->open[i], name)) return true;
    return false;
}

/* A variable that the world tells may name itself, as PATH=%PATH%;C:\Tools does: it then means the
 * derived one. */
static const char *template_of(Resolver *r, const char *name) {
    const WorldItem *told = is_open(r, name) ? NULL : world_find(r->world, FACT_environment, name);
    if (!told) return variable_template(name);
    const WorldValue *v = &told->values[0];
    return v->template.p ? (const char *)v->template.p : (const char *)v->bytes.p;
}

static bool resolve(Resolver *r, Buf *out, const char *name) {
    if (name[0] == ':') {
        TemplateContext c = {.world = r->world, .arena = r->scratch};
        char *fact = template_name(&c, name + 1);
        if (fact) buf_str(out, fact);
        return fact;
    }
    const char *template = r->depth < DEEPEST ? template_of(r, name) : NULL;
    if (!template) return false;
    r->open[r->depth++] = name;
    expand_into(r, out, template);
    r->depth--;
    return true;
}

static void expand_into(Resolver *r, Buf *out, const char *template) {
    for (const char *p = template; *p && !out->full;) {
        const char *end = *p == '%' ? strchr(p + 1, '%') : NULL;
        char *name = end ? arena_text(r->scratch, span(p + 1, (size_t)(end - p - 1))) : NULL;
        size_t plain = 1 + strcspn(p + 1, "%");
        if (name && *name && resolve(r, out, name)) {
            p = end + 1;
        } else {
            buf_add(out, span(p, plain));
            p += plain;
        }
    }
}

static char *resolve_variable(World *w, const char *name) {
    Arena scratch = arena_new(1 << 20);
    Resolver r = {.world = w, .scratch = &scratch};
    Buf out = buf_new(LONGEST);
    resolve(&r, &out, name);
    char *value = scratch.full ? NULL : arena_text(w->arena, buf_span(&out));
    buf_free(&out);
    arena_reset(&scratch);
    return value;
}

static int compare_variables(const void *a, const void *b) {
    return text_compare_nocase(((const Variable *)a)->name, ((const Variable *)b)->name);
}

static Status add_variable(World *w, const char *name) {
    char *value = resolve_variable(w, name);
    if (!value) return ST_BUDGET;
    if (*value) w->variables[w->variable_count++] = (Variable){name, value};
    return ST_OK;
}

Status variables_make(World *w) {
    w->variable_count = 0;
    w->variables = arena_new_array(w->arena, Variable, DERIVED + world_count(w, FACT_environment));
    if (!w->variables) return ST_BUDGET;
    for (size_t i = 0; i < DERIVED; i++)
        if (!world_removed(w, FACT_environment, derived[i].name))
            TRY(add_variable(w, derived[i].name));
    for (const WorldItem *i = world_first(w, FACT_environment); i; i = world_next(i))
        if (!variable_template(i->subject)) TRY(add_variable(w, i->subject));
    qsort(w->variables, w->variable_count, sizeof *w->variables, compare_variables);
    return ST_OK;
}

/* ---- use ---- */

const char *world_variable(const World *w, const char *name) {
    Variable key = {.name = name};
    if (!w->variable_count) return NULL;
    const Variable *v =
        bsearch(&key, w->variables, w->variable_count, sizeof key, compare_variables);
    return v ? v->value : NULL;
}

void world_variables(const World *w,
                     void (*each)(void *context, const char *name, const char *value),
                     void *context) {
    for (size_t i = 0; i < w->variable_count; i++)
        each(context, w->variables[i].name, w->variables[i].value);
}
