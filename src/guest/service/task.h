/* Scheduled tasks: what the task scheduler would start, and when. A task's XML lies in its file
 * (rpc/schrpc.c); what it does at the moment lies here. */
#ifndef COAX_GUEST_SERVICE_TASK_H
#define COAX_GUEST_SERVICE_TASK_H

#include "guest/machine.h"

/* By its path below the root: \Folder\Name. A task of that name gives way. */
void task_registered(Machine *m, const char *path, const char *xml);
void task_deleted(Machine *m, const char *path);
void task_enable(Machine *m, const char *path, bool enabled);
/* Starts it now; false: it is not there, or its program is not. */
bool task_run(Machine *m, const char *path);

/* When the next one starts, on machine_now's scale; NEVER. */
uint64_t tasks_next(const Machine *m);
/* Starts what is due. */
void tasks_advance(Machine *m);
/* When, after the last process ended, a task still starts that never did; NEVER. */
uint64_t tasks_outlive(const Machine *m);
void tasks_close(Machine *m);

#endif
