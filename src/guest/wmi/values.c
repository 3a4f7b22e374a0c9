/* Values of WMI's properties: the templates of classes.def, filled in from the world. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/fs.h"
#include "guest/wmi/wmi.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    Machine *machine;
    const World *world;
    Arena *arena;
    const WorldItem *item;
    unsigned index; /* from 0 */
} Instance;

/* ---- which instances there are ---- */

static bool is_virtual(const World *w) {
    return *world_text(w, FACT_cpu_hypervisor);
}

static bool has_type(const WorldItem *drive, const char *type) {
    const char *text = item_text(drive, FACT_drive);
    return text && strcmp(text, type) == 0;
}

static const WorldItem *nth(const World *w, FactId fact, bool fixed_only, unsigned n) {
    for (const WorldItem *i = world_first(w, fact); i; i = world_next(i))
        if ((!fixed_only || has_type(i, "fixed")) && n-- == 0) return i;
    return NULL;
}

static unsigned count_of(const World *w, FactId fact, bool fixed_only) {
    unsigned n = 0;
    while (nth(w, fact, fixed_only, n)) n++;
    return n;
}

/* ---- devices, as the device manager lists them ---- */

typedef struct {
    const char *name, *id, *maker;
} Device;

static const Device standard_devices[] = {
    {"ACPI x64-based PC", "ROOT\\ACPI_HAL\\0000", "(Standard computers)"},
    {"Microsoft ACPI-Compliant System", "ACPI_HAL\\PNP0C08\\0", "Microsoft"},
    {"PCI Bus", "ACPI\\PNP0A08\\0", "(Standard system devices)"},
    {"ACPI Fixed Feature Button", "ACPI\\FIXEDBUTTON\\2&DABA3FF&0", "(Standard system devices)"},
    {"ACPI Power Button", "ACPI\\PNP0C0C\\AA", "(Standard system devices)"},
    {"High precision event timer", "ACPI\\PNP0103\\4&1E3E7B6A&0", "(Standard system devices)"},
    {"System timer", "ACPI\\PNP0100\\4&1E3E7B6A&0", "(Standard system devices)"},
    {"System CMOS/real time clock", "ACPI\\PNP0B00\\4&1E3E7B6A&0", "(Standard system devices)"},
    {"Programmable interrupt controller", "ACPI\\PNP0000\\4&1E3E7B6A&0",
     "(Standard system devices)"},
    {"Standard SATA AHCI Controller",
     "PCI\\VEN_8086&DEV_3B22&SUBSYS_04031028&REV_05\\3&11583659&0&FA",
     "Standard SATA AHCI Controller"},
    {"USB Root Hub", "USB\\ROOT_HUB20\\4&2A7F5A1C&0", "(Standard USB Host Controller)"},
    {"HID Keyboard Device", "HID\\VID_413C&PID_2107\\7&1B4C7C1D&0&0000", "(Standard keyboards)"},
    {"HID-compliant mouse", "HID\\VID_413C&PID_301A\\7&2B9F4A58&0&0000", "Microsoft"},
    {"Generic PnP Monitor", "DISPLAY\\DELA056\\4&1A7E3C5D&0&UID50528770",
     "(Standard monitor types)"},
    {"Volume Manager", "ROOT\\VOLMGR\\0000", "Microsoft"},
    {"Plug and Play Software Device Enumerator", "ROOT\\SYSTEM\\0000", "(Standard system devices)"},
};
enum { STANDARD_DEVICES = sizeof standard_devices / sizeof *standard_devices };

