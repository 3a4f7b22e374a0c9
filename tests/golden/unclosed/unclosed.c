/* Ends in a deadlock with a file written but not closed, a temporary one that is to go when it is
 * closed, a written view and half a line: what was done is told, and what never happened is not. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
    DWORD n;
    HANDLE f = CreateFileA("left.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(f, "abc", 3, &n, NULL);
    CreateFileA("temporary.txt", GENERIC_WRITE | DELETE, 0, NULL, CREATE_ALWAYS,
                FILE_FLAG_DELETE_ON_CLOSE, NULL);
    HANDLE g =
        CreateFileA("mapped.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    HANDLE section = CreateFileMappingA(g, NULL, PAGE_READWRITE, 0, 4, NULL);
    memcpy(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0), "view", 4);
    CloseHandle(section);
    CloseHandle(g);
    printf("half a line");
    fflush(stdout);
    WaitForSingleObject(CreateEventA(NULL, TRUE, FALSE, NULL), INFINITE);
    return 0;
}
