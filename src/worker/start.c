#include "worker/start.h"

/* There is no guest in this build: it locks itself in as it would have to, and says so. */
Status worker_start_guest(const GuestConfig *c) {
    c->lock(c->lock_context);
    sink_run(c->sink, &(Run){.id = c->run,
                             .artifact = c->artifact,
                             .world = c->world_name,
                             .edits = c->edits,
                             .ended = "not started: no guest in this build"});
    return ST_OK;
}

GuestBudget guest_default_budget(void) {
    return (GuestBudget){0};
}
