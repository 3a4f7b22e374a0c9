/* Origins: which facts a derived registry value, directory or variable follows from. The templates
 * that made it say so. */
#include "world/internal.h"

enum { DEEPEST = 8, LONGEST_NAME = 255 };

typedef struct {
    const TemplateContext *context;
    const OriginSink *sink;
    unsigned depth;
} Walk;

static void walk_text(Walk *w, const char *text);

/* A variable that the world tells is a fact itself. */
static void walk_variable(Walk *w, const char *name) {
    const WorldItem *told = world_find(w->context->world, FACT_environment, name);
    const char *template = told ? NULL : variable_template(name);
    if (!template) {
        w->sink->origin(w->sink, FACT_environment, told ? told->subject : name);
    } else if (w->depth < DEEPEST) {
        w->depth++;
        walk_text(w, template);
        w->depth--;
    }
}

static void walk_name(Walk *w, const char *name) {
    if (name[0] == ':') template_name_origins(w->context, name + 1, w->sink);
    else walk_variable(w, name);
}

static void walk_text(Walk *w, const char *text) {
    for (const char *p = strchr(text, '%'), *end; p && (end = strchr(p + 1, '%'));
         p = strchr(end + 1, '%')) {
        char name[LONGEST_NAME + 1];
        size_t n = (size_t)(end - p - 1);
        if (n == 0 || n > LONGEST_NAME) continue;
        memcpy(name, p + 1, n);
        name[n] = 0;
        walk_name(w, name);
    }
}

void template_origins(const TemplateContext *c, const char *text, const OriginSink *sink) {
    Walk w = {.context = c, .sink = sink};
    walk_text(&w, text);
}

void world_origins(const WorldItem *item, const OriginSink *sink) {
    TemplateContext c = {.world = item->world, .item = item->made_for};
    if (item->derived && item->made_from) template_origins(&c, item->made_from, sink);
}

void world_variable_origins(const World *w, const char *name, const OriginSink *sink) {
    TemplateContext c = {.world = w};
    Walk walk = {.context = &c, .sink = sink};
    walk_variable(&walk, name);
}
