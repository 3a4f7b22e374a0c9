/* SetWindowsHookEx: CBT, messages, calls of window procedures; chains. */
#include "guest.h"

static HHOOK first, second;

static LRESULT CALLBACK cbt(int code, WPARAM wparam, LPARAM lparam) {
    char name[16] = "";
    GetClassNameA((HWND)wparam, name, sizeof name);
    if (strcmp(name, "Hooks") != 0) return CallNextHookEx(first, code, wparam, lparam); /* input methods */
    switch (code) {
    case HCBT_CREATEWND: printf("CBT create: width %d\n", ((CBT_CREATEWNDA *)lparam)->lpcs->cx); break;
    case HCBT_DESTROYWND: puts("CBT destroy"); break;
    case HCBT_ACTIVATE: puts("CBT activate"); break;
    case HCBT_SETFOCUS: puts("CBT focus"); break;
    default: break;
    }
    return CallNextHookEx(first, code, wparam, lparam);
}

static LRESULT CALLBACK refuse(int code, WPARAM wparam, LPARAM lparam) {
    if (code == HCBT_CREATEWND) return 1;
    return CallNextHookEx(second, code, wparam, lparam);
}

static LRESULT CALLBACK got(int code, WPARAM wparam, LPARAM lparam) {
    MSG *m = (MSG *)lparam;
    printf("got %x, removed %d\n", m->message, (int)wparam);
    if (m->message == WM_USER) m->wParam = 99;
    return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK calls(int code, WPARAM wparam, LPARAM lparam) {
    const CWPSTRUCT *c = (const CWPSTRUCT *)lparam;
    if (c->message == WM_USER) printf("call of %x, parameter %d\n", c->message, (int)c->wParam);
    return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK returns(int code, WPARAM wparam, LPARAM lparam) {
    const CWPRETSTRUCT *c = (const CWPRETSTRUCT *)lparam;
    if (c->message == WM_USER) printf("return of %x: %d\n", c->message, (int)c->lResult);
    return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    if (message == WM_USER) return 17;
    return DefWindowProcA(window, message, wparam, lparam);
}

static HWND make(void) {
    return CreateWindowA("Hooks", "", WS_POPUP, 0, 0, 100, 50, NULL, NULL, NULL, NULL);
}

int main(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Hooks"};
    DWORD thread = GetCurrentThreadId();
    MSG m;
    RegisterClassA(&class);
    first = SetWindowsHookExA(WH_CBT, cbt, NULL, thread);
    say("set", first != NULL);
    HWND window = make();
    say("window", window != NULL);
    second = SetWindowsHookExA(WH_CBT, refuse, NULL, thread);
    say("refused", make() == NULL);
    say("removed", UnhookWindowsHookEx(second));
    say("removed again", UnhookWindowsHookEx(second));
    HHOOK g = SetWindowsHookExA(WH_GETMESSAGE, got, NULL, thread);
    PostMessageA(window, WM_USER, 1, 2);
    PeekMessageA(&m, NULL, 0, 0, PM_NOREMOVE);
    GetMessageA(&m, NULL, 0, 0);
    say_number("changed", (long)m.wParam);
    UnhookWindowsHookEx(g);
    HHOOK c = SetWindowsHookExA(WH_CALLWNDPROC, calls, NULL, thread);
    HHOOK r = SetWindowsHookExA(WH_CALLWNDPROCRET, returns, NULL, thread);
    say_number("sent", (long)SendMessageA(window, WM_USER, 5, 0));
    UnhookWindowsHookEx(c);
    UnhookWindowsHookEx(r);
    say_number("sent", (long)SendMessageA(window, WM_USER, 5, 0));
    SetLastError(0);
    say("no function", SetWindowsHookExA(WH_CBT, NULL, NULL, thread) == NULL);
    say_number("error", (long)GetLastError());
    say("no module", SetWindowsHookExA(WH_CBT, cbt, NULL, 0) == NULL);
    say_number("error", (long)GetLastError());
    say("low level", SetWindowsHookExA(WH_KEYBOARD_LL, got, GetModuleHandleA(NULL), 0) != NULL);
    DestroyWindow(window);
    return 0;
}
