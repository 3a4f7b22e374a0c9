/* expect {"fact": "dns", "polarity": "must", "subject": "orders.example", "values":
 * ["198.51.100.9"]} */
#include "../guard.h"

int main(void) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    struct hostent *host = gethostbyname("orders.example");
    if (host && *(DWORD *)host->h_addr_list[0] == 0x096433c6) reveal();
    return 0;
}
