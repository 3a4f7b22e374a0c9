#include "selfcheck.h"

static const struct {
    const char *name;
    void (*run)(void);
} chapters[] = {
#define ROW(chapter) {#chapter, check_##chapter},
    CHAPTERS(ROW)
#undef ROW
};

static const char *const machines[] = {"vbox", "virtualbox", "vmware",  "qemu",      "bochs",
                                       "xen",  "innotek",    "virtio",  "parallels", "hyper-v",
                                       "kvm",  "bhyve",      "virtual", NULL};

static char **asked; /* the command line's */

static int is_asked_for(const char *name) {
    int only = 0;
    for (char **a = asked; *a; a++) {
        if (**a == '-' && strcmp(*a + 1, name) == 0) return 0;
        if (**a == '=' && strcmp(*a + 1, name) == 0) return 1;
        only |= **a == '=';
    }
    return !only;
}

void check(const char *name, int sandbox) {
    if (is_asked_for(name)) printf("%s: %s\n", name, sandbox ? "sandbox" : "real machine");
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int begins_with(const char *text, size_t n, const char *word) {
    for (; *word; text++, word++, n--)
        if (!n || lower(*text) != *word) return 0;
    return 1;
}

int bytes_name_a_machine(const void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (const char *const *m = machines; *m; m++)
            if (begins_with((const char *)bytes + i, n - i, *m)) return 1;
    return 0;
}

int names_a_machine(const char *text) {
    return bytes_name_a_machine(text, strlen(text));
}

int has_one_of(const char *text, const char *const *list) {
    for (; *list; list++)
        for (const char *at = text; *at; at++)
            if (begins_with(at, strlen(at), *list)) return 1;
    return 0;
}

int is_one_of(const char *text, const char *const *list) {
    for (; *list; list++)
        if (lstrcmpiA(text, *list) == 0) return 1;
    return 0;
}

const char *registry_text(HKEY root, const char *key, const char *value, char *out, DWORD room) {
    DWORD size = room - 1, type = 0;
    HKEY k;
    out[0] = 0;
    if (RegOpenKeyExA(root, key, 0, KEY_READ | KEY_WOW64_64KEY, &k)) return out;
    if (RegQueryValueExA(k, value, NULL, &type, (BYTE *)out, &size)) size = 0;
    out[size < room ? size : 0] = 0;
    RegCloseKey(k);
    return out;
}

int registry_has(HKEY root, const char *key) {
    HKEY k;
    if (RegOpenKeyExA(root, key, 0, KEY_READ | KEY_WOW64_64KEY, &k)) return 0;
    RegCloseKey(k);
    return 1;
}

DWORD registry_subkeys(HKEY root, const char *key) {
    DWORD n = 0;
    HKEY k;
    if (RegOpenKeyExA(root, key, 0, KEY_READ | KEY_WOW64_64KEY, &k)) return 0;
    RegQueryInfoKeyA(k, NULL, NULL, NULL, &n, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    RegCloseKey(k);
    return n;
}

void *function(const char *dll, const char *name) {
    HMODULE m = LoadLibraryA(dll);
    return m ? (void *)GetProcAddress(m, name) : NULL;
}

int main(int count, char **arguments) {
    asked = arguments + 1;
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
        int wanted = count == 1 || *arguments[1] == '=';
        for (int a = 1; a < count; a++) wanted |= strcmp(arguments[a], chapters[i].name) == 0;
        if (wanted) chapters[i].run();
    }
    return 0;
}
