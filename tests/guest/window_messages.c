/* Which messages a window hears when it is made, moved, shown and destroyed, and in which order. */
#include "guest.h"

static int depth;

static const char *name_of(UINT message) {
    static const struct {
        UINT message;
        const char *name;
    } names[] = {
        {WM_GETMINMAXINFO, "WM_GETMINMAXINFO"}, {WM_NCCREATE, "WM_NCCREATE"},
        {WM_NCCALCSIZE, "WM_NCCALCSIZE"}, {WM_CREATE, "WM_CREATE"}, {WM_SIZE, "WM_SIZE"},
        {WM_MOVE, "WM_MOVE"}, {WM_WINDOWPOSCHANGING, "WM_WINDOWPOSCHANGING"},
        {WM_WINDOWPOSCHANGED, "WM_WINDOWPOSCHANGED"}, {WM_DESTROY, "WM_DESTROY"},
        {WM_NCDESTROY, "WM_NCDESTROY"}, {WM_CLOSE, "WM_CLOSE"}, {WM_SETTEXT, "WM_SETTEXT"},
        {WM_SHOWWINDOW, "WM_SHOWWINDOW"}, {WM_ENABLE, "WM_ENABLE"}, {WM_USER + 1, "WM_USER + 1"},
        {WM_STYLECHANGING, "WM_STYLECHANGING"}, {WM_STYLECHANGED, "WM_STYLECHANGED"},
        {WM_PARENTNOTIFY, "WM_PARENTNOTIFY"}, {WM_TIMER, "WM_TIMER"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].message == message) return names[i].name;
    return NULL;
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    const char *name = name_of(message);
    if (name) printf("%*s%s\n", 2 * depth, "", name);
    depth++;
    LRESULT result = DefWindowProcA(window, message, wparam, lparam);
    depth--;
    if (message == WM_CREATE) {
        const CREATESTRUCTA *c = (const CREATESTRUCTA *)lparam;
        say_text("title in WM_CREATE", c->lpszName);
        say("parameter in WM_CREATE", c->lpCreateParams == (void *)7);
        say_number("width in WM_CREATE", c->cx);
    }
    if (message == WM_USER + 1) return (LRESULT)(wparam * 2 + (WPARAM)lparam);
    return result;
}

static void make_class(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .hInstance = GetModuleHandleA(NULL),
                       .lpszClassName = "Coax Test", .cbWndExtra = 8, .cbClsExtra = 4};
    say("class registered", RegisterClassA(&class) != 0);
    SetLastError(0);
    say("again", RegisterClassA(&class) != 0);
    say_number("error", (long)GetLastError());
    WNDCLASSA info;
    say("class info", GetClassInfoA(class.hInstance, "coax test", &info) != 0);
    say("its procedure", info.lpfnWndProc == procedure);
    say_number("its extra bytes", info.cbWndExtra);
}

static void ask(HWND window) {
    char text[64] = "";
    RECT r;
    say_number("length of the class name", GetClassNameA(window, text, sizeof text));
    say_text("class name", text);
    say_number("length of the title", GetWindowTextA(window, text, sizeof text));
    say_text("title", text);
    GetWindowRect(window, &r);
    printf("rectangle: %ld,%ld %ldx%ld\n", r.left, r.top, r.right - r.left, r.bottom - r.top);
    say("is a window", IsWindow(window));
    say("is visible", IsWindowVisible(window));
    say("is enabled", IsWindowEnabled(window));
    say("is Unicode", IsWindowUnicode(window));
    say("its thread", GetWindowThreadProcessId(window, NULL) == GetCurrentThreadId());
    say("its parent is none", GetParent(window) == NULL);
    say("found by class", FindWindowA("Coax Test", NULL) == window);
    say("found by title", FindWindowA(NULL, "A window of ours") == window);
    say("no such window", FindWindowA("Coax Test", "Another title") == NULL);
    SetWindowLongA(window, 4, 0x12345678);
    say_hex("extra bytes", (unsigned long)GetWindowLongA(window, 4));
    SetClassLongA(window, 0, 0x7654321);
    say_hex("class bytes", GetClassLongA(window, 0));
    SetLastError(0);
    GetWindowLongA(window, 8);
    say_number("past the extra bytes: error", (long)GetLastError());
    SetWindowLongPtrA(window, GWLP_USERDATA, 99);
    say_number("user data", (long)GetWindowLongPtrA(window, GWLP_USERDATA));
    say("property set", SetPropA(window, "a property", (HANDLE)5));
    say("property", GetPropA(window, "a property") == (HANDLE)5);
    say("property removed", RemovePropA(window, "a property") == (HANDLE)5);
    say("property gone", GetPropA(window, "a property") == NULL);
}

int main(void) {
    MSG m;
    make_class();
    HWND window = CreateWindowExA(0, "Coax Test", "A window of ours", WS_POPUP, 20, 30, 300, 200,
                                  NULL, NULL, GetModuleHandleA(NULL), (void *)7);
    say("window made", window != NULL);
    ask(window);
    say_number("sent", (long)SendMessageA(window, WM_USER + 1, 20, 2));
    say("posted", PostMessageA(window, WM_USER + 1, 1, 1));
    say("peeked", PeekMessageA(&m, window, 0, 0, PM_NOREMOVE));
    say("got", GetMessageA(&m, NULL, 0, 0));
    say("the message", m.message == WM_USER + 1 && m.hwnd == window && m.wParam == 1);
    say_number("dispatched", (long)DispatchMessageA(&m));
    say("nothing more", !PeekMessageA(&m, NULL, 0, 0, PM_REMOVE));
    SetWindowTextA(window, "Other");
    SetWindowPos(window, NULL, 40, 50, 320, 240, SWP_NOZORDER | SWP_NOACTIVATE);
    HWND child = CreateWindowExA(0, "Coax Test", "child", WS_CHILD, 1, 2, 30, 20, window,
                                 (HMENU)11, NULL, (void *)7);
    say("child made", child != NULL);
    say("its parent", GetParent(child) == window);
    say("its id", GetDlgItem(window, 11) == child);
    say("is a child", IsChild(window, child));
    POINT p = {0, 0};
    ClientToScreen(child, &p);
    printf("the child lies at %ld,%ld\n", p.x, p.y);
    PostQuitMessage(3);
    say("quit", !GetMessageA(&m, NULL, 0, 0));
    say_number("code", (long)m.wParam);
    say("destroyed", DestroyWindow(window));
    say("is no window any more", !IsWindow(window) && !IsWindow(child));
    SetLastError(0);
    say("no class", CreateWindowExA(0, "no such class", "", 0, 0, 0, 1, 1, NULL, NULL, NULL, NULL) == NULL);
    say_number("error", (long)GetLastError());
    say("class gone", UnregisterClassA("Coax Test", GetModuleHandleA(NULL)));
    return 0;
}
