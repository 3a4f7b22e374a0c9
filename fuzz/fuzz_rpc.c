/* A client of Windows' services that sends anything. */
#include "../tests/support/rpc_machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    RpcMachine r;
    RpcConnection c;
    rpc_machine_open(&r);
    rpc_open(&c);
    rpc_take(&c, &r.machine, &r.thread, span(data, size));
    rpc_poll(&c, &r.machine, &r.thread);
    for (Span s; (s = rpc_bytes(&c)).n;) rpc_taken(&c, s.n);
    rpc_close(&c);
    rpc_machine_close(&r);
    return 0;
}
