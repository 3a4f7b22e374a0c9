/* Message boxes and dialogs, answered by the user at the computer with their default button. */
#include "guest.h"

enum { ID_NAME = 101, ID_CHECK, ID_LIST };

typedef struct {
    DLGTEMPLATE head;
    WORD menu, class, title[8];
} Template;

static INT_PTR CALLBACK procedure(HWND dialog, UINT message, WPARAM wparam, LPARAM lparam) {
    switch (message) {
    case WM_INITDIALOG: {
        say("parameter", lparam == 42);
        HINSTANCE here = GetModuleHandleA(NULL);
        CreateWindowA("Edit", "some text", WS_CHILD | WS_VISIBLE | WS_TABSTOP, 5, 5, 80, 14, dialog,
                      (HMENU)ID_NAME, here, NULL);
        CreateWindowA("Button", "&Check", WS_CHILD | WS_VISIBLE | WS_TABSTOP | BS_AUTOCHECKBOX, 5, 25,
                      80, 14, dialog, (HMENU)ID_CHECK, here, NULL);
        CreateWindowA("ListBox", "", WS_CHILD | WS_VISIBLE, 5, 45, 80, 40, dialog, (HMENU)ID_LIST,
                      here, NULL);
        CreateWindowA("Button", "&Install", WS_CHILD | WS_VISIBLE | WS_TABSTOP | BS_DEFPUSHBUTTON, 5,
                      90, 60, 14, dialog, (HMENU)IDOK, here, NULL);
        CreateWindowA("Button", "Cancel", WS_CHILD | WS_VISIBLE | WS_TABSTOP, 75, 90, 60, 14, dialog,
                      (HMENU)IDCANCEL, here, NULL);
        char text[32];
        say_number("text", (long)GetDlgItemTextA(dialog, ID_NAME, text, sizeof text));
        say_text("is", text);
        say("number set", SetDlgItemInt(dialog, ID_NAME, 123, FALSE));
        say_number("number", (long)GetDlgItemInt(dialog, ID_NAME, NULL, FALSE));
        CheckDlgButton(dialog, ID_CHECK, BST_CHECKED);
        say("checked", IsDlgButtonChecked(dialog, ID_CHECK) == BST_CHECKED);
        for (int i = 0; i < 3; i++) SendDlgItemMessageA(dialog, ID_LIST, LB_ADDSTRING, 0, (LPARAM) "line");
        say_number("lines", (long)SendDlgItemMessageA(dialog, ID_LIST, LB_GETCOUNT, 0, 0));
        return TRUE;
    }
    case WM_COMMAND:
        if (LOWORD(wparam) != IDOK && LOWORD(wparam) != IDCANCEL) return FALSE;
        say_number("pressed", LOWORD(wparam));
        EndDialog(dialog, LOWORD(wparam) + 10);
        return TRUE;
    default: return FALSE;
    }
}

int main(void) {
    DWORD before = GetTickCount();
    say("OK", MessageBoxA(NULL, "Some text", "A title", MB_OK) == IDOK);
    say("yes or no", MessageBoxA(NULL, "Really?", "Question", MB_YESNO | MB_ICONQUESTION) == IDYES);
    say("second button", MessageBoxA(NULL, "Really?", "Question", MB_YESNO | MB_DEFBUTTON2) == IDNO);
    Template t = {{.style = WS_POPUP | WS_CAPTION | WS_SYSMENU | DS_MODALFRAME, .cx = 150, .cy = 120},
                  0, 0, L"Setup"};
    say_number("dialog", (long)DialogBoxIndirectParamA(GetModuleHandleA(NULL), &t.head, NULL,
                                                       procedure, 42));
    say("took time", GetTickCount() - before >= 4000);
    return 0;
}
