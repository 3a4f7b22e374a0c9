/* The registry of a machine: the packs' records, and over them what its world says.
 *
 * The world itself derives most registry values from its other facts (world/derived.def). Here is
 * what needs the packs as well, or has no row there: services, printers, the time zone's rules. */
#include "base/hash.h"
#include "base/text.h"
#include "guest/machine.h"
#include "guest/registry.h"
#include <stdlib.h>

#define MACHINE_KEY "\\Registry\\Machine\\"
#define CONTROL_SET MACHINE_KEY "SYSTEM\\CurrentControlSet\\"
#define NT_VERSION  "Microsoft\\Windows NT\\CurrentVersion"

typedef struct {
    Registry *registry;
    const World *world;
    Arena *arena;
    const char *sid;  /* the user's */
    const char *path; /* of `key`, as last given */
    RegKey *key;
} Furnisher;

/* ---- values ---- */

static void enter(Furnisher *f, const char *path) {
    if (f->path && strcmp(f->path, path) == 0) return;
    f->path = path;
    f->key = registry_make(f->registry, path);
}

static void put(Furnisher *f, const char *name, uint32_t type, Span data) {
    if (f->key) registry_set(f->registry, f->key, name, type, data, f->key->written);
}

static void put_text(Furnisher *f, const char *name, uint32_t type, const char *text) {
    Span wide = text_to_utf16(f->arena, span_str(text ? text : ""));
    if (wide.p) put(f, name, type, span(wide.p, wide.n + 2));
}

static void put_number(Furnisher *f, const char *name, uint32_t v) {
    uint8_t raw[4];
    for (unsigned i = 0; i < 4; i++) raw[i] = (uint8_t)(v >> 8 * i);
    put(f, name, REG_DWORD, span(raw, 4));
}

static void put_link(Furnisher *f, const char *path, const char *target) {
    const char *slash = strrchr(path, '\\');
    RegKey *parent =
        registry_make(f->registry, arena_text(f->arena, span(path, (size_t)(slash - path))));
    Span wide = text_to_utf16(f->arena, span_str(target));
    RegKey *link;
    bool created;
    if (!parent || registry_create(f->registry, parent, slash + 1, REG_CREATE_LINK, parent->written,
                                   &link, &created))
        return;
    registry_set(f->registry, link, "SymbolicLinkValue", REG_LINK, wide, parent->written);
}

/* ---- the packs ---- */

/* The 64-bit pack has them: they are of a 64-bit Windows and its 32-bit programs. */
static Span records(Pack *pack) {
    PackEntry *e = pack->count ? pack_find(pack, "registry") : NULL;
    return e ? pack_bytes(pack, e) : (Span){0};
}

/* The links stand before the records come, so that what the records have there stays behind them.
 */
static void lay_out(Furnisher *f) {
    put_link(f, MACHINE_KEY "SYSTEM\\CurrentControlSet", MACHINE_KEY "SYSTEM\\ControlSet001");
    put_link(f, MACHINE_KEY "SOFTWARE\\Wow6432Node\\Classes",
             MACHINE_KEY "SOFTWARE\\Classes\\Wow6432Node");
    put_link(f, "\\Registry\\User\\S-1-5-18", "\\Registry\\User\\.DEFAULT");
}

static void graft(Furnisher *f, Span base) {
    const char *user = arena_printf(f->arena, "USER\\%s", f->sid);
    registry_graft(f->registry, base, MACHINE_KEY "Software", "MACHINE\\SOFTWARE");
    registry_graft(f->registry, base, MACHINE_KEY "System", "MACHINE\\SYSTEM");
    registry_graft(f->registry, base, MACHINE_KEY "System\\CurrentControlSet",
                   "MACHINE\\SYSTEM\\ControlSet001");
    registry_graft(f->registry, base, "\\Registry\\User\\.DEFAULT", "USER\\.DEFAULT");
    if (user) registry_graft(f->registry, base, "\\Registry\\User\\CURRENT", user);
}

