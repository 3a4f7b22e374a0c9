/* Templates of events.def: {Field} and [optional parts]. */
#include "model/model.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    Buf *out;
    const Event *event;
    void (*value)(Buf *out, const Event *e, EventFieldName name);
} Expansion;

/* The template's part from `at` to `end` (a bracket or the end). False where a field is missing. */
static bool expand_part(const Expansion *x, const char *at, const char *end) {
    bool complete = true;
    while (at < end) {
        const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
        if (!close) {
            buf_byte(x->out, (uint8_t)*at++);
            continue;
        }
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(close - at - 1), at + 1);
        EventFieldName field;
        const char *value = event_field_parse(name, &field) ? event_get(x->event, field) : NULL;
        if (value && *value) x->value(x->out, x->event, field);
        else {
            buf_byte(x->out, '?');
            complete = false;
        }
        at = close + 1;
    }
    return complete;
}

void event_expand(Buf *out, const char *sentence, const Event *e,
                  void (*value)(Buf *out, const Event *e, EventFieldName name)) {
    Expansion x = {out, e, value};
    for (const char *at = sentence; *at;) {
        bool optional = *at == '[';
        if (optional) at++;
        const char *end = at + strcspn(at, optional ? "]" : "[");
        size_t before = out->n;
        if (!expand_part(&x, at, end) && optional) out->n = before;
        at = end + (*end && optional);
    }
}

Time event_duration(const Event *e) {
    const char *text = event_get(e, EF_Duration);
    double seconds = text ? strtod(text, NULL) : 0;
    return seconds > 0 && seconds < (double)(INT64_MAX / TIME_SECOND)
               ? (Time)(seconds * (double)TIME_SECOND)
               : 0;
}
