/* The machine as a whole: its clock, power, messages from below, and what nobody may do to it. */
#include "base/text.h"
#include "guest/ask.h"
#include "guest/registry.h"
#include "guest/sys.h"
#include "guest/token.h"
#include "guest/trace.h"

static uint64_t done(bool good) {
    return good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* ---- time ---- */

static uint64_t nt_query_system_time(Sys *s) {
    ask_single(s->machine, FACT_time);
    return done(guest_put_u64(s->process, s->arg[0], machine_filetime(s->machine)));
}

static uint64_t nt_query_performance_counter(Sys *s) {
    enum { FREQUENCY = 10000000 };
    bool good = guest_put_u64(s->process, s->arg[0], machine_qpc(s->machine));
    if (s->arg[1]) good = good && guest_put_u64(s->process, s->arg[1], FREQUENCY);
    return done(good);
}

enum { COARSEST = 156250, FINEST = 5000 }; /* 100 ns */

static uint64_t nt_query_timer_resolution(Sys *s) {
    return done(guest_put_u32(s->process, s->arg[0], COARSEST) &&
                guest_put_u32(s->process, s->arg[1], FINEST) &&
                guest_put_u32(s->process, s->arg[2], COARSEST));
}

/* Timers here are as fine as anybody may ask for. */
static uint64_t nt_set_timer_resolution(Sys *s) {
    uint32_t asked = (uint32_t)s->arg[0];
    if (asked < FINEST) asked = FINEST;
    bool set = (uint8_t)s->arg[1];
    return done(guest_put_u32(s->process, s->arg[2], set && asked < COARSEST ? asked : COARSEST));
}

static uint64_t nt_get_tick_count(Sys *s) {
    ask_single(s->machine, FACT_uptime);
    return (uint32_t)(machine_ticks_100ns(s->machine) / 10000);
}

/* ---- power ---- */

/* SYSTEM_POWER_CAPABILITIES: a virtual machine can do little of what a computer can, which is how
 * programs tell them apart. */
static void put_power_capabilities(Sys *s, Fields *f) {
    static const uint8_t real[17] = {1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 5, 100};
    static const uint8_t virtual[17] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 100};
    enum { WAKE_FROM_S4 = 5, WAKE_FROM_S3 = 4 };
    const uint8_t *flags = *ask_text(s->machine, FACT_cpu_hypervisor) ? virtual : real;
    bool battery = ask_bool(s->machine, FACT_battery);
    put_bytes(f, span(flags, 2));
    put_u8(f, battery); /* a lid */
    put_bytes(f, span(flags + 3, sizeof real - 3));
    for (int i = 0; i < 4; i++) put_u8(f, 0);
    put_u8(f, 1); /* disks spin down */
    for (int i = 0; i < 8; i++) put_u8(f, 0);
    put_u8(f, battery);
    put_u8(f, 0);
    for (int i = 0; i < 6; i++) put_u32(f, 0); /* scales of batteries */
    put_u32(f, WAKE_FROM_S4);
    put_u32(f, 1);
    put_u32(f, WAKE_FROM_S4);
    put_u32(f, WAKE_FROM_S3);
    put_u32(f, 1);
}

/* SYSTEM_BATTERY_STATE, of a battery for 50 Wh that lasts for five hours. */
static void put_battery_state(Sys *s, Fields *f) {
    enum { CAPACITY = 50000, RATE = 10000, HOUR = 3600 };
    const Machine *m = s->machine;
    bool there = ask_bool(m, FACT_battery), mains = !there || ask_bool(m, FACT_battery_mains);
    uint32_t percent = there ? (uint32_t)ask_number(m, FACT_battery_percent) : 0,
             left = CAPACITY / 100 * percent;
    put_u8(f, mains);
    put_u8(f, there);
    put_u8(f, there && mains && percent < 100);
    put_u8(f, there && !mains);
    for (int i = 0; i < 4; i++) put_u8(f, 0);
    put_u32(f, there ? CAPACITY : 0);
    put_u32(f, left);
    put_u32(f, there && !mains ? (uint32_t)-RATE : 0);
    put_u32(f, there && !mains ? left / RATE * HOUR : UINT32_MAX);
    put_u32(f, there ? CAPACITY / 20 : 0);
    put_u32(f, there ? CAPACITY / 10 : 0);
}

