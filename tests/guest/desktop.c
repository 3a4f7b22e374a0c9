/* The desktop that the world tells of: other programs' windows, the user's mouse, the screen. */
#include "guest.h"

static int windows, visible;
static BOOL found_mail;

static BOOL CALLBACK each(HWND window, LPARAM lparam) {
    char title[64] = "";
    (void)lparam;
    windows++;
    if (IsWindowVisible(window)) visible++;
    GetWindowTextA(window, title, sizeof title);
    if (strcmp(title, "Inbox - Mail") == 0) found_mail = TRUE;
    return TRUE;
}

static BOOL CALLBACK monitor(HMONITOR handle, HDC dc, LPRECT rect, LPARAM lparam) {
    MONITORINFO info = {.cbSize = sizeof info};
    (void)dc, (void)lparam;
    say("monitor's information", GetMonitorInfoA(handle, &info));
    say("is the first", (info.dwFlags & MONITORINFOF_PRIMARY) != 0);
    printf("monitor %ldx%ld\n", rect->right, rect->bottom);
    return TRUE;
}

static void look_at_windows(void) {
    char text[64] = "";
    DWORD process = 0;
    EnumWindows(each, 0);
    say("some windows", windows >= 3 && visible >= 2);
    say("the mail program among them", found_mail);
    HWND mail = FindWindowA("MailFrame", NULL);
    say("found by class", mail != NULL);
    say("found by title", FindWindowA(NULL, "Inbox - Mail") == mail);
    say_number("its title", GetWindowTextA(mail, text, sizeof text));
    GetClassNameA(mail, text, sizeof text);
    say_text("its class", text);
    say("its process is another", GetWindowThreadProcessId(mail, &process) != 0 &&
                                      process != GetCurrentProcessId() && process != 0);
    say("the taskbar", FindWindowA("Shell_TrayWnd", NULL) != NULL);
    say("the shell's window", GetShellWindow() == FindWindowA("Progman", NULL));
    say("one is in front", GetForegroundWindow() != NULL);
    say("no debugger's window", FindWindowA("OLLYDBG", NULL) == NULL);
    SendMessageA(mail, WM_GETTEXT, sizeof text, (LPARAM)text);
    say_text("sent for it", text);
    say("closed politely", PostMessageA(mail, WM_CLOSE, 0, 0));
}

static void look_at_the_user(void) {
    LASTINPUTINFO input = {.cbSize = sizeof input};
    POINT first, now;
    int moved = 0, clicks = 0;
    say("last input", GetLastInputInfo(&input) && GetTickCount() - input.dwTime < 60000);
    GetCursorPos(&first);
    printf("the mouse is at %ld,%ld\n", first.x, first.y);
    for (int i = 0; i < 1200; i++) {
        Sleep(50);
        GetCursorPos(&now);
        if (now.x != first.x || now.y != first.y) moved++;
        first = now;
        if (GetAsyncKeyState(VK_LBUTTON) & 1) clicks++;
    }
    say("it moves", moved > 10);
    say("it does not always move", moved < 1000);
    say("it clicks", clicks > 2 && clicks < 100);
    SetCursorPos(5, 6);
    GetCursorPos(&now);
    say("put elsewhere", now.x == 5 && now.y == 6);
}

static void look_at_the_screen(void) {
    HDC screen = GetDC(NULL);
    RECT work;
    printf("screen %dx%d\n", GetSystemMetrics(SM_CXSCREEN), GetSystemMetrics(SM_CYSCREEN));
    say_number("bits", GetDeviceCaps(screen, BITSPIXEL));
    say_number("width", GetDeviceCaps(screen, HORZRES));
    say("work area", SystemParametersInfoA(SPI_GETWORKAREA, 0, &work, 0) && work.bottom < 900);
    say("a mouse", GetSystemMetrics(SM_MOUSEPRESENT));
    say_number("monitors", GetSystemMetrics(SM_CMONITORS));
    EnumDisplayMonitors(NULL, NULL, monitor, 0);
    say("colour at a place", GetPixel(screen, 100, 100) != CLR_INVALID);
    DISPLAY_DEVICEA device = {.cb = sizeof device};
    say("display device", EnumDisplayDevicesA(NULL, 0, &device, 0));
    say_text("its name", device.DeviceName);
    DEVMODEA mode = {.dmSize = sizeof mode};
    say("mode", EnumDisplaySettingsA(NULL, ENUM_CURRENT_SETTINGS, &mode));
    printf("%lux%lu\n", mode.dmPelsWidth, mode.dmPelsHeight);
    char layout[KL_NAMELENGTH];
    say("keyboard", GetKeyboardLayoutNameA(layout));
    say_text("layout", layout);
    ReleaseDC(NULL, screen);
    OpenClipboard(NULL);
    const char *text = GlobalLock(GetClipboardData(CF_TEXT));
    say_text("clipboard", text ? text : "(none)");
    CloseClipboard();
}

int main(void) {
    look_at_windows();
    look_at_the_user();
    look_at_the_screen();
    return 0;
}
