/* Sockets in one computer: TCP and UDP over the loopback, blocking, not blocking, overlapped, with
 * events, completion ports and APCs. */
#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

#include "guest.h"

static struct sockaddr_in loopback(u_short port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static u_short port_of(SOCKET s) {
    struct sockaddr_in a;
    int size = sizeof a;
    return getsockname(s, (struct sockaddr *)&a, &size) ? 0 : ntohs(a.sin_port);
}

static SOCKET listen_anywhere(void) {
    struct sockaddr_in a = loopback(0);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    say_number("bind", bind(s, (struct sockaddr *)&a, sizeof a));
    say_number("listen", listen(s, 5));
    return s;
}

static SOCKET connect_to(SOCKET listener) {
    struct sockaddr_in a = loopback(port_of(listener));
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    say_number("connect", connect(s, (struct sockaddr *)&a, sizeof a));
    return s;
}

static void set_blocking(SOCKET s, u_long nonblocking) {
    say_number("ioctlsocket", ioctlsocket(s, FIONBIO, &nonblocking));
}

static void blocking(SOCKET client, SOCKET server) {
    char text[32] = "";
    u_long waiting = 0;
    say_number("send", send(client, "hello, world", 12, 0));
    say_number("peek", recv(server, text, 5, MSG_PEEK));
    say_number("recv", recv(server, text, 5, 0));
    say_text("came", text);
    ioctlsocket(server, FIONREAD, &waiting);
    say_number("waiting", (long)waiting);
    say_number("the rest", recv(server, text, sizeof text, 0));
    WSABUF two[2] = {{3, "abc"}, {4, "defg"}};
    DWORD sent = 0, flags = 0, got = 0;
    say_number("WSASend", WSASend(server, two, 2, &sent, 0, NULL, NULL));
    say_number("sent", (long)sent);
    char left[3], right[10];
    WSABUF in[2] = {{2, left}, {10, right}};
    say_number("WSARecv", WSARecv(client, in, 2, &got, &flags, NULL, NULL));
    printf("got %lu: %.2s %.5s\n", got, left, right);
}

static void not_blocking(SOCKET client, SOCKET server) {
    char text[8];
    set_blocking(server, 1);
    say_number("nothing yet", recv(server, text, 1, 0));
    say_number("error", WSAGetLastError());
    fd_set in = {1, {server}}, out = {1, {server}};
    struct timeval soon = {0, 100000};
    say_number("select", select(0, &in, &out, NULL, &soon));
    printf("to read %u, to write %u\n", in.fd_count, out.fd_count);
    send(client, "x", 1, 0);
    in = (fd_set){1, {server}};
    say_number("select", select(0, &in, NULL, NULL, &soon));
    printf("to read %u\n", in.fd_count);
    say_number("now", recv(server, text, sizeof text, 0));
    WSAPOLLFD poll = {client, POLLIN | POLLOUT, 0};
    say_number("WSAPoll", WSAPoll(&poll, 1, 0));
    say_hex("events", (unsigned long)poll.revents);
    set_blocking(server, 0);
}

static int called;
static void CALLBACK completed(DWORD error, DWORD bytes, WSAOVERLAPPED *o, DWORD flags) {
    called++;
    printf("completed: error %lu, %lu bytes, same %d, flags %lu\n", error, bytes,
           o->hEvent == (HANDLE)7, flags);
}

static void overlapped(SOCKET client, SOCKET server) {
    char text[16] = "";
    WSABUF in = {sizeof text, text};
    DWORD got = 0, flags = 0;
    WSAOVERLAPPED o = {.hEvent = WSACreateEvent()};
    say_number("WSARecv", WSARecv(server, &in, 1, NULL, &flags, &o, NULL));
    say_number("error", WSAGetLastError());
    say_number("result", WSAGetOverlappedResult(server, &o, &got, FALSE, &flags));
    say_number("error", WSAGetLastError());
    send(client, "event", 5, 0);
    say_number("wait", (long)WSAWaitForMultipleEvents(1, &o.hEvent, TRUE, 1000, FALSE));
    say_number("result", WSAGetOverlappedResult(server, &o, &got, TRUE, &flags));
    printf("%lu: %s\n", got, text);
    WSACloseEvent(o.hEvent);
    o = (WSAOVERLAPPED){.hEvent = (HANDLE)7};
    flags = 0;
    say_number("with a routine", WSARecv(server, &in, 1, NULL, &flags, &o, completed));
    send(client, "routine", 7, 0);
    say_number("sleep", (long)SleepEx(1000, TRUE));
    say_number("called", called);
}

static void with_port(SOCKET client, SOCKET server) {
    char text[16] = "";
    WSABUF in = {sizeof text, text};
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *done = NULL, o = {0};
    HANDLE port = CreateIoCompletionPort((HANDLE)server, NULL, 77, 0);
    say("port", port != NULL);
    WSARecv(server, &in, 1, NULL, &flags, &o, NULL);
    send(client, "port", 4, 0);
    say("packet", GetQueuedCompletionStatus(port, &bytes, &key, &done, 1000));
    printf("%lu bytes, key %lu, same %d\n", bytes, (unsigned long)key, done == &o);
    say("no more", !GetQueuedCompletionStatus(port, &bytes, &key, &done, 10));
    CloseHandle(port);
}

static void with_events(SOCKET client, SOCKET server) {
    char text[16];
    WSANETWORKEVENTS events;
    WSAEVENT event = WSACreateEvent();
    say_number("WSAEventSelect", WSAEventSelect(server, event, FD_READ | FD_CLOSE | FD_WRITE));
    say_number("wait", (long)WSAWaitForMultipleEvents(1, &event, TRUE, 100, FALSE));
    WSAEnumNetworkEvents(server, event, &events);
    say_hex("first", (unsigned long)events.lNetworkEvents);
    say_number("wait", (long)WSAWaitForMultipleEvents(1, &event, TRUE, 100, FALSE));
    send(client, "abcd", 4, 0);
    say_number("wait", (long)WSAWaitForMultipleEvents(1, &event, TRUE, 100, FALSE));
    WSAEnumNetworkEvents(server, event, &events);
    say_hex("then", (unsigned long)events.lNetworkEvents);
    say_number("half", recv(server, text, 2, 0));
    say_number("again", (long)WSAWaitForMultipleEvents(1, &event, TRUE, 100, FALSE));
    recv(server, text, sizeof text, 0);
    say_number("shutdown", shutdown(client, SD_SEND));
    say_number("wait", (long)WSAWaitForMultipleEvents(1, &event, TRUE, 100, FALSE));
    WSAEnumNetworkEvents(server, event, &events);
    say_hex("at the end", (unsigned long)events.lNetworkEvents & FD_CLOSE);
    say_number("end", recv(server, text, sizeof text, 0));
    say_number("send after shutdown", send(client, "x", 1, 0));
    say_number("error", WSAGetLastError());
    WSACloseEvent(event);
}

static DWORD WINAPI echo(void *listener) {
    char text[256];
    int n, all = 0;
    SOCKET s = accept((SOCKET)(ULONG_PTR)listener, NULL, NULL);
    while ((n = recv(s, text, sizeof text, 0)) > 0) {
        send(s, text, n, 0);
        all += n;
    }
    closesocket(s);
    return (DWORD)all;
}

static void two_threads(void) {
    static char out[100000], in[sizeof out];
    SOCKET listener = listen_anywhere();
    DWORD code = 0;
    int n, all = 0;
    HANDLE thread = CreateThread(NULL, 0, echo, (void *)(ULONG_PTR)listener, 0, NULL);
    SOCKET s = connect_to(listener);
    for (size_t i = 0; i < sizeof out; i++) out[i] = (char)(i * 7);
    say_number("all sent", send(s, out, sizeof out, 0));
    shutdown(s, SD_SEND);
    while ((n = recv(s, in + all, (int)sizeof in - all, 0)) > 0) all += n;
    say_number("came back", all);
    say("the same", !memcmp(in, out, sizeof out));
    WaitForSingleObject(thread, 5000);
    GetExitCodeThread(thread, &code);
    say_number("echoed", (long)code);
    CloseHandle(thread);
    closesocket(s);
    closesocket(listener);
}

static void datagrams(void) {
    char text[16] = "";
    struct sockaddr_in a = loopback(0), from;
    int size = sizeof from;
    SOCKET one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
    say_number("bind", bind(one, (struct sockaddr *)&a, sizeof a));
    a = loopback(port_of(one));
    say_number("sendto", sendto(two, "datagram", 8, 0, (struct sockaddr *)&a, sizeof a));
    sendto(two, "a longer datagram than that", 27, 0, (struct sockaddr *)&a, sizeof a);
    say_number("recvfrom", recvfrom(one, text, sizeof text, 0, (struct sockaddr *)&from, &size));
    printf("%s from family %d, itself %d\n", text, from.sin_family,
           ntohs(from.sin_port) == port_of(two));
    say_number("too long", recv(one, text, sizeof text, 0));
    say_number("error", WSAGetLastError());
    DWORD timeout = 50;
    say_number("SO_RCVTIMEO",
               setsockopt(one, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof timeout));
    say_number("none", recv(one, text, sizeof text, 0));
    say_number("error", WSAGetLastError());
    say_number("connect", connect(two, (struct sockaddr *)&a, sizeof a));
    say_number("send", send(two, "direct", 6, 0));
    say_number("recv", recv(one, text, sizeof text, 0));
    closesocket(one);
    closesocket(two);
}

static void options(void) {
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int v = 0, size = sizeof v;
    say_number("SO_TYPE", getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&v, &size));
    say_number("type", v);
    v = 1;
    say_number("TCP_NODELAY", setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&v, sizeof v));
    v = 0;
    getsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&v, &size);
    say_number("on", v != 0);
    LINGER linger = {1, 5}, kept = {0, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
    size = sizeof kept;
    getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&kept, &size);
    printf("linger %u %u\n", kept.l_onoff, kept.l_linger);
    v = 1;
    say_number("SO_EXCLUSIVEADDRUSE",
               setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&v, sizeof v));
    struct sockaddr_in a;
    size = sizeof a;
    say_number("no name", getsockname(s, (struct sockaddr *)&a, &size));
    say_number("error", WSAGetLastError());
    say_number("no peer", getpeername(s, (struct sockaddr *)&a, &size));
    say_number("error", WSAGetLastError());
    closesocket(s);
    say_number("closed", send(s, "x", 1, 0));
    say_number("error", WSAGetLastError());
}

