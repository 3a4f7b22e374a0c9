/* How api_table.inc, which tools/gen_api.py packs, is laid out: arrays without pointers; names are
 * offsets into one run of texts. */
#ifndef COAX_GUEST_TRACE_TABLE_H
#define COAX_GUEST_TRACE_TABLE_H

#include "guest/trace/api.h"

typedef struct {
    uint32_t name : 20, kind : 6, out : 1, pointer : 1;
    uint16_t detail;
} ApiParameterRow;

struct ApiSignature {
    uint32_t name;
    uint16_t first;  /* of its parameters' numbers in api_sequences */
    uint16_t result; /* in api_parameter_rows */
    uint16_t module; /* in api_modules */
    uint8_t count;
    uint8_t variadic;
};

typedef struct {
    uint32_t value, name;
} ApiNameRow;

#endif
