/* ReadDirectoryChangesW and FindFirstChangeNotification. */
#include "guest.h"

static DWORD buffer[256];

static void touch(const char *name) {
    CloseHandle(CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
}

static void say_changes(DWORD n) {
    static const char *const actions[] = {"?",        "added",    "removed",
                                          "modified", "old name", "new name"};
    const FILE_NOTIFY_INFORMATION *i = (const FILE_NOTIFY_INFORMATION *)buffer;
    if (!n) printf("nothing\n");
    while (n) {
        printf("%s: %.*ls\n", actions[i->Action], (int)(i->FileNameLength / 2), i->FileName);
        if (!i->NextEntryOffset) break;
        i = (const FILE_NOTIFY_INFORMATION *)((const char *)i + i->NextEntryOffset);
    }
}

static HANDLE open_folder(DWORD flags) {
    return CreateFileA(".", FILE_LIST_DIRECTORY,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

static BOOL watch(HANDLE folder, BOOL subtree, OVERLAPPED *o) {
    return ReadDirectoryChangesW(folder, buffer, sizeof buffer, subtree,
                                 FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME, NULL,
                                 o, NULL);
}

static void overlapped(void) {
    OVERLAPPED o = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE folder = open_folder(FILE_FLAG_OVERLAPPED);
    DWORD n = 0;
    say_result("watch", watch(folder, TRUE, &o));
    say("nothing yet", !GetOverlappedResult(folder, &o, &n, FALSE));
    touch("first");
    say_result("result", GetOverlappedResult(folder, &o, &n, TRUE));
    say_changes(n);
    CreateDirectoryA("deep", NULL); /* between two requests */
    touch("deep\\second");
    MoveFileA("deep\\second", "deep\\third");
    DeleteFileA("first");
    say_result("watch again", watch(folder, TRUE, &o));
    say_result("result", GetOverlappedResult(folder, &o, &n, TRUE));
    say_changes(n);
    say_result("watch", watch(folder, TRUE, &o));
    say_result("cancel", CancelIo(folder));
    say("cancelled", !GetOverlappedResult(folder, &o, &n, TRUE));
    say_number("error", (long)GetLastError());
    CloseHandle(folder);
    CloseHandle(o.hEvent);
    DeleteFileA("deep\\third");
    RemoveDirectoryA("deep");
}

static DWORD WINAPI make_later(void *name) {
    Sleep(1000);
    touch(name);
    return 0;
}

static void blocking(void) {
    DWORD n = 0;
    HANDLE folder = open_folder(0), thread = CreateThread(NULL, 0, make_later, "late", 0, NULL);
    say_result("blocks", ReadDirectoryChangesW(folder, buffer, sizeof buffer, FALSE,
                                               FILE_NOTIFY_CHANGE_FILE_NAME, &n, NULL, NULL));
    say_changes(n);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CloseHandle(folder);
    DeleteFileA("late");
}

static void notification(void) {
    HANDLE n = FindFirstChangeNotificationA(".", FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
    say_number("before", (long)WaitForSingleObject(n, 0));
    touch("noted");
    say_number("after", (long)WaitForSingleObject(n, 1000));
    say_result("next", FindNextChangeNotification(n));
    say_number("before", (long)WaitForSingleObject(n, 0));
    DeleteFileA("noted");
    say_number("after", (long)WaitForSingleObject(n, 1000));
    FindCloseChangeNotification(n);
}

int main(void) {
    enter_scratch("watch");
    overlapped();
    blocking();
    notification();
    leave_scratch();
    return 0;
}