static void put_execution_state(Sys *s, Fields *f) {
    (void)s;
    put_u32(f, 0);
}

/* PROCESSOR_POWER_INFORMATION for each. */
static void put_processor_power(Sys *s, Fields *f) {
    uint32_t mhz = (uint32_t)ask_number(s->machine, FACT_cpu_mhz);
    int64_t count = ask_number(s->machine, FACT_cpu_count);
    for (uint32_t i = 0; i < count; i++) {
        put_u32(f, i);
        put_u32(f, mhz);
        put_u32(f, mhz);
        put_u32(f, mhz);
        put_u32(f, 2);
        put_u32(f, 1);
    }
}

/* When the machine last woke or slept, in 100 ns since it was booted: at no time. */
static void put_never(Sys *s, Fields *f) {
    (void)s;
    put_u64(f, 0);
}

/* level, input, its size, buffer, its size */
static uint64_t nt_power_information(Sys *s) {
    static const struct {
        uint32_t level;
        void (*put)(Sys *s, Fields *f);
    } levels[] = {{4, put_power_capabilities},
                  {5, put_battery_state},
                  {11, put_processor_power},
                  {14, put_never},
                  {15, put_never},
                  {16, put_execution_state}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i].level != (uint32_t)s->arg[0]) continue;
        Fields size = fields_in(s->process, s->arg[3], 0);
        levels[i].put(s, &size);
        if (!s->arg[3] || fields_used(&size) > (uint32_t)s->arg[4]) return STATUS_BUFFER_TOO_SMALL;
        Fields f = fields(s->process, s->arg[3]);
        levels[i].put(s, &f);
        return done(!f.bad);
    }
    machine_unmodelled(s->machine, "NtPowerInformation level %u", (uint32_t)s->arg[0]);
    return STATUS_NOT_IMPLEMENTED;
}

static uint64_t nt_set_thread_execution_state(Sys *s) {
    const uint32_t continuous = 0x80000000u;
    return done(guest_put_u32(s->process, s->arg[1], continuous));
}

/* Turning the machine off is refused, and named: what comes after it would not be true. */
static uint64_t refuse_shutdown(Sys *s) {
    machine_unmodelled(s->machine, "shutting Windows down");
    return STATUS_PRIVILEGE_NOT_HELD;
}

/* ---- messages ---- */

/* A text of NtDisplayString, which would stand on a blue screen. */
static uint64_t nt_display_string(Sys *s) {
    char *text = guest_unicode_string(s->process, s->scratch, s->arg[0]);
    if (!text) return STATUS_ACCESS_VIOLATION;
    trace_event(s->machine, s->thread, EV_console, {EF_Text, text}, {EF_Stream, "display"});
    return STATUS_SUCCESS;
}

/* The texts among a hard error's parameters: those whose bit is set in the mask. */
static const char *hard_error_text(Sys *s, uint32_t i) {
    enum { MOST = 4 };
    uint32_t count = (uint32_t)s->arg[1], mask = (uint32_t)s->arg[2];
    uint64_t value;
    if (i >= count || i >= MOST || !(mask >> i & 1)) return NULL;
    if (!guest_get_pointer(s->process, s->arg[3] + (uint64_t)i * s->process->pointer, &value))
        return NULL;
    return guest_unicode_string(s->process, s->scratch, value);
}

/* status, number of parameters, mask of texts, parameters, options, *response */
static uint64_t nt_raise_hard_error(Sys *s) {
    enum { SHUT_DOWN = 6, ANSWER_OK = 6, SERVICE_NOTIFICATION = 0x50000018 };
    uint32_t status = (uint32_t)s->arg[0];
    if ((uint32_t)s->arg[4] == SHUT_DOWN) return refuse_shutdown(s);
    const char *text = hard_error_text(s, 0), *title = hard_error_text(s, 1);
    if (status != SERVICE_NOTIFICATION) {
        const char *detail = text;
        text = arena_printf(s->scratch, "hard error %08x%s%s", status, detail ? ": " : "",
                            detail ? detail : "");
        title = NULL;
    }
    trace_event(s->machine, s->thread, EV_message_box, {EF_Title, title ? title : "System Error"},
                {EF_Text, text ? text : ""}, {EF_Answer, "OK"});
    return done(!s->arg[5] || guest_put_u32(s->process, s->arg[5], ANSWER_OK));
}

