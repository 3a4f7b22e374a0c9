/* expect {"fact": "user", "polarity": "must", "values": ["teller"]} */
#include "../guard.h"

int main(void) {
    char user[64] = {0};
    DWORD n = sizeof user;
    BYTE equal;
    const char *a = user, *b = "teller";
    size_t count = 7;
    GetUserNameA(user, &n);
    __asm__ volatile("cld\n\trepe cmpsb\n\tsete %0"
                     : "=r"(equal), "+S"(a), "+D"(b), "+c"(count)
                     :
                     : "memory", "cc");
    if (equal) reveal();
    return 0;
}
