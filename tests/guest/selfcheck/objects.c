/* Names that everybody sees: mutexes, pipes, devices, sections of guests, sandboxes, debuggers. */
#include "selfcheck.h"

static int opens(const char *path) {
    HANDLE h = CreateFileA(path, GENERIC_READ, 3, NULL, OPEN_EXISTING, 0, NULL);
    if (h == INVALID_HANDLE_VALUE)
        return GetLastError() != ERROR_FILE_NOT_FOUND && GetLastError() != ERROR_PATH_NOT_FOUND;
    CloseHandle(h);
    return 1;
}

static int any_opens(const char *const *paths) {
    int n = 0;
    for (; *paths; paths++) n += opens(*paths);
    return n;
}

static int has_mutex(const char *name) {
    HANDLE h = OpenMutexA(SYNCHRONIZE, FALSE, name);
    if (!h) return GetLastError() != ERROR_FILE_NOT_FOUND;
    CloseHandle(h);
    return 1;
}

void check_objects(void) {
    static const char *const virtualbox[] = {"\\\\.\\VBoxMiniRdrDN",      "\\\\.\\VBoxGuest",
                                             "\\\\.\\pipe\\VBoxMiniRdDN", "\\\\.\\VBoxTrayIPC",
                                             "\\\\.\\pipe\\VBoxTrayIPC",  NULL};
    static const char *const vmware[] = {"\\\\.\\HGFS", "\\\\.\\vmci", "\\\\.\\vmmemctl",
                                         "\\\\.\\vmx_svga", NULL};
    static const char *const qemu[] = {"\\\\.\\Global\\com.redhat.spice.0",
                                       "\\\\.\\Global\\org.qemu.guest_agent.0", "\\\\.\\VirtIO",
                                       NULL};
    static const char *const sandboxes[] = {"\\\\.\\pipe\\cuckoo", "\\\\.\\pipe\\KVASPipe",
                                            "\\\\.\\SandboxieDriverApi", NULL};
    static const char *const debuggers[] = {
        "\\\\.\\SICE",       "\\\\.\\NTICE",     "\\\\.\\SIWVID",
        "\\\\.\\REGVXG",     "\\\\.\\FILEVXG",   "\\\\.\\ICEEXT",
        "\\\\.\\PROCEXP152", "\\\\.\\PROCMON24", NULL};
    static const char *const real[] = {"\\\\.\\pipe\\lsass", "\\\\.\\pipe\\wkssvc",
                                       "\\\\.\\pipe\\ntsvcs", NULL};
    check("VirtualBox's devices", any_opens(virtualbox));
    check("VMware's devices", any_opens(vmware));
    check("QEMU's devices", any_opens(qemu));
    check("sandboxes' devices", any_opens(sandboxes));
    check("debuggers' devices", any_opens(debuggers));
    check("pipes of Windows' own", any_opens(real) < 2);
    check("Sandboxie's mutex", has_mutex("Sandboxie_SingleInstanceMutex_Control"));
    check("Deep Freeze's mutex", has_mutex("Frz_State"));
    check("Virtual PC's mutex",
          has_mutex("MicrosoftVirtualPC7UserServiceMakeSureWe'reTheOnlyOneMutex"));
    check("two handles of one mutex", CreateMutexA(NULL, FALSE, "selfcheck-once") == NULL ||
                                          GetLastError() == ERROR_ALREADY_EXISTS);
}
