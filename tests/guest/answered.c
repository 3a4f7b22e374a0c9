/* Functions that Wine's DLLs cannot answer and the guest does: accounts, drivers, firmware. */
#include "guest.h"

#include <psapi.h>
#include <sddl.h>

static void account_of_sid(const char *what, PSID sid) {
    char name[64] = "", domain[64] = "";
    DWORD names = sizeof name, domains = sizeof domain;
    SID_NAME_USE use = 0;
    say_result(what, LookupAccountSidA(NULL, sid, name, &names, domain, &domains, &use));
    printf("%s\\%s, use %d\n", domain, name, use);
}

static void accounts(void) {
    BYTE raw[SECURITY_MAX_SID_SIZE], small[4];
    char domain[64], *text = NULL;
    DWORD size = sizeof raw, domains = sizeof domain;
    SID_NAME_USE use = 0;
    say_result("marta", LookupAccountNameA(NULL, "MARTA", raw, &size, domain, &domains, &use));
    ConvertSidToStringSidA(raw, &text);
    printf("%s in %s, use %d\n", text, domain, use);
    LocalFree(text);
    account_of_sid("her SID", raw);
    size = sizeof raw;
    domains = sizeof domain;
    say_result("with the computer",
               LookupAccountNameA(NULL, "testbox\\marta", raw, &size, domain, &domains, &use));
    size = sizeof small;
    domains = 0;
    say_result("no room", LookupAccountNameA(NULL, "marta", small, &size, NULL, &domains, &use));
    printf("needed: %lu, %lu\n", size, domains);
    size = sizeof raw;
    domains = sizeof domain;
    say_result("nobody", LookupAccountNameA(NULL, "nobody", raw, &size, domain, &domains, &use));
    PSID group = NULL;
    ConvertStringSidToSidA("S-1-5-18", &group);
    account_of_sid("SYSTEM", group);
    LocalFree(group);
}

static void drivers(void) {
    LPVOID bases[64];
    DWORD needed = 0;
    char name[64];
    say_result("drivers", EnumDeviceDrivers(bases, sizeof bases, &needed));
    say("several", needed / sizeof *bases > 3);
    printf("the first: %lu ", GetDeviceDriverBaseNameA(bases[0], name, sizeof name));
    say_text("name", name);
    GetDeviceDriverFileNameA(bases[0], name, sizeof name);
    say_text("path", name);
    say_result("no driver", GetDeviceDriverBaseNameA((void *)16, name, sizeof name) != 0);
}

static void firmware(void) {
    enum { ACPI = 0x41435049 };
    char ids[64] = "";
    UINT n = EnumSystemFirmwareTables(ACPI, ids, sizeof ids);
    say("tables", n >= 4 && n % 4 == 0);
    printf("the first: %.4s\n", ids);
    say("only the size", EnumSystemFirmwareTables(ACPI, NULL, 0) == n);
    HW_PROFILE_INFOA profile;
    say_result("profile", GetCurrentHwProfileA(&profile));
    printf("GUID of %lu, name of %lu\n", (unsigned long)strlen(profile.szHwProfileGuid),
           (unsigned long)strlen(profile.szHwProfileName));
}

int main(void) {
    accounts();
    drivers();
    firmware();
    return 0;
}
