/* An engine that looks at nothing: its inputs' names say what it reports. "bad" has a finding,
 * "info" one that does not count, "unreadable" cannot be read, "interrupt" raises SIGINT,
 * everything else is fine. The world "nowhere" does not exist. */
#ifndef COAX_TESTS_FAKEENGINE_H
#define COAX_TESTS_FAKEENGINE_H

#include "engine/engine.h"
#include "engine/health.h"

/* What it was last asked for; lists are joined with '|' after each. */
typedef struct {
    EngineOptions options;
    char edits[256], arguments[256], paths[256];
    int interruptions;
    HealthState health; /* of the one thing that is examined */
} FakeEngine;

extern FakeEngine fake;

#endif
