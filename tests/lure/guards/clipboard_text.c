/* expect {"fact": "clipboard", "polarity": "must"} */
#include "../guard.h"

int main(void) {
    if (!OpenClipboard(NULL)) return 0;
    HANDLE h = GetClipboardData(CF_TEXT);
    const char *text = h ? GlobalLock(h) : NULL;
    if (text && strstr(text, "open sesame")) reveal();
    CloseClipboard();
    return 0;
}
