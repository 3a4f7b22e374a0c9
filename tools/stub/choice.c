/* choice.exe: /c KEYS, /n, /t SECONDS, /d KEY, /m TEXT. Nobody presses a key: the default is taken
 * when the time is over. */
#include "stub.h"

#include <conio.h>

static const wchar_t *value_of(int count, wchar_t **a, const wchar_t *name) {
    int i = has_option(count, a, 1, name);
    if (!i) return NULL;
    const wchar_t *colon = wcschr(a[i], L':');
    return colon ? colon + 1 : i + 1 < count ? a[i + 1] : NULL;
}

static int number_of(const wchar_t *keys, wchar_t key) {
    for (int i = 0; keys[i]; i++)
        if (towlower((wint_t)keys[i]) == towlower((wint_t)key)) return i + 1;
    return 0;
}

static void prompt(int count, wchar_t **a, const wchar_t *keys) {
    const wchar_t *text = value_of(count, a, L"m");
    if (text) say(L"%ls ", text);
    if (has_option(count, a, 1, L"n")) return;
    say(L"[");
    for (int i = 0; keys[i]; i++) say(i ? L",%lc" : L"%lc", towupper((wint_t)keys[i]));
    say(L"]?");
}

int wmain(int count, wchar_t **a) {
    const wchar_t *keys = value_of(count, a, L"c"), *time = value_of(count, a, L"t"),
                  *other = value_of(count, a, L"d");
    if (!keys) keys = L"yn";
    if (!time != !other || (other && !number_of(keys, *other))) {
        complain(L"ERROR: Invalid syntax. /T and /D must be given together.\n"
                 L"Type \"CHOICE /?\" for usage.\n");
        return 255;
    }
    prompt(count, a, keys);
    if (time) {
        Sleep((DWORD)wcstoul(time, NULL, 10) * 1000);
        say(L"%lc\n", towupper((wint_t)*other));
        return number_of(keys, *other);
    }
    for (;;) {
        wint_t key = _getwch();
        int n = key == WEOF ? 255 : number_of(keys, (wchar_t)key);
        if (!n) continue;
        say(L"%lc\n", n == 255 ? L' ' : towupper(key));
        return n;
    }
}
