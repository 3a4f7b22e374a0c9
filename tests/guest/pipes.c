/* Pipes: anonymous, and named ones with both ends in one process. */
#include "guest.h"

static void anonymous(void) {
    HANDLE in = NULL, out = NULL;
    char text[16] = "";
    DWORD n = 0, available = 0;
    say_result("create", CreatePipe(&in, &out, NULL, 0));
    say_result("write", WriteFile(out, "through a pipe", 14, &n, NULL));
    say_result("peek", PeekNamedPipe(in, text, 7, &n, &available, NULL));
    printf("peeked \"%s\", %lu bytes, %lu available\n", text, n, available);
    memset(text, 0, sizeof text);
    say_result("read", ReadFile(in, text, 7, &n, NULL));
    say_text("first half", text);
    say_result("read", ReadFile(in, text, 15, &n, NULL));
    say_number("bytes", (long)n);
    say_number("type", (long)GetFileType(in));
    CloseHandle(out);
    say_result("read from a closed pipe", ReadFile(in, text, 1, &n, NULL));
    CloseHandle(in);
}

static DWORD WINAPI write_slowly(void *out) {
    DWORD n;
    for (int i = 0; i < 5; i++) {
        char digit = (char)('0' + i);
        Sleep(2);
        WriteFile(out, &digit, 1, &n, NULL);
    }
    CloseHandle(out);
    return 0;
}

static void reader_waits(void) {
    HANDLE in = NULL, out = NULL;
    char text[8] = "";
    DWORD n, total = 0;
    CreatePipe(&in, &out, NULL, 0);
    HANDLE thread = CreateThread(NULL, 0, write_slowly, out, 0, NULL);
    while (total < 7 && ReadFile(in, text + total, 1, &n, NULL)) total += n;
    say_number("error at the end", (long)GetLastError());
    say_text("read bit by bit", text);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(in);
}

static const char name[] = "\\\\.\\pipe\\coax-test-pipe";

static DWORD WINAPI client(void *unused) {
    (void)unused;
    char text[16] = "";
    DWORD n, mode = PIPE_READMODE_MESSAGE;
    HANDLE f = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) return GetLastError();
    SetNamedPipeHandleState(f, &mode, NULL, NULL);
    WriteFile(f, "question", 8, &n, NULL);
    BOOL all = ReadFile(f, text, 4, &n, NULL);
    DWORD error = all ? 0 : GetLastError();
    ReadFile(f, text + 4, 8, &n, NULL);
    CloseHandle(f);
    return strcmp(text, "answer") == 0 ? 1000 + error : 1;
}

static void named(void) {
    char text[16] = "";
    DWORD n, code = 0;
    HANDLE server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                     PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, 1, 512,
                                     512, 0, NULL);
    say("server", server != INVALID_HANDLE_VALUE);
    say_result("one more instance", CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1,
                                                     512, 512, 0, NULL) != INVALID_HANDLE_VALUE);
    say_result("wait for the pipe", WaitNamedPipeA(name, 100));
    HANDLE thread = CreateThread(NULL, 0, client, NULL, 0, NULL);
    BOOL connected = ConnectNamedPipe(server, NULL);
    say("connected", connected || GetLastError() == ERROR_PIPE_CONNECTED);
    say_result("read", ReadFile(server, text, sizeof text - 1, &n, NULL));
    say_text("client says", text);
    say_result("write", WriteFile(server, "answer", 6, &n, NULL));
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    say_number("client got its message in two parts", (long)code);
    say_result("read from a gone client", ReadFile(server, text, 1, &n, NULL));
    say_result("disconnect", DisconnectNamedPipe(server));
    CloseHandle(thread);
    CloseHandle(server);
    say_result("open what is gone", CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
                                                NULL) != INVALID_HANDLE_VALUE);
}

static void overlapped(void) {
    char text[8] = "";
    DWORD n = 0;
    OVERLAPPED o = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE, 1, 512, 512, 0, NULL);
    say_result("connect", ConnectNamedPipe(server, &o));
    HANDLE f = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say_result("connected", GetOverlappedResult(server, &o, &n, TRUE));
    say_result("read", ReadFile(server, text, 4, NULL, &o));
    say("pending", !HasOverlappedIoCompleted(&o));
    WriteFile(f, "late", 4, &n, NULL);
    say_result("read", GetOverlappedResult(server, &o, &n, TRUE));
    say_text("text", text);
    say_result("read", ReadFile(server, text, 4, NULL, &o));
    say_result("cancel", CancelIo(server));
    say_result("cancelled", GetOverlappedResult(server, &o, &n, TRUE));
    CloseHandle(f);
    CloseHandle(server);
}

int main(void) {
    anonymous();
    reader_waits();
    named();
    overlapped();
    return 0;
}
