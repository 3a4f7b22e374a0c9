#include "base/status.h"

const char *status_text(Status s) {
    static const char *const texts[] = {
#define STATUS_TEXT(code, text) [code] = text,
        STATUS_CODES(STATUS_TEXT)
#undef STATUS_TEXT
    };
    return (unsigned)s < sizeof texts / sizeof *texts ? texts[s] : "unknown status";
}
