/* schema: the tables, version by version. */
#ifndef COAX_STORE_SCHEMA_H
#define COAX_STORE_SCHEMA_H

#include "base/status.h"
#include <sqlite3.h>
#include <stdbool.h>

enum { SCHEMA_APPLICATION = 0x636F6178 }; /* "coax": SQLite's application_id */

int schema_newest(void);

/* What the file says of itself: its version (0: it is empty), and whether it is ours. An SQLite
 * result code. */
int schema_examine(sqlite3 *db, int *version, bool *ours);

/* Brings it to version `to`, in one transaction; the same where another process did it meanwhile. */
int schema_migrate(sqlite3 *db, int to);

#endif
