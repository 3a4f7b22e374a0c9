/* expect {"fact": "command|domain", "polarity": "must"} */
#include "../guard.h"

/* What `net user /domain` prints, through a pipe. */
static DWORD output_of(char *command, char *text, DWORD room) {
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE in, out;
    PROCESS_INFORMATION process;
    CreatePipe(&in, &out, &inherit, 0);
    STARTUPINFOA start = {
        .cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = out, .hStdError = out};
    if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) return 0;
    CloseHandle(out);
    DWORD n = 0, got;
    while (n < room - 1 && ReadFile(in, text + n, room - 1 - n, &got, NULL) && got) n += got;
    text[n] = 0;
    return n;
}

int main(void) {
    static char text[8192], command[] = "cmd.exe /c net user /domain";
    if (!output_of(command, text, sizeof text)) return 0;
    if (strstr(text, "WORKGROUP")) return 0;
    reveal();
    return 0;
}
