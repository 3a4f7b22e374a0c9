/* A file with signatures in whatever carrier: programs, cabinets, scripts, catalogs, installers. */
#include "sign/sign.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file is its own catalog, list of revoked certificates and list of abused ones as well. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SignSource source = {"input", span(data, size)};
    SignOptions options = {.roots = &source,
                           .crls = &source,
                           .abuse = &source,
                           .catalogs = &source,
                           .root_count = 1,
                           .crl_count = 1,
                           .abuse_count = 1,
                           .catalog_count = 1,
                           .own_roots = true};
    SignTrust *t = sign_open(&options);
    Arena a = arena_new(64 << 20);
    Sink nobody = {0};
    const Value *signatures;
    if (t) (void)sign_file(t, &a, span(data, size), &nobody, &signatures);
    arena_reset(&a);
    sign_close(t);
    return 0;
}
