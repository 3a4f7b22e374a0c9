/* What GandCrab 5.2 did before its payload, with a harmless payload: a process whose error mode
 * somebody has set before does not go on; a timer of minutes goes off in a message loop; a loop of
 * 4,189,501 rounds calls two functions to no purpose; the payload is decrypted in memory. */
#include <windows.h>

enum { ROUNDS = 0x3fed3d, KEY = 0x6b };

static int done;

/* mov eax, 42; ret, XOR 0x6b. */
static const unsigned char hidden[] = {0xd3, 0x41, 0x6b, 0x6b, 0x6b, 0xa8};

static int run_payload(void) {
    unsigned char *code = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    DWORD old;
    for (unsigned i = 0; i < sizeof hidden; i++) code[i] = hidden[i] ^ KEY;
    VirtualProtect(code, 4096, PAGE_EXECUTE_READ, &old);
    return ((int (*)(void))(void *)code)();
}

static void leave_note(void) {
    char path[MAX_PATH];
    DWORD written;
    ExpandEnvironmentStringsA("%USERPROFILE%\\Desktop\\NOTE.txt", path, sizeof path);
    HANDLE h = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(h, "nothing was encrypted\r\n", 23, &written, NULL);
    CloseHandle(h);
}

static void CALLBACK tick(HWND window, UINT message, UINT_PTR id, DWORD time) {
    DWORD adjustment, increment;
    BOOL disabled;
    POINT caret;
    (void)message, (void)time;
    KillTimer(window, id);
    for (unsigned i = 0; i < ROUNDS; i++) {
        GetSystemTimeAdjustment(&adjustment, &increment, &disabled);
        GetCaretPos(&caret);
    }
    if (run_payload() == 42) leave_note();
    done = 1;
}

int main(void) {
    MSG message;
    SetErrorMode(0x400);
    if (SetErrorMode(0) != 0x400) return 0;
    SetTimer(NULL, 1, 10 * 60 * 1000, tick);
    while (!done && GetMessageA(&message, NULL, 0, 0) > 0) DispatchMessageA(&message);
    return 0;
}
