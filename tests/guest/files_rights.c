/* What a user without administrator's rights may change on the system's disk. */
#include "guest.h"

static void try_file(const char *path, DWORD disposition) {
    HANDLE f = CreateFileA(path, GENERIC_WRITE, 0, NULL, disposition, 0, NULL);
    say_result(path, f != INVALID_HANDLE_VALUE);
    if (f == INVALID_HANDLE_VALUE) return;
    CloseHandle(f);
    DeleteFileA(path);
}

static void try_folder(const char *path) {
    say_result(path, CreateDirectoryA(path, NULL));
}

int main(void) {
    try_file("C:\\file.txt", CREATE_NEW);
    try_folder("C:\\folder");
    try_file("C:\\folder\\file.txt", CREATE_NEW);
    RemoveDirectoryA("C:\\folder");
    try_file("C:\\Windows\\file.txt", CREATE_NEW);
    try_file("C:\\Windows\\Temp\\file.txt", CREATE_NEW);
    try_file("C:\\Windows\\System32\\new.dll", CREATE_NEW);
    try_file("C:\\Windows\\System32\\kernel32.dll", OPEN_EXISTING);
    try_file("C:\\Program Files\\file.txt", CREATE_NEW);
    try_file("C:\\ProgramData\\file.txt", CREATE_NEW);
    try_file("C:\\Users\\Public\\file.txt", CREATE_NEW);
    try_folder("C:\\Users\\somebody");
    say_result("delete a library", DeleteFileA("C:\\Windows\\System32\\version.dll"));
    enter_scratch("rights");
    try_file("file.txt", CREATE_NEW);
    say_result("move a library", MoveFileA("C:\\Windows\\System32\\version.dll", "own.dll"));
    leave_scratch();
    return 0;
}
