/* Tasks that start: at a time, again and again, when they are told to; and one that is left behind
 * by its program. Each is this program with an argument, which says so in a file. */
#include "guest.h"

#define LOG "C:\\Users\\Public\\coax-tasks.txt"

static int be_task(int count, char **arguments) {
    char folder[MAX_PATH];
    GetCurrentDirectoryA(sizeof folder, folder);
    FILE *f = fopen(LOG, "a");
    if (!f) return 1;
    fprintf(f, "%s, %d arguments, the last %s, in %s\n", arguments[1], count - 1,
            arguments[count - 1], folder);
    fclose(f);
    return 0;
}

static void schtasks(const char *format, const char *name) {
    char self[MAX_PATH], line[2 * MAX_PATH], text[MAX_PATH];
    GetModuleFileNameA(NULL, self, sizeof self);
    snprintf(text, sizeof text, format, name, self, name);
    snprintf(line, sizeof line, "schtasks %s 2>&1", text);
    fflush(stdout);
    printf("-> %d\n", system(line));
}

/* The local time in so many minutes. */
static void register_at(const char *name, int minutes, const char *schedule) {
    ULARGE_INTEGER t;
    FILETIME utc, local;
    SYSTEMTIME s;
    char format[MAX_PATH];
    GetSystemTimeAsFileTime(&utc);
    FileTimeToLocalFileTime(&utc, &local);
    t.LowPart = local.dwLowDateTime;
    t.HighPart = local.dwHighDateTime;
    t.QuadPart += (LONGLONG)minutes * 600000000;
    local.dwLowDateTime = t.LowPart;
    local.dwHighDateTime = t.HighPart;
    FileTimeToSystemTime(&local, &s);
    snprintf(format, sizeof format, "/create /tn %%s /tr \"%%s %%s x&y\" /f %s /st %02u:%02u",
             schedule, s.wHour, s.wMinute);
    schtasks(format, name);
}

static void say_log(const char *when) {
    char line[256];
    FILE *f = fopen(LOG, "r");
    printf("%s:\n", when);
    while (f && fgets(line, sizeof line, f)) printf("  %s", line);
    if (f) fclose(f);
    remove(LOG);
}

int main(int count, char **arguments) {
    if (count > 1) return be_task(count, arguments);
    register_at("once", 2, "/sc once");
    register_at("missed", -2, "/sc once");
    register_at("again", 2, "/sc minute /mo 10");
    register_at("logon", 2, "/sc onlogon /ru SYSTEM");
    Sleep(5000);
    say_log("after 5 s");
    Sleep(4 * 60000);
    say_log("after 4 min");
    Sleep(40 * 60000);
    say_log("after 44 min");
    schtasks("/run /tn %s", "logon");
    Sleep(1000);
    say_log("told to");
    schtasks("/query /fo csv", "");
    schtasks("/query /tn %s", "none");
    schtasks("/delete /tn %s /f", "again");
    schtasks("/delete /tn %s /f", "again");
    schtasks("/change /tn %s /disable", "logon");
    register_at("left", 1, "/sc daily");
    register_at("off", 1, "/sc daily");
    schtasks("/change /tn %s /disable", "off");
    return 0;
}
