/* The registry: keys, every type of value, enumeration, deletion, notification. */
#include "guest.h"

static const char root[] = "Software\\coax-test";

static void say_status(const char *what, LONG status) {
    if (status) printf("%s: error %ld\n", what, status);
    else printf("%s: ok\n", what);
}

static HKEY make_key(void) {
    HKEY key = NULL;
    DWORD how = 0;
    say_status("create", RegCreateKeyExA(HKEY_CURRENT_USER, root, 0, NULL, 0, KEY_ALL_ACCESS, NULL,
                                         &key, &how));
    say("new", how == REG_CREATED_NEW_KEY);
    HKEY again = NULL;
    RegCreateKeyExA(HKEY_CURRENT_USER, "SOFTWARE\\COAX-TEST", 0, NULL, 0, KEY_READ, NULL, &again,
                    &how);
    say("opened the second time", how == REG_OPENED_EXISTING_KEY);
    say_status("write through a reader",
               RegSetValueExA(again, "x", 0, REG_SZ, (const BYTE *)"", 1));
    RegCloseKey(again);
    return key;
}

static void say_bytes(const BYTE *bytes, DWORD n) {
    for (DWORD i = 0; i < n; i++) printf(" %02x", bytes[i]);
    printf("\n");
}

static void say_value(HKEY key, const char *name) {
    BYTE bytes[64];
    DWORD n = sizeof bytes, type = 0;
    LONG status = RegQueryValueExA(key, name, NULL, &type, bytes, &n);
    if (status) {
        printf("\"%s\": error %ld\n", name, status);
        return;
    }
    printf("\"%s\": type %lu, %lu bytes:", name, type, n);
    say_bytes(bytes, n);
}

