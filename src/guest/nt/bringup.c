#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
/* Bring-up: the least that lets a process start. Every answer here is replaced by the family that
 * owns it (file, section, locale, system), and then this file goes. */
#include "base/text.h"
#include "guest/file.h"
#include "guest/fs.h"
#include "guest/image.h"
#include "guest/process.h"
#include "guest/registry.h"
#include "guest/sys.h"
#include "guest/trace.h"
#include <stdio.h>
#include <stdlib.h>
static uint64_t dbgw(Sys *s) {
    char b[2000];
    uint64_t n = s->arg[1];
    if (n > 2000) n = 2000;
    guest_read(s->process, s->arg[0], b, n);
    fwrite(b, 1, n, stderr);
    return 0;
}
const SysRow nt_bringup_rows[] = {{"__wine_dbg_write", 2, dbgw},
                                  {NULL, 0, NULL}};
