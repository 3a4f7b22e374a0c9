/* yara_match: a rule that matched as a finding; what libyara calls while it scans. */
#ifndef COAX_RULE_YARA_MATCH_H
#define COAX_RULE_YARA_MATCH_H

#include "model/sink.h"
#include <yara.h>

typedef struct {
    Arena *arena;
    Sink *to;
} YaraMatch;

/* A callback of libyara's; the context is a YaraMatch. */
int yara_on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *match);

/* The scan ended before its end with an error of libyara's. */
void yara_tell_incomplete(YaraMatch *m, int error);

#endif
