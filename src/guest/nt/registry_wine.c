#include "guest/nt/registry_wine.h"
#include "base/text.h"

/* SHGetFolderPath and its like write the folder that they found into the second and third. */
static const char *const wide[] = {
    "\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
    "\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Shell Folders",
    "\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders",
};

/* Compares from the key upwards, name by name. */
static bool ends_in(const RegKey *key, const char *path) {
    size_t n = strlen(path);
    for (; n && key; key = key->parent) {
        size_t name = strlen(key->name);
        if (n < name + 1 || path[n - name - 1] != '\\' ||
            strncasecmp(path + n - name, key->name, name) != 0)
            return false;
        n -= name + 1;
    }
    return !n;
}

bool wine_opens_wide(const RegKey *key) {
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (ends_in(key, wide[i])) return true;
    return false;
}

/* The time zone's names are written by kernelbase.dll whenever it is loaded: they are no events,
 * unless another zone is chosen. */
bool wine_sets_by_itself(Sys *s, RegKey *key, const char *name, uint32_t type, Span data) {
    if (key_is_copied_root(key)) return true;
    bool zone = text_equal_nocase(key->name, "TimeZoneInformation");
    if (!zone && !wine_opens_wide(key)) return false;
    if (zone && text_equal_nocase(name, "StandardName")) return true;
    const RegValue *v = registry_value(s->machine->registry, key, name);
    return v && v->type == type && span_equal(v->data, data);
}
