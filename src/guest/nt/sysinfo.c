/* NtQuerySystemInformation: a row of `classes` for each class that we answer. A class writes its
 * structure into Fields; the caller asks twice, first for the size alone.
 *
 * Layouts: winternl.h; Geoff Chappell, "System Information Classes". */
#include "guest/nt/sysinfo.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/firmware.h"
#include "guest/kernel.h"
#include "guest/registry.h"

static uint32_t ram_pages(const Sys *s, FactId fact) {
    return (uint32_t)(ask_number(s->machine, fact) >> PAGE_SHIFT);
}

/* ---- processor and memory ---- */

/* SYSTEM_BASIC_INFORMATION, of the process' own architecture or of the machine's. */
static void put_basic_of(Sys *s, Fields *f, bool native) {
    enum { TICK_100NS = 156250, LOWEST_PAGE = 1 };
    uint32_t pages = ram_pages(s, FACT_ram);
    put_u32(f, 0);
    put_u32(f, TICK_100NS);
    put_u32(f, PAGE_SIZE);
    put_u32(f, pages);
    put_u32(f, LOWEST_PAGE);
    put_u32(f, pages - 1);
    put_pointer(f, VM_GRANULARITY);
    put_pointer(f, 0x10000);
    put_pointer(f, s->process->pointer == 8 ? UINT64_C(0x7ffffffeffff)
                   : native                 ? 0xfffeffff
                                            : 0x7ffeffff);
    put_pointer(f, processor_mask(s));
    put_u8(f, (uint8_t)processors(s));
    fields_align(f, s->process->pointer);
}

static void put_basic(Sys *s, Fields *f) {
    put_basic_of(s, f, false);
}
static void put_native_basic(Sys *s, Fields *f) {
    put_basic_of(s, f, true);
}

/* SYSTEM_CPU_INFORMATION. */
static void put_cpu_of(Sys *s, Fields *f, bool native) {
    enum { INTEL = 0, AMD64 = 9 };
    const Machine *m = s->machine;
    put_u16(f, native || s->process->pointer == 8 ? AMD64 : INTEL);
    put_u16(f, (uint16_t)ask_number(m, FACT_cpu_family));
    put_u16(f, (uint16_t)(ask_number(m, FACT_cpu_model) << 8 | ask_number(m, FACT_cpu_stepping)));
    put_u16(f, (uint16_t)processors(s));
    put_u32(f, 0x351b3fff);
}

static void put_cpu(Sys *s, Fields *f) {
    put_cpu_of(s, f, false);
}
static void put_native_cpu(Sys *s, Fields *f) {
    put_cpu_of(s, f, true);
}

/* SYSTEM_PERFORMANCE_INFORMATION. */
static void put_performance(Sys *s, Fields *f) {
    enum { SIZE = 312 };
    uint32_t all = ram_pages(s, FACT_ram), free = ram_pages(s, FACT_ram_free);
    uint32_t used = all > free ? all - free : 0;
    put_u64(f, machine_ticks_100ns(s->machine) / 10 * 9 * processors(s));
    put_u64(f, UINT64_C(3486512640));
    put_u64(f, UINT64_C(1975304192));
    put_u64(f, 81264640);
    put_u32(f, 148021);
    put_u32(f, 73515);
    put_u32(f, 1245066);
    put_u32(f, free);
    put_u32(f, used);
    put_u32(f, all + all / 4); /* with the paging file */
    put_u32(f, used + used / 8);
    while (fields_used(f) < SIZE) put_u32(f, 0); /* counts of faults and file accesses */
}

/* SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION for each; kernel time holds the idle time. */
static void put_processor_performance(Sys *s, Fields *f) {
    uint64_t ticks = machine_ticks_100ns(s->machine);
    for (uint32_t i = 0; i < processors(s); i++) {
        put_u64(f, ticks / 100 * (91 - i % 4));
        put_u64(f, ticks / 100 * (95 - i % 4));
        put_u64(f, ticks / 100 * (5 + i % 4));
        put_u64(f, 0);
        put_u64(f, 0);
        put_u32(f, (uint32_t)(ticks / 10000));
        put_u32(f, 0);
    }
}

