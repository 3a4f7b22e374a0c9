/* A program fetched from the web and started; names and connections as the world has them. */
#include <winsock2.h>

#include <ws2tcpip.h>

#include "guest.h"

#include <urlmon.h>
#include <wininet.h>

static void start(const char *path) {
    STARTUPINFOA si = {.cb = sizeof si};
    PROCESS_INFORMATION pi;
    DWORD code = 99;
    char line[64];
    snprintf(line, sizeof line, "%s /x", path);
    say_result("start", CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &si, &pi));
    say_number("wait", (long)WaitForSingleObject(pi.hProcess, 10000));
    GetExitCodeProcess(pi.hProcess, &code);
    say_number("ended with", (long)code);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
}

static void try_connect(const char *ip, u_short port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = inet_addr(ip);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    DWORD before = GetTickCount();
    int result = connect(s, (struct sockaddr *)&to, sizeof to), error = WSAGetLastError();
    DWORD seconds = (GetTickCount() - before) / 1000;
    printf("%s:%u: %d, error %d after %lu s\n", ip, port, result, result ? error : 0, seconds);
    closesocket(s);
}

static void say_greeting(u_short port) {
    char text[128] = "";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = inet_addr("11.22.33.44");
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    connect(s, (struct sockaddr *)&to, sizeof to);
    recv(s, text, sizeof text - 1, 0);
    printf("port %u: %.3s\n", port, text);
    closesocket(s);
}

int main(void) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    say_hex("download", (unsigned long)URLDownloadToFileA(NULL, "http://files.example/setup.exe",
                                                          "setup.exe", 0, NULL));
    start("setup.exe");
    say("deleted", DeleteFileA("setup.exe"));
    say_hex("library", (unsigned long)URLDownloadToFileA(NULL, "http://files.example/x.dll",
                                                         "x.dll", 0, NULL));
    HMODULE library = LoadLibraryA("x.dll");
    say("loaded", library != NULL);
    if (library) FreeLibrary(library);
    say("deleted", DeleteFileA("x.dll"));
    say("check",
        InternetCheckConnectionA("http://www.msftconnecttest.com/", FLAG_ICC_FORCE_CONNECTION, 0));
    try_connect("11.1.1.1", 4444);
    try_connect("11.1.1.2", 4444);
    try_connect("11.1.1.3", 4444);
    try_connect("127.0.0.1", 4444);
    say_greeting(21);
    say_greeting(25);
    say_greeting(110);
    say_greeting(22);
    return 0;
}
