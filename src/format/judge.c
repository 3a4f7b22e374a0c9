#include "format/judge.h"
#include "base/clock.h"
#include "format/format.h"

typedef struct {
    Arena *arena;
    const Pe *pe;
    Sink *to;
} Judge;

/* ---- how a finding is made ---- */

static void tell(const Judge *j, const char *rule, Severity severity, uint64_t offset,
                 const char *title) {
    Arena *a = j->arena;
    Value *evidence = value_list(a), *one = value_map(a);
    value_set(a, one, "artifact", value_uint(a, 1));
    if (offset != PE_NO_OFFSET) value_set(a, one, "offset", value_uint(a, offset));
    value_add(evidence, one);
    if (!title || a->full) return; /* the look is void */
    sink_finding(j->to, &(Finding){.rule = rule,
                                   .severity = severity,
                                   .title = title,
                                   .artifact = 1,
                                   .evidence = evidence});
}

static uint64_t header_of(const Pe *pe, const PeSection *s) {
    return pe->sections_offset + 40 * (uint64_t)(s - pe->sections);
}

static bool is_known_packed(const Pe *pe) {
    return pe->packer.kind == PE_PACKER || pe->packer.kind == PE_PROTECTOR;
}

/* ---- what was put around it ---- */

static void judge_packer(const Judge *j) {
    const PePacker *p = &j->pe->packer;
    if (p->kind == PE_PACKER)
        tell(j, "pe.packed", SEVERITY_LOW, p->offset,
             arena_printf(j->arena, "It is packed with %s", p->name));
    if (p->kind == PE_PROTECTOR)
        tell(j, "pe.protected", SEVERITY_MEDIUM, p->offset,
             arena_printf(j->arena, "It is protected against analysis by %s", p->name));
}

/* ---- where it starts, and what it may overwrite ---- */

#define CODE_IN_WRITABLE (PE_SCN_EXECUTE | PE_SCN_WRITE)

static bool is_both(const PeSection *s) {
    return (s->characteristics & CODE_IN_WRITABLE) == CODE_IN_WRITABLE;
}

static void judge_writable_code(const Judge *j) {
    for (size_t i = 0; i < j->pe->section_count; i++) {
        const PeSection *s = &j->pe->sections[i];
        if (!is_both(s)) continue;
        tell(j, "pe.writable-code", SEVERITY_LOW, header_of(j->pe, s),
             arena_printf(j->arena, "Section %s is both writable and executable", s->name));
        return; /* the first says it */
    }
}

static bool is_only_code(const Pe *pe, const PeSection *entry) {
    for (size_t i = 0; i < pe->section_count; i++)
        if (&pe->sections[i] != entry && pe->sections[i].characteristics & PE_SCN_EXECUTE)
            return false;
    return true;
}

/* A program whose sections are smaller than a page has its code where it likes. */
static void judge_entry(const Judge *j) {
    enum { ENTRY_FIELD = 40, SMALL = 0x1000 };
    const Pe *pe = j->pe;
    const PeSection *s = pe_section_of(pe, pe->entry);
    if (!pe->entry || pe->section_alignment < SMALL || pe_refused(pe)) return;
    uint64_t field = pe->nt_offset + ENTRY_FIELD;
    if (!s) {
        tell(j, "pe.entry-outside", SEVERITY_MEDIUM, field, "Its entry point lies in no section");
        return;
    }
    if (!(s->characteristics & PE_SCN_EXECUTE) && !pe->dotnet)
        tell(j, "pe.entry-not-code", SEVERITY_MEDIUM, field,
             arena_printf(j->arena, "Its entry point lies in section %s, which is no code",
                          s->name));
    if (is_known_packed(pe)) return;
    if (s->characteristics & PE_SCN_WRITE)
        tell(j, "pe.entry-writable", SEVERITY_MEDIUM, field,
             arena_printf(j->arena, "Its entry point lies in section %s, which it can overwrite",
                          s->name));
    else if (pe->section_count > 1 && s == &pe->sections[pe->section_count - 1] &&
             !is_only_code(pe, s))
        tell(j, "pe.entry-last", SEVERITY_LOW, field,
             arena_printf(j->arena,
                          "Its entry point lies in its last section %s, although other "
                          "sections hold code",
                          s->name));
}

/* ---- encrypted code ---- */

enum { SMALLEST_JUDGED = 4096 };

/* Code of any compiler stays below; measured over Wine's, mingw's and Python's programs: 6.9. */
#define ENCRYPTED_CODE 7.3