/* SYSTEM_INTERRUPT_INFORMATION for each: what cryptbase.dll makes its random numbers of. */
static void put_interrupts(Sys *s, Fields *f) {
    for (uint32_t i = 0; i < processors(s); i++)
        for (int j = 0; j < 3; j++) put_u64(f, machine_random(s->machine));
}

static void put_file_cache(Sys *s, Fields *f) {
    uint64_t size = (uint64_t)ram_pages(s, FACT_ram) / 16 << PAGE_SHIFT;
    put_pointer(f, size);
    put_pointer(f, size);
    put_u32(f, 100000);
    put_pointer(f, 256);
    put_pointer(f, UINT32_C(0x8000000));
    put_pointer(f, size >> PAGE_SHIFT);
    put_pointer(f, size >> PAGE_SHIFT);
    put_u32(f, 0);
    put_u32(f, 0);
}

/* ---- time ---- */

/* The world's bias now, in minutes, and its TIME_ZONE_ID_*. */
static int64_t bias_now(const Sys *s, uint32_t *id) {
    const Machine *m = s->machine;
    int64_t daylight = ask_number(m, FACT_timezone_daylight);
    *id = world_season(m->world);
    return ask_number(m, FACT_timezone_bias) + daylight;
}

/* SYSTEM_TIMEOFDAY_INFORMATION. */
static void put_time_of_day(Sys *s, Fields *f) {
    const int64_t minute_100ns = 600000000;
    uint32_t id;
    int64_t bias = bias_now(s, &id);
    ask_single(s->machine, FACT_time);
    ask_single(s->machine, FACT_uptime);
    put_u64(f, machine_filetime(s->machine) - machine_ticks_100ns(s->machine));
    put_u64(f, machine_filetime(s->machine));
    put_u64(f, (uint64_t)(bias * minute_100ns));
    put_u32(f, id);
    put_u32(f, 0);
    put_u64(f, 0);
    put_u64(f, 0);
}

static const RegValue *zone_value(Sys *s, const char *name) {
    RegKey *key;
    const char *path = arena_printf(s->scratch,
                                    "\\Registry\\Machine\\SOFTWARE\\Microsoft\\Windows NT\\"
                                    "CurrentVersion\\Time Zones\\%s",
                                    ask_text(s->machine, FACT_timezone));
    if (!path || registry_find(s->machine->registry, NULL, path, 0, &key)) return NULL;
    return registry_value(s->machine->registry, key, name);
}

/* A text of so many characters, its rest filled up with zeroes. */
static void put_padded(Fields *f, Span utf16, uint64_t units) {
    uint64_t end = fields_used(f) + 2 * units;
    if (utf16.n > 2 * (units - 1)) utf16.n = 2 * (units - 1);
    put_bytes(f, utf16);
    while (fields_used(f) < end) put_u16(f, 0);
}

/* RTL_TIME_ZONE_INFORMATION, from the zone's REG_TZI_FORMAT: three biases and two dates. */
static void put_time_zone(Sys *s, Fields *f) {
    enum { BIAS = 0, STANDARD = 4, DAYLIGHT = 8, STANDARD_DATE = 12, DAYLIGHT_DATE = 28, TZI = 44 };
    static const uint8_t none[TZI];
    const RegValue *rules = zone_value(s, "TZI"), *standard = zone_value(s, "Std"),
                   *daylight = zone_value(s, "Dlt");
    Span tzi = rules && rules->data.n >= TZI ? rules->data : span(none, TZI);
    put_u32(f, (uint32_t)ask_number(s->machine, FACT_timezone_bias));
    put_padded(f, standard ? standard->data : (Span){0}, 32);
    put_bytes(f, span_sub(tzi, STANDARD_DATE, 16));
    put_bytes(f, span_sub(tzi, STANDARD, 4));
    put_padded(f, daylight ? daylight->data : (Span){0}, 32);
    put_bytes(f, span_sub(tzi, DAYLIGHT_DATE, 16));
    put_bytes(f, span_sub(tzi, DAYLIGHT, 4));
}

