/* expect {"fact": "dns", "polarity": "must", "subject": "unlikely-name-for-a-guard.example"} */
#include "../guard.h"

int main(void) {
    WSADATA data;
    WSAStartup(0x202, &data);
    if (gethostbyname("unlikely-name-for-a-guard.example")) return 0;
    reveal();
    return 0;
}
