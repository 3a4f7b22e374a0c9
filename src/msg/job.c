#include "msg/job.h"
#include "msg/check.h"
#include "msg/code.h"

static void put_budget(Buf *out, JobBudget b) {
    msg_put_uint(out, b.blocks);
    msg_put_int(out, b.elapsed);
    msg_put_uint(out, b.memory);
    msg_put_uint(out, b.events);
    msg_put_uint(out, b.calls);
    msg_put_uint(out, b.written);
    msg_put_uint(out, b.processes);
}

static JobBudget get_budget(Cur *c) {
    JobBudget b = {.blocks = msg_get_uint(c)};
    b.elapsed = msg_get_int(c);
    b.memory = msg_get_uint(c);
    b.events = msg_get_uint(c);
    b.calls = msg_get_uint(c);
    b.written = msg_get_uint(c);
    b.processes = msg_get_uint(c);
    return b;
}

void job_encode(Buf *out, const Job *j) {
    msg_put_text(out, j->sample_name);
    msg_put_text(out, j->opener);
    msg_put_value(out, j->arguments);
    msg_put_text(out, j->directory);
    msg_put_text(out, j->world_name);
    msg_put_bytes(out, j->world);
    msg_put_value(out, j->edits);
    put_budget(out, j->budget);
    msg_put_bool(out, j->trace);
    msg_put_uint(out, j->replays);
    msg_put_uint(out, j->lives_at_once);
    msg_put_bool(out, j->capture);
    msg_put_value(out, j->against);
    msg_put_uint(out, j->artifact);
    msg_put_uint(out, j->run);
}

Status job_decode(Arena *a, Span payload, Job *j) {
    Cur c = cur(payload);
    *j = (Job){.sample_name = msg_need_text(a, &c)};
    j->opener = msg_get_text(a, &c);
    j->arguments = msg_need_texts(a, &c);
    j->directory = msg_get_text(a, &c);
    j->world_name = msg_need_text(a, &c);
    j->world = msg_get_bytes(&c);
    j->edits = msg_need_texts(a, &c);
    j->budget = get_budget(&c);
    j->trace = msg_get_bool(&c);
    j->replays = msg_get_uint(&c);
    j->lives_at_once = msg_get_uint(&c);
    j->capture = msg_get_bool(&c);
    j->against = msg_get_maps(a, &c);
    j->artifact = msg_get_u32(&c);
    j->run = msg_get_u32(&c);
    return msg_done(a, &c);
}
