/* The console: what a program finds out about it, writes to its screen, and reads back. */
#include "guest.h"

static HANDLE out, in;

static void say_modes(void) {
    DWORD mode = 0;
    say("input is a device", GetFileType(in) == FILE_TYPE_CHAR);
    say("output is a device", GetFileType(out) == FILE_TYPE_CHAR);
    say_result("input mode", GetConsoleMode(in, &mode));
    say("lines", (mode & ENABLE_LINE_INPUT) != 0);
    say_result("output mode", GetConsoleMode(out, &mode));
    printf("mode: %lu\n", mode);
    say_result("set mode", SetConsoleMode(out, ENABLE_PROCESSED_OUTPUT));
    GetConsoleMode(out, &mode);
    printf("mode: %lu\n", mode);
    SetConsoleMode(out, ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT);
}

static void say_codepages(void) {
    printf("code pages: %u, %u\n", GetConsoleCP(), GetConsoleOutputCP());
    say_result("set UTF-8", SetConsoleOutputCP(CP_UTF8));
    printf("output: %u\n", GetConsoleOutputCP());
    say_result("no code page", SetConsoleOutputCP(12345));
    printf("gr\xc3\xbc\xc3\x9f\n");
    SetConsoleOutputCP(437);
    printf("gr\x81\xe1\n");
}

static void say_title(void) {
    char title[100] = "";
    say_result("set title", SetConsoleTitleA("A title"));
    printf("length: %lu\n", GetConsoleTitleA(title, sizeof title));
    say_text("title", title);
    say("window", GetConsoleWindow() != NULL);
    DWORD ids[4];
    say("processes", GetConsoleProcessList(ids, 4) == 1 && ids[0] == GetCurrentProcessId());
}

static void say_screen(void) {
    CONSOLE_SCREEN_BUFFER_INFO info;
    say_result("info", GetConsoleScreenBufferInfo(out, &info));
    printf("window: %d by %d\n", info.srWindow.Right - info.srWindow.Left + 1,
           info.srWindow.Bottom - info.srWindow.Top + 1);
    say("grey on black", info.wAttributes == 7);
    say_result("colour", SetConsoleTextAttribute(out, FOREGROUND_RED | FOREGROUND_INTENSITY));
    GetConsoleScreenBufferInfo(out, &info);
    printf("attributes: %u\n", info.wAttributes);
    SetConsoleTextAttribute(out, 7);
    CONSOLE_CURSOR_INFO cursor = {50, FALSE};
    say_result("cursor", SetConsoleCursorInfo(out, &cursor));
    GetConsoleCursorInfo(out, &cursor);
    printf("cursor: %lu %d\n", cursor.dwSize, cursor.bVisible);
}

/* On a screen of its own, so that what is printed here stays where it is. */
static void draw(void) {
    HANDLE screen = CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                              CONSOLE_TEXTMODE_BUFFER, NULL);
    COORD size = {20, 5}, at = {3, 1}, start = {0, 1};
    say("another screen", screen != INVALID_HANDLE_VALUE);
    SMALL_RECT small = {0, 0, 9, 2};
    SetConsoleWindowInfo(screen, TRUE, &small);
    say_result("size", SetConsoleScreenBufferSize(screen, size));
    say_result("place", SetConsoleCursorPosition(screen, at));
    COORD outside = {20, 0};
    say_result("place outside", SetConsoleCursorPosition(screen, outside));
    DWORD n = 0;
    FillConsoleOutputCharacterA(screen, '.', 20, start, &n);
    printf("filled: %lu\n", n);
    WriteConsoleOutputCharacterA(screen, "abc", 3, at, &n);
    printf("written: %lu\n", n);
    WriteConsoleOutputAttribute(screen, (const WORD[]){1, 2, 3}, 3, at, &n);
    char text[9] = "";
    WORD colours[3] = {0};
    ReadConsoleOutputCharacterA(screen, text, 8, start, &n);
    printf("read %lu: %s\n", n, text);
    ReadConsoleOutputAttribute(screen, colours, 3, at, &n);
    printf("colours: %u %u %u\n", colours[0], colours[1], colours[2]);
    CHAR_INFO cells[4];
    COORD two = {2, 2}, origin = {0, 0};
    SMALL_RECT area = {4, 1, 5, 2};
    say_result("read area", ReadConsoleOutputA(screen, cells, two, origin, &area));
    printf("cells: %c%c%c%c\n", cells[0].Char.AsciiChar, cells[1].Char.AsciiChar,
           cells[2].Char.AsciiChar, cells[3].Char.AsciiChar);
    CloseHandle(screen);
}

static void write_wide(void) {
    DWORD n = 0;
    say_result("wide", WriteConsoleW(out, L"\x3b1\x3b2\x3b3\r\n", 5, &n, NULL));
    printf("characters: %lu\n", n);
    HANDLE console = CreateFileA("CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_WRITE, NULL,
                                 OPEN_EXISTING, 0, NULL);
    say("CONOUT$", console != INVALID_HANDLE_VALUE);
    fflush(stdout);
    WriteFile(console, "straight\r\n", 10, &n, NULL);
    CloseHandle(console);
}

/* Nobody is at the keyboard. */
static void read_keys(void) {
    DWORD n = 99;
    char line[16];
    INPUT_RECORD key = {0};
    say_result("events", GetNumberOfConsoleInputEvents(in, &n));
    printf("waiting: %lu\n", n);
    say_result("read a line", ReadConsoleA(in, line, sizeof line, &n, NULL));
    printf("characters: %lu\n", n);
    key.EventType = KEY_EVENT;
    key.Event.KeyEvent.bKeyDown = TRUE;
    key.Event.KeyEvent.uChar.AsciiChar = 'k';
    say_result("press a key", WriteConsoleInputA(in, &key, 1, &n));
    say("it waits", WaitForSingleObject(in, 0) == WAIT_OBJECT_0);
    ReadConsoleInputA(in, &key, 1, &n);
    printf("key: %c\n", key.Event.KeyEvent.uChar.AsciiChar);
    say("no more", WaitForSingleObject(in, 0) == WAIT_TIMEOUT);
    ReadConsoleInputA(in, &key, 1, &n);
    printf("a key at last: %d\n", key.Event.KeyEvent.uChar.AsciiChar);
}

/* Without a console nothing can be said: the exit code tells. */
static int leave_console(void) {
    DWORD mode;
    if (!FreeConsole()) return 1;
    if (GetConsoleWindow()) return 2;
    if (AttachConsole(ATTACH_PARENT_PROCESS)) return 3; /* which has none */
    HANDLE none = CreateFileA("CONOUT$", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (none != INVALID_HANDLE_VALUE || GetConsoleMode(none, &mode)) return 4;
    return 0;
}

int main(void) {
    out = GetStdHandle(STD_OUTPUT_HANDLE);
    in = GetStdHandle(STD_INPUT_HANDLE);
    say_modes();
    say_codepages();
    say_title();
    say_screen();
    draw();
    write_wide();
    read_keys();
    printf("without a line end");
    fflush(stdout);
    fprintf(stderr, "not on stdout\n");
    printf(", and on\n");
    fflush(stdout);
    return leave_console();
}
