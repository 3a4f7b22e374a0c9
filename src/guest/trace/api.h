/* Signatures of Windows' functions: names and kinds of their parameters, from a table that
 * tools/gen_api.py makes out of mingw-w64's headers; and the names of their error codes. */
#ifndef COAX_GUEST_TRACE_API_H
#define COAX_GUEST_TRACE_API_H

#include "base/bytes.h"

typedef enum {
#define KIND(name) API_##name,
#include "guest/trace/kinds.def"
} ApiKind;

typedef struct ApiSignature ApiSignature;

typedef struct {
    const char *name; /* "" for a result */
    ApiKind kind;
    bool out;        /* filled in by the callee: worth reading when the call has returned */
    bool pointer;    /* the address of one of `kind` */
    uint16_t detail; /* group of constants + 1; or see api_length_parameter; or see kinds.def */
} ApiParameter;

/* The signature of an exported function, or NULL where it is not known. `module` is the exporter's
 * name without a folder, in any case, with or without ".dll"; a name exported by a module that is
 * not Windows' own is not known. NULL asks for the name alone. */
const ApiSignature *api_find(const char *module, const char *name);

const char *api_name(const ApiSignature *s);
const char *api_module(const ApiSignature *s); /* its home, e.g. "kernel32.dll" */
size_t api_parameter_count(const ApiSignature *s);
ApiParameter api_parameter(const ApiSignature *s, size_t i);
ApiParameter api_result(const ApiSignature *s);
bool api_variadic(const ApiSignature *s);

/* How many functions the table knows, and each of them, in the order of their names. */
size_t api_count(void);
const ApiSignature *api_at(size_t i);

/* Which parameter tells the length of a STR, WSTR or BYTES: API_NO_LENGTH where none does,
 * API_RESULT_LENGTH where the result does. */
enum { API_NO_LENGTH = -1, API_RESULT_LENGTH = -2 };
int api_length_parameter(ApiParameter p);

/* Names of constants that a parameter's group has; its index counts from 0. NULL past the end. */
bool api_has_group(ApiParameter p);
bool api_group_is_flags(ApiParameter p);
const char *api_group_name(ApiParameter p, size_t i, uint32_t *value);

/* The name of v in p's enumeration, NULL where it has none. */
const char *api_enum_name(ApiParameter p, uint32_t v);

/* The name of a code, or NULL. */
const char *api_ntstatus_name(uint32_t code);
const char *api_win32_name(uint32_t code);
const char *api_hresult_name(uint32_t code);

#endif