/* ---- what the world says ---- */

/* HKCU\Software as \Registry\User\S-1-5-...\Software. */
static const char *native_path(Furnisher *f, const char *key) {
    const char *rest = strchr(key, '\\');
    Span root = rest ? span(key, (size_t)(rest - key)) : span_str(key);
    const struct {
        const char *name, *path;
    } roots[] = {
        {"HKLM", "\\Registry\\Machine"},
        {"HKCU", arena_printf(f->arena, "\\Registry\\User\\%s", f->sid)},
        {"HKCR", MACHINE_KEY "SOFTWARE\\Classes"},
        {"HKU", "\\Registry\\User"},
        {"HKCC", CONTROL_SET "Hardware Profiles\\Current"},
    };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (span_equal(root, span_str(roots[i].name)))
            return arena_printf(f->arena, "%s%s", roots[i].path, rest ? rest : "");
    return NULL;
}

static void put_world_values(Furnisher *f) {
    for (const WorldItem *i = world_first(f->world, FACT_key); i; i = world_next(i)) {
        const char *path = native_path(f, i->subject);
        if (path) enter(f, path);
    }
    for (const WorldItem *i = world_first(f->world, FACT_registry); i; i = world_next(i)) {
        const char *key, *name = registry_subject_value(i->subject, f->arena, &key);
        const char *path = native_path(f, key);
        const WorldValue *v = item_value(i, FACT_registry);
        if (!path) continue;
        enter(f, path);
        put(f, name, (uint32_t)v->number, v->bytes);
    }
}

static void remove_key(Furnisher *f, const char *path) {
    RegKey *key;
    if (!registry_find(f->registry, NULL, path, REG_OPEN_LINK, &key))
        registry_delete(f->registry, key, true, f->key ? f->key->written : 0);
    f->path = NULL;
}

static void remove_value(Furnisher *f, const char *path, const char *name) {
    RegKey *key;
    if (!registry_find(f->registry, NULL, path, 0, &key))
        registry_unset(f->registry, key, name, key->written);
}

static void remove_absent(Furnisher *f) {
    for (const WorldItem *i = world_first_removed(f->world, FACT_key); i;
         i = world_next_removed(i)) {
        const char *path = native_path(f, i->subject);
        if (path) remove_key(f, path);
    }
    for (const WorldItem *i = world_first_removed(f->world, FACT_registry); i;
         i = world_next_removed(i)) {
        const char *key, *name = registry_subject_value(i->subject, f->arena, &key);
        const char *path = native_path(f, key);
        if (path) remove_value(f, path, name);
    }
    for (const WorldItem *i = world_first_removed(f->world, FACT_service); i;
         i = world_next_removed(i)) {
        const char *path = arena_printf(f->arena, CONTROL_SET "Services\\%s", i->subject);
        if (path) remove_key(f, path);
    }
}

/* ---- services and printers ---- */

/* The place of a word in a list; what Windows numbers from 0. */
static uint32_t word_number(const char *word, const char *const *words) {
    uint32_t n = 0;
    while (words[n] && word && strcmp(words[n], word) != 0) n++;
    return n;
}

static void put_service(Furnisher *f, const WorldItem *i) {
    enum { KERNEL_DRIVER = 1, OWN_PROCESS = 0x10, SHARED_PROCESS = 0x20 };
    static const char *const starts[] = {"boot", "system", "auto", "manual", "disabled", NULL};
    const char *kind = item_text(i, FACT_service_kind),
               *display = item_text(i, FACT_service_display);
    const char *path = arena_printf(f->arena, CONTROL_SET "Services\\%s", i->subject);
    bool driver = kind && strcmp(kind, "driver") == 0, own = kind && strcmp(kind, "own") == 0;
    if (!path) return;
    enter(f, path);
    put_text(f, "ImagePath", REG_EXPAND_SZ, item_text(i, FACT_service));
    put_text(f, "DisplayName", REG_SZ, display && *display ? display : i->subject);
    put_number(f, "Start", word_number(item_text(i, FACT_service_start), starts));
    put_number(f, "Type", driver ? KERNEL_DRIVER : own ? OWN_PROCESS : SHARED_PROCESS);
    put_number(f, "ErrorControl", 1);
    if (!driver) put_text(f, "ObjectName", REG_SZ, item_text(i, FACT_service_account));
}

