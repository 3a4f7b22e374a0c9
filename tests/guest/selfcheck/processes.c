/* Processes and services that run. */
#include "selfcheck.h"

#include <psapi.h>
#include <tlhelp32.h>

static const char *const guests[] = {"vboxservice.exe",
                                     "vboxtray.exe",
                                     "vmtoolsd.exe",
                                     "vmwaretray.exe",
                                     "vmwareuser.exe",
                                     "vgauthservice.exe",
                                     "vmacthlp.exe",
                                     "vmsrvc.exe",
                                     "vmusrvc.exe",
                                     "prl_cc.exe",
                                     "prl_tools.exe",
                                     "xenservice.exe",
                                     "qemu-ga.exe",
                                     "vdagent.exe",
                                     "vdservice.exe",
                                     "blnsvr.exe",
                                     "sbiesvc.exe",
                                     "sandboxierpcss.exe",
                                     NULL};
static const char *const tools[] = {"ollydbg.exe",       "x64dbg.exe",        "x32dbg.exe",
                                    "windbg.exe",        "idaq.exe",          "ida64.exe",
                                    "procexp.exe",       "procmon.exe",       "wireshark.exe",
                                    "tcpview.exe",       "autoruns.exe",      "filemon.exe",
                                    "regmon.exe",        "processhacker.exe", "joeboxserver.exe",
                                    "joeboxcontrol.exe", "fiddler.exe",       "petools.exe",
                                    "importrec.exe",     "lordpe.exe",        "sysanalyzer.exe",
                                    "sniff_hit.exe",     "proc_analyzer.exe", "pythonw.exe",
                                    "python.exe",        "dumpcap.exe",       NULL};

static unsigned count, of_guests, of_tools, shells, hosts, sessions;

static void look(void) {
    PROCESSENTRY32 e = {.dwSize = sizeof e};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32First(all, &e); more; more = Process32Next(all, &e)) {
        count++;
        of_guests += is_one_of(e.szExeFile, guests) != 0;
        of_tools += is_one_of(e.szExeFile, tools) != 0;
        shells += lstrcmpiA(e.szExeFile, "explorer.exe") == 0;
        hosts += lstrcmpiA(e.szExeFile, "svchost.exe") == 0;
        sessions += lstrcmpiA(e.szExeFile, "csrss.exe") == 0;
    }
    CloseHandle(all);
}

void check_processes(void) {
    static DWORD ids[4096];
    DWORD n = 0;
    look();
    check("processes of guests", of_guests);
    check("tools of analysts", of_tools);
    check("number of processes", count < 25);
    check("explorer", shells != 1);
    check("svchost", hosts < 5);
    check("csrss", sessions < 2);
    check("both lists agree", !EnumProcesses(ids, sizeof ids, &n) || n / 4 != count);
    HWND tray = FindWindowA("Shell_TrayWnd", NULL);
    DWORD owner = 0;
    GetWindowThreadProcessId(tray, &owner);
    check("the shell's window", !tray || !owner);
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ENUMERATE_SERVICE);
    static char room[1 << 18];
    DWORD needed, services = 0, resume = 0;
    if (manager)
        EnumServicesStatusExA(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL,
                              (BYTE *)room, sizeof room, &needed, &services, &resume, NULL);
    check("services", services < 20);
}