static void bind_twice(void) {
    struct sockaddr_in a = loopback(0);
    SOCKET one = socket(AF_INET, SOCK_STREAM, 0), two = socket(AF_INET, SOCK_STREAM, 0);
    bind(one, (struct sockaddr *)&a, sizeof a);
    a = loopback(port_of(one));
    say_number("bind twice", bind(two, (struct sockaddr *)&a, sizeof a));
    say_number("error", WSAGetLastError());
    say_number("bind again", bind(one, (struct sockaddr *)&a, sizeof a));
    say_number("error", WSAGetLastError());
    closesocket(one);
    say_number("now", bind(two, (struct sockaddr *)&a, sizeof a));
    closesocket(two);
}

static void extensions(void) {
    GUID connect_id = WSAID_CONNECTEX, accept_id = WSAID_ACCEPTEX;
    LPFN_CONNECTEX connect_ex = NULL;
    LPFN_ACCEPTEX accept_ex = NULL;
    char out[256], text[16] = "";
    DWORD bytes = 0;
    SOCKET listener = listen_anywhere(), acceptor = socket(AF_INET, SOCK_STREAM, 0);
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET}, to = loopback(port_of(listener));
    OVERLAPPED accepting = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    OVERLAPPED connecting = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    WSAIoctl(client, SIO_GET_EXTENSION_FUNCTION_POINTER, &connect_id, sizeof connect_id,
             &connect_ex, sizeof connect_ex, &bytes, NULL, NULL);
    WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &accept_id, sizeof accept_id, &accept_ex,
             sizeof accept_ex, &bytes, NULL, NULL);
    say("functions", connect_ex && accept_ex);
    say_number("AcceptEx", accept_ex(listener, acceptor, out, 5, sizeof any + 16, sizeof any + 16,
                                     &bytes, &accepting));
    say_number("error", WSAGetLastError());
    bind(client, (struct sockaddr *)&any, sizeof any);
    say_number("ConnectEx", connect_ex(client, (struct sockaddr *)&to, sizeof to, "first", 5,
                                       &bytes, &connecting));
    say_number("wait", (long)WaitForSingleObject(connecting.hEvent, 1000));
    say_number("wait", (long)WaitForSingleObject(accepting.hEvent, 1000));
    WSAGetOverlappedResult(listener, &accepting, &bytes, TRUE, &bytes);
    printf("with it: %.5s\n", out);
    say_number("SO_UPDATE_ACCEPT_CONTEXT",
               setsockopt(acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener,
                          sizeof listener));
    send(acceptor, "back", 4, 0);
    say_number("recv", recv(client, text, sizeof text, 0));
    say_text("came", text);
    closesocket(client);
    say_number("end", recv(acceptor, text, sizeof text, 0));
    closesocket(acceptor);
    closesocket(listener);
}

int main(void) {
    WSADATA data;
    say_number("startup", WSAStartup(MAKEWORD(2, 2), &data));
    SOCKET listener = listen_anywhere(), client = connect_to(listener);
    SOCKET server = accept(listener, NULL, NULL);
    say("accepted", server != INVALID_SOCKET);
    blocking(client, server);
    not_blocking(client, server);
    overlapped(client, server);
    with_port(client, server);
    with_events(client, server);
    closesocket(client);
    closesocket(server);
    closesocket(listener);
    two_threads();
    datagrams();
    options();
    bind_twice();
    extensions();
    say_number("cleanup", WSACleanup());
    return 0;
}