static void put_dynamic_time_zone(Sys *s, Fields *f) {
    Span key = text_to_utf16(s->scratch, span_str(ask_text(s->machine, FACT_timezone)));
    put_time_zone(s, f);
    put_padded(f, key, 128);
    put_u8(f, 0);
    fields_align(f, 4);
}

static void put_time_adjustment(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 156250);
    put_u32(f, 156250);
    put_u8(f, 1);
    fields_align(f, 4);
}

/* SYSTEM_QUERY_PERFORMANCE_COUNTER_INFORMATION. */
static void put_counter_kind(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 1);
    put_u32(f, 1);
    put_u32(f, 1);
}

/* ---- what is loaded in the kernel ---- */

typedef struct {
    Sys *s;
    Fields *f;
    uint16_t count;
    bool extended;
} Modules;

/* RTL_PROCESS_MODULE_INFORMATION. */
static void put_module(Modules *l, const char *path) {
    enum { NAME_ROOM = 256, FLAGS = 0x08804000 };
    Fields *f = l->f;
    uint64_t base = kernel_module_base(f->process->pointer, l->count);
    const char *slash = strrchr(path, '\\');
    size_t n = strlen(path) < NAME_ROOM ? strlen(path) : NAME_ROOM - 1;
    if (l->extended) {
        put_u16(f, (uint16_t)(f->process->pointer == 8 ? 0x148 : 0x134));
        fields_align(f, f->process->pointer);
    }
    put_pointer(f, 0);
    put_pointer(f, 0);
    put_pointer(f, base);
    put_u32(f, KERNEL_MODULE_SIZE);
    put_u32(f, FLAGS);
    put_u16(f, l->count);
    put_u16(f, 0);
    put_u16(f, 1);
    put_u16(f, slash ? (uint16_t)(slash + 1 - path) : 0);
    put_bytes(f, span(path, n));
    for (; n < NAME_ROOM; n++) put_u8(f, 0);
    l->count++;
    if (!l->extended) return;
    put_u32(f, 0);
    put_u32(f, 0);
    put_pointer(f, base);
}

static void put_all_modules(Modules *l) {
    const char *path;
    while ((path = kernel_module_path(l->s->machine, l->s->scratch, l->count))) put_module(l, path);
}

static void put_modules(Sys *s, Fields *f) {
    Modules l = {.s = s, .f = f};
    Fields head = *f;
    put_u32(f, 0);
    fields_align(f, s->process->pointer);
    put_all_modules(&l);
    put_u32(&head, l.count);
    f->bad |= head.bad;
}

static void put_modules_extended(Sys *s, Fields *f) {
    Modules l = {.s = s, .f = f, .extended = true};
    put_all_modules(&l);
    put_u16(f, 0);
}

/* ---- the rest, most of it one number ---- */

static void put_process_list(Sys *s, Fields *f) {
    put_processes(s, f, false);
}
static void put_process_list_extended(Sys *s, Fields *f) {
    put_processes(s, f, true);
}

static void put_devices(Sys *s, Fields *f) {
    const Machine *m = s->machine;
    uint32_t disks = 0, cdroms = 0;
    for (const WorldItem *i = ask_first(m, FACT_drive); i; i = ask_next(m, i)) {
        const char *type = item_text(i, FACT_drive);
        disks += type && strcmp(type, "fixed") == 0;
        cdroms += type && strcmp(type, "cdrom") == 0;
    }
    put_u32(f, disks);
    put_u32(f, 0);
    put_u32(f, cdroms);
    for (int i = 0; i < 3; i++) put_u32(f, 0);
}

static void put_global_flag(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 0);
}

static void put_exceptions(Sys *s, Fields *f) {
    (void)s;
    for (int i = 0; i < 4; i++) put_u32(f, 0);
}

/* Whether it is on, and whether it is not there. */
static void put_kernel_debugger(Sys *s, Fields *f) {
    bool on = ask_bool(s->machine, FACT_debugger_kernel);
    put_u8(f, on);
    put_u8(f, !on);
}

