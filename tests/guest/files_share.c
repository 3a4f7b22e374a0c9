/* Files that are open more than once: sharing, delete on close, pending deletion, byte locks. */
#include "guest.h"

static const struct {
    const char *name;
    DWORD bits;
} modes[] = {{"none", 0},
             {"read", FILE_SHARE_READ},
             {"write", FILE_SHARE_WRITE},
             {"read+write", FILE_SHARE_READ | FILE_SHARE_WRITE}};

static HANDLE open_shared(DWORD access, DWORD share) {
    return CreateFileA("shared.txt", access, share, NULL, OPEN_ALWAYS, 0, NULL);
}

static int opens(DWORD access, DWORD share) {
    HANDLE f = open_shared(access, share);
    if (f == INVALID_HANDLE_VALUE) return 0;
    CloseHandle(f);
    return 1;
}

/* One row per first opener, who reads or writes: whether a second one may then read or write. */
static void share_matrix(DWORD access, const char *what) {
    for (size_t first = 0; first < 4; first++) {
        HANDLE f = open_shared(access, modes[first].bits);
        printf("first %s, shares %s:", what, modes[first].name);
        for (size_t second = 0; second < 4; second++)
            printf(" %c%c", opens(GENERIC_READ, modes[second].bits) ? 'r' : '-',
                   opens(GENERIC_WRITE, modes[second].bits) ? 'w' : '-');
        printf("\n");
        CloseHandle(f);
    }
}

static int exists(const char *name) {
    return GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES;
}

static void deletion(void) {
    HANDLE f = open_shared(GENERIC_READ, FILE_SHARE_READ);
    say_result("delete a file in use", DeleteFileA("shared.txt"));
    say_result("rename a file in use", MoveFileA("shared.txt", "other.txt"));
    CloseHandle(f);

    f = open_shared(GENERIC_READ, FILE_SHARE_DELETE);
    say_result("rename with consent", MoveFileA("shared.txt", "other.txt"));
    say("new name", exists("other.txt"));
    CloseHandle(f);
    DeleteFileA("other.txt");
}

static void delete_on_close(void) {
    HANDLE f = CreateFileA("closing.txt", GENERIC_WRITE | DELETE,
                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                           FILE_FLAG_DELETE_ON_CLOSE, NULL);
    say("made", f != INVALID_HANDLE_VALUE);
    say("there while open", exists("closing.txt"));
    say_result("open without consent to deletion",
               CreateFileA("closing.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           OPEN_EXISTING, 0, NULL) != INVALID_HANDLE_VALUE);
    CloseHandle(f);
    say("gone after close", !exists("closing.txt"));
}

static void disposition(void) {
    FILE_DISPOSITION_INFO info = {TRUE};
    HANDLE f = CreateFileA("info.txt", GENERIC_WRITE | DELETE, FILE_SHARE_DELETE, NULL, CREATE_NEW,
                           0, NULL);
    say_result("marked", SetFileInformationByHandle(f, FileDispositionInfo, &info, sizeof info));
    info.DeleteFile = FALSE;
    say_result("unmarked", SetFileInformationByHandle(f, FileDispositionInfo, &info, sizeof info));
    CloseHandle(f);
    say("still there", exists("info.txt"));
    f = CreateFileA("info.txt", DELETE, FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    info.DeleteFile = TRUE;
    say_result("marked", SetFileInformationByHandle(f, FileDispositionInfo, &info, sizeof info));
    CloseHandle(f);
    say("gone", !exists("info.txt"));
}

static void locks(void) {
    DWORD n;
    char text[8] = "";
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    HANDLE a = open_shared(GENERIC_READ | GENERIC_WRITE, share);
    HANDLE b = open_shared(GENERIC_READ | GENERIC_WRITE, share);
    OVERLAPPED at = {.Offset = 2};
    WriteFile(a, "abcdefgh", 8, &n, NULL);
    say_result("lock", LockFile(a, 2, 0, 3, 0));
    say_result("overlapping lock", LockFile(b, 4, 0, 2, 0));
    say_result("lock beside it", LockFile(b, 5, 0, 2, 0));
    say_result("unlock beside it", UnlockFile(b, 5, 0, 2, 0));
    say_result("lock at once",
               LockFileEx(b, LOCKFILE_FAIL_IMMEDIATELY | LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &at));
    say_result("unlock", UnlockFile(a, 2, 0, 3, 0));
    say_result("shared lock", LockFileEx(a, LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at));
    say_result("shared lock of another", LockFileEx(b, LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at));
    CloseHandle(a);
    CloseHandle(b);
    a = open_shared(GENERIC_READ, share);
    ReadFile(a, text, 7, &n, NULL);
    say_text("content", text);
    CloseHandle(a);
    DeleteFileA("shared.txt");
}

static void duplicates(void) {
    HANDLE copy = NULL;
    DWORD n;
    HANDLE f = open_shared(GENERIC_READ | GENERIC_WRITE, 0);
    say_result("duplicate", DuplicateHandle(GetCurrentProcess(), f, GetCurrentProcess(), &copy, 0,
                                            FALSE, DUPLICATE_SAME_ACCESS));
    WriteFile(f, "12345", 5, &n, NULL);
    say_number("position of the copy", (long)SetFilePointer(copy, 0, NULL, FILE_CURRENT));
    CloseHandle(f);
    say("still shared out", open_shared(GENERIC_READ, FILE_SHARE_READ) != INVALID_HANDLE_VALUE);
    CloseHandle(copy);
    say_result("delete", DeleteFileA("shared.txt"));
}

int main(void) {
    enter_scratch("share");
    share_matrix(GENERIC_READ, "reads");
    share_matrix(GENERIC_WRITE, "writes");
    deletion();
    delete_on_close();
    disposition();
    locks();
    duplicates();
    leave_scratch();
    return 0;
}
