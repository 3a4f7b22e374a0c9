/* SetTimer: with a window, with a function, over and over, nine days; killed. */
#include "guest.h"

static int fired;

static void CALLBACK function(HWND window, UINT message, UINT_PTR id, DWORD time) {
    (void)time;
    fired++;
    printf("function: window %s, message %x, id %d\n", window ? "yes" : "no", message, (int)id);
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    if (message == WM_TIMER) printf("WM_TIMER %d\n", (int)wparam);
    return DefWindowProcA(window, message, wparam, lparam);
}

static void next(void) {
    MSG m;
    if (GetMessageA(&m, NULL, 0, 0) > 0) DispatchMessageA(&m);
}

static void wait_days(void) {
    enum { DAYS = 9 };
    MSG m;
    ULONGLONG before = GetTickCount64();
    UINT_PTR id = SetTimer(NULL, 0, DAYS * 86400u * 1000u, NULL);
    say("timer without a window", id != 0);
    GetMessageA(&m, NULL, 0, 0);
    say("its message", m.message == WM_TIMER && m.wParam == id && !m.hwnd);
    ULONGLONG passed = GetTickCount64() - before;
    say("nine days passed", passed >= DAYS * 86400000ull && passed < DAYS * 86400000ull + 60000);
    say("killed", KillTimer(NULL, id));
}

int main(int argc, char **argv) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Timers"};
    MSG m;
    (void)argv;
    RegisterClassA(&class);
    HWND window = CreateWindowA("Timers", "", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    say_number("id", (long)SetTimer(window, 7, 50, NULL));
    next();
    next();
    say("killed", KillTimer(window, 7));
    say("killed again", KillTimer(window, 7));
    Sleep(200);
    say("nothing comes", !PeekMessageA(&m, NULL, 0, 0, PM_REMOVE));
    SetTimer(window, 8, 30, function);
    next();
    KillTimer(window, 8);
    say_number("fired", fired);
    SetTimer(window, 1, 300, NULL);
    SetTimer(window, 2, 100, NULL);
    next();
    KillTimer(window, 2);
    next();
    PostMessageA(window, WM_USER, 0, 0);
    Sleep(400);
    GetMessageA(&m, NULL, 0, 0);
    say("posted ones come first", m.message == WM_USER);
    KillTimer(window, 1);
    SetTimer(window, 3, 10000, NULL);
    SetTimer(window, 3, 40, NULL);
    next();
    DestroyWindow(window);
    Sleep(100);
    say("they go with the window", !PeekMessageA(&m, NULL, WM_TIMER, WM_TIMER, PM_REMOVE));
    if (argc > 1) wait_days();
    return 0;
}
