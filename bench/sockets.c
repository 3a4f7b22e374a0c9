/* A stream over the loopback: one thread sends BYTES bytes in pieces of 1 KB, another receives. */
#include <winsock2.h>

#include <windows.h>

enum { PIECE = 1024 };

static DWORD WINAPI receive(void *listener) {
    static char text[16 * PIECE];
    SOCKET s = accept((SOCKET)listener, NULL, NULL);
    DWORD all = 0;
    for (int n; (n = recv(s, text, sizeof text, 0)) > 0;) all += (DWORD)n;
    return all;
}

int main(void) {
    static char piece[PIECE];
    WSADATA data;
    struct sockaddr_in a = {.sin_family = AF_INET};
    int size = sizeof a;
    DWORD all = 0;
    WSAStartup(MAKEWORD(2, 2), &data);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&a, sizeof a);
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&a, &size);
    HANDLE thread = CreateThread(NULL, 0, receive, (void *)listener, 0, NULL);
    connect(s, (struct sockaddr *)&a, sizeof a);
    for (unsigned i = 0; i < BYTES; i += PIECE) send(s, piece, PIECE, 0);
    shutdown(s, SD_SEND);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &all);
    return all == BYTES ? 7 : 1;
}
