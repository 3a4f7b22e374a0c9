/* Services: what the computer has, and one of our own that is made, started, asked, stopped and
 * deleted. The service is this program, started with an argument; it tells what it does in a file.
 */
#include "guest.h"

#define SERVICE_NAME "CoaxTest"

/* ---- the service ---- */

static SERVICE_STATUS_HANDLE handle;
static SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
static HANDLE stop;
static char log_path[MAX_PATH];

static void note(const char *text) {
    FILE *f = fopen(log_path, "a");
    if (!f) return;
    fprintf(f, "%s\n", text);
    fclose(f);
}

static void set_state(DWORD state) {
    status.dwCurrentState = state;
    status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0;
    SetServiceStatus(handle, &status);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data, void *context) {
    (void)type, (void)data, (void)context;
    if (control == 200) note("control 200");
    if (control != SERVICE_CONTROL_STOP) return NO_ERROR;
    note("told to stop");
    set_state(SERVICE_STOP_PENDING);
    SetEvent(stop);
    return NO_ERROR;
}

static void WINAPI service_main(DWORD count, char **arguments) {
    char text[64];
    handle = RegisterServiceCtrlHandlerExA(SERVICE_NAME, on_control, NULL);
    snprintf(text, sizeof text, "main of %s, %lu arguments, the last %s", arguments[0], count,
             arguments[count - 1]);
    note(text);
    set_state(SERVICE_START_PENDING);
    set_state(SERVICE_RUNNING);
    WaitForSingleObject(stop, INFINITE);
    note("stops");
    set_state(SERVICE_STOPPED);
}

static int be_service(const char *path) {
    SERVICE_TABLE_ENTRYA table[] = {{(char *)SERVICE_NAME, service_main}, {NULL, NULL}};
    snprintf(log_path, sizeof log_path, "%s", path);
    stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!StartServiceCtrlDispatcherA(table)) return 1;
    note("the dispatcher is done");
    return 0;
}

/* ---- the program ---- */

static void own_dispatcher(void) {
    SERVICE_TABLE_ENTRYA table[] = {{(char *)SERVICE_NAME, service_main}, {NULL, NULL}};
    say_result("a service that nobody started", StartServiceCtrlDispatcherA(table));
}

static void what_is_there(SC_HANDLE manager) {
    SC_HANDLE s = OpenServiceA(manager, "CoaxNotThere", SERVICE_QUERY_STATUS);
    say_result("one that is not there", s != NULL);
    say_result("a name that is none", OpenServiceA(manager, "a/b", SERVICE_QUERY_STATUS) != NULL);
    DWORD needed = 0, count = 0, resume = 0;
    BOOL listed = EnumServicesStatusExA(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32,
                                        SERVICE_STATE_ALL, NULL, 0, &needed, &count, &resume, NULL);
    say_result("list without room", listed);
    BYTE *buffer = malloc(needed);
    listed = EnumServicesStatusExA(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL,
                                   buffer, needed, &needed, &count, &resume, NULL);
    say_result("list", listed);
    say("some of them", count > 5);
    free(buffer);
}

static void say_status(SC_HANDLE s) {
    SERVICE_STATUS_PROCESS now;
    DWORD needed = 0;
    say_result("status",
               QueryServiceStatusEx(s, SC_STATUS_PROCESS_INFO, (BYTE *)&now, sizeof now, &needed));
    printf("state %lu, type %lx, accepts %lx, exit code %lu, process %s\n", now.dwCurrentState,
           now.dwServiceType, now.dwControlsAccepted, now.dwWin32ExitCode,
           now.dwProcessId ? "yes" : "no");
}

static void say_config(SC_HANDLE s) {
    BYTE buffer[2048];
    QUERY_SERVICE_CONFIGA *c = (QUERY_SERVICE_CONFIGA *)buffer;
    SERVICE_DESCRIPTIONA *d = (SERVICE_DESCRIPTIONA *)buffer;
    DWORD needed = 0;
    say_result("configuration", QueryServiceConfigA(s, c, sizeof buffer, &needed));
    printf("type %lx, start %lu, errors %lu, as %s, shown as %s\n", c->dwServiceType,
           c->dwStartType, c->dwErrorControl, c->lpServiceStartName, c->lpDisplayName);
    say_result("description",
               QueryServiceConfig2A(s, SERVICE_CONFIG_DESCRIPTION, buffer, sizeof buffer, &needed));
    say_text("it", d->lpDescription ? d->lpDescription : "(none)");
}

