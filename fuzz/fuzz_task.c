/* The XML of a scheduled task, and when it says that it starts. */
#include "guest/service/task_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(1 << 22);
    TaskPlan p;
    task_read(&a, span(data, size), &p);
    for (size_t i = 0; i < p.trigger_count; i++) {
        task_next(&p.triggers[i], 0, 1000 * TIME_SECOND, 60 * TIME_SECOND);
        task_next(&p.triggers[i], INT64_MAX - 1, INT64_MAX - 1, -60 * TIME_SECOND);
    }
    arena_reset(&a);
    return 0;
}
