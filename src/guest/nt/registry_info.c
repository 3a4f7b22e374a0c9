/* What keys say of themselves, and the keys below them (KEY_xxx_INFORMATION of wdm.h). */
#include "guest/nt/key.h"
#include "guest/nt/registry_ask.h"

enum { NO_OFFSET = -1 };

/* What KEY_FULL_INFORMATION and its kin count. */
typedef struct {
    uint32_t keys, values, longest_key, longest_class, longest_name, longest_data;
} Counts;

static uint32_t larger(uint32_t most, size_t n) {
    return n > most ? (uint32_t)n : most;
}

static Counts count(Sys *s, RegKey *key) {
    Registry *r = s->machine->registry;
    Counts c = {.keys = registry_key_count(r, key), .values = registry_value_count(r, key)};
    for (uint32_t i = 0; i < c.keys; i++) {
        const RegKey *k = registry_key_at(r, key, i);
        c.longest_key = larger(c.longest_key, key_name_out(s->scratch, k->name).n);
        if (k->class)
            c.longest_class = larger(c.longest_class, key_name_out(s->scratch, k->class).n);
    }
    for (uint32_t i = 0; i < c.values; i++) {
        const RegValue *v = registry_value_at(r, key, i);
        c.longest_name = larger(c.longest_name, key_name_out(s->scratch, v->name).n);
        c.longest_data = larger(c.longest_data, v->data.n);
    }
    return c;
}

static uint64_t put_basic(Sys *s, RegKey *key, Fields *f) {
    Span name = key_name_out(s->scratch, key->name);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, (uint32_t)name.n);
    uint64_t fixed = fields_used(f);
    put_bytes(f, name);
    return fixed;
}

static uint64_t put_node(Sys *s, RegKey *key, Fields *f) {
    enum { FIXED = 24 };
    Span name = key_name_out(s->scratch, key->name),
         class = key_name_out(s->scratch, key->class ? key->class : "");
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, class.n ? FIXED + (uint32_t)name.n : (uint32_t)NO_OFFSET);
    put_u32(f, (uint32_t) class.n);
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    put_bytes(f, class);
    return FIXED;
}

static uint64_t put_full(Sys *s, RegKey *key, Fields *f) {
    enum { FIXED = 44 };
    Span class = key_name_out(s->scratch, key->class ? key->class : "");
    Counts c = count(s, key);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, class.n ? FIXED : (uint32_t)NO_OFFSET);
    put_u32(f, (uint32_t) class.n);
    put_u32(f, c.keys);
    put_u32(f, c.longest_key);
    put_u32(f, c.longest_class);
    put_u32(f, c.values);
    put_u32(f, c.longest_name);
    put_u32(f, c.longest_data);
    put_bytes(f, class);
    return FIXED;
}

static uint64_t put_name(Sys *s, RegKey *key, Fields *f) {
    const char *path = registry_path(s->scratch, key);
    Span name = key_name_out(s->scratch, path ? path : "");
    put_u32(f, (uint32_t)name.n);
    put_bytes(f, name);
    return 4;
}

static uint64_t put_cached(Sys *s, RegKey *key, Fields *f) {
    Counts c = count(s, key);
    put_u64(f, key->written);
    put_u32(f, 0);
    put_u32(f, c.keys);
    put_u32(f, c.longest_key);
    put_u32(f, c.values);
    put_u32(f, c.longest_name);
    put_u32(f, c.longest_data);
    put_u32(f, (uint32_t)key_name_out(s->scratch, key->name).n);
    fields_align(f, 8);
    return fields_used(f);
}

static uint64_t put_zeroes(Fields *f, unsigned count_u32) {
    while (count_u32--) put_u32(f, 0);
    return fields_used(f);
}

static uint64_t describe_key(Sys *s, RegKey *key, const KeyAnswer *a) {
    Fields f = fields_in(s->process, a->buffer, a->size);
    uint64_t fixed;
    switch (a->class) {
    case 0: fixed = put_basic(s, key, &f); break;
    case 1: fixed = put_node(s, key, &f); break;
    case 2: fixed = put_full(s, key, &f); break;
    case 3: fixed = put_name(s, key, &f); break;
    case 4: fixed = put_cached(s, key, &f); break;
    case 5: fixed = put_zeroes(&f, 3); break; /* KEY_FLAGS_INFORMATION */
    case 6: fixed = put_zeroes(&f, 1); break; /* KEY_VIRTUALIZATION_INFORMATION */
    case 7: fixed = put_zeroes(&f, 1); break; /* KEY_HANDLE_TAGS_INFORMATION */
    default: return STATUS_INVALID_PARAMETER;
    }
    return key_answered(s, a, &f, fixed);
}

static uint64_t nt_query_key(Sys *s) {
    enum { NAME = 3, TAGS = 7 };
    KeyAnswer a = key_answer_at(s, 1);
    RegKey *key;
    uint32_t access = a.class == NAME || a.class == TAGS ? 0 : KEY_QUERY_VALUE;
    uint32_t status = key_of(s, s->arg[0], access, &key);
    return status ? status : describe_key(s, key, &a);
}

static uint64_t nt_enumerate_key(Sys *s) {
    KeyAnswer a = key_answer_at(s, 2);
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], KEY_ENUMERATE_SUB_KEYS, &key);
    if (status) return status;
    key = registry_key_at(s->machine->registry, key, (uint32_t)s->arg[1]);
    if (key) ask_key(s, key);
    return key ? describe_key(s, key, &a) : STATUS_NO_MORE_ENTRIES;
}

static uint64_t nt_set_information_key(Sys *s) {
    enum { WRITE_TIME = 0, TAGS = 5 };
    RegKey *key;
    uint32_t status = key_of(s, s->arg[0], 0, &key);
    if (status) return status;
    if ((uint32_t)s->arg[1] == WRITE_TIME) {
        if (s->arg[3] < 8) return STATUS_INFO_LENGTH_MISMATCH;
        status = key_of(s, s->arg[0], KEY_SET_VALUE, &key);
        if (status) return status;
        return guest_get_u64(s->process, s->arg[2], &key->written) ? STATUS_SUCCESS
                                                                   : STATUS_ACCESS_VIOLATION;
    }
    return (uint32_t)s->arg[1] <= TAGS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

const SysRow nt_registry_info_rows[] = {
    {"NtEnumerateKey", 6, nt_enumerate_key},
    {"NtQueryKey", 5, nt_query_key},
    {"NtSetInformationKey", 4, nt_set_information_key},
    {NULL, 0, NULL},
};