static void say_registry(void) {
    HKEY key;
    DWORD start = 99, size = sizeof start;
    LONG error =
        RegOpenKeyA(HKEY_LOCAL_MACHINE, "System\\CurrentControlSet\\Services\\" SERVICE_NAME, &key);
    say_number("its key", error);
    if (error) return;
    RegQueryValueExA(key, "Start", NULL, NULL, (BYTE *)&start, &size);
    say_number("its start", (long)start);
    RegCloseKey(key);
}

static void wait_for(SC_HANDLE s, DWORD state) {
    SERVICE_STATUS now = {0};
    for (int i = 0; i < 100 && now.dwCurrentState != state; i++) {
        Sleep(20);
        QueryServiceStatus(s, &now);
    }
}

static void use(SC_HANDLE s) {
    const char *arguments[] = {"one", "two"};
    SERVICE_STATUS now;
    say_result("start", StartServiceA(s, 2, arguments));
    wait_for(s, SERVICE_RUNNING);
    say_status(s);
    say_result("start again", StartServiceA(s, 0, NULL));
    say_result("control 200", ControlService(s, 200, &now));
    say_result("pause", ControlService(s, SERVICE_CONTROL_PAUSE, &now));
    say_result("stop", ControlService(s, SERVICE_CONTROL_STOP, &now));
    wait_for(s, SERVICE_STOPPED);
    say_status(s);
    say_result("stop again", ControlService(s, SERVICE_CONTROL_STOP, &now));
}

static void say_log(const char *path) {
    char line[128];
    Sleep(500);
    FILE *f = fopen(path, "r");
    if (!f) return;
    while (fgets(line, sizeof line, f)) printf("service: %s", line);
    fclose(f);
    remove(path);
}

int main(int argc, char **argv) {
    char self[MAX_PATH], command[2 * MAX_PATH], path[] = "C:\\windows\\temp\\coax-service.txt";
    if (argc > 1) return be_service(argv[1]);
    own_dispatcher();
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    say_result("manager", manager != NULL);
    what_is_there(manager);
    GetModuleFileNameA(NULL, self, sizeof self);
    snprintf(command, sizeof command, "\"%s\" %s", self, path);
    SC_HANDLE s = CreateServiceA(manager, SERVICE_NAME, "Coax Test Service", SERVICE_ALL_ACCESS,
                                 SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START,
                                 SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL);
    say_result("create", s != NULL);
    say_result("create again",
               CreateServiceA(manager, SERVICE_NAME, NULL, SERVICE_ALL_ACCESS,
                              SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL,
                              command, NULL, NULL, NULL, NULL, NULL) != NULL);
    SERVICE_DESCRIPTIONA about = {(char *)"Says what it does"};
    say_result("describe", ChangeServiceConfig2A(s, SERVICE_CONFIG_DESCRIPTION, &about));
    say_result("start by hand",
               ChangeServiceConfigA(s, SERVICE_NO_CHANGE, SERVICE_DEMAND_START, SERVICE_NO_CHANGE,
                                    NULL, NULL, NULL, NULL, NULL, NULL, NULL));
    say_config(s);
    say_registry();
    say_status(s);
    use(s);
    char name[64];
    DWORD size = sizeof name;
    say_result("shown name", GetServiceDisplayNameA(manager, SERVICE_NAME, name, &size));
    say_text("it", name);
    size = sizeof name;
    say_result("key name", GetServiceKeyNameA(manager, "Coax Test Service", name, &size));
    say_text("it", name);
    say_result("delete", DeleteService(s));
    CloseServiceHandle(s);
    s = OpenServiceA(manager, SERVICE_NAME, SERVICE_QUERY_STATUS);
    say_result("open after", s != NULL);
    CloseServiceHandle(manager);
    say_result("closed", CloseServiceHandle(manager));
    say_log(path);
    return 0;
}
