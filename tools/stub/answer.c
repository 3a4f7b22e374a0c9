/* The program that runs in place of one whose command line the world answers (the fact `command`).
 * The machine starts it with a block: exit code, length, UTF-8 text. */
#include <windows.h>

typedef struct {
    DWORD exit, length;
    char text[];
} Block;

void __stdcall start(const Block *b);

void __stdcall start(const Block *b) {
    HANDLE heap = GetProcessHeap(), out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode, done;
    int n = MultiByteToWideChar(CP_UTF8, 0, b->text, (int)b->length, NULL, 0);
    WCHAR *wide = HeapAlloc(heap, 0, (SIZE_T)n * 2 + 2);
    if (n && wide) {
        MultiByteToWideChar(CP_UTF8, 0, b->text, (int)b->length, wide, n);
        if (GetConsoleMode(out, &mode)) {
            WriteConsoleW(out, wide, (DWORD)n, &done, NULL);
        } else {
            int room = WideCharToMultiByte(CP_OEMCP, 0, wide, n, NULL, 0, NULL, NULL);
            char *bytes = HeapAlloc(heap, 0, (SIZE_T)room + 1);
            WideCharToMultiByte(CP_OEMCP, 0, wide, n, bytes, room, NULL, NULL);
            WriteFile(out, bytes, (DWORD)room, &done, NULL);
        }
    }
    ExitProcess(b->exit);
}