static void all_types(HKEY key) {
    DWORD number = 0x12345678;
    ULONGLONG large = 0x1122334455667788ull;
    RegSetValueExA(key, "text", 0, REG_SZ, (const BYTE *)"abc", 4);
    RegSetValueExA(key, "unterminated", 0, REG_SZ, (const BYTE *)"abc", 3);
    RegSetValueExA(key, "expand", 0, REG_EXPAND_SZ, (const BYTE *)"%PATH%", 7);
    RegSetValueExA(key, "binary", 0, REG_BINARY, (const BYTE *)"\0\1\2\xff", 4);
    RegSetValueExA(key, "number", 0, REG_DWORD, (const BYTE *)&number, 4);
    RegSetValueExA(key, "big endian", 0, REG_DWORD_BIG_ENDIAN, (const BYTE *)&number, 4);
    RegSetValueExA(key, "several", 0, REG_MULTI_SZ, (const BYTE *)"one\0two\0", 9);
    RegSetValueExA(key, "large", 0, REG_QWORD, (const BYTE *)&large, 8);
    RegSetValueExA(key, "none", 0, REG_NONE, NULL, 0);
    RegSetValueExA(key, "own type", 0, 0x1234, (const BYTE *)"zz", 2);
    RegSetValueExA(key, "", 0, REG_SZ, (const BYTE *)"default", 8);
    static const char *const names[] = {"text",    "unterminated", "expand", "binary", "number",
                                        "several", "big endian",   "large",  "none",   "own type",
                                        "",        "TEXT",         "absent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) say_value(key, names[i]);
}

static void sizes(HKEY key) {
    BYTE small[2];
    DWORD n = sizeof small, type = 0;
    say_status("small buffer", RegQueryValueExA(key, "text", NULL, &type, small, &n));
    say_number("needed", (long)n);
    n = 0;
    say_status("only the size", RegQueryValueExA(key, "number", NULL, &type, NULL, &n));
    say_number("size", (long)n);
    n = 4;
    DWORD number = 0;
    say_status("get", RegGetValueA(key, NULL, "number", RRF_RT_REG_DWORD, NULL, &number, &n));
    say_hex("number", number);
    n = 4;
    say_status("get of another type",
               RegGetValueA(key, NULL, "text", RRF_RT_REG_DWORD, NULL, &number, &n));
    WCHAR wide[8];
    n = sizeof wide;
    say_status("wide", RegQueryValueExW(key, L"text", NULL, &type, (BYTE *)wide, &n));
    printf("wide text: %ls, %lu bytes\n", wide, n);
}

static int by_text(const void *a, const void *b) {
    return strcmp((const char *)a, (const char *)b);
}

/* Windows gives values in the order in which they were made, Wine sorts them: either will do. */
static void say_values(HKEY key) {
    char lines[16][64], name[32];
    DWORD n = sizeof name, type, count = 0;
    while (count < 16 && RegEnumValueA(key, count, name, &n, NULL, &type, NULL, NULL) == 0) {
        snprintf(lines[count++], sizeof *lines, "value \"%s\" of type %lu", name, type);
        n = sizeof name;
    }
    qsort(lines, count, sizeof *lines, by_text);
    for (DWORD i = 0; i < count; i++) puts(lines[i]);
}

static void enumerate(HKEY key) {
    char name[32];
    DWORD keys, values, longest_key, longest_value, longest_data, n;
    say_status("information", RegQueryInfoKeyA(key, NULL, NULL, NULL, &keys, &longest_key, NULL,
                                               &values, &longest_value, &longest_data, NULL, NULL));
    printf("%lu keys (longest name %lu), %lu values (longest name %lu, longest data %lu)\n", keys,
           longest_key, values, longest_value, longest_data);
    say_values(key);
    LONG status = 0;
    for (DWORD i = 0;; i++) {
        n = sizeof name;
        status = RegEnumKeyExA(key, i, name, &n, NULL, NULL, NULL, NULL);
        if (status) break;
        printf("key \"%s\"\n", name);
    }
    say_number("enumeration ends with", status);
}

static void make_subkeys(HKEY key) {
    static const char *const names[] = {"zeta", "alpha\\deep\\deeper", "Beta", "alpha"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        HKEY sub = NULL;
        say_status(names[i], RegCreateKeyA(key, names[i], &sub));
        RegCloseKey(sub);
    }
}

static void notify(HKEY key) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD filter = REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_NAME;
    say_status("notify", RegNotifyChangeKeyValue(key, TRUE, filter, event, TRUE));
    say("quiet", WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    RegSetValueExA(key, "noise", 0, REG_SZ, (const BYTE *)"", 1);
    say("told", WaitForSingleObject(event, 1000) == WAIT_OBJECT_0);
    CloseHandle(event);
    RegDeleteValueA(key, "noise");
}

static void delete_all(HKEY key) {
    HKEY gone = NULL;
    say_status("delete value", RegDeleteValueA(key, "text"));
    say_status("delete value again", RegDeleteValueA(key, "text"));
    say_status("delete a key with keys", RegDeleteKeyA(key, "alpha"));
    say_status("delete the tree", RegDeleteTreeA(key, "alpha"));
    say_status("delete a key", RegDeleteKeyA(key, "Beta"));
    say_status("open what is gone", RegOpenKeyExA(key, "beta", 0, KEY_READ, &gone));
    RegOpenKeyExA(key, "zeta", 0, KEY_ALL_ACCESS, &gone);
    RegDeleteKeyA(key, "zeta");
    say_status("write to a deleted key", RegSetValueExA(gone, "x", 0, REG_SZ, (const BYTE *)"", 1));
    RegCloseKey(gone);
    RegCloseKey(key);
    say_status("delete the root", RegDeleteTreeA(HKEY_CURRENT_USER, root));
    say_status("open the root", RegOpenKeyExA(HKEY_CURRENT_USER, root, 0, KEY_READ, &gone));
}

static void well_known(void) {
    HKEY key = NULL;
    char text[64] = "";
    DWORD n = sizeof text;
    say_status("CurrentVersion",
               RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Software\\Microsoft\\Windows NT\\CurrentVersion",
                             0, KEY_READ, &key));
    say_status("ProductName", RegQueryValueExA(key, "ProductName", NULL, NULL, (BYTE *)text, &n));
    say("is a Windows", strstr(text, "Windows") != NULL);
    RegCloseKey(key);
    say_status("Run", RegOpenKeyExA(HKEY_LOCAL_MACHINE,
                                    "Software\\Microsoft\\Windows\\CurrentVersion\\Run", 0,
                                    KEY_READ, &key));
    RegCloseKey(key);
    say_status("no such key",
               RegOpenKeyExA(HKEY_CLASSES_ROOT, "coax.no.such.class", 0, KEY_READ, &key));
    say_status("not a key", RegOpenKeyExA((HKEY)0x44440, "x", 0, KEY_READ, &key));
}

int main(void) {
    HKEY key = make_key();
    all_types(key);
    sizes(key);
    make_subkeys(key);
    enumerate(key);
    notify(key);
    delete_all(key);
    well_known();
    return 0;
}
