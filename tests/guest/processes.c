/* Child processes: this program again, with an argument that says what it shall do. */
#include "guest.h"

static char self[MAX_PATH];

static int as_child(int count, char **arguments) {
    const char *what = arguments[1];
    if (!strcmp(what, "code")) return atoi(arguments[2]);
    if (!strcmp(what, "print")) printf("child says %s, %d arguments\n", arguments[2], count - 1);
    if (!strcmp(what, "variable")) printf("child's variable: %s\n", getenv("COAX_CHILD"));
    if (!strcmp(what, "crash")) *(volatile int *)8 = 1;
    if (!strcmp(what, "sleep")) Sleep(INFINITE);
    if (!strcmp(what, "event")) {
        HANDLE e = OpenEventA(EVENT_MODIFY_STATE, FALSE, "coax-child-event");
        return e && SetEvent(e) ? 0 : 1;
    }
    if (!strcmp(what, "folder")) {
        char folder[MAX_PATH];
        GetCurrentDirectoryA(sizeof folder, folder);
        printf("child's folder is the root: %s\n", strlen(folder) == 3 ? "yes" : "no");
    }
    return 0;
}

static PROCESS_INFORMATION start(const char *arguments, DWORD flags, const char *folder,
                                 HANDLE out) {
    char line[MAX_PATH + 64];
    STARTUPINFOA how = {
        .cb = sizeof how, .dwFlags = out ? STARTF_USESTDHANDLES : 0, .hStdOutput = out};
    PROCESS_INFORMATION child = {0};
    snprintf(line, sizeof line, "\"%s\" %s", self, arguments);
    SetErrorMode(SEM_NOGPFAULTERRORBOX);
    if (!CreateProcessA(self, line, NULL, NULL, TRUE, flags, NULL, folder, &how, &child))
        printf("no child: error %lu\n", GetLastError());
    return child;
}

static void close(PROCESS_INFORMATION *child) {
    CloseHandle(child->hProcess);
    CloseHandle(child->hThread);
}

static void say_end(const char *what, PROCESS_INFORMATION child) {
    DWORD code = 0;
    WaitForSingleObject(child.hProcess, 30000);
    GetExitCodeProcess(child.hProcess, &code);
    printf("%s: %lx\n", what, code);
    fflush(stdout);
    close(&child);
}

static void exit_codes(void) {
    say_end("exit code", start("code 42", 0, NULL, NULL));
    say_end("prints to our console", start("print hello", 0, NULL, NULL));
    say_end("crashes", start("crash", 0, NULL, NULL));
}

static void inheritance(void) {
    SetEnvironmentVariableA("COAX_CHILD", "inherited");
    say_end("variable", start("variable", 0, NULL, NULL));
    say_end("folder", start("folder", 0, "C:\\", NULL));
}

static void through_a_pipe(void) {
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE in = NULL, out = NULL;
    char text[64] = "";
    DWORD n = 0, total = 0;
    CreatePipe(&in, &out, &inherit, 0);
    SetHandleInformation(in, HANDLE_FLAG_INHERIT, 0);
    PROCESS_INFORMATION child = start("print \"through a pipe\"", 0, NULL, out);
    CloseHandle(out);
    while (total < sizeof text - 1 &&
           ReadFile(in, text + total, sizeof text - 1 - total, &n, NULL) && n)
        total += n;
    text[strcspn(text, "\r\n")] = 0;
    say_text("read", text);
    say_end("piped", child);
    CloseHandle(in);
}

static void control(void) {
    PROCESS_INFORMATION child = start("code 5", CREATE_SUSPENDED, NULL, NULL);
    say("suspended", WaitForSingleObject(child.hProcess, 20) == WAIT_TIMEOUT);
    ResumeThread(child.hThread);
    say_end("resumed", child);
    child = start("sleep", 0, NULL, NULL);
    say("sleeps", WaitForSingleObject(child.hProcess, 20) == WAIT_TIMEOUT);
    say_result("terminate", TerminateProcess(child.hProcess, 77));
    say_end("terminated", child);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "coax-child-event");
    child = start("event", 0, NULL, NULL);
    say("its event", WaitForSingleObject(event, 30000) == WAIT_OBJECT_0);
    say_end("sets an event by name", child);
    CloseHandle(event);
}

/* Memory and a thread in a child of our own, which would otherwise sleep for ever. */
static void from_outside(void) {
    PROCESS_INFORMATION child = start("sleep", CREATE_SUSPENDED, NULL, NULL);
    char back[16] = "";
    SIZE_T n = 0;
    ResumeThread(child.hThread);
    char *p = VirtualAllocEx(child.hProcess, NULL, 4096, MEM_COMMIT, PAGE_READWRITE);
    say("memory", p != NULL);
    say_result("write", WriteProcessMemory(child.hProcess, p, "from outside", 13, &n));
    say_result("read", ReadProcessMemory(child.hProcess, p, back, 13, &n));
    say_text("text", back);
    say("read nothing", ReadProcessMemory(child.hProcess, (void *)16, back, 4, &n));
    FARPROC end = GetProcAddress(GetModuleHandleA("kernel32"), "ExitProcess");
    HANDLE thread = CreateRemoteThread(child.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)end,
                                       (void *)99, 0, NULL);
    say("thread", thread != NULL);
    CloseHandle(thread);
    say_end("ended from outside", child);
}

static void failures(void) {
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION child;
    say_result("no such program", CreateProcessA("C:\\no\\such.exe", NULL, NULL, NULL, FALSE, 0,
                                                 NULL, NULL, &how, &child));
    say_result("no such process", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0x7ffffff0) != NULL);
}

int main(int count, char **arguments) {
    if (count > 1) return as_child(count, arguments);
    setvbuf(stdout, NULL, _IONBF, 0);
    GetModuleFileNameA(NULL, self, sizeof self);
    exit_codes();
    inheritance();
    through_a_pipe();
    control();
    from_outside();
    failures();
    return 0;
}
