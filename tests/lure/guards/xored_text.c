/* expect {"fact": "user", "polarity": "must", "values": ["harbour"]} */
#include "../guard.h"

int main(void) {
    static const volatile unsigned char hidden[] = {0x3d, 0x34, 0x27, 0x37, 0x3a, 0x20, 0x27, 0x55};
    char user[64], wanted[8];
    DWORD n = sizeof user;
    for (int i = 0; i < 8; i++) wanted[i] = (char)(hidden[i] ^ 0x55);
    GetUserNameA(user, &n);
    if (strcmp(user, wanted) == 0) reveal();
    return 0;
}
