#include "engine/examine.h"
#include "format/format.h"
#include "format/judge.h"
#include "pe/pe.h"

/* ---- whether the guest can run it ---- */

static const char *refuse_machine(Arena *a, uint16_t machine) {
    const char *name = pe_machine_name(machine);
    if (machine == PE_MACHINE_I386 || machine == PE_MACHINE_AMD64) return NULL;
    return name ? arena_printf(a, "it is made for %s processors", name)
                : arena_printf(a, "it is made for processors of type %xh", machine);
}

/* Why the guest cannot run it, the plainest reason first. */
static const char *refuse(Arena *a, const Pe *pe) {
    const char *why = refuse_machine(a, pe->machine);
    if (why) return why;
    if ((why = pe_refused(pe))) return arena_printf(a, "Windows does not load it: %s", why);
    if (pe_is_driver(pe)) return "it is a driver, which runs in the kernel";
    if (pe_is_dll(pe)) return "it is a DLL, which a program has to load";
    if (pe->dotnet) return "it is a .NET program, which needs a runtime that is not modelled";
    if (pe->subsystem != PE_SUBSYSTEM_GUI && pe->subsystem != PE_SUBSYSTEM_CONSOLE) {
        const char *face = pe_subsystem_name(pe->subsystem);
        return arena_printf(a, "it is no program for the Windows desktop or console but %s",
                            face ? face : "of an unknown subsystem");
    }
    return NULL;
}

/* ---- programs ---- */

static const char *child_name(Arena *a, const PeEmbedded *e, unsigned n) {
    const char *in = e->resource ? "resource" : "overlay";
    return e->key ? arena_printf(a, "%s %u, XOR %02xh", in, n, e->key)
                  : arena_printf(a, "%s %u", in, n);
}

static Status set_children(Arena *a, const Pe *pe, Look *out) {
    out->children = arena_new_array(a, LookChild, LOOK_MOST_CHILDREN);
    if (!out->children) return ST_BUDGET;
    for (const PeEmbedded *e = pe->embedded; e && out->child_count < LOOK_MOST_CHILDREN;
         e = e->next) {
        LookChild *child = &out->children[out->child_count++];
        *child = (LookChild){.at = {.offset = e->offset, .size = e->size, .key = e->key},
                             .name = child_name(a, e, (unsigned)out->child_count),
                             .origin = e->resource ? "resource" : "overlay"};
        if (!child->name) return ST_BUDGET;
    }
    return ST_OK;
}

static Status examine_program(Arena *a, Span file, Sink *to, Look *out) {
    Pe pe;
    TRY(pe_read(a, file, &pe));
    if (pe_is_pe(&pe)) TRY(pe_read_tables(a, &pe));
    Format f = format_of_program(a, &pe);
    out->artifact.format = f.name;
    out->artifact.description = f.description;
    if (!pe_is_pe(&pe)) return ST_OK;
    Value *facts = value_map(a);
    value_set(a, facts, "pe", pe_facts(a, &pe));
    out->artifact.facts = facts;
    out->machine = pe.machine;
    out->refusal = refuse(a, &pe);
    TRY(set_children(a, &pe, out));
    judge_program(a, &pe, to);
    return a->full ? ST_BUDGET : ST_OK;
}

/* ---- all ---- */

static Status identify(Arena *a, Span file, Sink *to, Look *out) {
    Format f;
    out->refusal = "it is no Windows program";
    if (file.n >= 2 && memcmp(file.p, "MZ", 2) == 0) return examine_program(a, file, to, out);
    TRY(format_identify(a, file, &f));
    out->artifact.format = f.name;
    out->artifact.description = f.description;
    return ST_OK;
}

Status examine(const Examiner *e, Arena *a, Span file, Sink *to, Look *out) {
    static const Finding unjudged = {.rule = "sign.unjudged",
                                     .severity = SEVERITY_MEDIUM,
                                     .title = "Its signatures take more memory than they may, and "
                                              "were not judged",
                                     .artifact = 1};
    TRY(identify(a, file, to, out));
    if (sign_file(e->sign, a, file, to, &out->artifact.signatures) == ST_OK) return ST_OK;
    out->artifact.signatures = NULL; /* what else was found stands */
    sink_finding(to, &unjudged);
    return ST_OK;
}

void examine_rules(const Examiner *e, Span file, const char *name, Sink *to) {
    enum { RULES_MEMORY = 16 << 20 };
    if (!e->rules) return;
    Arena a = arena_new(RULES_MEMORY);
    yara_scan(e->rules, &a, file, name, to);
    arena_reset(&a);
}
