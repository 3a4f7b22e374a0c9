/* A machine with nothing but what a remote procedure call looks at: a thread of an administrator,
 * an empty registry, a world. */
#ifndef TESTS_RPC_MACHINE_H
#define TESTS_RPC_MACHINE_H

#include "guest/registry.h"
#include "guest/rpc/published.h"
#include "guest/rpc/rpc.h"
#include "guest/service/service.h"
#include "guest/token.h"
#include "guest/trace.h"

typedef struct {
    Machine machine;
    Process process;
    Thread thread;
    Token token;
    GuestConfig config;
    Sink sink;
    Arena arena;
} RpcMachine;

static inline void rpc_machine_open(RpcMachine *r) {
    WorldError error;
    World *w = NULL;
    *r = (RpcMachine){.arena = arena_new(1 << 20)};
    world_read(&r->arena, span_str("computer: PC\n"), "test", &w, &error);
    r->config = (GuestConfig){.budget = guest_default_budget()};
    r->machine = (Machine){.scratch = arena_new(8 << 20),
                           .arena = arena_new(1 << 20),
                           .config = &r->config,
                           .world = w,
                           .sink = &r->sink,
                           .registry = registry_new(0)};
    r->machine.unmodelled = value_list(&r->machine.arena);
    trace_open(&r->machine);
    r->token.elevated = true;
    r->process = (Process){.machine = &r->machine, .id = 8, .token = &r->token.object};
    r->thread.process = &r->process;
    r->machine.processes = &r->process;
}

static inline void rpc_machine_close(RpcMachine *r) {
    published_close(&r->machine);
    svcctl_close(&r->machine);
    services_close(&r->machine);
    trace_close(&r->machine);
    registry_free(r->machine.registry);
    arena_reset(&r->machine.scratch);
    arena_reset(&r->machine.arena);
    arena_reset(&r->arena);
}

#endif
