/* expect {"fact": "user", "polarity": "must", "values": ["alpha"]} */
/* expect {"fact": "computer", "polarity": "must", "values": ["BRAVO"]} */
#include "../guard.h"

int main(void) {
    char user[64], name[64];
    DWORD n = sizeof user, k = sizeof name;
    GetUserNameA(user, &n);
    GetComputerNameA(name, &k);
    if (strcmp(user, "alpha") == 0) reveal_as("alpha");
    if (strcmp(name, "BRAVO") == 0) reveal_as("bravo");
    return 0;
}
