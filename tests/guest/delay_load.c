/* Delayed imports: the DLL is loaded when one of its functions is first called. */
#include "plugin.h"

#include <delayimp.h>

int plugin_add(int a, int b);
const char *plugin_text(void);

static FARPROC WINAPI notify(unsigned what, PDelayLoadInfo info) {
    static const char *const names[] = {"start",       "before load",    "before address",
                                        "load failed", "address failed", "end"};
    if (what == dliNotePreLoadLibrary) printf("hook: %s of %s\n", names[what], info->szDll);
    if (what == dliNotePreGetProcAddress)
        printf("hook: %s of %s\n", names[what], info->dlp.szProcName);
    return NULL;
}

PfnDliHook __pfnDliNotifyHook2 = notify;

int main(void) {
    enter_scratch("delay");
    setvbuf(stdout, NULL, _IONBF, 0);
    drop_plugin("plugin.dll");
    say("loaded before the first call", GetModuleHandleA("plugin.dll") != NULL);
    say_number("first call", plugin_add(40, 2));
    say("loaded after it", GetModuleHandleA("plugin.dll") != NULL);
    say_number("second call", plugin_add(1, 1));
    say_text("another function", plugin_text());
    FreeLibrary(GetModuleHandleA("plugin.dll"));
    say_result("delete", DeleteFileA("plugin.dll"));
    leave_scratch();
    return 0;
}
