/* Job: a group of processes. A process is in one job and in those that hold it (nested jobs). */
#ifndef COAX_GUEST_JOB_H
#define COAX_GUEST_JOB_H

#include "guest/machine.h"

/* A new process is in its parent's job, unless it may leave it (`breakaway`: it was asked to). An
 * NTSTATUS: the job may be full, or not let it go. */
uint32_t job_admit(Process *p, Process *parent, bool breakaway);

/* Puts a process into a job; an NTSTATUS. */
uint32_t job_assign(Object *job, Process *p);
uint32_t job_of_handle(Process *p, uint64_t handle, Object **out);

/* A process of the job has ended. */
void job_process_ended(Process *p);

#endif
