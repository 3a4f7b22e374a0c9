/* What nt/sysinfo.c's classes of NtQuerySystemInformation share with nt/sysprocesses.c and
 * nt/systopology.c. */
#ifndef COAX_GUEST_NT_SYSINFO_H
#define COAX_GUEST_NT_SYSINFO_H

#include "guest/sys.h"

/* SYSTEM_PROCESS_INFORMATION of all processes, the world's and the machine's; `extended` threads.
 */
void put_processes(Sys *s, Fields *f, bool extended);

/* The image of a process by its id: \Device\HarddiskVolume3\..., or NULL. */
const char *process_image_by_id(Sys *s, uint64_t id);

/* SYSTEM_HANDLE_INFORMATION, and the same with wide entries. */
void put_handles(Sys *s, Fields *f);
void put_handles_extended(Sys *s, Fields *f);

/* How many processors there are, and a bit for each. */
uint32_t processors(const Sys *s);
uint64_t processor_mask(const Sys *s);

/* SYSTEM_LOGICAL_PROCESSOR_INFORMATION; the same as _EX, of one relation or of all (FFFFh);
 * SYSTEM_CPU_SET_INFORMATION; GROUP_AFFINITY. */
void put_logical_processors(Sys *s, Fields *f);
void put_topology(Sys *s, Fields *f, uint32_t relation);
void put_cpu_sets(Sys *s, Fields *f);
void put_group_affinity(Fields *f, uint64_t mask);

#endif
