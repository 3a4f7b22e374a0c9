#include "tests/support/folder.h"
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/coax-test-XXXXXX";

int folder_make(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int folder_remove(void **state) {
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *folder_path(const char *name, char out[FOLDER_PATH]) {
    assert_in_range(snprintf(out, FOLDER_PATH, "%s/%s", folder, name), 1, FOLDER_PATH - 1);
    return out;
}

void folder_write(const char *name, Span bytes) {
    char path[FOLDER_PATH];
    FILE *f = fopen(folder_path(name, path), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.n ? bytes.p : (const uint8_t *)"", 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}
