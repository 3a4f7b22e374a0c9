/* judge: what is wrong with a program's file, as findings. A finding is something that the usual
 * compilers, linkers and installers do not do; everything else is a fact. */
#ifndef COAX_FORMAT_JUDGE_H
#define COAX_FORMAT_JUDGE_H

#include "model/sink.h"
#include "pe/pe.h"

/* Wants pe_read_tables before. Findings are about artifact 1. */
void judge_program(Arena *a, const Pe *pe, Sink *to);

#endif
