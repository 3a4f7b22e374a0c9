/* File times, temporary names, file information by handle, drives. */
#include "guest.h"

static const ULONGLONG day = 864000000000ull; /* in 100 ns */

static ULONGLONG number(FILETIME t) {
    return (ULONGLONG)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

static FILETIME time_of(WORD year, WORD month, WORD date) {
    SYSTEMTIME s = {.wYear = year, .wMonth = month, .wDay = date, .wHour = 12, .wMinute = 34};
    FILETIME f = {0};
    SystemTimeToFileTime(&s, &f);
    return f;
}

static void say_time(const char *what, FILETIME t) {
    SYSTEMTIME s;
    FileTimeToSystemTime(&t, &s);
    printf("%s: %04u-%02u-%02u %02u:%02u:%02u.%03u, day %u of the week\n", what, s.wYear, s.wMonth,
           s.wDay, s.wHour, s.wMinute, s.wSecond, s.wMilliseconds, s.wDayOfWeek);
}

static void set_and_get(void) {
    FILETIME accessed = time_of(2004, 2, 29);
    FILETIME written = time_of(1999, 12, 31), c, a, w;
    HANDLE f = CreateFileA("t.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    say_result("set", SetFileTime(f, NULL, &accessed, &written));
    say_result("get", GetFileTime(f, &c, &a, &w));
    say_time("accessed", a);
    say_time("written", w);
    CloseHandle(f);

    WIN32_FILE_ATTRIBUTE_DATA data;
    say_result("by name", GetFileAttributesExA("t.txt", GetFileExInfoStandard, &data));
    say_time("written", data.ftLastWriteTime);
    DeleteFileA("t.txt");
}

static void new_file_is_new(void) {
    FILETIME now, c, a, w;
    HANDLE f = CreateFileA("n.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    GetSystemTimeAsFileTime(&now);
    GetFileTime(f, &c, &a, &w);
    say("created within a day of now",
        number(c) + day > number(now) && number(c) < number(now) + day);
    say("written within a day of now",
        number(w) + day > number(now) && number(w) < number(now) + day);
    CloseHandle(f);
    DeleteFileA("n.txt");
}

static void dos_times(void) {
    WORD date = 0, time = 0;
    FILETIME t = time_of(2010, 6, 15), back;
    say_result("to DOS", FileTimeToDosDateTime(&t, &date, &time));
    say_hex("date", date);
    say_hex("time", time);
    say_result("from DOS", DosDateTimeToFileTime(date, time, &back));
    say("same", CompareFileTime(&t, &back) == 0);
}

static void temporary(void) {
    char name[MAX_PATH], folder[MAX_PATH];
    UINT unique = GetTempFileNameA(".", "abc", 0x1234, name);
    say_hex("unique", unique);
    say_text("named", name);
    say("only a name", GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES);
    say("made", GetTempFileNameA(".", "xyz", 0, name) != 0);
    say("exists", GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
    say_result("delete", DeleteFileA(name));
    DWORD n = GetTempPathA(sizeof folder, folder);
    say("temporary folder ends in a backslash", n > 3 && folder[n - 1] == '\\');
}

static void by_handle(void) {
    BY_HANDLE_FILE_INFORMATION i, same;
    FILE_STANDARD_INFO standard;
    DWORD n;
    HANDLE f = CreateFileA("h.txt", GENERIC_READ | GENERIC_WRITE,
                           FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_NEW, 0, NULL);
    HANDLE g = CreateFileA("H.TXT", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           OPEN_EXISTING, 0, NULL);
    WriteFile(f, "1234567", 7, &n, NULL);
    say_result("information", GetFileInformationByHandle(f, &i));
    say_number("size", (long)i.nFileSizeLow);
    say_number("links", (long)i.nNumberOfLinks);
    GetFileInformationByHandle(g, &same);
    say("same file, same index",
        i.nFileIndexLow == same.nFileIndexLow && i.nFileIndexHigh == same.nFileIndexHigh);
    say_result("standard",
               GetFileInformationByHandleEx(f, FileStandardInfo, &standard, sizeof standard));
    say_number("end of file", (long)standard.EndOfFile.QuadPart);
    say("folder", standard.Directory);
    char path[MAX_PATH] = "";
    GetFinalPathNameByHandleA(f, path, sizeof path, FILE_NAME_NORMALIZED);
    say("path has the prefix", strncmp(path, "\\\\?\\C:\\", 7) == 0);
    say("path ends in the name", strcmp(path + strlen(path) - 6, "\\h.txt") == 0);
    CloseHandle(f);
    CloseHandle(g);
    DeleteFileA("h.txt");
}

static void drives(void) {
    ULARGE_INTEGER available, total, unused;
    char name[64] = "", system[32] = "";
    DWORD flags = 0, longest = 0;
    say("drive C", (GetLogicalDrives() & 4) != 0);
    say("C is a fixed disk", GetDriveTypeA("C:\\") == DRIVE_FIXED);
    say("Q is no drive", GetDriveTypeA("Q:\\") == DRIVE_NO_ROOT_DIR);
    say_result("space", GetDiskFreeSpaceExA("C:\\", &available, &total, &unused));
    say("less is free than there is", unused.QuadPart <= total.QuadPart && total.QuadPart > 0);
    say_result("volume", GetVolumeInformationA("C:\\", name, sizeof name, NULL, &longest, &flags,
                                               system, sizeof system));
    say_number("longest name", (long)longest);
    say_text("file system", system);
}

int main(void) {
    enter_scratch("times");
    set_and_get();
    new_file_is_new();
    dos_times();
    temporary();
    by_handle();
    drives();
    leave_scratch();
    return 0;
}