/* ---- drivers ---- */

/* The image of the service whose registry key a program names. */
static const char *driver_image(Sys *s, const char *service) {
    RegKey *key;
    if (registry_find(s->machine->registry, NULL, service, 0, &key)) return service;
    const RegValue *v = registry_value(s->machine->registry, key, "ImagePath");
    const char *image = v ? text_from_utf16(s->scratch, v->data) : NULL;
    return image && *image ? image : service;
}

/* Seen and refused, as Windows refuses a driver without Microsoft's signature. */
static uint64_t nt_load_driver(Sys *s) {
    enum { LOAD_DRIVER_PRIVILEGE = 10 };
    char *service = guest_unicode_string(s->process, s->scratch, s->arg[0]);
    const Token *t = token_of_thread(s->thread);
    if (!service) return STATUS_ACCESS_VIOLATION;
    trace_event(s->machine, s->thread, EV_driver_load, {EF_ImageLoaded, driver_image(s, service)});
    bool allowed = t && t->enabled >> LOAD_DRIVER_PRIVILEGE & 1;
    return allowed ? STATUS_INVALID_IMAGE_HASH : STATUS_PRIVILEGE_NOT_HELD;
}

/* ---- what nobody may do, or does to no effect ---- */

static uint64_t privilege_not_held(Sys *s) {
    (void)s;
    return STATUS_PRIVILEGE_NOT_HELD;
}

static uint64_t success(Sys *s) {
    (void)s;
    return STATUS_SUCCESS;
}

/* What drivers print is a debugger's affair. */
static uint64_t nt_set_debug_filter(Sys *s) {
    return token_may_debug(token_of_thread(s->thread)) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* A machine with a BIOS has no variables of firmware. */
static uint64_t no_firmware_variables(Sys *s) {
    (void)s;
    return STATUS_NOT_IMPLEMENTED;
}

static uint64_t nt_system_debug_control(Sys *s) {
    (void)s;
    return STATUS_DEBUGGER_INACTIVE;
}

/* Nobody listens to traces. */
static uint64_t nt_trace_control(Sys *s) {
    if (s->arg[5]) guest_put_u32(s->process, s->arg[5], 0);
    return STATUS_SUCCESS;
}

const SysRow nt_system_rows[] = {
    {"NtDisplayString", 1, nt_display_string},
    {"NtGetTickCount", 0, nt_get_tick_count},
    {"NtInitiatePowerAction", 4, refuse_shutdown},
    {"NtLoadDriver", 1, nt_load_driver},
    {"NtPowerInformation", 5, nt_power_information},
    {"NtQueryPerformanceCounter", 2, nt_query_performance_counter},
    {"NtQuerySystemEnvironmentValue", 4, no_firmware_variables},
    {"NtQuerySystemEnvironmentValueEx", 5, no_firmware_variables},
    {"NtQuerySystemTime", 1, nt_query_system_time},
    {"NtQueryTimerResolution", 3, nt_query_timer_resolution},
    {"NtRaiseHardError", 6, nt_raise_hard_error},
    {"NtSetDebugFilterState", 3, nt_set_debug_filter},
    {"NtSetIntervalProfile", 2, success},
    {"NtSetSystemTime", 2, privilege_not_held},
    {"NtSetThreadExecutionState", 2, nt_set_thread_execution_state},
    {"NtSetTimerResolution", 3, nt_set_timer_resolution},
    {"NtShutdownSystem", 1, refuse_shutdown},
    {"NtSystemDebugControl", 6, nt_system_debug_control},
    {"NtTraceControl", 6, nt_trace_control},
    {"NtUnloadDriver", 1, privilege_not_held},
    {NULL, 0, NULL},
};