static char *upper(Arena *a, const char *text) {
    char *out = arena_str(a, text ? text : "");
    for (char *c = out; c && *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    return out;
}

static const char *disk_id(const Instance *i, const WorldItem *drive, unsigned n) {
    const char *model = world_expand_item(i->world, drive, n, i->arena, "%:drive-id%");
    return arena_printf(i->arena, "SCSI\\DISK&VEN_&PROD_%s\\4&2D4A38F1&0&0%u0000",
                        upper(i->arena, model), n);
}

static const struct {
    const char *word, *maker, *id;
} graphics[] = {
    {"NVIDIA", "NVIDIA", "PCI\\VEN_10DE&DEV_128B&SUBSYS_00000000&REV_A1\\4&2283F625&0&0019"},
    {"Radeon", "Advanced Micro Devices, Inc.",
     "PCI\\VEN_1002&DEV_68F9&SUBSYS_00000000&REV_00\\4&2283F625&0&0019"},
    {"Intel", "Intel Corporation",
     "PCI\\VEN_8086&DEV_0102&SUBSYS_04031028&REV_09\\3&11583659&0&10"},
    {"VMware", "VMware, Inc.", "PCI\\VEN_15AD&DEV_0405&SUBSYS_040515AD&REV_00\\3&61AAA01&0&78"},
    {"VirtualBox", "Oracle Corporation",
     "PCI\\VEN_80EE&DEV_BEEF&SUBSYS_00000000&REV_00\\3&267A616A&0&10"},
    {"", "(Standard display types)",
     "PCI\\VEN_1234&DEV_1111&SUBSYS_11001AF4&REV_02\\3&13C0B0C5&0&10"},
};

static size_t graphics_kind(const World *w) {
    size_t k = 0;
    while (!strcasestr(world_text(w, FACT_graphics), graphics[k].word)) k++;
    return k;
}

/* The standard ones, then the graphics, the disks, the adapters. */
static Device device_at(const Instance *i, unsigned n) {
    const World *w = i->world;
    unsigned disks = count_of(w, FACT_drive, true);
    if (n < STANDARD_DEVICES) return standard_devices[n];
    n -= STANDARD_DEVICES;
    size_t kind = graphics_kind(w);
    if (!n) return (Device){world_text(w, FACT_graphics), graphics[kind].id, graphics[kind].maker};
    const WorldItem *disk = nth(w, FACT_drive, true, n - 1);
    if (disk)
        return (Device){item_text(disk, FACT_drive_model), disk_id(i, disk, n - 1),
                        "(Standard disk drives)"};
    const WorldItem *mac = nth(w, FACT_mac, false, n - 1 - disks);
    return (Device){mac ? item_text(mac, FACT_mac_description) : "",
                    "PCI\\VEN_8086&DEV_10EF&SUBSYS_04031028&REV_05\\3&11583659&0&C8", "Intel"};
}

unsigned wmi_count(Machine *m, const WmiRow *class) {
    const World *w = m->world;
    switch (class->each) {
    case WMI_ONE: return class->count;
    case WMI_HARDWARE: return is_virtual(w) ? 0 : class->count;
    case WMI_VOLUME: return count_of(w, FACT_drive, false);
    case WMI_DISK: return count_of(w, FACT_drive, true);
    case WMI_ADAPTER: return count_of(w, FACT_mac, false);
    case WMI_ACCOUNT: return count_of(w, FACT_account, false);
    case WMI_PRINTER: return count_of(w, FACT_printer, false);
    case WMI_BATTERY: return world_bool(w, FACT_battery);
    case WMI_SOUND: return *world_text(w, FACT_sound) != 0;
    case WMI_DEFENDER: return world_find(w, FACT_service, "WinDefend") != NULL;
    case WMI_DEVICE:
        return STANDARD_DEVICES + 1 + count_of(w, FACT_drive, true) + count_of(w, FACT_mac, false);
    }
    return 0;
}

static const WorldItem *item_of(const World *w, const WmiRow *class, unsigned n) {
    switch (class->each) {
    case WMI_VOLUME: return nth(w, FACT_drive, false, n);
    case WMI_DISK: return nth(w, FACT_drive, true, n);
    case WMI_ADAPTER: return nth(w, FACT_mac, false, n);
    case WMI_ACCOUNT: return nth(w, FACT_account, false, n);
    case WMI_PRINTER: return nth(w, FACT_printer, false, n);
    default: return NULL;
    }
}

/* ---- {names} ---- */

static char *number(const Instance *i, int64_t n) {
    return arena_printf(i->arena, "%" PRId64, n);
}

static int64_t fact(const Instance *i, FactId id) {
    return world_number(i->world, id);
}

/* Minutes to add to UTC. */
static int64_t zone(const Instance *i) {
    return -(fact(i, FACT_timezone_bias) + fact(i, FACT_timezone_daylight));
}

/* CIM's date and time (DMTF DSP0004, 5.2.4): local time, and how far that is from UTC. */
static char *datetime(const Instance *i, Time utc) {
    char text[TIME_TEXT_SIZE];
    int64_t offset = zone(i);
    time_print(utc + offset * 60 * TIME_SECOND, text); /* 2024-05-14T18:42:10.5Z */
    unsigned year, month, day, hour, minute, second;
    if (sscanf(text, "%u-%u-%uT%u:%u:%u", &year, &month, &day, &hour, &minute, &second) != 6)
        return arena_str(i->arena, "");
    int64_t micro = utc % TIME_SECOND / 1000;
    return arena_printf(i->arena, "%04u%02u%02u%02u%02u%02u.%06" PRId64 "%c%03" PRId64, year, month,
                        day, hour, minute, second, micro < 0 ? 0 : micro, offset < 0 ? '-' : '+',
                        offset < 0 ? -offset : offset);
}

static const char *domain(const Instance *i) {
    const char *dns = world_text(i->world, FACT_domain_dns),
               *name = world_text(i->world, FACT_domain);
    return *dns ? dns : *name ? name : world_text(i->world, FACT_workgroup);
}

/* "07/16/2013" */
static char *bios_date(const Instance *i) {
    unsigned month = 1, day = 1, year = 2013;
    sscanf(world_text(i->world, FACT_bios_date), "%u/%u/%u", &month, &day, &year);
    return arena_printf(i->arena, "%04u%02u%02u000000.000000+000", year, month, day);
}

static char *cpu_id(const Instance *i) {
    uint32_t r[4];
    machine_cpuid(i->machine, 1, 0, r);
    return arena_printf(i->arena, "%08X%08X", r[3], r[0]);
}

/* OperatingSystemSKU: the number of an edition (winnt.h, PRODUCT_*). */
static int64_t sku(const Instance *i) {
    static const struct {
        const char *edition;
        int sku;
    } all[] = {{"Core", 101},        {"CoreSingleLanguage", 100},
               {"Professional", 48}, {"Enterprise", 4},
               {"Education", 121},   {"Ultimate", 1},
               {"HomePremium", 3},   {"ProfessionalWorkstation", 161}};
    const char *edition = world_text(i->world, FACT_os_edition);
    for (size_t n = 0; n < sizeof all / sizeof *all; n++)
        if (text_equal_nocase(all[n].edition, edition)) return all[n].sku;
    return 48;
}

static char *mac_address(const Instance *i) {
    const WorldValue *v = i->item ? item_value(i->item, FACT_mac) : NULL;
    const uint8_t *b = v && v->bytes.n == 6 ? v->bytes.p : NULL;
    return b ? arena_printf(i->arena, "%02X:%02X:%02X:%02X:%02X:%02X", b[0], b[1], b[2], b[3], b[4],
                            b[5])
             : arena_str(i->arena, "");
}

static char *dns_servers(const Instance *i) {
    const char *text = i->item ? item_text(i->item, FACT_mac_dns) : NULL;
    char *out = arena_str(i->arena, text ? text : "");
    for (char *c = out; c && *c; c++)
        if (*c == ' ') *c = '|';
    return out;
}

typedef struct {
    const char *type, *description;
    unsigned number, media;
} DriveKind;

static DriveKind drive_kind(const Instance *i) {
    static const DriveKind kinds[] = {
        {"fixed", "Local Fixed Disk", 3, 12},
        {"removable", "Removable Disk", 2, 0},
        {"cdrom", "CD-ROM Disc", 5, 11},
        {"network", "Network Connection", 4, 0},
        {"ram", "RAM Disk", 6, 0},
    };
    for (size_t n = 0; i->item && n < sizeof kinds / sizeof *kinds; n++)
        if (has_type(i->item, kinds[n].type)) return kinds[n];
    return kinds[0];
}

/* An empty CD drive has no medium to tell of. */
static bool has_medium(const Instance *i) {
    return i->item && !has_type(i->item, "cdrom");
}

static int64_t drive_number(const Instance *i, FactId id) {
    return has_medium(i) ? item_number(i->item, id, 0) : 0;
}

/* Whole cylinders of 255 heads and 63 sectors, as the disk driver counts. */
static int64_t disk_size(const Instance *i) {
    enum { CYLINDER = 255 * 63 * 512 };
    const Node *disk = fs_disk(i->machine->fs);
    int64_t size = i->index || !disk ? drive_number(i, FACT_drive_size) : (int64_t)disk->size;
    return size / CYLINDER * CYLINDER;
}

static char *drive_serial(const Instance *i) {
    return has_medium(i)
               ? arena_printf(i->arena, "%08X", (unsigned)drive_number(i, FACT_drive_serial))
               : arena_str(i->arena, "");
}

static unsigned processes(const Instance *i) {
    unsigned n = count_of(i->world, FACT_process, false) + 1; /* the idle process */
    for (const Process *p = i->machine->processes; p; p = p->next) n += !p->ended;
    return n;
}

static const char *adapter_maker(const Instance *i) {
    const char *text = i->item ? item_text(i->item, FACT_mac_description) : NULL;
    size_t n = text ? strcspn(text, " (") : 0;
    return arena_text(i->arena, span(text ? text : "", n));
}

static bool is(const char *name, const char *wanted) {
    return strcmp(name, wanted) == 0;
}

static const char *of_computer(const Instance *i, const char *name) {
    const World *w = i->world;
    uint32_t width, height;
    world_resolution(w, &width, &height);
    if (is(name, "zone")) return number(i, zone(i));
    if (is(name, "bias")) return number(i, -fact(i, FACT_timezone_bias));
    if (is(name, "daylight")) return number(i, fact(i, FACT_timezone_daylight) != 0);
    if (is(name, "domain")) return domain(i);
    if (is(name, "joined")) return *world_text(w, FACT_domain) ? "1" : "0";
    if (is(name, "workgroup"))
        return *world_text(w, FACT_domain) ? "" : world_text(w, FACT_workgroup);
    if (is(name, "virtual")) return is_virtual(w) ? "1" : "0";
    if (is(name, "pc-type")) return world_bool(w, FACT_battery) ? "2" : "1";
    if (is(name, "chassis")) return is_virtual(w) ? "1" : world_bool(w, FACT_battery) ? "10" : "3";
    if (is(name, "uuid")) return upper(i->arena, world_text(w, FACT_system_uuid));
    if (is(name, "bios-date")) return bios_date(i);
    if (is(name, "cpu-id")) return cpu_id(i);
    if (is(name, "cpu-revision"))
        return number(i, fact(i, FACT_cpu_model) << 8 | fact(i, FACT_cpu_stepping));
    if (is(name, "now")) return datetime(i, machine_time(i->machine));
    if (is(name, "boot")) return datetime(i, i->machine->start - (Time)i->machine->uptime);
    if (is(name, "processes")) return number(i, processes(i));
    if (is(name, "sku")) return number(i, sku(i));
    if (is(name, "suite")) return sku(i) == 101 || sku(i) == 100 ? "784" : "272";
    if (is(name, "lcid")) return number(i, world_interface_language(w));
    if (is(name, "width")) return number(i, width);
    if (is(name, "height")) return number(i, height);
    if (is(name, "graphics-vendor")) return graphics[graphics_kind(w)].maker;
    if (is(name, "graphics-id")) return graphics[graphics_kind(w)].id;
    return NULL;
}

static const char *of_item(const Instance *i, const char *name) {
    enum { FIRST_INTERFACE = 5 }; /* as device/nsi_adapter.c numbers them */
    if (is(name, "index")) return number(i, i->index);
    if (is(name, "interface")) return number(i, FIRST_INTERFACE + 2 * i->index);
    if (is(name, "name")) return i->item && i->item->subject ? i->item->subject : "";
    if (is(name, "mac")) return mac_address(i);
    if (is(name, "dns")) return dns_servers(i);
    if (is(name, "adapter-maker")) return adapter_maker(i);
    if (is(name, "letter")) return i->item ? arena_text(i->arena, span(i->item->subject, 1)) : "";
    if (is(name, "drive-type")) return number(i, drive_kind(i).number);
    if (is(name, "drive-description")) return drive_kind(i).description;
    if (is(name, "media-type")) return number(i, drive_kind(i).media);
    if (is(name, "drive-filesystem"))
        return has_medium(i) ? item_text(i->item, FACT_drive_filesystem) : "";
    if (is(name, "drive-size")) return number(i, drive_number(i, FACT_drive_size));
    if (is(name, "drive-free")) return number(i, drive_number(i, FACT_drive_free));
    if (is(name, "drive-serial")) return drive_serial(i);
    if (is(name, "disk-size")) return number(i, disk_size(i));
    if (is(name, "DRIVE-ID"))
        return upper(i->arena,
                     world_expand_item(i->world, i->item, i->index, i->arena, "%:drive-id%"));
    if (is(name, "device")) return device_at(i, i->index).name;
    if (is(name, "device-id")) return device_at(i, i->index).id;
    if (is(name, "device-maker")) return device_at(i, i->index).maker;
    return NULL;
}

/* "#ram/1024": a fact's number, or a part of it; "@os.installed": its time. */
static const char *of_fact(const Instance *i, const char *name) {
    const char *slash = strchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) - 1 : strlen(name) - 1;
    int64_t divisor = slash ? strtoll(slash + 1, NULL, 10) : 1;
    FactId id;
    if (!fact_find(span(name + 1, n), &id) || divisor <= 0) return NULL;
    if (*name == '@') return datetime(i, world_time(i->world, id));
    bool own = i->item && fact_info(id)->fact == i->item->fact;
    return number(i, (own ? item_number(i->item, id, 0) : world_number(i->world, id)) / divisor);
}

