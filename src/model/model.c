#include "model/model.h"

static const char *const category_names[EV_COUNT] = {
#define EVENT(category, sentence) [EV_##category] = #category,
#include "model/events.def"
};

static const char *const category_sentences[EV_COUNT] = {
#define EVENT(category, sentence) [EV_##category] = sentence,
#include "model/events.def"
};

static const char *const field_names[EF_COUNT] = {
#define FIELD(name) [EF_##name] = #name,
#include "model/events.def"
};

const char *event_category_name(EventCategory c) {
    return category_names[c];
}
const char *event_category_sentence(EventCategory c) {
    return category_sentences[c];
}
const char *event_field_name(EventFieldName f) {
    return field_names[f];
}

static const struct {
    const char *name, *text;
    unsigned share;
} entities[EN_COUNT] = {
#define ENTITY(kind, text, share) [EN_##kind] = {#kind, text, share},
#include "model/entities.def"
};

const char *entity_name(EntityKind k) {
    return entities[k].name;
}
const char *entity_text(EntityKind k) {
    return entities[k].text;
}
unsigned entity_share(EntityKind k) {
    return entities[k].share;
}

bool entity_parse(const char *name, EntityKind *out) {
    for (unsigned i = 0; i < EN_COUNT; i++)
        if (strcmp(entities[i].name, name) == 0) {
            *out = (EntityKind)i;
            return true;
        }
    return false;
}

static bool find_name(const char *const *names, unsigned count, const char *name, unsigned *out) {
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

bool event_category_parse(const char *name, EventCategory *out) {
    unsigned i;
    if (!find_name(category_names, EV_COUNT, name, &i)) return false;
    *out = (EventCategory)i;
    return true;
}

bool event_field_parse(const char *name, EventFieldName *out) {
    unsigned i;
    if (!find_name(field_names, EF_COUNT, name, &i)) return false;
    *out = (EventFieldName)i;
    return true;
}

const char *event_get(const Event *e, EventFieldName name) {
    for (size_t i = 0; i < e->field_count; i++)
        if (e->fields[i].name == name) return e->fields[i].value;
    return NULL;
}

void event_set(Event *e, EventFieldName name, const char *value) {
    if (!value || e->field_count == EVENT_MAX_FIELDS) return;
    e->fields[e->field_count++] = (EventField){name, value};
}

const char *patch_name(Patch p) {
    static const char *const names[] = {"unknown", "likely-patched", "unpatched"};
    return names[p];
}

const char *severity_name(Severity s) {
    static const char *const names[] = {"info", "low", "medium", "high", "critical"};
    return names[s];
}
