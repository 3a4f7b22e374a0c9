/* Windows on the desktop. */
#include "selfcheck.h"

static unsigned visible, all;

static BOOL CALLBACK count_window(HWND w, LPARAM unused) {
    (void)unused;
    all++;
    visible += IsWindowVisible(w) != 0;
    return TRUE;
}

static BOOL CALLBACK count_monitor(HMONITOR m, HDC dc, LPRECT r, LPARAM count) {
    (void)m, (void)dc, (void)r;
    ++*(unsigned *)count;
    return TRUE;
}

static int any_window(const char *const *names, int by_title) {
    int n = 0;
    for (; *names; names++)
        n += (by_title ? FindWindowA(NULL, *names) : FindWindowA(*names, NULL)) != NULL;
    return n;
}

void check_ui(void) {
    static const char *const guests[] = {"VBoxTrayToolWndClass",     "VBoxTrayToolWnd",
                                         "VMSwitchUserControlClass", "VMDragDetectWndClass",
                                         "SandboxieControlWndClass", NULL};
    static const char *const tools[] = {"OLLYDBG",
                                        "WinDbgFrameClass",
                                        "ID",
                                        "Zeta Debugger",
                                        "Rock Debugger",
                                        "ObsidianGUI",
                                        "PROCMON_WINDOW_CLASS",
                                        "PROCEXPL",
                                        "APISpy32Class",
                                        "Filemonclass",
                                        "Regmonclass",
                                        NULL};
    static const char *const titles[] = {"Sandboxie Control", "Process Monitor - Sysinternals",
                                         "The Wireshark Network Analyzer", NULL};
    unsigned monitors = 0;
    check("windows of guests", any_window(guests, 0));
    check("windows of tools", any_window(tools, 0));
    check("titles of tools", any_window(titles, 1));
    check("taskbar", !FindWindowA("Shell_TrayWnd", NULL));
    check("desktop's window", !FindWindowA("Progman", NULL));
    EnumWindows(count_window, 0);
    check("windows at the top", all < 10);
    check("visible windows", visible < 3);
    check("foreground window", !GetForegroundWindow());
    EnumDisplayMonitors(NULL, NULL, count_monitor, (LPARAM)&monitors);
    check("monitors", monitors < 1);
    HDC dc = GetDC(NULL);
    check("colours", GetDeviceCaps(dc, BITSPIXEL) < 16);
    ReleaseDC(NULL, dc);
    RECT work;
    check("a taskbar takes room", !SystemParametersInfoA(SPI_GETWORKAREA, 0, &work, 0) ||
                                      work.bottom - work.top >= GetSystemMetrics(SM_CYSCREEN));
}
