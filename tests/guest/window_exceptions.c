/* Exceptions around window procedures: the chain of frames is what it was before Windows called the
 * program, and a handler outside is found. */
#include "guest.h"

static void *list_of_frames(void) {
    return ((NT_TIB *)NtCurrentTeb())->ExceptionList;
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    if (message == WM_USER) RaiseException(0x40000001, 0, 0, NULL);
    return DefWindowProcA(window, message, wparam, lparam);
}

static LONG CALLBACK inside(EXCEPTION_POINTERS *e) {
    if (e->ExceptionRecord->ExceptionCode != 0x40000001) return EXCEPTION_CONTINUE_SEARCH;
    puts("raised inside");
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK last(EXCEPTION_POINTERS *e) {
    printf("raised outside: %lx\n", e->ExceptionRecord->ExceptionCode);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static BOOL CALLBACK count(HWND window, LPARAM n) {
    (void)window;
    ++*(int *)n;
    return TRUE;
}

int main(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Exceptions"};
    int windows = 0;
    RegisterClassA(&class);
    void *before = list_of_frames();
    HWND window = CreateWindowA("Exceptions", "", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    say("the frames behind CreateWindow", list_of_frames() == before);
    EnumThreadWindows(GetCurrentThreadId(), count, (LPARAM)&windows);
    say("a window", windows > 0);
    void *handler = AddVectoredExceptionHandler(1, inside);
    SendMessageA(window, WM_USER, 0, 0);
    RemoveVectoredExceptionHandler(handler);
    say("the frames behind SendMessage", list_of_frames() == before);
    SetUnhandledExceptionFilter(last);
    RaiseException(0x40000002, 0, 0, NULL);
    DestroyWindow(window);
    RaiseException(0x40000003, 0, 0, NULL);
    say("the frames at the end", list_of_frames() == before);
    return 0;
}
