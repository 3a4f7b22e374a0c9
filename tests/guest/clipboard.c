/* The clipboard: set, asked for, its formats. */
#include "guest.h"

int main(void) {
    WNDCLASSA class = {.lpfnWndProc = DefWindowProcA, .lpszClassName = "Clip"};
    RegisterClassA(&class);
    HWND window = CreateWindowA("Clip", "", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    say("opened", OpenClipboard(window));
    say("emptied", EmptyClipboard());
    say("owner", GetClipboardOwner() == window);
    HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 6);
    memcpy(GlobalLock(memory), "hello", 6);
    GlobalUnlock(memory);
    DWORD before = GetClipboardSequenceNumber();
    say("set", SetClipboardData(CF_TEXT, memory) == memory);
    say("sequence", GetClipboardSequenceNumber() != before);
    UINT own = RegisterClipboardFormatA("coax format");
    HGLOBAL more = GlobalAlloc(GMEM_MOVEABLE, 4);
    memcpy(GlobalLock(more), "abc", 4);
    GlobalUnlock(more);
    say("own format", own >= 0xc000 && SetClipboardData(own, more) == more);
    say("closed", CloseClipboard());
    say("text", IsClipboardFormatAvailable(CF_TEXT));
    say("wide text", IsClipboardFormatAvailable(CF_UNICODETEXT));
    say("bitmap", IsClipboardFormatAvailable(CF_BITMAP));
    SetLastError(0);
    say("asked while closed", GetClipboardData(CF_TEXT) == NULL);
    say_number("error", (long)GetLastError());
    OpenClipboard(window);
    const char *text = GlobalLock(GetClipboardData(CF_TEXT));
    say_text("text", text ? text : "(none)");
    const WCHAR *wide = GlobalLock(GetClipboardData(CF_UNICODETEXT));
    say("wide text is the same", wide && wcscmp(wide, L"hello") == 0);
    const char *abc = GlobalLock(GetClipboardData(own));
    say_text("own", abc ? abc : "(none)");
    char name[32] = "";
    say_number("name", GetClipboardFormatNameA(own, name, sizeof name));
    say_text("is", name);
    say("first format", EnumClipboardFormats(0) == CF_TEXT);
    say("second format", EnumClipboardFormats(CF_TEXT) == own);
    say("emptied", EmptyClipboard());
    say_number("formats", CountClipboardFormats());
    CloseClipboard();
    return 0;
}
