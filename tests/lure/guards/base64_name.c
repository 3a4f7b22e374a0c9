/* expect {"fact": "computer", "polarity": "must", "values": ["FRONTDESK7"]} */
#include "../guard.h"

static void base64(const BYTE *in, size_t n, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        DWORD v =
            (DWORD)in[i] << 16 | (i + 1 < n ? in[i + 1] << 8 : 0) | (i + 2 < n ? in[i + 2] : 0);
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = 0;
}

int main(void) {
    char name[64], text[128];
    DWORD n = sizeof name;
    GetComputerNameA(name, &n);
    base64((BYTE *)name, n, text);
    if (strcmp(text, "RlJPTlRERVNLNw==") == 0) reveal();
    return 0;
}
