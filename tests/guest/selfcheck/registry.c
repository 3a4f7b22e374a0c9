/* Keys that guests make, and those that a computer in use has. */
#include "selfcheck.h"

#define MACHINE HKEY_LOCAL_MACHINE

static int any_key(const char *const *keys) {
    int n = 0;
    for (; *keys; keys++) n += registry_has(MACHINE, *keys);
    return n;
}

static void check_text(const char *name, const char *key, const char *value) {
    char text[512];
    check(name, names_a_machine(registry_text(MACHINE, key, value, text, sizeof text)));
}

void check_registry(void) {
    static const char *const virtualbox[] = {"SOFTWARE\\Oracle\\VirtualBox Guest Additions",
                                             "HARDWARE\\ACPI\\DSDT\\VBOX__",
                                             "HARDWARE\\ACPI\\FADT\\VBOX__",
                                             "HARDWARE\\ACPI\\RSDT\\VBOX__",
                                             "SYSTEM\\CurrentControlSet\\Services\\VBoxGuest",
                                             "SYSTEM\\CurrentControlSet\\Services\\VBoxMouse",
                                             "SYSTEM\\CurrentControlSet\\Services\\VBoxService",
                                             "SYSTEM\\CurrentControlSet\\Services\\VBoxSF",
                                             NULL};
    static const char *const vmware[] = {"SOFTWARE\\VMware, Inc.\\VMware Tools",
                                         "SOFTWARE\\Classes\\Applications\\VMwareHostOpen.exe",
                                         "SYSTEM\\CurrentControlSet\\Services\\vmci",
                                         "SYSTEM\\CurrentControlSet\\Services\\vmhgfs",
                                         "SYSTEM\\CurrentControlSet\\Services\\VMTools",
                                         "SYSTEM\\CurrentControlSet\\Services\\vmmouse",
                                         NULL};
    static const char *const others[] = {"SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters",
                                         "SYSTEM\\CurrentControlSet\\Services\\vioscsi",
                                         "SYSTEM\\CurrentControlSet\\Services\\xenevtchn",
                                         "SYSTEM\\CurrentControlSet\\Services\\SbieDrv",
                                         "SYSTEM\\CurrentControlSet\\Services\\prl_tg",
                                         "HARDWARE\\ACPI\\DSDT\\BOCHS_",
                                         "HARDWARE\\ACPI\\DSDT\\BXPC",
                                         "HARDWARE\\ACPI\\DSDT\\xen",
                                         "SYSTEM\\CurrentControlSet\\Services\\vpcbus",
                                         NULL};
    char text[256];
    check("VirtualBox's keys", any_key(virtualbox));
    check("VMware's keys", any_key(vmware));
    check("other guests' keys", any_key(others));
    check_text("BIOS version", "HARDWARE\\DESCRIPTION\\System", "SystemBiosVersion");
    check_text("video BIOS version", "HARDWARE\\DESCRIPTION\\System", "VideoBiosVersion");
    check_text("system's maker", "HARDWARE\\DESCRIPTION\\System\\BIOS", "SystemManufacturer");
    check_text("system's product", "HARDWARE\\DESCRIPTION\\System\\BIOS", "SystemProductName");
    check_text("system's information", "SYSTEM\\CurrentControlSet\\Control\\SystemInformation",
               "SystemProductName");
    check_text("first SCSI device",
               "HARDWARE\\DEVICEMAP\\Scsi\\Scsi Port 0\\Scsi Bus 0\\Target Id 0\\Logical Unit Id 0",
               "Identifier");
    registry_text(MACHINE, "HARDWARE\\DESCRIPTION\\System", "SystemBiosDate", text, sizeof text);
    check("BIOS date", !*text || strcmp(text, "06/23/99") == 0);
    registry_text(MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "ProductId", text,
                  sizeof text);
    check("product's id", !*text || strcmp(text, "55274-640-2673064-23950") == 0 ||
                              strcmp(text, "76487-640-1457236-23837") == 0 ||
                              strcmp(text, "76487-337-8429955-22614") == 0);
    registry_text(MACHINE, "SOFTWARE\\Microsoft\\Cryptography", "MachineGuid", text, sizeof text);
    check("machine's GUID", strlen(text) != 36);
    check("installed programs",
          registry_subkeys(MACHINE, "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall") < 5);
    check("profiles",
          registry_subkeys(MACHINE,
                           "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList") < 4);
    check("services in the registry",
          registry_subkeys(MACHINE, "SYSTEM\\CurrentControlSet\\Services") < 50);
    check("fonts in the registry",
          !registry_has(MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts"));
}
