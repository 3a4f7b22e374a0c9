/* Templates: text with the environment's %VARIABLES% and with %:NAMES% of facts. */
#include "world/internal.h"
#include <inttypes.h>
#include <stdlib.h>

/* ---- names that are no fact but follow from some ---- */

static char *user_domain(const TemplateContext *c) {
    const char *domain = world_text(c->world, FACT_domain);
    return arena_str(c->arena, *domain ? domain : world_text(c->world, FACT_computer));
}

static char *logon_server(const TemplateContext *c) {
    const WorldDomain *d = world_domain(c->world);
    return arena_str(c->arena, d ? d->controller : world_text(c->world, FACT_computer));
}

static char *domain_dns(const TemplateContext *c) {
    const WorldDomain *d = world_domain(c->world);
    return arena_str(c->arena, d ? d->dns : "");
}

static char *computer_sid(const TemplateContext *c) {
    return arena_str(c->arena, world_computer_sid(c->world));
}

static char *logon_name(const TemplateContext *c) {
    const char *domain = world_text(c->world, FACT_domain);
    return arena_printf(c->arena, "%s\\%s", *domain ? domain : ".",
                        world_text(c->world, FACT_user));
}

static char *user_sid(const TemplateContext *c) {
    return arena_str(c->arena, world_user_sid(c->world));
}

static int64_t number(const TemplateContext *c, FactId id) {
    return world_number(c->world, id);
}

static char *cpu_name(const TemplateContext *c) {
    return arena_printf(c->arena, "Intel64 Family %" PRId64 " Model %" PRId64 " Stepping %" PRId64,
                        number(c, FACT_cpu_family), number(c, FACT_cpu_model),
                        number(c, FACT_cpu_stepping));
}

static char *cpu_revision(const TemplateContext *c) {
    return arena_printf(c->arena, "%02x%02x", (unsigned)number(c, FACT_cpu_model) & 0xFF,
                        (unsigned)number(c, FACT_cpu_stepping) & 0xFF);
}

static char *os_major(const TemplateContext *c) {
    return arena_printf(c->arena, "%d", atoi(world_text(c->world, FACT_os_version)));
}

static char *os_minor(const TemplateContext *c) {
    const char *dot = strchr(world_text(c->world, FACT_os_version), '.');
    return arena_printf(c->arena, "%d", dot ? atoi(dot + 1) : 0);
}

static char *installed_seconds(const TemplateContext *c) {
    return arena_printf(c->arena, "%" PRId64,
                        world_time(c->world, FACT_os_installed) / TIME_SECOND);
}

static char *installed_filetime(const TemplateContext *c) {
    return arena_printf(c->arena, "%" PRIu64,
                        time_to_filetime(world_time(c->world, FACT_os_installed)));
}

static char *active_bias(const TemplateContext *c) {
    return arena_printf(c->arena, "%" PRId64,
                        number(c, FACT_timezone_bias) + number(c, FACT_timezone_daylight));
}

static char *item_index(const TemplateContext *c) {
    return arena_printf(c->arena, "%u", c->index);
}

/* A device's hardware id has underscores for spaces. */
static char *hardware_name(Arena *a, const char *text, size_t n) {
    char *id = arena_text(a, span(text, n));
    for (char *p = id; p && *p; p++)
        if (*p == ' ' || *p == ',') *p = '_';
    return id;
}

static const char *model_of(const TemplateContext *c) {
    return c->item && c->item->fact == FACT_drive ? item_text(c->item, FACT_drive_model) : NULL;
}

static char *drive_id(const TemplateContext *c) {
    const char *model = model_of(c);
    return model ? hardware_name(c->arena, model, strlen(model)) : NULL;
}

/* The bus knows the first word of a model as who made it, and 16 letters of the rest. */
static char *drive_vendor(const TemplateContext *c) {
    const char *model = model_of(c);
    return model ? hardware_name(c->arena, model, strchr(model, ' ') ? strcspn(model, " ") : 0)
                 : NULL;
}

static char *drive_product(const TemplateContext *c) {
    enum { LONGEST = 16 };
    const char *model = model_of(c), *space = model ? strchr(model, ' ') : NULL;
    const char *product = space ? space + 1 : model;
    size_t n = product ? strlen(product) : 0;
    return product ? hardware_name(c->arena, product, n < LONGEST ? n : LONGEST) : NULL;
}

/* Under which bus a USB device is listed: memory sticks are disks. */
static char *usb_bus(const TemplateContext *c) {
    if (!c->item) return NULL;
    return arena_str(c->arena, strncmp(c->item->subject, "VID_", 4) == 0 ? "USB" : "USBSTOR");
}

static char *item_name(const TemplateContext *c) {
    return c->item ? arena_str(c->arena, c->item->subject) : NULL;
}

static char *cpu_device(const TemplateContext *c) {
    char *name = arena_printf(c->arena, "%s - %s", world_text(c->world, FACT_cpu_vendor),
                              template_name(c, "cpu-name"));
    return name ? hardware_name(c->arena, name, strlen(name)) : NULL;
}

static char *mac_guid(const TemplateContext *c) {
    if (!c->item) return NULL;
    char guid[WORLD_GUID_SIZE];
    world_adapter_guid(c->item, guid);
    return arena_str(c->arena, guid);
}

static char *mac_dhcp(const TemplateContext *c) {
    return c->item ? arena_str(c->arena, item_bool(c->item, FACT_mac_dhcp) ? "1" : "0") : NULL;
}

enum { MOST_FACTS = 4 };

