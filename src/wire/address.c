#include "wire/address.h"
#include <arpa/inet.h>

void address_print(Address a, char out[ADDRESS_TEXT]) {
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    uint8_t raw[16];
    memcpy(raw, &a, 16);
    bool v4 = memcmp(raw, mapped, 12) == 0;
    if (!inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? raw + 12 : raw, out, ADDRESS_TEXT)) *out = 0;
}
