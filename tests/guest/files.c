/* Files: create, write, read, seek, sizes, attributes, rename, replace, copy, delete. */
#include "guest.h"

static HANDLE open_file(const char *name, DWORD access, DWORD disposition) {
    return CreateFileA(name, access, 0, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
}

static void write_file(const char *name, const char *text) {
    DWORD n;
    HANDLE f = open_file(name, GENERIC_WRITE, CREATE_ALWAYS);
    WriteFile(f, text, (DWORD)strlen(text), &n, NULL);
    CloseHandle(f);
}

static void say_content(const char *name) {
    char text[64] = "";
    DWORD n = 0;
    HANDLE f = open_file(name, GENERIC_READ, OPEN_EXISTING);
    if (f == INVALID_HANDLE_VALUE) {
        printf("%s: error %lu\n", name, GetLastError());
        return;
    }
    ReadFile(f, text, sizeof text - 1, &n, NULL);
    CloseHandle(f);
    printf("%s: \"%s\" (%lu bytes)\n", name, text, n);
}

static void dispositions(void) {
    static const struct {
        const char *name;
        DWORD disposition;
    } ways[] = {{"open existing", OPEN_EXISTING}, {"truncate existing", TRUNCATE_EXISTING},
                {"create new", CREATE_NEW},       {"create new again", CREATE_NEW},
                {"open always", OPEN_ALWAYS},     {"create always", CREATE_ALWAYS},
                {"truncate", TRUNCATE_EXISTING}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        SetLastError(0);
        HANDLE f = open_file("ways.txt", GENERIC_READ | GENERIC_WRITE, ways[i].disposition);
        printf("%s: %s, error %lu\n", ways[i].name, f != INVALID_HANDLE_VALUE ? "opened" : "failed",
               GetLastError());
        if (f != INVALID_HANDLE_VALUE) CloseHandle(f);
    }
    say_result("delete", DeleteFileA("ways.txt"));
    say_result("delete again", DeleteFileA("ways.txt"));
}

static void seek_and_read(void) {
    char text[32] = "";
    DWORD n = 0;
    HANDLE f = open_file("seek.bin", GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
    WriteFile(f, "0123456789", 10, &n, NULL);
    say_number("written", (long)n);
    say_number("position from the start", (long)SetFilePointer(f, 4, NULL, FILE_BEGIN));
    ReadFile(f, text, 3, &n, NULL);
    say_text("read", text);
    say_number("position from here", (long)SetFilePointer(f, -2, NULL, FILE_CURRENT));
    say_number("position from the end", (long)SetFilePointer(f, -1, NULL, FILE_END));
    say_result("read over the end", ReadFile(f, text, 5, &n, NULL));
    say_number("bytes", (long)n);
    say_result("read at the end", ReadFile(f, text, 5, &n, NULL));
    say_number("bytes", (long)n);
    SetLastError(0);
    say("before the start", SetFilePointer(f, -100, NULL, FILE_CURRENT) != (DWORD)-1);
    say_number("error", (long)GetLastError());
    SetFilePointer(f, 20, NULL, FILE_BEGIN);
    WriteFile(f, "end", 3, &n, NULL);
    say_number("size with a hole", (long)GetFileSize(f, NULL));
    memset(text, 'x', sizeof text);
    SetFilePointer(f, 9, NULL, FILE_BEGIN);
    ReadFile(f, text, 14, &n, NULL);
    say("hole is zeroes", memcmp(text, "9\0\0\0\0\0\0\0\0\0\0end", 14) == 0);
    SetFilePointer(f, 5, NULL, FILE_BEGIN);
    say_result("set end", SetEndOfFile(f));
    say_number("size", (long)GetFileSize(f, NULL));
    say_result("flush", FlushFileBuffers(f));
    say_number("type", (long)GetFileType(f));
    CloseHandle(f);
    say_result("closed handle", ReadFile(f, text, 1, &n, NULL));
    say_content("seek.bin");
    DeleteFileA("seek.bin");
}

static void access_is_kept(void) {
    char text[4];
    DWORD n;
    write_file("access.txt", "text");
    HANDLE f = open_file("access.txt", GENERIC_READ, OPEN_EXISTING);
    say_result("write to a reader", WriteFile(f, "x", 1, &n, NULL));
    CloseHandle(f);
    f = open_file("access.txt", GENERIC_WRITE, OPEN_EXISTING);
    say_result("read from a writer", ReadFile(f, text, 1, &n, NULL));
    CloseHandle(f);
    f = open_file("access.txt", FILE_APPEND_DATA, OPEN_EXISTING);
    say_result("append", WriteFile(f, " more", 5, &n, NULL));
    CloseHandle(f);
    say_content("access.txt");
    DeleteFileA("access.txt");
}

static void attributes(void) {
    write_file("attribute.txt", "x");
    say_hex("attributes", GetFileAttributesA("attribute.txt"));
    say_result("read only", SetFileAttributesA("attribute.txt", FILE_ATTRIBUTE_READONLY));
    say_hex("attributes", GetFileAttributesA("attribute.txt") & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE);
    say("open for writing",
        open_file("attribute.txt", GENERIC_WRITE, OPEN_EXISTING) != INVALID_HANDLE_VALUE);
    say_number("error", (long)GetLastError());
    say_result("delete", DeleteFileA("attribute.txt"));
    say_result("hidden",
               SetFileAttributesA("attribute.txt", FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM));
    say_hex("attributes", GetFileAttributesA("attribute.txt") & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE);
    say_result("delete", DeleteFileA("attribute.txt"));
    say("attributes of nothing", GetFileAttributesA("attribute.txt") != INVALID_FILE_ATTRIBUTES);
    say_number("error", (long)GetLastError());
    say("attributes below nothing", GetFileAttributesA("no\\file") != INVALID_FILE_ATTRIBUTES);
    say_number("error", (long)GetLastError());
}

static void rename_and_copy(void) {
    write_file("a.txt", "alpha");
    write_file("b.txt", "beta");
    say_result("rename onto a file", MoveFileA("a.txt", "b.txt"));
    say_result("replace", MoveFileExA("a.txt", "b.txt", MOVEFILE_REPLACE_EXISTING));
    say_content("a.txt");
    say_content("b.txt");
    say_result("rename", MoveFileA("b.txt", "c.txt"));
    say_result("rename the case", MoveFileA("c.txt", "C.TXT"));
    say_result("copy", CopyFileA("c.txt", "d.txt", TRUE));
    say_result("copy onto a file", CopyFileA("c.txt", "d.txt", TRUE));
    write_file("d.txt", "delta");
    say_result("copy over", CopyFileA("c.txt", "d.txt", FALSE));
    say_content("d.txt");
    write_file("new.txt", "new");
    say_result("replace with backup", ReplaceFileA("d.txt", "new.txt", "old.txt", 0, NULL, NULL));
    say_content("d.txt");
    say_content("old.txt");
    say_content("new.txt");
    DeleteFileA("c.txt");
    DeleteFileA("d.txt");
    DeleteFileA("old.txt");
}

static void folders(void) {
    say_result("folder", CreateDirectoryA("folder", NULL));
    say_result("folder again", CreateDirectoryA("folder", NULL));
    say_result("folder in nothing", CreateDirectoryA("none\\folder", NULL));
    say_hex("attributes", GetFileAttributesA("folder"));
    write_file("folder\\inside.txt", "inside");
    say_result("remove a full folder", RemoveDirectoryA("folder"));
    say_result("delete a folder as a file", DeleteFileA("folder"));
    say_result("remove a file as a folder", RemoveDirectoryA("folder\\inside.txt"));
    say("open a folder as a file",
        open_file("folder", GENERIC_READ, OPEN_EXISTING) != INVALID_HANDLE_VALUE);
    say_number("error", (long)GetLastError());
    say_result("rename a folder", MoveFileA("folder", "other"));
    say_content("other\\inside.txt");
    say_content("other\\..\\other\\.\\INSIDE.TXT");
    say_result("delete", DeleteFileA("other\\inside.txt"));
    say_result("remove", RemoveDirectoryA("other"));
}

static void c_runtime(void) {
    char line[32];
    FILE *f = fopen("crt.txt", "w");
    fprintf(f, "first %d\nsecond\n", 1);
    fclose(f);
    f = fopen("crt.txt", "rb");
    size_t n = fread(line, 1, sizeof line, f);
    say_number("raw bytes", (long)n);
    fclose(f);
    f = fopen("crt.txt", "r");
    while (fgets(line, sizeof line, f)) printf("line: %s", line);
    fclose(f);
    say_number("remove", remove("crt.txt"));
    say("opens again", fopen("crt.txt", "r") != NULL);
}

int main(void) {
    enter_scratch("files");
    dispositions();
    seek_and_read();
    access_is_kept();
    attributes();
    rename_and_copy();
    folders();
    c_runtime();
    leave_scratch();
    return 0;
}