static const char *lookup(const Instance *i, const char *name) {
    if (*name == '#' || *name == '@') return of_fact(i, name);
    const char *value = of_computer(i, name);
    return value ? value : of_item(i, name);
}

/* ---- templates ---- */

/* The alternative for the n-th instance; the last one for all that follow. */
static char *alternative(Arena *a, const char *text, unsigned n) {
    for (const char *next; n && (next = strchr(text, '^')); n--) text = next + 1;
    return arena_text(a, span(text, strcspn(text, "^")));
}

/* {names} that are known. */
static char *fill(const Instance *i, const char *text) {
    Buf out = buf_new(1 << 16);
    while (*text) {
        size_t n = strcspn(text, "{");
        buf_add(&out, span(text, n));
        text += n;
        const char *end = *text ? strchr(text, '}') : NULL;
        char *name = end ? arena_text(i->arena, span(text + 1, (size_t)(end - text - 1))) : NULL;
        const char *value = name ? lookup(i, name) : NULL;
        if (value) buf_str(&out, value);
        else if (*text) buf_byte(&out, (uint8_t)*text);
        if (*text) text = value ? end + 1 : text + 1;
    }
    char *filled = arena_text(i->arena, buf_span(&out));
    buf_free(&out);
    return filled;
}

static void ask_fact(const Instance *i, Span name) {
    FactId id;
    if (!fact_find(name, &id)) return;
    bool own = i->item && fact_info(id)->fact == i->item->fact;
    if (own) ask_item(i->machine, i->item, id);
    else if (fact_info(id)->subject == SUBJECT_NONE) ask_single(i->machine, id);
}

/* What the template names: "%:system%", "{#ram/1024}". */
static void ask_facts(const Instance *i, const char *text) {
    for (const char *at = text; (at = strpbrk(at, "%{")); at++) {
        if (at[0] == '%' && at[1] == ':') ask_fact(i, span(at + 2, strcspn(at + 2, "%")));
        if (at[0] == '{' && (at[1] == '#' || at[1] == '@'))
            ask_fact(i, span(at + 2, strcspn(at + 2, "/}")));
    }
}

const char *wmi_value(Machine *m, Arena *a, const WmiRow *class, unsigned instance,
                      const WmiRow *property) {
    Instance i = {.machine = m,
                  .world = m->world,
                  .arena = a,
                  .item = item_of(m->world, class, instance),
                  .index = instance};
    char *text = alternative(a, property->value, instance);
    if (text && asking(m)) ask_facts(&i, text);
    text = text ? fill(&i, text) : NULL;
    const char *value = text ? world_expand_item(m->world, i.item, instance, a, text) : NULL;
    return value ? value : "";
}