static void put_printer(Furnisher *f, const WorldItem *i) {
    const char *path =
        arena_printf(f->arena, CONTROL_SET "Control\\Print\\Printers\\%s", i->subject);
    if (!path) return;
    enter(f, path);
    put_text(f, "Name", REG_SZ, i->subject);
    put_text(f, "Printer Driver", REG_SZ, item_text(i, FACT_printer));
    put_text(f, "Port", REG_SZ, item_text(i, FACT_printer_port));
    put_text(f, "Print Processor", REG_SZ, "winprint");
    if (!item_bool(i, FACT_printer_standard)) return;
    enter(f, native_path(f, "HKCU\\Software\\" NT_VERSION "\\Windows"));
    put_text(f, "Device", REG_SZ, arena_printf(f->arena, "%s,winspool,Ne00:", i->subject));
}

static void put_lists(Furnisher *f) {
    for (const WorldItem *i = world_first(f->world, FACT_service); i; i = world_next(i))
        put_service(f, i);
    for (const WorldItem *i = world_first(f->world, FACT_printer); i; i = world_next(i))
        put_printer(f, i);
}

/* ---- what follows from the packs ---- */

static const RegValue *value_at(Furnisher *f, const char *path, const char *name) {
    RegKey *key;
    if (!path || registry_find(f->registry, NULL, path, 0, &key)) return NULL;
    return registry_value(f->registry, key, name);
}

/* The packs hold the formats of one locale. Of a user who has another one they would be wrong, and
 * without them Windows takes those of his locale. */
static void forget_formats(Furnisher *f) {
    const char *path = native_path(f, "HKCU\\Control Panel\\International");
    const RegValue *v = value_at(f, path, "LocaleName");
    const char *locale = v ? text_from_utf16(f->arena, v->data) : "";
    RegKey *key;
    if (!locale || text_equal_nocase(locale, world_text(f->world, FACT_locale))) return;
    if (registry_find(f->registry, NULL, path, 0, &key)) return;
    while ((v = registry_value_at(f->registry, key, 0)))
        registry_unset(f->registry, key, v->name, key->written);
}

static void copy_value(Furnisher *f, const char *from, const char *name, const char *as) {
    const RegValue *v = value_at(f, from, name);
    if (v) put(f, as, v->type, v->data);
}

/* The rules of the world's time zone, from its REG_TZI_FORMAT: bias, standard and daylight bias,
 * and the two dates. */
static void put_time_zone(Furnisher *f) {
    const char *zone =
        arena_printf(f->arena, MACHINE_KEY "SOFTWARE\\" NT_VERSION "\\Time Zones\\%s",
                     world_text(f->world, FACT_timezone));
    const RegValue *v = value_at(f, zone, "TZI");
    enter(f, CONTROL_SET "Control\\TimeZoneInformation");
    copy_value(f, zone, "Std", "StandardName");
    copy_value(f, zone, "Dlt", "DaylightName");
    put_number(f, "DynamicDaylightTimeDisabled", 0);
    if (!v || v->data.n < 44) return;
    put(f, "StandardBias", REG_DWORD, span_sub(v->data, 4, 4));
    put(f, "DaylightBias", REG_DWORD, span_sub(v->data, 8, 4));
    put(f, "StandardStart", REG_BINARY, span_sub(v->data, 12, 16));
    put(f, "DaylightStart", REG_BINARY, span_sub(v->data, 28, 16));
}

