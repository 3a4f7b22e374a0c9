/* \Device\Nsi: how iphlpapi reads tables (Wine's private controls; nsi.h has the tables). */
#include "guest/device/nsi.h"
#include "guest/file.h"

enum {
    ENUMERATE_ALL = 0x121000,
    GET_ALL_PARAMETERS = 0x121004,
    GET_PARAMETER = 0x121008,
    ICMP_ECHO = 0x12100c,
};

enum { MODULE_SIZE = 24, INPUT_MOST = 65536, OUTPUT_MOST = 4 << 20, PART_MOST = 8192 };

static const NsiTable *const families[] = {nsi_adapter_tables, nsi_ip_tables, nsi_port_tables};

/* ---- making tables ---- */

void nsi_row_done(NsiRows *r) {
    NsiRow *row = arena_one(r->arena, NsiRow);
    if (!row) {
        r->full = true;
        return;
    }
    for (size_t i = 0; i < NSI_PARTS; i++) {
        row->part[i] = arena_bytes(r->arena, buf_span(&r->part[i]));
        buf_clear(&r->part[i]);
    }
    if (r->last) r->last->next = row;
    else r->first = row;
    r->last = row;
}

static const NsiTable *find_table(uint8_t module, uint32_t table) {
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (const NsiTable *t = families[f]; t->rows; t++)
            if (t->module == module && t->table == table) return t;
    return NULL;
}

static NsiRow *rows_of(Machine *m, const NsiTable *t) {
    NsiRows r = {.machine = m, .arena = &m->scratch};
    for (size_t i = 0; i < NSI_PARTS; i++) r.part[i] = buf_new(PART_MOST);
    t->rows(&r);
    for (size_t i = 0; i < NSI_PARTS; i++) buf_free(&r.part[i]);
    return r.first;
}

/* ---- requests ---- */

/* NPI_MODULEID: a length, a type, and a GUID of {eb004aXX-9b1a-11d4-9123-0050047759bc}. */
static bool read_module(Cur *c, uint8_t *module) {
    static const uint8_t family[15] = {0x4a, 0x00, 0xeb, 0x1a, 0x9b, 0xd4, 0x11, 0x91,
                                       0x23, 0x00, 0x50, 0x04, 0x77, 0x59, 0xbc};
    Span all = cur_take(c, MODULE_SIZE);
    if (c->bad) return false;
    *module = all.p[8];
    return memcmp(all.p + 9, family, sizeof family) == 0;
}

typedef struct {
    const NsiTable *table;
    uint32_t size[NSI_PARTS];
    uint32_t count, type, offset;
    Span key;
} Request;

static Span input(const Io *io) {
    Arena *a = &io->file->object.machine->scratch;
    if (io->input_size > INPUT_MOST) return (Span){0};
    uint8_t *p = arena_alloc(a, (size_t)io->input_size + 1);
    return p && io_get(io, 0, p, io->input_size) ? span(p, (size_t)io->input_size) : (Span){0};
}

static uint32_t read_request(const Io *io, Request *r) {
    uint8_t module;
    Cur c = cur(input(io));
    *r = (Request){0};
    if (!read_module(&c, &module)) return STATUS_INVALID_PARAMETER;
    cur_skip(&c, io->code == ENUMERATE_ALL ? 8 : 4); /* what is only ever 1 and 0 */
    uint32_t table = cur_u32le(&c);
    r->size[NSI_KEY] = cur_u32le(&c);
    if (io->code == GET_PARAMETER) {
        r->type = cur_u32le(&c);
        r->offset = cur_u32le(&c);
    } else {
        for (size_t i = NSI_RW; i < NSI_PARTS; i++) r->size[i] = cur_u32le(&c);
    }
    if (io->code == ENUMERATE_ALL) r->count = cur_u32le(&c);
    else r->key = cur_take(&c, r->size[NSI_KEY]);
    if (c.bad) return STATUS_INVALID_PARAMETER;
    r->table = find_table(module, table);
    if (r->table) return STATUS_SUCCESS;
    machine_unmodelled(io->file->object.machine, "table %u of network module %#x", table, module);
    return STATUS_NOT_SUPPORTED;
}

