#include "guest/firmware.h"
#include <stdlib.h>

/* A structure in the making: its texts follow it, numbered from 1. */
typedef struct {
    Buf *out;
    Buf texts;
    size_t begin;
    uint8_t count;
    uint16_t handle;
} Smbios;

static void begin(Smbios *s, uint8_t type) {
    s->begin = s->out->n;
    s->count = 0;
    buf_clear(&s->texts);
    buf_byte(s->out, type);
    buf_byte(s->out, 0);
    buf_le(s->out, s->handle++, 2);
}

static void byte(Smbios *s, uint8_t v) {
    buf_byte(s->out, v);
}
static void word(Smbios *s, uint16_t v) {
    buf_le(s->out, v, 2);
}
static void dword(Smbios *s, uint32_t v) {
    buf_le(s->out, v, 4);
}

/* The number of a text; 0 stands for none. */
static void text(Smbios *s, const char *t) {
    if (!*t) {
        byte(s, 0);
        return;
    }
    byte(s, ++s->count);
    buf_str(&s->texts, t);
    buf_byte(&s->texts, 0);
}

static void end(Smbios *s) {
    if (!s->out->full) s->out->p[s->begin + 1] = (uint8_t)(s->out->n - s->begin);
    buf_add(s->out, buf_span(&s->texts));
    if (!s->count) byte(s, 0);
    byte(s, 0);
}

static void put_bios(Smbios *s, const World *w) {
    begin(s, 0);
    text(s, world_text(w, FACT_bios));
    text(s, world_text(w, FACT_bios_version));
    word(s, 0xe000);
    text(s, world_text(w, FACT_bios_date));
    byte(s, 0x3f);        /* 4 MiB */
    dword(s, 0x7fb99c90); /* PCI, PnP, flash, boot from CD, EDD ... */
    dword(s, 0);
    word(s, 0x0d03); /* ACPI, USB legacy; targeted content */
    byte(s, 0xff);   /* no version numbers */
    byte(s, 0xff);
    byte(s, 0xff);
    byte(s, 0xff);
    end(s);
}

/* The first three fields of a UUID are little-endian in SMBIOS 2.6 (7.2.1). */
static void uuid(Smbios *s, const char *t) {
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t raw[16] = {0};
    size_t digits = 0;
    for (; *t && digits < 32; t++) {
        char digit[2] = {*t, 0};
        if (*t == '-') continue;
        raw[digits / 2] = (uint8_t)(raw[digits / 2] << 4 | strtoul(digit, NULL, 16));
        digits++;
    }
    for (int i = 0; i < 16; i++) byte(s, raw[order[i]]);
}

static void put_system(Smbios *s, const World *w) {
    begin(s, 1);
    text(s, world_text(w, FACT_system_manufacturer));
    text(s, world_text(w, FACT_system));
    text(s, world_text(w, FACT_system_version));
    text(s, world_text(w, FACT_system_serial));
    uuid(s, world_text(w, FACT_system_uuid));
    byte(s, 6); /* woken by the power switch */
    text(s, world_text(w, FACT_system_sku));
    text(s, world_text(w, FACT_system_family));
    end(s);
}

static void put_board(Smbios *s, const World *w) {
    begin(s, 2);
    text(s, world_text(w, FACT_board_manufacturer));
    text(s, world_text(w, FACT_board));
    text(s, world_text(w, FACT_board_version));
    text(s, world_text(w, FACT_board_serial));
    byte(s, 0);
    byte(s, 9); /* hosting, replaceable */
    byte(s, 0);
    word(s, 3); /* in the chassis with this handle */
    byte(s, 10);
    byte(s, 0);
    end(s);
}

static void put_chassis(Smbios *s, const World *w) {
    begin(s, 3);
    text(s, world_text(w, FACT_system_manufacturer));
    byte(s, 3); /* desktop */
    byte(s, 0);
    text(s, world_text(w, FACT_system_serial));
    byte(s, 0);
    for (int i = 0; i < 4; i++) byte(s, 3); /* states: safe; security: none */
    dword(s, 0);
    byte(s, 0);
    byte(s, 1);
    byte(s, 0);
    byte(s, 0);
    end(s);
}

static void put_processor(Smbios *s, const World *w) {
    enum { CORE_I5 = 0xcd, INTEL = 0x206, ENABLED = 0x41 };
    uint32_t model = (uint32_t)world_number(w, FACT_cpu_model);
    uint32_t family = (uint32_t)world_number(w, FACT_cpu_family);
    uint16_t mhz = (uint16_t)world_number(w, FACT_cpu_mhz);
    uint8_t cores = (uint8_t)world_number(w, FACT_cpu_cores);
    begin(s, 4);
    text(s, "CPU 1");
    byte(s, 3);
    byte(s, CORE_I5);
    text(s, world_text(w, FACT_cpu_vendor));
    dword(s, (model >> 4) << 16 | family << 8 | (model & 15) << 4 |
                 (uint32_t)world_number(w, FACT_cpu_stepping));
    dword(s, 0xbfebfbff);
    text(s, world_text(w, FACT_cpu));
    byte(s, 0x8c); /* 1.2 V */
    word(s, 133);
    word(s, mhz);
    word(s, mhz);
    byte(s, ENABLED);
    byte(s, 1);
    for (int i = 0; i < 3; i++) word(s, 0xffff); /* caches: not told */
    byte(s, 0);
    byte(s, 0);
    byte(s, 0);
    byte(s, cores);
    byte(s, cores);
    byte(s, (uint8_t)world_number(w, FACT_cpu_count));
    word(s, 4); /* 64 bits */
    word(s, INTEL);
    end(s);
}