/* A text with its length ahead, as the settings below have them; NULL: an empty one. */
static void add_counted(Buf *out, Arena *a, const RegValue *v) {
    const char *text = v ? text_from_utf16(a, v->data) : NULL;
    size_t n = text ? strlen(text) : 0;
    buf_le(out, n, 4);
    buf_add(out, span(text, n));
}

/* WinINet's settings in one value, from those that are told one by one: a version, a count of
 * changes, flags, proxy, exceptions and script. */
static void put_connection_settings(Furnisher *f) {
    enum { VERSION = 0x46, DIRECT = 1, PROXY = 2, SCRIPT = 4, DETECT = 8, RESERVED = 32 };
    static const char name[] = "DefaultConnectionSettings";
    const char *internet = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    const char *from = native_path(f, internet);
    const char *to = from ? arena_printf(f->arena, "%s\\Connections", from) : NULL;
    const RegValue *enabled = value_at(f, from, "ProxyEnable");
    const RegValue *script = value_at(f, from, "AutoConfigURL");
    bool proxy = enabled && enabled->data.n == 4 && enabled->data.p[0];
    if (!to || value_at(f, to, name)) return;
    Buf out = buf_new(1 << 16);
    buf_le(&out, VERSION, 4);
    buf_le(&out, 1, 4);
    buf_le(&out, DIRECT | (proxy ? PROXY : DETECT) | (script ? SCRIPT : 0u), 4);
    add_counted(&out, f->arena, value_at(f, from, "ProxyServer"));
    add_counted(&out, f->arena, value_at(f, from, "ProxyOverride"));
    add_counted(&out, f->arena, script);
    buf_space(&out, RESERVED);
    enter(f, to);
    put(f, name, REG_BINARY, arena_bytes(f->arena, buf_span(&out)));
    buf_free(&out);
}

/* Setup makes it at random; here it follows from the computer. */
static void put_machine_guid(Furnisher *f) {
    uint8_t d[32];
    hash_sha256(span_str(world_text(f->world, FACT_computer)), d);
    enter(f, MACHINE_KEY "SOFTWARE\\Microsoft\\Cryptography");
    put_text(f, "MachineGuid", REG_SZ,
             arena_printf(f->arena,
                          "%02x%02x%02x%02x-%02x%02x-4%x%02x-a%x%02x-%02x%02x%02x%02x%02x%02x",
                          d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15, d[9],
                          d[10], d[11], d[12], d[13], d[14], d[15]));
}

/* Windows writes this key's values to both views. */
static void mirror_version(Furnisher *f) {
    RegKey *key;
    if (registry_find(f->registry, NULL, MACHINE_KEY "SOFTWARE\\" NT_VERSION, 0, &key)) return;
    enter(f, MACHINE_KEY "SOFTWARE\\Wow6432Node\\" NT_VERSION);
    for (uint32_t i = 0; i < registry_value_count(f->registry, key); i++) {
        const RegValue *v = registry_value_at(f->registry, key, i);
        put(f, v->name, v->type, v->data);
    }
}

/* ---- opening ---- */

Status registry_open(Machine *m) {
    uint64_t installed = time_to_filetime(world_time(m->world, FACT_os_installed));
    m->registry = registry_new(installed);
    if (!m->registry) return ST_BUDGET;
    Furnisher f = {.registry = m->registry,
                   .world = m->world,
                   .arena = &m->arena,
                   .sid = world_user_sid(m->world)};
    lay_out(&f);
    graft(&f, records(&m->packs[0]));
    forget_formats(&f);
    put_time_zone(&f);
    put_machine_guid(&f);
    put_lists(&f);
    put_world_values(&f);
    put_connection_settings(&f);
    remove_absent(&f);
    mirror_version(&f);
    registry_move_in(m->registry);
    return m->arena.full ? ST_BUDGET : ST_OK;
}

void registry_close(Machine *m) {
    registry_free(m->registry);
    m->registry = NULL;
}
