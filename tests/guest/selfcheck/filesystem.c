/* Files and folders: those that guests and sandboxes leave, and those that people have. */
#include "selfcheck.h"

#include <shlobj.h>

static const char *const guest_files[] = {"C:\\Windows\\System32\\drivers\\VBoxMouse.sys",
                                          "C:\\Windows\\System32\\drivers\\VBoxGuest.sys",
                                          "C:\\Windows\\System32\\drivers\\VBoxSF.sys",
                                          "C:\\Windows\\System32\\drivers\\VBoxVideo.sys",
                                          "C:\\Windows\\System32\\vboxdisp.dll",
                                          "C:\\Windows\\System32\\vboxhook.dll",
                                          "C:\\Windows\\System32\\vboxservice.exe",
                                          "C:\\Windows\\System32\\vboxtray.exe",
                                          "C:\\Windows\\System32\\drivers\\vmmouse.sys",
                                          "C:\\Windows\\System32\\drivers\\vmhgfs.sys",
                                          "C:\\Windows\\System32\\drivers\\vm3dmp.sys",
                                          "C:\\Windows\\System32\\drivers\\vmci.sys",
                                          "C:\\Windows\\System32\\drivers\\vmmemctl.sys",
                                          "C:\\Windows\\System32\\drivers\\balloon.sys",
                                          "C:\\Windows\\System32\\drivers\\netkvm.sys",
                                          "C:\\Windows\\System32\\drivers\\vioinput.sys",
                                          "C:\\Windows\\System32\\drivers\\viofs.sys",
                                          "C:\\Windows\\System32\\drivers\\vioser.sys",
                                          "C:\\Windows\\System32\\drivers\\prleth.sys",
                                          "C:\\Windows\\System32\\drivers\\prl_fs.sys",
                                          "C:\\Windows\\System32\\drivers\\prl_mouf.sys",
                                          "C:\\Windows\\System32\\drivers\\prlmouse.sys",
                                          "C:\\Windows\\System32\\drivers\\vmsrvc.sys",
                                          "C:\\Windows\\System32\\drivers\\vpc-s3.sys",
                                          "C:\\Windows\\System32\\drivers\\SbieDrv.sys",
                                          NULL};
static const char *const guest_folders[] = {"C:\\Program Files\\VMware",
                                            "C:\\Program Files\\Oracle\\VirtualBox Guest Additions",
                                            "C:\\Program Files\\qemu-ga",
                                            "C:\\Program Files\\Virtio-Win",
                                            "C:\\Program Files\\SPICE Guest Tools",
                                            "C:\\Program Files\\Sandboxie",
                                            "C:\\cuckoo",
                                            "C:\\analyzer",
                                            "C:\\agent",
                                            "C:\\Python27",
                                            "C:\\sandbox",
                                            "C:\\iDEFENSE",
                                            "C:\\popupkiller.exe",
                                            "C:\\stimulator.exe",
                                            "C:\\TOOLS\\execute.exe",
                                            "C:\\tmpdcx",
                                            "C:\\InsideTm",
                                            "C:\\analysis",
                                            NULL};

static int exists(const char *path) {
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static unsigned entries(const char *pattern) {
    WIN32_FIND_DATAA data;
    HANDLE find = FindFirstFileA(pattern, &data);
    unsigned n = 0;
    if (find == INVALID_HANDLE_VALUE) return 0;
    do n += data.cFileName[0] != '.';
    while (FindNextFileA(find, &data));
    FindClose(find);
    return n;
}

static unsigned entries_of(int folder, const char *below) {
    char path[2 * MAX_PATH];
    if (SHGetFolderPathA(NULL, folder, NULL, 0, path)) return 0;
    strcat(path, below);
    return entries(path);
}

static void check_own_path(void) {
    static const char *const words[] = {"sample", "sandbox",  "virus", "malware",
                                        "\\self", "analysis", NULL};
    char path[MAX_PATH];
    GetModuleFileNameA(NULL, path, sizeof path);
    char *name = strrchr(path, '\\');
    check("own name", strlen(name) == 33 || strlen(name) == 37 || strlen(name) == 65);
    *name = 0;
    check("own folder", has_one_of(path, words) || strlen(path) == 2);
}

static void check_times(void) {
    WIN32_FILE_ATTRIBUTE_DATA windows, page;
    ULARGE_INTEGER a, b;
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    check("age of Windows", !GetFileAttributesExA("C:\\Windows", GetFileExInfoStandard, &windows) ||
                                CompareFileTime(&windows.ftCreationTime, &now) >= 0);
    a.LowPart = windows.ftCreationTime.dwLowDateTime,
    a.HighPart = windows.ftCreationTime.dwHighDateTime;
    b.LowPart = now.dwLowDateTime, b.HighPart = now.dwHighDateTime;
    check("a new installation", (b.QuadPart - a.QuadPart) / 10000000 < 30 * 86400);
    check("page file", !GetFileAttributesExA("C:\\pagefile.sys", GetFileExInfoStandard, &page) ||
                           (!page.nFileSizeHigh && page.nFileSizeLow < 256u << 20));
}

void check_filesystem(void) {
    void *redirected = NULL;
    void *(WINAPI * off)(void **) = function("kernel32", "Wow64DisableWow64FsRedirection");
    if (off) ((BOOL(WINAPI *)(void **))(void *)off)(&redirected);
    int found = 0;
    for (const char *const *f = guest_files; *f; f++) found += exists(*f);
    check("drivers of guests", found);
    found = 0;
    for (const char *const *f = guest_folders; *f; f++) found += exists(*f);
    check("folders of guests and sandboxes", found);
    check_own_path();
    check_times();
    check("programs", entries("C:\\Program Files\\*") < 5);
    check("system files", entries("C:\\Windows\\System32\\*.dll") < 200);
    check("fonts", entries("C:\\Windows\\Fonts\\*") < 20);
    check("documents", entries_of(CSIDL_PERSONAL, "\\*") < 3);
    check("desktop", entries_of(CSIDL_DESKTOPDIRECTORY, "\\*") < 2);
    check("pictures", entries_of(CSIDL_MYPICTURES, "\\*") < 1);
    check("recent files", entries_of(CSIDL_RECENT, "\\*") < 5);
    check("temporary files", entries_of(CSIDL_LOCAL_APPDATA, "\\Temp\\*") < 3);
    check("profile of a browser",
          entries_of(CSIDL_LOCAL_APPDATA, "\\Google\\Chrome\\User Data\\*") +
                  entries_of(CSIDL_APPDATA, "\\Mozilla\\Firefox\\Profiles\\*") +
                  entries_of(CSIDL_LOCAL_APPDATA, "\\Microsoft\\Edge\\User Data\\*") <
              1);
    void *on = function("kernel32", "Wow64RevertWow64FsRedirection");
    if (on) ((BOOL(WINAPI *)(void *))on)(redirected);
}
