/* taskkill.exe: /im, /pid, /f, /t. */
#include "stub.h"

#include <tlhelp32.h>

typedef struct {
    DWORD id, parent;
    wchar_t name[MAX_PATH];
} Task;

static Task tasks[4096];
static int task_count, force, tree;

static void read_tasks(void) {
    PROCESSENTRY32W e = {.dwSize = sizeof e};
    HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32FirstW(list, &e); more && task_count < 4096;
         more = Process32NextW(list, &e)) {
        Task *t = &tasks[task_count++];
        t->id = e.th32ProcessID;
        t->parent = e.th32ParentProcessID;
        wcscpy(t->name, e.szExeFile);
    }
    CloseHandle(list);
}

static int end_task(const Task *t, const wchar_t *by_name);

static void end_children(const Task *t) {
    for (int i = 0; i < task_count; i++)
        if (tasks[i].parent == t->id && tasks[i].id && tasks[i].id != t->id)
            end_task(&tasks[i], NULL);
}

/* Without /f a program is asked to close; who has no window cannot be asked. */
static int end_task(const Task *t, const wchar_t *by_name) {
    if (tree) end_children(t);
    HANDLE p = OpenProcess(PROCESS_TERMINATE, FALSE, t->id);
    int done = p && TerminateProcess(p, 1);
    if (p) CloseHandle(p);
    if (!done) {
        complain(L"ERROR: The process \"%ls\" with PID %lu could not be terminated.\n"
                 L"Reason: Access is denied.\n",
                 t->name, t->id);
        return 1;
    }
    if (tree)
        say(L"SUCCESS: The process with PID %lu (child process of PID %lu) has been terminated.\n",
            t->id, t->parent);
    else if (!force)
        say(L"SUCCESS: Sent termination signal to the process \"%ls\" with PID %lu.\n", t->name,
            t->id);
    else if (by_name)
        say(L"SUCCESS: The process \"%ls\" with PID %lu has been terminated.\n", t->name, t->id);
    else say(L"SUCCESS: The process with PID %lu has been terminated.\n", t->id);
    return 0;
}

static int matches(const wchar_t *name, const wchar_t *pattern) {
    size_t n = wcslen(pattern);
    if (n && pattern[n - 1] == L'*') return !_wcsnicmp(name, pattern, n - 1);
    return is(name, pattern);
}

static int end_all(const wchar_t *what, int by_id) {
    int found = 0, result = 0;
    for (int i = 0; i < task_count; i++) {
        int hit = by_id ? tasks[i].id == wcstoul(what, NULL, 10) : matches(tasks[i].name, what);
        if (!hit) continue;
        found = 1;
        result |= end_task(&tasks[i], by_id ? NULL : what);
    }
    if (found) return result;
    complain(L"ERROR: The process \"%ls\" not found.\n", what);
    return 128;
}

int wmain(int count, wchar_t **a) {
    int result = 0, asked = 0;
    force = has_option(count, a, 1, L"f") != 0;
    tree = has_option(count, a, 1, L"t") != 0;
    read_tasks();
    for (int i = 1; i + 1 < count; i++) {
        int name = is_option(a[i], L"im");
        if (!name && !is_option(a[i], L"pid")) continue;
        asked = 1;
        int one = end_all(a[++i], !name);
        if (one) result = one;
    }
    if (asked) return result;
    complain(L"ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\n"
             L"Type \"TASKKILL /?\" for usage.\n");
    return 1;
}
