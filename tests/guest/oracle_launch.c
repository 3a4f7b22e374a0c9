/* Runs a program for the oracle and writes its whole 32-bit exit code to a file: a host's exit
 * status has 8 bits. No box and no debugger comes up when the program crashes.
 *
 *   oracle_launch EXITFILE COMMAND LINE... */
#include <windows.h>

#include <stdio.h>

/* What follows the first `n` words of the command line, quotes as they were typed. */
static char *after_words(char *line, int n) {
    while (n--) {
        char end = *line == '"' ? '"' : ' ';
        if (end == '"') line++;
        while (*line && *line != end) line++;
        if (*line == '"') line++;
        while (*line == ' ') line++;
    }
    return line;
}

int main(int count, char **arguments) {
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    DWORD code = 0;
    if (count < 3) return 2;
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    if (!CreateProcessA(NULL, after_words(GetCommandLineA(), 2), NULL, NULL, TRUE, 0, NULL, NULL,
                        &start, &process))
        return 3;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    FILE *out = fopen(arguments[1], "w");
    if (!out) return 4;
    fprintf(out, "%08lx\n", code);
    return fclose(out) ? 5 : 0;
}