enum { MIB_SHIFT = 20, KIB_SHIFT = 10, MODULE_MIB = 4096 };

static uint32_t ram_mib(const World *w) {
    return (uint32_t)(world_number(w, FACT_ram) >> MIB_SHIFT);
}

static uint16_t put_memory_array(Smbios *s, const World *w) {
    uint32_t mib = ram_mib(w);
    uint16_t handle = s->handle;
    begin(s, 16);
    byte(s, 3); /* on the board */
    byte(s, 3); /* system memory */
    byte(s, 3); /* no error correction */
    dword(s, mib << KIB_SHIFT);
    word(s, 0xfffe);
    word(s, (uint16_t)((mib + MODULE_MIB - 1) / MODULE_MIB));
    end(s);
    return handle;
}

static void put_memory(Smbios *s, const World *w) {
    uint16_t array = put_memory_array(s, w);
    uint32_t left = ram_mib(w);
    for (unsigned i = 1; left && i <= 8; i++) {
        char name[16] = "DIMM_";
        uint32_t size = left < MODULE_MIB ? left : MODULE_MIB;
        left -= size;
        name[5] = (char)('0' + i);
        begin(s, 17);
        word(s, array);
        word(s, 0xfffe);
        word(s, 64);
        word(s, 64);
        word(s, (uint16_t)size);
        byte(s, 9); /* DIMM */
        byte(s, 0);
        text(s, name);
        byte(s, 0);
        byte(s, 0x18); /* DDR3 */
        word(s, 0x80);
        word(s, 1333);
        text(s, "80AD");
        byte(s, 0);
        byte(s, 0);
        byte(s, 0);
        byte(s, 0);
        end(s);
    }
}

static void put_end(Smbios *s) {
    begin(s, 32); /* boot: no errors */
    for (int i = 0; i < 7; i++) byte(s, 0);
    end(s);
    begin(s, 127);
    end(s);
}

void firmware_smbios(const World *w, Buf *out) {
    enum { HEAD = 8, MOST_TEXTS = 1 << 16 };
    Smbios s = {.out = out, .texts = buf_new(MOST_TEXTS)};
    buf_le(out, 0, 1);
    buf_le(out, 2, 1);
    buf_le(out, 6, 1);
    buf_le(out, 0, 1);
    buf_le(out, 0, 4);
    put_bios(&s, w);
    put_system(&s, w);
    put_board(&s, w);
    put_chassis(&s, w);
    put_processor(&s, w);
    put_memory(&s, w);
    put_end(&s);
    for (unsigned i = 0; i < 4 && !out->full; i++)
        out->p[4 + i] = (uint8_t)((out->n - HEAD) >> 8 * i);
    buf_free(&s.texts);
}

/* ---- ACPI ---- */

#define SIGNATURE(a, b, c, d)                                                                      \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

const uint32_t firmware_acpi_tables[] = {
    SIGNATURE('F', 'A', 'C', 'P'), SIGNATURE('A', 'P', 'I', 'C'),
    SIGNATURE('B', 'O', 'O', 'T'), SIGNATURE('M', 'C', 'F', 'G'),
    SIGNATURE('H', 'P', 'E', 'T'), SIGNATURE('S', 'S', 'D', 'T'),
    SIGNATURE('D', 'M', 'A', 'R'), 0};

/* An identifier, with spaces behind it. */
static void put_padded(uint8_t *p, size_t size, const char *text) {
    memset(p, ' ', size);
    for (size_t i = 0; i < size && text[i]; i++) p[i] = (uint8_t)text[i];
}

/* Of each table the head is real; behind it lies what says nothing (ACPI 6.4, 5.2.6). */
void firmware_acpi(const World *w, uint32_t signature, Buf *out) {
    enum { SIZE = 0xf4, CHECKSUM_AT = 9 };
    size_t at = out->n, known = 0;
    while (firmware_acpi_tables[known] && firmware_acpi_tables[known] != signature) known++;
    if (!firmware_acpi_tables[known]) return;
    uint8_t *p = buf_space(out, SIZE);
    if (!p) return;
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(signature >> 8 * i);
    p[4] = SIZE;
    p[8] = 3;
    put_padded(p + 10, 6, world_text(w, FACT_acpi));
    put_padded(p + 16, 8, world_text(w, FACT_acpi_table));
    p[24] = 15;
    put_padded(p + 28, 4, world_text(w, FACT_acpi_creator));
    p[32] = 0x61;
    uint8_t sum = 0;
    for (size_t i = 0; i < SIZE; i++) sum = (uint8_t)(sum + out->p[at + i]);
    p[CHECKSUM_AT] = (uint8_t)-sum;
}

/* ---- providers ---- */

void firmware_list(uint32_t provider, Buf *out) {
    if (provider == FIRMWARE_SMBIOS) buf_le(out, 0, 4);
    for (size_t i = 0; provider == FIRMWARE_ACPI && firmware_acpi_tables[i]; i++)
        buf_le(out, firmware_acpi_tables[i], 4);
}

void firmware_get(const World *w, uint32_t provider, uint32_t table, Buf *out) {
    if (provider == FIRMWARE_SMBIOS) firmware_smbios(w, out);
    if (provider == FIRMWARE_ACPI) firmware_acpi(w, table, out);
}
