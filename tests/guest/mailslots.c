/* Mailslots: whole messages in order, sizes, time-outs, and who may have one. */
#include "guest.h"

#define NAME "\\\\.\\mailslot\\coax\\letters"

static void say_info(const char *what, HANDLE slot) {
    DWORD most = 1, next = 1, count = 1, timeout = 1;
    say_result(what, GetMailslotInfo(slot, &most, &next, &count, &timeout));
    printf("most %lu, next %ld, %lu waiting, time-out %ld\n", most, (long)next, count,
           (long)timeout);
}

static void send_text(HANDLE to, const char *text) {
    DWORD n = 99;
    say_result("send", WriteFile(to, text, (DWORD)strlen(text), &n, NULL));
    printf("sent %lu\n", n);
}

static void receive(HANDLE slot, DWORD room) {
    char text[64] = "";
    DWORD n = 99;
    BOOL read = ReadFile(slot, text, room, &n, NULL);
    say_result("receive", read);
    if (read) printf("got %lu: \"%s\"\n", n, text);
}

static void messages(HANDLE slot) {
    HANDLE to = CreateFileA(NAME, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    say("opened", to != INVALID_HANDLE_VALUE);
    send_text(to, "first");
    send_text(to, "the second");
    say_info("two letters", slot);
    receive(slot, 60);
    receive(slot, 4); /* does not fit: it stays */
    receive(slot, 60);
    say_info("none left", slot);
    CloseHandle(to);
}

static void times_out(HANDLE slot) {
    ULONGLONG start = GetTickCount64();
    say_result("a second's time-out", SetMailslotInfo(slot, 1000));
    receive(slot, 60);
    say("waited", GetTickCount64() - start >= 900);
    say_result("none", SetMailslotInfo(slot, 0));
    receive(slot, 60);
}

int main(void) {
    HANDLE slot = CreateMailslotA(NAME, 64, 0, NULL);
    say("created", slot != INVALID_HANDLE_VALUE);
    say_info("new", slot);
    messages(slot);
    times_out(slot);
    HANDLE twin = CreateMailslotA(NAME, 0, 0, NULL);
    say_result("the same name again", twin != INVALID_HANDLE_VALUE);
    CloseHandle(slot);
    HANDLE to = CreateFileA(NAME, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    say_result("after it was closed", to != INVALID_HANDLE_VALUE);
    return 0;
}
