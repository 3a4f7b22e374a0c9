/* YAML becomes a tree or a sentence with a place; a tree prints as JSON. */
#include "base/json.h"
#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena a = arena_new(16 << 20);
    const Value *root;
    YamlError error;
    Status status = yaml_read(&a, span(data, size), &root, &error);
    if (status == ST_OK) {
        Buf json = buf_new(16 << 20);
        json_write(&json, root);
        buf_free(&json);
    } else if (status == ST_SYNTAX && (!error.text || !error.line || !error.column)) {
        __builtin_trap(); /* an error without its place */
    }
    arena_reset(&a);
    return 0;
}