/* A name, how it is made, and the facts that it follows from. */
static const struct {
    const char *name;
    char *(*make)(const TemplateContext *c);
    FactId facts[MOST_FACTS];
    unsigned count;
} names[] = {
    {"active-bias", active_bias, {FACT_timezone_bias, FACT_timezone_daylight}, 2},
    {"cpu-device", cpu_device, {FACT_cpu_vendor, FACT_cpu_family, FACT_cpu_model}, 3},
    {"cpu-name", cpu_name, {FACT_cpu_family, FACT_cpu_model, FACT_cpu_stepping}, 3},
    {"cpu-revision", cpu_revision, {FACT_cpu_model, FACT_cpu_stepping}, 2},
    {"computer-sid", computer_sid, {FACT_computer}, 1},
    {"domain-dns", domain_dns, {FACT_domain, FACT_domain_dns}, 2},
    {"drive-id", drive_id, {FACT_drive_model}, 1},
    {"drive-product", drive_product, {FACT_drive_model}, 1},
    {"drive-vendor", drive_vendor, {FACT_drive_model}, 1},
    {"installed-filetime", installed_filetime, {FACT_os_installed}, 1},
    {"installed-seconds", installed_seconds, {FACT_os_installed}, 1},
    {"logon-name", logon_name, {FACT_domain, FACT_user}, 2},
    {"logon-server", logon_server, {FACT_domain, FACT_domain_controller, FACT_computer}, 3},
    {"mac-dhcp", mac_dhcp, {FACT_mac_dhcp}, 1},
    {"mac-guid", mac_guid, {FACT_mac}, 1},
    {"n", item_index, {0}, 0},
    {"name", item_name, {0}, 0},
    {"os-major", os_major, {FACT_os_version}, 1},
    {"os-minor", os_minor, {FACT_os_version}, 1},
    {"usb-bus", usb_bus, {FACT_usb}, 1},
    {"user-domain", user_domain, {FACT_domain, FACT_computer}, 2},
    {"user-sid", user_sid, {FACT_user}, 1},
};
enum { NAMES = sizeof names / sizeof *names };

/* ---- facts ---- */

static bool is_text_type(FactType type) {
    return type == FACT_TYPE_TEXT || type == FACT_TYPE_EXPANDED || type == FACT_TYPE_PATH ||
           type == FACT_TYPE_WORDS || type == FACT_TYPE_CHOICE || type == FACT_TYPE_SID;
}

static char *fact_text(const TemplateContext *c, FactId id) {
    const WorldValue *v = NULL;
    if (fact_subject(id) == SUBJECT_NONE) v = world_value(c->world, id);
    else if (c->item && c->item->fact == fact_info(id)->fact) v = item_value(c->item, id);
    if (!v || !v->set) return NULL;
    if (is_text_type(fact_info(id)->type)) return arena_text(c->arena, v->bytes);
    Buf text = buf_new(4096);
    value_print(&text, id, v);
    char *printed = arena_text(c->arena, buf_span(&text));
    buf_free(&text);
    return printed;
}

char *template_name(const TemplateContext *c, const char *name) {
    FactId id;
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].make(c);
    return fact_find(span_str(name), &id) ? fact_text(c, id) : NULL;
}

/* ---- origins ---- */

static void tell_origin(const TemplateContext *c, FactId id, const OriginSink *sink) {
    const char *subject = c->item && c->item->fact == fact_info(id)->fact ? c->item->subject : NULL;
    sink->origin(sink, id, subject);
}

void template_name_origins(const TemplateContext *c, const char *name, const OriginSink *sink) {
    FactId id;
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(names[i].name, name) != 0) continue;
        for (unsigned n = 0; n < names[i].count; n++) tell_origin(c, names[i].facts[n], sink);
        return;
    }
    if (fact_find(span_str(name), &id)) tell_origin(c, id, sink);
}

/* ---- expansion ---- */

static const char *lookup(const TemplateContext *c, const char *name) {
    return name[0] == ':' ? template_name(c, name + 1) : world_variable(c->world, name);
}

enum { LONGEST_NAME = 255 };

/* The value of the name that the % at *text begins, with *text moved behind it; else NULL. */
static const char *take_name(const TemplateContext *c, const char **text) {
    char name[LONGEST_NAME + 1];
    const char *end = strchr(*text + 1, '%');
    size_t n = end ? (size_t)(end - *text - 1) : 0;
    if (n == 0 || n > LONGEST_NAME) return NULL;
    memcpy(name, *text + 1, n);
    name[n] = 0;
    const char *value = lookup(c, name);
    if (value) *text = end + 1;
    return value;
}

char *template_expand(const TemplateContext *c, const char *text) {
    Buf out = buf_new(c->arena->cap - c->arena->used);
    while (*text && !out.full) {
        const char *value = *text == '%' ? take_name(c, &text) : NULL;
        size_t plain = value ? 0 : 1 + strcspn(text + 1, "%");
        if (value) buf_str(&out, value);
        else buf_add(&out, span(text, plain));
        text += plain;
    }
    char *expanded = out.full ? NULL : arena_text(c->arena, buf_span(&out));
    c->arena->full |= !expanded;
    buf_free(&out);
    return expanded;
}

char *world_expand(const World *w, Arena *a, const char *text) {
    return template_expand(&(TemplateContext){.world = w, .arena = a}, text);
}

char *world_expand_item(const World *w, const WorldItem *item, unsigned number, Arena *a,
                        const char *text) {
    TemplateContext c = {.world = w, .item = item, .index = number, .arena = a};
    return template_expand(&c, text);
}
