/* The DLL: exports by name, by ordinal alone, of data, and of another DLL's function. */
#include <windows.h>

#include <stdio.h>

static int attached, threads;
int plugin_number = 1234;
int *plugin_pointer = &plugin_number; /* relocated */

int plugin_add(int a, int b) {
    return a + b;
}

int plugin_hidden(void) {
    return 77;
}

int plugin_threads(void) {
    return threads;
}

const char *plugin_text(void) {
    return attached == 1 ? "attached once" : "not attached";
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved) {
    (void)self;
    switch (reason) {
    case DLL_PROCESS_ATTACH:
        if (GetEnvironmentVariableA("PLUGIN_REFUSES", NULL, 0)) return FALSE;
        attached++;
        printf("plugin: attach, %s\n", reserved ? "at start" : "later");
        break;
    case DLL_PROCESS_DETACH:
        printf("plugin: detach, %s\n", reserved ? "at the end" : "earlier");
        break;
    default: threads++;
    }
    fflush(stdout);
    return TRUE;
}
