/* Calls a function that Wine has in name only. */
#include <windows.h>

int main(void) {
    FARPROC f = GetProcAddress(GetModuleHandleA("kernel32.dll"), "BaseCheckAppcompatCache");
    f();
    return 0;
}
