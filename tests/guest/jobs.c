/* Job objects: who is in one, limits, what closes them, what they tell. */
#include "guest.h"

static char self[MAX_PATH];

static PROCESS_INFORMATION start(const char *arguments, DWORD flags) {
    char line[MAX_PATH + 64];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child = {0};
    snprintf(line, sizeof line, "\"%s\" %s", self, arguments);
    if (!CreateProcessA(self, line, NULL, NULL, FALSE, flags, NULL, NULL, &how, &child))
        printf("no child: error %lu\n", GetLastError());
    return child;
}

static DWORD ended(PROCESS_INFORMATION *child) {
    DWORD code = 99999;
    WaitForSingleObject(child->hProcess, 30000);
    GetExitCodeProcess(child->hProcess, &code);
    CloseHandle(child->hProcess);
    CloseHandle(child->hThread);
    return code;
}

static int is_in(HANDLE process, HANDLE job) {
    BOOL in = -1;
    if (!IsProcessInJob(process, job, &in)) printf("IsProcessInJob: error %lu\n", GetLastError());
    return in;
}

static void set_limits(HANDLE job, DWORD flags, DWORD processes) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = flags;
    limits.BasicLimitInformation.ActiveProcessLimit = processes;
    say_result("limits", SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits,
                                                 sizeof limits));
}

static void membership(void) {
    HANDLE job = CreateJobObjectA(NULL, NULL);
    PROCESS_INFORMATION child = start("sleep", CREATE_SUSPENDED);
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION account = {0};
    struct {
        DWORD assigned, listed;
        ULONG_PTR ids[4];
    } list = {0};
    say("in it before", is_in(child.hProcess, job));
    say_result("assign", AssignProcessToJobObject(job, child.hProcess));
    say("in it", is_in(child.hProcess, job));
    say("in any", is_in(child.hProcess, NULL));
    say("we are in it", is_in(GetCurrentProcess(), job));
    say_result("list", QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list,
                                                 sizeof list, NULL));
    say_number("assigned", (long)list.assigned);
    say("its id", list.ids[0] == child.dwProcessId);
    say_result("terminate", TerminateJobObject(job, 66));
    say_number("ended with", (long)ended(&child));
    say_result("account", QueryInformationJobObject(job, JobObjectBasicAccountingInformation,
                                                    &account, sizeof account, NULL));
    say_number("ever", (long)account.TotalProcesses);
    say_number("active", (long)account.ActiveProcesses);
    CloseHandle(job);
}

static void kills_on_close(void) {
    HANDLE job = CreateJobObjectA(NULL, NULL);
    PROCESS_INFORMATION child = start("sleep", 0);
    set_limits(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0);
    say_result("assign", AssignProcessToJobObject(job, child.hProcess));
    CloseHandle(job);
    say_number("ended with", (long)ended(&child));
}

/* The child starts one of its own, which is in the same job. */
static void inheritance(void) {
    HANDLE job = CreateJobObjectA(NULL, "coax-job");
    PROCESS_INFORMATION child = start("parent", CREATE_SUSPENDED);
    AssignProcessToJobObject(job, child.hProcess);
    ResumeThread(child.hThread);
    say_number("a child of a child is in it", (long)ended(&child));
    CloseHandle(job);
}

static void tells(void) {
    HANDLE job = CreateJobObjectA(NULL, NULL);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT how = {(void *)77, port};
    PROCESS_INFORMATION child = start("code 3", CREATE_SUSPENDED);
    say_result("port", SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation,
                                               &how, sizeof how));
    AssignProcessToJobObject(job, child.hProcess);
    ResumeThread(child.hThread);
    for (int i = 0; i < 3; i++) {
        DWORD message = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *what = NULL;
        if (!GetQueuedCompletionStatus(port, &message, &key, &what, 10000)) break;
        printf("message %lu, key %d, about the child: %s\n", message, (int)key,
               (DWORD)(ULONG_PTR)what == child.dwProcessId ? "yes" : "no");
    }
    ended(&child);
    CloseHandle(port);
    CloseHandle(job);
}

static int as_child(int count, char **arguments) {
    if (!strcmp(arguments[1], "sleep")) Sleep(INFINITE);
    if (!strcmp(arguments[1], "code") && count > 2) return atoi(arguments[2]);
    if (!strcmp(arguments[1], "parent")) {
        HANDLE job = OpenJobObjectA(JOB_OBJECT_ALL_ACCESS, FALSE, "coax-job");
        PROCESS_INFORMATION child = start("sleep", CREATE_SUSPENDED);
        int in = job ? is_in(child.hProcess, job) : 2;
        TerminateProcess(child.hProcess, 0);
        return in;
    }
    return 0;
}

int main(int count, char **arguments) {
    GetModuleFileNameA(NULL, self, sizeof self);
    if (count > 1) return as_child(count, arguments);
    membership();
    kills_on_close();
    inheritance();
    tells();
    return 0;
}
