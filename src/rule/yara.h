/* yara: YARA rules over bytes, through libyara. Rules are compiled before any hostile byte is read;
 * a scan runs in a jailed worker that inherits them. */
#ifndef COAX_RULE_YARA_H
#define COAX_RULE_YARA_H

#include "base/status.h"
#include "model/sink.h"

typedef struct Yara Yara;
typedef struct YaraScan YaraScan;

enum { YARA_MESSAGE = 512 };

typedef struct {
    const char *const *files; /* sources and compiled rules (.yarc), told apart by their bytes */
    size_t file_count;
    bool apart; /* each source is a namespace of its own, as files of one folder must be */
} YaraSources;

/* ST_SYNTAX with "FILE:LINE: what is wrong" in the message; ST_IO, ST_USAGE likewise. `defines` are
 * "VARIABLE=VALUE", typed as yara's own -d does. `sources` is a list of `count`. */
Status yara_open(const YaraSources *sources, size_t count, const char *const *defines,
                 size_t define_count, Yara **out, char message[YARA_MESSAGE]);
void yara_close(Yara *y); /* NULL is fine */

size_t yara_rule_count(const Yara *y);

/* What one process needs to scan. NULL where memory is short. */
YaraScan *yara_scan_open(Yara *y);
void yara_scan_close(YaraScan *s); /* NULL is fine */

/* Emits a finding "yara.RULE" about artifact 1 for each rule that matches; `name` is what the
 * external variables filename, filepath and extension are made of. What a limit cut off is an
 * info finding. */
void yara_scan(YaraScan *s, Arena *a, Span bytes, const char *name, Sink *to);

#endif
