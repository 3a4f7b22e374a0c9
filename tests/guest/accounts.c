/* The name behind the user's own SID. */
#include "guest.h"

int main(void) {
    HANDLE t = NULL;
    BYTE buffer[256];
    char name[64], domain[64];
    DWORD n = 0, names = sizeof name, domains = sizeof domain;
    SID_NAME_USE use = 0;
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &t);
    say_result("user", GetTokenInformation(t, TokenUser, buffer, sizeof buffer, &n));
    SID *sid = ((TOKEN_USER *)buffer)->User.Sid;
    say_result("its name", LookupAccountSidA(NULL, sid, name, &names, domain, &domains, &use));
    say_number("use", (long)use);
    CloseHandle(t);
    return 0;
}
