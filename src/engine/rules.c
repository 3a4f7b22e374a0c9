#include "engine/rules.h"
#include "engine/walk.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_RULE_FILES = 65536 };

/* ---- rules ---- */

static bool is_rule_file(const char *path) {
    static const char *const endings[] = {".yar", ".yara", ".yarc"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < 3; i++)
        if (strcmp(dot, endings[i]) == 0) return true;
    return false;
}

/* Every rule file below a folder, in the order of names. */
static Status list_folder(Arena *a, const char *path, YaraSources *out, char *message) {
    const char **files = arena_new_array(a, const char *, MOST_RULE_FILES);
    Walk *walk = walk_open(&path, 1);
    WalkItem w;
    if (!files || !walk) {
        walk_close(walk);
        return ST_BUDGET;
    }
    *out = (YaraSources){.files = files, .apart = true};
    while (walk_next(walk, &w)) {
        if (w.fd >= 0) close(w.fd);
        if (!w.why && is_rule_file(w.path) && out->file_count < MOST_RULE_FILES)
            files[out->file_count++] = arena_str(a, w.path);
    }
    walk_close(walk);
    if (out->file_count) return ST_OK;
    snprintf(message, ENGINE_MESSAGE, "%s: no .yar, .yara or .yarc file is in it", path);
    return ST_USAGE;
}

/* A file that is named is taken, whatever its name. */
static Status list_source(Arena *a, const char *const *path, YaraSources *out, char *message) {
    struct stat st;
    if (stat(*path, &st) != 0) {
        snprintf(message, ENGINE_MESSAGE, "%s: %s", *path, strerror(errno));
        return ST_IO;
    }
    if (S_ISDIR(st.st_mode)) return list_folder(a, *path, out, message);
    *out = (YaraSources){.files = path, .file_count = 1};
    return ST_OK;
}

static Status open_yara(Engine *e, char *message) {
    const EngineRules *o = &e->options.rules;
    if (!o->rule_count) return ST_OK;
    YaraSources *sources = arena_new_array(&e->arena, YaraSources, o->rule_count);
    if (!sources) return ST_BUDGET;
    for (size_t i = 0; i < o->rule_count; i++)
        TRY(list_source(&e->arena, &o->rules[i], &sources[i], message));
    return yara_open(sources, o->rule_count, o->defines, o->define_count, &e->tools.yara, message);
}

Status rules_open(Engine *e, char message[ENGINE_MESSAGE]) {
    const EngineRules *o = &e->options.rules;
    TRY(open_yara(e, message));
    return o->list_count ? hashlist_open(o->lists, o->list_count, &e->lists, message) : ST_OK;
}

void rules_close(Engine *e) {
    yara_close(e->tools.yara);
    hashlist_close(e->lists);
}

/* ---- lists ---- */

void rules_tell_problems(Engine *e) {
    size_t kept;
    uint64_t count;
    char what[512];
    if (!e->lists) return;
    const HashProblem *problems = hashlist_problems(e->lists, &kept, &count);
    for (size_t i = 0; i < kept; i++) {
        snprintf(what, sizeof what, "%s:%" PRIu64, problems[i].file, problems[i].line);
        number_skipped(&e->numbers, what, problems[i].why);
    }
    if (count <= kept) return;
    snprintf(what, sizeof what, "%" PRIu64 " more lines of lists", count - kept);
    number_skipped(&e->numbers, what, "they are no entries either");
}

void rules_tell_listed(Engine *e, const Artifact *artifact, uint32_t id) {
    Arena a = arena_new(64 << 10);
    HashHit hit;
    if (e->lists && hashlist_find(e->lists, &a, &artifact->digests, &hit)) {
        Value *evidence = value_list(&a), *one = value_map(&a);
        value_set(&a, one, "artifact", value_uint(&a, id));
        value_set(&a, one, "text",
                  value_printf(&a, "its %s is that of %s, line %" PRIu64, hit.digest, hit.file,
                               hit.line));
        value_add(evidence, one);
        const char *title = *hit.label ? arena_printf(&a, "It is on a list as: %s", hit.label)
                                       : "It is on a list of known files";
        number_finding(&e->numbers, &(Finding){.rule = "list.hash",
                                               .severity = SEVERITY_HIGH,
                                               .title = title ? title : "It is on a list",
                                               .artifact = id,
                                               .evidence = evidence});
    }
    arena_reset(&a);
}