/* Allowed, on, there. */
static void put_kernel_debugger_extended(Sys *s, Fields *f) {
    bool on = ask_bool(s->machine, FACT_debugger_kernel);
    for (int i = 0; i < 3; i++) put_u8(f, on);
}

static void put_registry_quota(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 0x7fffffff);
    put_u32(f, 0x5400000);
    put_pointer(f, 0x200000);
}

static void put_alignment(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 64);
}

/* Only signed drivers are loaded. */
static void put_code_integrity(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 8);
    put_u32(f, 1);
}

static void put_numa_map(Sys *s, Fields *f) {
    put_u32(f, 0);
    put_u32(f, 0);
    put_group_affinity(f, processor_mask(s));
}

/* SYSTEM_BOOT_ENVIRONMENT_INFORMATION: a BIOS, no UEFI. */
static void put_boot_environment(Sys *s, Fields *f) {
    (void)s;
    put_u64(f, UINT64_C(0x11e8f24a9f3c5c11));
    put_u64(f, UINT64_C(0x63c6f2a5b1b3d08e));
    put_u32(f, 1);
    put_u64(f, 0);
}

static void put_no_secure_boot(Sys *s, Fields *f) {
    (void)s;
    put_u8(f, 0);
    put_u8(f, 0);
}

static void put_page_file(Sys *s, Fields *f) {
    uint32_t pages = ram_pages(s, FACT_ram) / 4;
    Span name = text_to_utf16(s->scratch, span_str("\\??\\C:\\pagefile.sys"));
    put_u32(f, 0);
    put_u32(f, pages);
    put_u32(f, pages / 20);
    put_u32(f, pages / 16);
    Fields text = *f;
    put_unicode_string(f, 0, 0, 0);
    put_unicode_string(&text, f->at, (uint32_t)name.n, (uint32_t)name.n + 2);
    put_bytes(f, name);
    put_u16(f, 0);
    fields_align(f, f->process->pointer);
}

typedef struct {
    uint32_t class;
    void (*put)(Sys *s, Fields *f);
    bool too_small; /* the status of a short buffer is STATUS_BUFFER_TOO_SMALL */
} Class;

static const Class classes[] = {
    {0, put_basic, false},
    {1, put_cpu, false},
    {2, put_performance, false},
    {3, put_time_of_day, false},
    {5, put_process_list, false},
    {7, put_devices, false},
    {8, put_processor_performance, false},
    {9, put_global_flag, false},
    {11, put_modules, false},
    {16, put_handles, false},
    {18, put_page_file, false},
    {21, put_file_cache, false},
    {23, put_interrupts, false},
    {28, put_time_adjustment, false},
    {33, put_exceptions, false},
    {35, put_kernel_debugger, false},
    {37, put_registry_quota, false},
    {44, put_time_zone, false},
    {55, put_numa_map, false},
    {57, put_process_list_extended, false},
    {58, put_alignment, false},
    {62, put_native_basic, false},
    {63, put_native_cpu, false},
    {64, put_handles_extended, false},
    {73, put_logical_processors, false},
    {77, put_modules_extended, false},
    {90, put_boot_environment, false},
    {102, put_dynamic_time_zone, false},
    {103, put_code_integrity, false},
    {114, put_native_basic, false},
    {124, put_counter_kind, false},
    {145, put_no_secure_boot, false},
    {149, put_kernel_debugger_extended, false},
    {175, put_cpu_sets, true},
};

static const Class *find_class(uint32_t class) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].class == class) return &classes[i];
    return NULL;
}

/* Where an answer goes. */
typedef struct {
    uint64_t buffer, size, needed;
} Room;

