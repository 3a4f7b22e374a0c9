/* Messages between processes: text set and asked for, WM_COPYDATA, closing. */
#include "guest.h"

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    switch (message) {
    case WM_COPYDATA: {
        const COPYDATASTRUCT *c = (const COPYDATASTRUCT *)lparam;
        BOOL right = c->dwData == 5 && c->cbData == 6 && memcmp(c->lpData, "bytes", 6) == 0;
        return right ? 33 : 0;
    }
    case WM_USER: return (LRESULT)(wparam * 3);
    case WM_CLOSE: PostQuitMessage(4); return 0;
    default: return DefWindowProcA(window, message, wparam, lparam);
    }
}

static int child(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Of the child"};
    MSG m;
    RegisterClassA(&class);
    CreateWindowA("Of the child", "its title", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    while (GetMessageA(&m, NULL, 0, 0) > 0) DispatchMessageA(&m);
    return (int)m.wParam;
}

int main(int argc, char **argv) {
    char command[MAX_PATH + 16], text[32] = "";
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION p;
    DWORD code, process = 0;
    if (argc > 1) return child();
    snprintf(command, sizeof command, "\"%s\" child", argv[0]);
    say("started", CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &start, &p));
    say("a console program is not waited for", WaitForInputIdle(p.hProcess, 10000) != 0);
    HWND window = NULL;
    for (int i = 0; i < 100 && !window; i++, Sleep(50)) window = FindWindowA("Of the child", NULL);
    say("found", window != NULL);
    GetWindowThreadProcessId(window, &process);
    say("its process", process == p.dwProcessId);
    say_number("title", GetWindowTextA(window, text, sizeof text));
    say_text("is", text);
    say_number("answer", (long)SendMessageA(window, WM_USER, 14, 0));
    say_number("set", (long)SendMessageA(window, WM_SETTEXT, 0, (LPARAM) "another"));
    say_number("asked", (long)SendMessageA(window, WM_GETTEXT, sizeof text, (LPARAM)text));
    say_text("is", text);
    COPYDATASTRUCT data = {5, 6, (void *)"bytes"};
    say_number("data", (long)SendMessageA(window, WM_COPYDATA, 0, (LPARAM)&data));
    SetLastError(0);
    say("not ours to destroy", !DestroyWindow(window));
    say_number("error", (long)GetLastError());
    SetLastError(0);
    say("not ours to subclass", !SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)procedure));
    say_number("error", (long)GetLastError());
    PostMessageA(window, WM_CLOSE, 0, 0);
    WaitForSingleObject(p.hProcess, INFINITE);
    GetExitCodeProcess(p.hProcess, &code);
    say_number("code", (long)code);
    say("its window went with it", !IsWindow(window));
    return 0;
}