static void judge_code_entropy(const Judge *j) {
    if (is_known_packed(j->pe)) return;
    for (size_t i = 0; i < j->pe->section_count; i++) {
        const PeSection *s = &j->pe->sections[i];
        Span bytes = span_clip(j->pe->file, s->raw_offset, s->raw_offset ? s->raw_size : 0);
        if (!(s->characteristics & PE_SCN_EXECUTE) || bytes.n < SMALLEST_JUDGED) continue;
        if (s->entropy < ENCRYPTED_CODE) continue;
        tell(j, "pe.encrypted-code", SEVERITY_MEDIUM, s->raw_offset,
             arena_printf(j->arena,
                          "Section %s holds packed or encrypted code: %.2f bits per byte, and "
                          "no packer that is known made it",
                          s->name, s->entropy));
        return;
    }
}

/* ---- what does not fit together ---- */

static void judge_rich(const Judge *j) {
    if (j->pe->rich && !j->pe->rich_intact)
        tell(j, "pe.rich-forged", SEVERITY_MEDIUM, j->pe->rich_offset,
             "The Rich header is not this file's own: its checksum is that of another one");
}

static void judge_times(const Judge *j) {
    enum { STAMP_FIELD = 8 };
    char header[TIME_TEXT_SIZE], odd[TIME_TEXT_SIZE];
    const char *where;
    uint32_t other;
    if (!pe_odd_time(j->pe, &other, &where)) return;
    time_print(j->pe->timestamp * TIME_SECOND, header);
    time_print(other * TIME_SECOND, odd);
    tell(j, "pe.times-disagree", SEVERITY_LOW, j->pe->nt_offset + STAMP_FIELD,
         arena_printf(j->arena, "Its header says that it was linked %s, %s says %s", header, where,
                      odd));
}

/* Windows checks a driver's checksum only; elsewhere a wrong one says that somebody changed the
 * file, which installers and signers do as well. */
static void judge_checksum(const Judge *j) {
    const Pe *pe = j->pe;
    if (!pe_is_driver(pe) || !pe->checksum || pe->right_checksum == pe->checksum) return;
    tell(j, "pe.driver-checksum", SEVERITY_MEDIUM, pe->checksum_offset,
         "It is a driver with a wrong checksum, which Windows does not load");
}

/* ---- what lies inside ---- */

static void judge_embedded(const Judge *j) {
    for (const PeEmbedded *e = j->pe->embedded; e; e = e->next) {
        const char *where = e->resource ? "a resource" : "its overlay";
        if (e->key)
            tell(j, "pe.hidden-program", SEVERITY_HIGH, e->offset,
                 arena_printf(j->arena, "A program is hidden in %s, XORed with %02xh", where,
                              e->key));
        else
            tell(j, "pe.embedded-program", SEVERITY_INFO, e->offset,
                 arena_printf(j->arena, "A program lies in %s", where));
    }
}

enum { SMALLEST_BLOB = 16 << 10, TYPE_RCDATA = 10, FIRST_OWN_TYPE = 25 };
#define RANDOM_BYTES 7.9

/* Windows' own types hold what their names say. */
static bool holds_anything(const PeResource *r) {
    return r->type || r->type_id == TYPE_RCDATA || r->type_id >= FIRST_OWN_TYPE;
}

static bool is_unknown_format(Arena *a, Span bytes) {
    Format f;
    return format_identify(a, bytes, &f) == ST_OK && strcmp(f.name, "unknown") == 0;
}

/* ShadowHammer's first stage lay in such a resource. An installer's data are expected. */
static void judge_blobs(const Judge *j) {
    if (j->pe->packer.kind) return;
    for (const PeResource *r = j->pe->resources; r; r = r->next) {
        if (r->bytes.n < SMALLEST_BLOB || !holds_anything(r)) continue;
        if (r->entropy < RANDOM_BYTES || !is_unknown_format(j->arena, r->bytes)) continue;
        tell(j, "pe.encrypted-resource", SEVERITY_LOW, (uint64_t)(r->bytes.p - j->pe->file.p),
             arena_printf(
                 j->arena,
                 "A resource of %zu bytes looks encrypted and is in no format that is known",
                 r->bytes.n));
        return;
    }
}

void judge_program(Arena *a, const Pe *pe, Sink *to) {
    static void (*const judges[])(const Judge *) = {
        judge_packer, judge_entry,    judge_writable_code, judge_code_entropy, judge_rich,
        judge_times,  judge_checksum, judge_embedded,      judge_blobs,
    };
    Judge j = {a, pe, to};
    for (size_t i = 0; i < sizeof judges / sizeof judges[0]; i++) judges[i](&j);
}