/* ---- answers ---- */

static uint32_t put_part(Io *io, uint64_t at, Span part, uint32_t size) {
    size_t n = part.n < size ? part.n : size;
    return io_put(io, at, part.p, n) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* The number of rows, then all keys, all read-write parts, and so on. */
static uint32_t enumerate(Io *io, const Request *r) {
    uint64_t whole = 4;
    for (size_t i = 0; i < NSI_PARTS; i++) whole += (uint64_t)r->size[i] * r->count;
    if (whole > OUTPUT_MOST || io->output_size < whole) return STATUS_INVALID_PARAMETER;
    bool wanted =
        r->size[NSI_KEY] || r->size[NSI_RW] || r->size[NSI_DYNAMIC] || r->size[NSI_STATIC];
    uint32_t n = 0, status = STATUS_SUCCESS;
    for (const NsiRow *row = rows_of(io->file->object.machine, r->table); row;
         row = row->next, n++) {
        uint64_t at = 4;
        for (size_t i = 0; i < NSI_PARTS && n < r->count && !status; i++) {
            status = put_part(io, at + (uint64_t)n * r->size[i], row->part[i], r->size[i]);
            at += (uint64_t)r->size[i] * r->count;
        }
    }
    bool short_of = wanted && n > r->count;
    uint32_t told = short_of ? r->count : n;
    if (!status && !io_put(io, 0, &told, 4)) status = STATUS_ACCESS_VIOLATION;
    io->information = whole;
    return status ? status : short_of ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static const NsiRow *find_row(Io *io, const Request *r) {
    const NsiRow *row = rows_of(io->file->object.machine, r->table);
    for (; row; row = row->next)
        if (span_equal(span_clip(row->part[NSI_KEY], 0, r->key.n), r->key)) break;
    return row;
}

static uint32_t get_all(Io *io, const Request *r) {
    const NsiRow *row = find_row(io, r);
    uint64_t at = 0;
    if (!row) return STATUS_OBJECT_NAME_NOT_FOUND;
    for (size_t i = NSI_RW; i < NSI_PARTS; i++, at += r->size[i - 1]) {
        uint32_t status = put_part(io, at, row->part[i], r->size[i]);
        if (status) return status;
    }
    io->information = at;
    return STATUS_SUCCESS;
}

static uint32_t get_one(Io *io, const Request *r) {
    const NsiRow *row = find_row(io, r);
    if (!row) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (r->type > NSI_STATIC - NSI_RW) return STATUS_INVALID_PARAMETER;
    Span value = span_sub(row->part[NSI_RW + r->type], r->offset, io->output_size);
    if (value.n != io->output_size) return STATUS_INVALID_PARAMETER;
    io->information = value.n;
    return io_put(io, 0, value.p, value.n) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static uint32_t control(File *f, Io *io) {
    Request r;
    if (io->code == ICMP_ECHO) return nsi_icmp_echo(io);
    if (io->code < ENUMERATE_ALL || io->code > GET_PARAMETER) {
        machine_unmodelled(f->object.machine, "control %#x of Nsi", io->code);
        return STATUS_NOT_SUPPORTED;
    }
    uint32_t status = read_request(io, &r);
    if (status) return status;
    if (io->code == ENUMERATE_ALL) return enumerate(io, &r);
    return io->code == GET_ALL_PARAMETERS ? get_all(io, &r) : get_one(io, &r);
}

static const FileOps ops = {.device_type = 0x12, .control = control};

static uint32_t nsi_open(Sys *s, const FileOpen *how, File **out) {
    *out = file_new(s->machine, &ops, sizeof(File), how, how->path);
    return *out ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

const Device device_nsi = {"\\Device\\Nsi", nsi_open};
