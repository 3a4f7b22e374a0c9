/* WSAAsyncSelect: a window is told what its sockets have to tell. */
#include <winsock2.h>

#include "guest.h"

enum { WM_SOCKET = WM_USER + 7 };
static SOCKET listener, client, server = INVALID_SOCKET;
static int closed;

static const char *name_of(WORD event) {
    return event == FD_READ      ? "read"
           : event == FD_WRITE   ? "write"
           : event == FD_ACCEPT  ? "accept"
           : event == FD_CONNECT ? "connect"
           : event == FD_CLOSE   ? "close"
                                 : "?";
}

static void told(SOCKET s, WORD event, WORD error) {
    char text[16] = "";
    printf("%s: %s, error %u\n",
           s == listener ? "listener"
           : s == client ? "client"
                         : "server",
           name_of(event), error);
    if (event == FD_ACCEPT) {
        server = accept(listener, NULL, NULL);
        send(server, "hello", 5, 0);
    } else if (event == FD_READ && s == client) {
        recv(s, text, sizeof text, 0);
        say_text("came", text);
        closesocket(server);
    } else if (event == FD_CLOSE) {
        closed = s == client;
    }
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM w, LPARAM l) {
    if (message != WM_SOCKET) return DefWindowProcA(window, message, w, l);
    told((SOCKET)w, WSAGETSELECTEVENT(l), WSAGETSELECTERROR(l));
    return 0;
}

int main(void) {
    WSADATA data;
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "sockets"};
    struct sockaddr_in a = {.sin_family = AF_INET};
    int size = sizeof a;
    MSG m;
    WSAStartup(MAKEWORD(2, 2), &data);
    RegisterClassA(&class);
    HWND window = CreateWindowA("sockets", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&a, sizeof a);
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&a, &size);
    say_number("listen", WSAAsyncSelect(listener, window, WM_SOCKET, FD_ACCEPT));
    client = socket(AF_INET, SOCK_STREAM, 0);
    say_number("client", WSAAsyncSelect(client, window, WM_SOCKET, FD_READ | FD_CLOSE));
    say("on its way",
        connect(client, (struct sockaddr *)&a, sizeof a) && WSAGetLastError() == WSAEWOULDBLOCK);
    while (!closed && GetMessageA(&m, NULL, 0, 0) > 0) DispatchMessageA(&m);
    say("closed", closed);
    return 0;
}
