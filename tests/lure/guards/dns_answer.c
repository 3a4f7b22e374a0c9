/* expect {"fact": "dns", "polarity": "must", "subject": "orders.example", "values":
 * ["203.0.113.77"]} */
#include "../guard.h"

int main(void) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    struct hostent *host = gethostbyname("orders.example");
    if (!host) return 0;
    if (strcmp(inet_ntoa(*(struct in_addr *)host->h_addr_list[0]), "203.0.113.77") == 0) reveal();
    return 0;
}
