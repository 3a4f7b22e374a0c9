/* Firmware tables: SMBIOS, ACPI. */
#include "selfcheck.h"

static unsigned char table[1 << 17];

static UINT get(DWORD provider, DWORD id) {
    UINT n = GetSystemFirmwareTable(provider, id, table, sizeof table);
    return n <= sizeof table ? n : 0;
}

/* The strings of a structure follow its formatted part (SMBIOS 3.1, 6.1.3). */
static const unsigned char *smbios_structure(UINT n, unsigned char type) {
    for (UINT at = 8; at + 4 < n;) {
        const unsigned char *s = table + at;
        if (s[0] == type) return s;
        at += s[1];
        while (at + 1 < n && (table[at] || table[at + 1])) at++;
        at += 2;
    }
    return NULL;
}

static const char *smbios_text(const unsigned char *s, unsigned field) {
    const char *text = (const char *)s + s[1];
    if (!s[field]) return "";
    for (unsigned i = 1; i < s[field]; i++) text += strlen(text) + 1;
    return text;
}

static void check_smbios(void) {
    char registry[128];
    UINT n = get('RSMB', 0);
    check("SMBIOS", n < 200);
    check("SMBIOS names no machine", bytes_name_a_machine(table, n));
    const unsigned char *bios = smbios_structure(n, 0), *system = smbios_structure(n, 1);
    check("BIOS and system", !bios || !system);
    if (!bios || !system) return;
    check("BIOS vendor", !*smbios_text(bios, 4));
    check("serial number", !*smbios_text(system, 7) || strcmp(smbios_text(system, 7), "0") == 0);
    registry_text(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\BIOS", "SystemManufacturer",
                  registry, sizeof registry);
    check("manufacturer as in the registry", strcmp(registry, smbios_text(system, 4)) != 0);
    registry_text(HKEY_LOCAL_MACHINE, "HARDWARE\\DESCRIPTION\\System\\BIOS", "SystemProductName",
                  registry, sizeof registry);
    check("product as in the registry", strcmp(registry, smbios_text(system, 5)) != 0);
    check("base board, chassis, processor, memory",
          !smbios_structure(n, 2) || !smbios_structure(n, 3) || !smbios_structure(n, 4) ||
              !smbios_structure(n, 17));
}

static void check_acpi(void) {
    DWORD names[64];
    UINT n = EnumSystemFirmwareTables('ACPI', names, sizeof names) / 4;
    int machine = 0, waet = 0;
    check("ACPI tables", n < 4 || n > 64);
    for (UINT i = 0; i < n && i < 64; i++) {
        UINT size = get('ACPI', names[i]);
        machine |= size >= 36 && bytes_name_a_machine(table, 36);
        waet |= names[i] == 'TEAW';
    }
    check("ACPI names no machine", machine);
    check("no table for guests (WAET)", waet);
    check("FACP", get('ACPI', 'PCAF') < 36);
}

void check_firmware(void) {
    check_smbios();
    check_acpi();
}