static uint32_t tell_size(Sys *s, const Room *r, uint64_t size) {
    if (r->needed && !guest_put_u32(s->process, r->needed, (uint32_t)size))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static uint64_t answer(Sys *s, const Class *c, const Room *r) {
    /* The interrupts' answer is random: asking for its size must not use it up. */
    uint64_t random = s->machine->random;
    Fields size = fields_in(s->process, r->buffer, 0);
    c->put(s, &size);
    s->machine->random = random;
    if (tell_size(s, r, fields_used(&size))) return STATUS_ACCESS_VIOLATION;
    if (fields_used(&size) > r->size)
        return c->too_small ? STATUS_BUFFER_TOO_SMALL : STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields_in(s->process, r->buffer, r->size);
    c->put(s, &f);
    return f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* ---- classes with input ---- */

/* A table tells all that it is made of. */
static void ask_firmware(const Machine *m, uint32_t provider) {
    static const FactId smbios[] = {FACT_bios,
                                    FACT_bios_version,
                                    FACT_bios_date,
                                    FACT_system,
                                    FACT_system_manufacturer,
                                    FACT_system_family,
                                    FACT_system_version,
                                    FACT_system_sku,
                                    FACT_system_serial,
                                    FACT_system_uuid,
                                    FACT_board,
                                    FACT_board_manufacturer,
                                    FACT_board_version,
                                    FACT_board_serial,
                                    FACT_cpu,
                                    FACT_ram};
    static const FactId acpi[] = {FACT_acpi, FACT_acpi_table, FACT_acpi_creator};
    for (size_t i = 0; provider == FIRMWARE_SMBIOS && i < sizeof smbios / sizeof *smbios; i++)
        ask_single(m, smbios[i]);
    for (size_t i = 0; provider == FIRMWARE_ACPI && i < sizeof acpi / sizeof *acpi; i++)
        ask_single(m, acpi[i]);
}

/* SYSTEM_FIRMWARE_TABLE_INFORMATION: provider, action, table, size of the buffer behind. */
static uint64_t query_firmware(Sys *s, const Room *r) {
    enum { HEAD = 16, ENUMERATE = 0, GET = 1, MOST = 1 << 16 };
    if (r->size < HEAD) return tell_size(s, r, HEAD), STATUS_INFO_LENGTH_MISMATCH;
    Fields f = fields(s->process, r->buffer);
    uint32_t provider = get_u32(&f), action = get_u32(&f), table = get_u32(&f);
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    if (action > GET) return STATUS_NOT_IMPLEMENTED;
    Buf b = buf_new(MOST);
    if (action == GET) ask_firmware(s->machine, provider);
    if (action == GET) firmware_get(s->machine->world, provider, table, &b);
    else firmware_list(provider, &b);
    uint32_t status = b.n ? STATUS_SUCCESS : STATUS_NOT_FOUND;
    if (!status) status = tell_size(s, r, HEAD + b.n);
    if (!status) put_u32(&f, (uint32_t)b.n);
    if (!status && r->size < HEAD + b.n) status = STATUS_BUFFER_TOO_SMALL;
    if (!status) put_bytes(&f, buf_span(&b));
    buf_free(&b);
    return status ? status : f.bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* SYSTEM_PROCESS_ID_INFORMATION: the id in, a UNICODE_STRING with a buffer to fill. */
static uint64_t query_process_id(Sys *s, const Room *r) {
    Fields f = fields(s->process, r->buffer);
    uint64_t id = get_pointer(&f);
    uint64_t text_at = f.at;
    get_u16(&f);
    uint16_t room = get_u16(&f);
    uint64_t buffer = get_pointer(&f);
    if (f.bad) return STATUS_ACCESS_VIOLATION;
    const char *path = process_image_by_id(s, id);
    if (!path) return STATUS_INVALID_CID;
    Span name = text_to_utf16(s->scratch, span_str(path));
    Fields out = fields(s->process, text_at);
    bool fits = name.n + 2 <= room;
    put_u16(&out, fits ? (uint16_t)name.n : 0);
    put_u16(&out, (uint16_t)(name.n + 2));
    if (!fits) return STATUS_INFO_LENGTH_MISMATCH;
    return guest_write(s->process, buffer, name.p, name.n + 2) ? STATUS_SUCCESS
                                                               : STATUS_ACCESS_VIOLATION;
}

static uint64_t query(Sys *s, uint32_t class, const Room *r) {
    enum { FIRMWARE = 76, PROCESS_ID = 88, WINE_VERSION = 1000 };
    const Class *c = find_class(class);
    if (c) return answer(s, c, r);
    if (class == FIRMWARE) return query_firmware(s, r);
    if (class == PROCESS_ID) return query_process_id(s, r);
    /* Wine's own question, which no Windows answers. */
    if (class != WINE_VERSION)
        machine_unmodelled(s->machine, "NtQuerySystemInformation class %u", class);
    return STATUS_INVALID_INFO_CLASS;
}

static uint64_t nt_query_system_information(Sys *s) {
    Room r = {s->arg[1], (uint32_t)s->arg[2], s->arg[3]};
    return query(s, (uint32_t)s->arg[0], &r);
}

/* A 32-bit program asks for the machine's own numbers. */
static uint64_t nt_wow64_get_native_system_information(Sys *s) {
    enum { BASIC, CPU, EMULATED_BASIC = 62, EMULATED_CPU = 63, NATIVE_BASIC = 114 };
    Room r = {s->arg[1], (uint32_t)s->arg[2], s->arg[3]};
    switch ((uint32_t)s->arg[0]) {
    case BASIC:
    case EMULATED_BASIC:
    case NATIVE_BASIC: return query(s, NATIVE_BASIC, &r);
    case CPU:
    case EMULATED_CPU: return query(s, EMULATED_CPU, &r);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* Which relations of the topology the input asks for: 0 to 4, or ffffh for all. */
static void put_relations_asked(Sys *s, Fields *f) {
    uint32_t relation = 0xffff;
    guest_get_u32(s->process, s->arg[1], &relation);
    put_topology(s, f, relation);
}

/* SYSTEM_SUPPORTED_PROCESSOR_ARCHITECTURES_INFORMATION: machine and flags, ended by 0. */
static void put_architectures(Sys *s, Fields *f) {
    enum {
        AMD64 = 0x8664,
        I386 = 0x14c,
        KERNEL = 1,
        USER = 2,
        NATIVE = 4,
        PROCESS = 8,
        WOW64 = 16
    };
    bool narrow = s->process->wow64;
    put_u32(f, AMD64 | (KERNEL | USER | NATIVE | (narrow ? 0u : PROCESS)) << 16);
    put_u32(f, I386 | (USER | WOW64 | (narrow ? PROCESS : 0u)) << 16);
    put_u32(f, 0);
}

/* class, input, its size, buffer, its size, *needed */
static uint64_t nt_query_system_information_ex(Sys *s) {
    static const Class with_input[] = {{107, put_relations_asked, false},
                                       {175, put_cpu_sets, true},
                                       {181, put_architectures, true}};
    Room r = {s->arg[3], (uint32_t)s->arg[4], s->arg[5]};
    for (size_t i = 0; i < sizeof with_input / sizeof *with_input; i++)
        if (with_input[i].class == (uint32_t)s->arg[0]) return answer(s, &with_input[i], &r);
    machine_unmodelled(s->machine, "NtQuerySystemInformationEx class %u", (uint32_t)s->arg[0]);
    return STATUS_INVALID_INFO_CLASS;
}

/* Nothing of the machine can be set by a program. */
static uint64_t nt_set_system_information(Sys *s) {
    machine_unmodelled(s->machine, "NtSetSystemInformation class %u", (uint32_t)s->arg[0]);
    return STATUS_PRIVILEGE_NOT_HELD;
}

const SysRow nt_sysinfo_rows[] = {
    {"NtQuerySystemInformation", 4, nt_query_system_information},
    {"NtQuerySystemInformationEx", 6, nt_query_system_information_ex},
    {"NtSetSystemInformation", 3, nt_set_system_information},
    {"NtWow64GetNativeSystemInformation", 4, nt_wow64_get_native_system_information},
    {"RtlGetNativeSystemInformation", 4, nt_wow64_get_native_system_information},
    {NULL, 0, NULL},
};
