/* Messages between threads: sent with an answer, with a time-out, posted, to a thread without a
 * window; SendNotifyMessage, SendMessageCallback, ReplyMessage, broadcasts, waits. */
#include "guest.h"

static HWND other;
static HANDLE ready;
static DWORD main_thread;
static UINT registered;

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
    switch (message) {
    case WM_USER:
        say("in its own thread", GetCurrentThreadId() != main_thread);
        say("sent by another", InSendMessage());
        return (LRESULT)(wparam + (WPARAM)lparam);
    case WM_USER + 1:
        Sleep(500);
        return 1;
    case WM_USER + 2: /* answers before it is done */
        ReplyMessage(77);
        Sleep(100);
        return 5;
    case WM_USER + 3: /* asks back while the sender waits */
        return SendMessageA((HWND)lparam, WM_USER + 4, wparam, 0) + 1;
    case WM_USER + 4: return (LRESULT)wparam * 10;
    case WM_USER + 5: SetEvent((HANDLE)lparam); return 0;
    case WM_CLOSE: PostQuitMessage(9); return 0;
    default:
        if (registered && message == registered) {
            printf("the registered message: %d\n", (int)wparam);
            return 0;
        }
        return DefWindowProcA(window, message, wparam, lparam);
    }
}

static DWORD CALLBACK worker(void *argument) {
    MSG m;
    (void)argument;
    other = CreateWindowA("Threads", "the other", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    SetEvent(ready);
    while (GetMessageA(&m, NULL, 0, 0) > 0) {
        if (!m.hwnd) printf("a message of the thread: %u\n", m.message - WM_APP);
        DispatchMessageA(&m);
    }
    return (DWORD)m.wParam;
}

static void CALLBACK answered(HWND window, UINT message, ULONG_PTR data, LRESULT result) {
    say("answer for the window", window == other && message == WM_USER + 4);
    say_number("data", (long)data);
    say_number("answer", (long)result);
}

static void pump(void) {
    MSG m;
    while (PeekMessageA(&m, NULL, 0, 0, PM_REMOVE)) DispatchMessageA(&m);
}

int main(void) {
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "Threads"};
    DWORD_PTR result = 0;
    DWORD id, code;
    MSG m;
    main_thread = GetCurrentThreadId();
    RegisterClassA(&class);
    HWND mine = CreateWindowA("Threads", "mine", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    ready = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, worker, NULL, 0, &id);
    WaitForSingleObject(ready, INFINITE);
    say_number("sent", (long)SendMessageA(other, WM_USER, 40, 2));
    SetLastError(0);
    say("timed out", !SendMessageTimeoutA(other, WM_USER + 1, 0, 0, SMTO_NORMAL, 100, &result));
    say_number("error", (long)GetLastError());
    say("in time", SendMessageTimeoutA(other, WM_USER + 1, 0, 0, SMTO_NORMAL, 5000, &result) != 0);
    say_number("answer", (long)result);
    say_number("early answer", (long)SendMessageA(other, WM_USER + 2, 0, 0));
    say_number("asked back", (long)SendMessageA(other, WM_USER + 3, 4, (LPARAM)mine));
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    say("notified", SendNotifyMessageA(other, WM_USER + 5, 0, (LPARAM)event));
    say("it came", WaitForSingleObject(event, 5000) == WAIT_OBJECT_0);
    say("with callback", SendMessageCallbackA(other, WM_USER + 4, 3, 0, answered, 55));
    Sleep(200);
    pump();
    say("posted to the thread", PostThreadMessageA(id, WM_APP + 7, 0, 0));
    Sleep(200);
    registered = RegisterWindowMessageA("coax test message");
    say("registered", registered >= 0xc000);
    say("the same again", RegisterWindowMessageA("coax test message") == registered);
    say("posted", PostMessageA(other, registered, 12, 0));
    Sleep(200);
    say("status before", HIWORD(GetQueueStatus(QS_ALLINPUT)) == 0);
    PostMessageA(mine, WM_USER + 4, 0, 0);
    Sleep(200);
    say("status after", (HIWORD(GetQueueStatus(QS_ALLINPUT)) & QS_POSTMESSAGE) != 0);
    say("the wait sees it", MsgWaitForMultipleObjects(0, NULL, FALSE, 1000, QS_ALLINPUT) == WAIT_TIMEOUT);
    PostMessageA(mine, WM_USER + 4, 0, 0);
    say("a new one", MsgWaitForMultipleObjects(1, &event, FALSE, 1000, QS_ALLINPUT) == WAIT_OBJECT_0 + 1);
    SetEvent(event);
    say("the event", MsgWaitForMultipleObjects(1, &event, FALSE, 1000, QS_ALLINPUT) == WAIT_OBJECT_0);
    say("out of range", !PeekMessageA(&m, mine, WM_USER + 5, WM_USER + 9, PM_REMOVE));
    say("in range", PeekMessageA(&m, mine, WM_USER + 4, WM_USER + 4, PM_REMOVE));
    pump();
    say("no such thread", !PostThreadMessageA(4, WM_APP, 0, 0));
    SetLastError(0);
    say("pointers cannot be posted", !PostMessageA(mine, WM_GETTEXT, 0, 0));
    say_number("error", (long)GetLastError());
    PostMessageA(other, WM_CLOSE, 0, 0);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    say_number("the thread's code", (long)code);
    say("its window went with it", !IsWindow(other));
    return 0;
}
