/* Looks signatures, constants and codes up. Every array is sorted, so that a search halves. */
#include "guest/trace/api.h"
#include "guest/trace/table.h"

#include <ctype.h>
#include <stdlib.h>

#include "api_table.inc"

_Static_assert(sizeof(api_text) < 1 << 20, "names are 20-bit offsets");
_Static_assert(sizeof(api_sequences) / sizeof(api_sequences[0]) <= UINT16_MAX,
               "a signature's first parameter is a 16-bit number");
_Static_assert(sizeof(api_parameter_rows) / sizeof(api_parameter_rows[0]) <= UINT16_MAX,
               "parameters have 16-bit numbers");
_Static_assert(sizeof(api_code_starts) / sizeof(api_code_starts[0]) == 4, "three tables of codes");

enum { RESULT_LENGTH = 0xFFFF, MODULE_NAME_MAX = 64 };

/* ---- modules ---- */

/* Lower case, with an extension; empty where the name is too long to be one of ours. */
static void normalise(const char *module, char out[MODULE_NAME_MAX]) {
    size_t n = strlen(module);
    const char *extension = strchr(module, '.') ? "" : ".dll";
    out[0] = 0;
    if (n + strlen(extension) >= MODULE_NAME_MAX) return;
    for (size_t i = 0; i < n; i++) out[i] = (char)tolower((unsigned char)module[i]);
    memcpy(out + n, extension, strlen(extension) + 1);
}

static int compare_module(const void *key, const void *row) {
    return strcmp(key, api_text + *(const uint32_t *)row);
}

static bool is_windows_module(const char *module) {
    char name[MODULE_NAME_MAX];
    normalise(module, name);
    if (strncmp(name, "api-ms-", 7) == 0 || strncmp(name, "ext-ms-", 7) == 0) return true;
    return bsearch(name, api_modules, sizeof(api_modules) / sizeof(api_modules[0]),
                   sizeof(api_modules[0]), compare_module);
}

/* ---- signatures ---- */

static int compare_name(const void *key, const void *row) {
    return strcmp(key, api_text + ((const ApiSignature *)row)->name);
}

const ApiSignature *api_find(const char *module, const char *name) {
    const ApiSignature *s =
        bsearch(name, api_signatures, API_SIGNATURE_COUNT, sizeof(ApiSignature), compare_name);
    return s && (!module || is_windows_module(module)) ? s : NULL;
}

size_t api_count(void) {
    return API_SIGNATURE_COUNT;
}

const ApiSignature *api_at(size_t i) {
    return i < API_SIGNATURE_COUNT ? &api_signatures[i] : NULL;
}

const char *api_name(const ApiSignature *s) {
    return api_text + s->name;
}

const char *api_module(const ApiSignature *s) {
    return api_text + api_modules[s->module];
}

size_t api_parameter_count(const ApiSignature *s) {
    return s->count;
}

static ApiParameter parameter_at(size_t row) {
    const ApiParameterRow *r = &api_parameter_rows[row];
    return (ApiParameter){api_text + r->name, (ApiKind)r->kind, r->out, r->pointer, r->detail};
}

ApiParameter api_parameter(const ApiSignature *s, size_t i) {
    return parameter_at(api_sequences[s->first + i]);
}

ApiParameter api_result(const ApiSignature *s) {
    return parameter_at(s->result);
}

bool api_variadic(const ApiSignature *s) {
    return s->variadic;
}

static bool has_length(ApiKind kind) {
    return kind == API_STR || kind == API_WSTR || kind == API_BYTES;
}

int api_length_parameter(ApiParameter p) {
    if (!has_length(p.kind) || p.detail == 0) return API_NO_LENGTH;
    return p.detail == RESULT_LENGTH ? API_RESULT_LENGTH : p.detail - 1;
}

/* ---- constants ---- */

bool api_has_group(ApiParameter p) {
    return p.detail != 0 && p.kind != API_STRUCT && !has_length(p.kind);
}

bool api_group_is_flags(ApiParameter p) {
    return api_has_group(p) && api_group_flags[p.detail - 1];
}

const char *api_group_name(ApiParameter p, size_t i, uint32_t *value) {
    if (!api_has_group(p)) return NULL;
    size_t first = api_constant_starts[p.detail - 1], end = api_constant_starts[p.detail];
    if (i >= end - first) return NULL;
    *value = api_constant_rows[first + i].value;
    return api_text + api_constant_rows[first + i].name;
}

/* ---- codes ---- */

static int compare_code(const void *key, const void *row) {
    uint32_t a = *(const uint32_t *)key, b = ((const ApiNameRow *)row)->value;
    return a < b ? -1 : a > b;
}

static const char *code_name(size_t table, uint32_t code) {
    size_t first = api_code_starts[table], end = api_code_starts[table + 1];
    const ApiNameRow *row =
        bsearch(&code, api_code_rows + first, end - first, sizeof(ApiNameRow), compare_code);
    return row ? api_text + row->name : NULL;
}

const char *api_ntstatus_name(uint32_t code) {
    return code_name(0, code);
}

const char *api_win32_name(uint32_t code) {
    return code_name(1, code);
}

const char *api_hresult_name(uint32_t code) {
    return code_name(2, code);
}

const char *api_enum_name(ApiParameter p, uint32_t v) {
    uint32_t value;
    const char *name;
    for (size_t i = 0; (name = api_group_name(p, i, &value)); i++)
        if (value == v) return name;
    return NULL;
}
