/* sort.exe: lines in order; /r backwards, /o FILE, a file or standard input. */
#include "stub.h"

static int backwards;

static int compare(const void *a, const void *b) {
    int order = _stricmp(*(char *const *)a, *(char *const *)b);
    return backwards ? -order : order;
}

int main(int count, char **a) {
    static char line[8192];
    char **lines = NULL;
    size_t n = 0, room = 0;
    FILE *in = stdin, *out = stdout;
    for (int i = 1; i < count; i++) {
        if (*a[i] == '/' && (a[i][1] | 32) == 'r') backwards = 1;
        else if (*a[i] == '/' && (a[i][1] | 32) == 'o' && i + 1 < count) out = fopen(a[++i], "w");
        else if (*a[i] != '/') in = fopen(a[i], "r");
        if (in && out) continue;
        complain(L"The system cannot find the file specified.\n");
        return 1;
    }
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = 0;
        if (n == room) lines = realloc(lines, (room = room * 2 + 64) * sizeof *lines);
        lines[n++] = _strdup(line);
    }
    if (n) qsort(lines, n, sizeof *lines, compare);
    for (size_t i = 0; i < n; i++) fprintf(out, "%s\n", lines[i]);
    return 0;
}
