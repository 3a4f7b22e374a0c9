/* An HTTP request made by hand: connect, send, receive, the end. */
#include <winsock2.h>

#include "guest.h"

static int receive_all(SOCKET s, char *into, int room) {
    int n, all = 0;
    while (all < room - 1 && (n = recv(s, into + all, room - 1 - all, 0)) > 0) all += n;
    into[all] = 0;
    return all;
}

static void say_lines(const char *text, int most) {
    for (int i = 0; i < most && *text; i++) {
        size_t n = strcspn(text, "\r\n");
        if (strncmp(text, "Date:", 5)) printf("  %.*s\n", (int)n, text);
        text += n;
        if (*text == '\r') text++;
        if (*text == '\n') text++;
        if (*text == '\r') break;
    }
}

static void get(const char *path, const char *more) {
    static char answer[65536];
    char request[512];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    to.sin_addr.s_addr = inet_addr("11.22.33.44");
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    say_result("connect", connect(s, (struct sockaddr *)&to, sizeof to) == 0);
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: news.example\r\nUser-Agent: test/1\r\n"
             "Connection: close\r\n%s\r\n",
             path, more);
    say_number("sent it all", send(s, request, (int)strlen(request), 0) == (int)strlen(request));
    int n = receive_all(s, answer, sizeof answer);
    say("something came", n > 0);
    say_lines(answer, 9);
    char *body = strstr(answer, "\r\n\r\n");
    if (body) printf("  body: %.40s\n", body + 4);
    say_result("close", closesocket(s) == 0);
}

int main(void) {
    WSADATA data;
    say_number("startup", WSAStartup(MAKEWORD(2, 2), &data));
    get("/", "");
    get("/a.txt", "");
    get("/told.bin", "Range: bytes=2-4\r\n");
    get("/gone", "");
    WSACleanup();
    return 0;
}
