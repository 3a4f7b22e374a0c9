/* What Wine's DLLs call and Windows has not: their debug output. It goes to our log. (The names are
 * those that tools/pack/hide.py gives.) */
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "guest/sys.h"

static uint64_t nt_debug_write(Sys *s) {
    enum { MOST = 1024 };
    uint64_t n = s->arg[1] < MOST ? s->arg[1] : MOST;
    uint8_t text[MOST];
    if (!guest_read(s->process, s->arg[0], text, n)) return STATUS_ACCESS_VIOLATION;
    Buf line = buf_new(4 * MOST);
    text_escape(&line, span(text, n));
    buf_byte(&line, 0);
    if (!line.full) log_debug("the guest's DLLs say: %s", (const char *)line.p);
    buf_free(&line);
    return s->arg[1];
}

const SysRow nt_host_rows[] = {
    {"__host_dbg_write", 2, nt_debug_write},
    {NULL, 0, NULL},
};
