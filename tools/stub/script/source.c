/* A script's file: UTF-16 with its mark, else the ANSI code page. Of a .wsf file, the text inside its
 * <script> elements. */
#include "host.h"

static wchar_t *decode(const unsigned char *bytes, size_t n) {
    wchar_t *text = calloc(n + 1, sizeof *text);
    bool marked = n >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF;
    if (!text) return NULL;
    if (n >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) memcpy(text, bytes + 2, (n - 2) & ~(size_t)1);
    else if (marked) MultiByteToWideChar(CP_UTF8, 0, (const char *)bytes + 3, (int)n - 3, text, (int)n);
    else MultiByteToWideChar(CP_ACP, 0, (const char *)bytes, (int)n, text, (int)n);
    return text;
}

wchar_t *source_read(const wchar_t *path) {
    HANDLE f = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD n = f == INVALID_HANDLE_VALUE ? 0 : GetFileSize(f, NULL), got = 0;
    unsigned char *bytes = malloc((size_t)n + 1);
    wchar_t *text = NULL;
    if (f == INVALID_HANDLE_VALUE) n = 0;
    else if (bytes && ReadFile(f, bytes, n, &got, NULL)) text = decode(bytes, got);
    if (f != INVALID_HANDLE_VALUE) CloseHandle(f);
    free(bytes);
    return text;
}
