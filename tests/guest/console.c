/* The standard handles and the command line: what a console program is given and can write to. */
#include "guest.h"

#include <shellapi.h>

static void say_arguments(int count, char **arguments) {
    for (int i = 1; i < count; i++) printf("argument %d: \"%s\"\n", i, arguments[i]);
}

/* The program's own path differs from place to place; what follows it does not. */
static const char *after_program(const char *line) {
    char end = *line == '"' ? '"' : ' ';
    if (end == '"') line++;
    while (*line && *line != end) line++;
    if (*line == '"') line++;
    while (*line == ' ') line++;
    return line;
}

static void say_command_line(void) {
    int count = 0;
    LPWSTR *wide = CommandLineToArgvW(GetCommandLineW(), &count);
    say_text("command line", after_program(GetCommandLineA()));
    say_number("wide arguments", count - 1);
    for (int i = 1; i < count; i++) printf("wide argument %d: \"%ls\"\n", i, wide[i]);
    LocalFree(wide);
}

static void say_handles(void) {
    say("input handle", GetStdHandle(STD_INPUT_HANDLE) != INVALID_HANDLE_VALUE);
    say("output handle", GetStdHandle(STD_OUTPUT_HANDLE) != INVALID_HANDLE_VALUE);
    say("error handle", GetStdHandle(STD_ERROR_HANDLE) != INVALID_HANDLE_VALUE);
    SetLastError(0);
    say_result("no such handle", GetStdHandle(1234) != INVALID_HANDLE_VALUE);
}

static void write_parts(void) {
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD written = 0;
    WriteFile(out, "written ", 8, &written, NULL);
    WriteFile(out, "in two parts\r\n", 14, &written, NULL);
    say_number("bytes of the last part", (long)written);
    fflush(stdout);
    WriteFile(out, "", 0, &written, NULL);
    say_number("bytes of nothing", (long)written);
    fflush(stdout);
}

int main(int count, char **arguments) {
    say_arguments(count, arguments);
    say_command_line();
    say_handles();
    fflush(stdout);
    write_parts();
    puts("last line");
    return count;
}
