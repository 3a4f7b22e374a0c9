/* expect {"fact": "user", "polarity": "must-not", "values": ["currentuser", "sandbox", "emily",
 * "hapubws", "hong lee", "it-admin", "milozs", "peter wilson", "timmy", "sand box", "malware",
 * "maltest", "test user", "virus"]} */
#include "../guard.h"

int main(void) {
    static const char *const names[] = {
        "currentuser",  "sandbox", "emily",    "hapubws", "hong lee", "it-admin",  "milozs",
        "peter wilson", "timmy",   "sand box", "malware", "maltest",  "test user", "virus"};
    char user[64];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (lstrcmpiA(user, names[i]) == 0) return 0;
    reveal();
    return 0;
}
