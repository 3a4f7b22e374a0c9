/* folder: a folder of a test's own, with files in it, that is gone at its end. */
#ifndef COAX_TESTS_FOLDER_H
#define COAX_TESTS_FOLDER_H

#include "base/bytes.h"

enum { FOLDER_PATH = 256 };

/* As cmocka's group setup and teardown want them. */
int folder_make(void **state);
int folder_remove(void **state);

/* The path of a file in it. */
const char *folder_path(const char *name, char out[FOLDER_PATH]);

/* Makes or replaces one. */
void folder_write(const char *name, Span bytes);

#endif
