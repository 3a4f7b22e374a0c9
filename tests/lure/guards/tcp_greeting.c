/* expect {"fact": "tcp|tcp.greeting", "polarity": "must", "values": ["HELO-7"]} */
#include "../guard.h"

int main(void) {
    WSADATA data;
    char text[32] = {0};
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7070)};
    to.sin_addr.s_addr = inet_addr("198.51.100.20");
    if (connect(s, (struct sockaddr *)&to, sizeof to)) return 0;
    DWORD wait = 3000;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&wait, sizeof wait);
    if (recv(s, text, sizeof text - 1, 0) <= 0) return 0;
    if (strstr(text, "HELO-7")) reveal();
    return 0;
}
