/* A window that posts itself messages, gets and dispatches them, one after the other. */
#include <windows.h>

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    if (message == WM_APP && wparam < ROUNDS) PostMessageA(window, WM_APP, wparam + 1, lparam);
    if (message == WM_APP && wparam >= ROUNDS) PostQuitMessage(7);
    return DefWindowProcA(window, message, wparam, lparam);
}

int main(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Bench"};
    MSG m;
    RegisterClassA(&class);
    HWND window = CreateWindowA("Bench", "", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    PostMessageA(window, WM_APP, 0, 0);
    while (GetMessageA(&m, NULL, 0, 0) > 0) DispatchMessageA(&m);
    return (int)m.wParam;
}
