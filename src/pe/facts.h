/* facts: what the two files that make a Pe's facts share. facts.c tells what the file is made of,
 * facts_origin.c how it was made and what was put into it. */
#ifndef COAX_PE_FACTS_H
#define COAX_PE_FACTS_H

#include "pe/pe.h"

Value *facts_hex(Arena *a, uint64_t number);
Value *facts_name(Arena *a, Span text); /* the beginning of it, where it is very long */
Value *facts_offset(Arena *a, uint64_t offset);

/* "10/RCDATA/1033": type, name and language of a resource, or NULL where it is none. */
Value *facts_resource_name(Arena *a, const PeResource *r);

void facts_set_origin(Arena *a, Value *map, const Pe *pe);

#endif
