/* expect {"fact": "http", "polarity": "must", "values": ["GO-AHEAD"]} */
#include "../guard.h"
#include <wininet.h>

int main(void) {
    char text[64] = {0};
    DWORD n = 0;
    HINTERNET net = InternetOpenA("guard", INTERNET_OPEN_TYPE_DIRECT, NULL, NULL, 0);
    HINTERNET url =
        InternetOpenUrlA(net, "http://orders.example/today", NULL, 0, INTERNET_FLAG_RELOAD, 0);
    if (!url) return 0;
    InternetReadFile(url, text, sizeof text - 1, &n);
    if (strncmp(text, "GO-AHEAD", 8) == 0) reveal();
    return 0;
}
