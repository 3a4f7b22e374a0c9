/* timeout.exe: waits some seconds; a key ends it, unless /nobreak was given. */
#include "stub.h"

int wmain(int count, wchar_t **a) {
    int seconds = -2, quiet_keys = has_option(count, a, 1, L"nobreak");
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    DWORD mode;
    for (int i = 1; i < count; i++)
        if (iswdigit(*a[i]) || is(a[i], L"-1")) seconds = (int)wcstol(a[i], NULL, 10);
    if (seconds < -1 || seconds > 99999) {
        complain(L"ERROR: Invalid syntax. Default option is not allowed more than '1' time(s).\n"
                 L"Type \"TIMEOUT /?\" for usage.\n");
        return 1;
    }
    if (!GetConsoleMode(in, &mode)) {
        complain(L"ERROR: Input redirection is not supported, exiting the process immediately.\n");
        return 1;
    }
    say(L"\n");
    for (int left = seconds; left > 0; left--) {
        say(L"\rWaiting for %*d seconds, %ls to %ls ...", seconds > 9 ? 2 : 1, left,
            quiet_keys ? L"press CTRL+C" : L"press a key", quiet_keys ? L"quit" : L"continue");
        Sleep(1000);
    }
    say(L"\n");
    return 0;
}
