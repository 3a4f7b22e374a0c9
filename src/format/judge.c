#include "format/judge.h"

static const Value *place(Arena *a, uint64_t offset, const char *text) {
    Value *list = value_list(a), *one = value_map(a);
    value_set(a, one, "artifact", value_uint(a, 1));
    if (offset != PE_NO_OFFSET) value_set(a, one, "offset", value_uint(a, offset));
    if (text) value_set(a, one, "text", value_str(a, text));
    value_add(list, one);
    return list;
}

static void judge_rich(Arena *a, const Pe *pe, Sink *to) {
    if (!pe->rich || pe->rich_intact) return;
    sink_finding(to, &(Finding){.rule = "pe.rich-forged",
                                .severity = SEVERITY_MEDIUM,
                                .title = "The Rich header is not this file's own: its checksum is "
                                         "that of another one",
                                .artifact = 1,
                                .evidence = place(a, pe->rich_offset, NULL)});
}

void judge_program(Arena *a, const Pe *pe, Sink *to) {
    judge_rich(a, pe, to);
}
