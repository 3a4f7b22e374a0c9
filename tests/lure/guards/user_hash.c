/* expect {"fact": "user", "polarity": "must", "proved": "forced"} */
#include "../guard.h"

static uint32_t djb2(const char *s) {
    uint32_t h = 5381;
    while (*s) h = h * 33 + (unsigned char)*s++;
    return h;
}

int main(void) {
    char user[64];
    DWORD n = sizeof user;
    GetUserNameA(user, &n);
    if (djb2(user) == 0x7c9e2b31) reveal();
    return 0;
}
