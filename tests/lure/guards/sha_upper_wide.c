/* expect {"fact": "computer", "polarity": "must", "proved": "forced"} */
#include "../guard.h"
#include <wincrypt.h>

static const BYTE wanted[32] = {0x6c, 0x1d, 0x9a, 0x00, 0xfe, 0x21, 7,  8,  9,  10, 11,
                                12,   13,   14,   15,   16,   17,   18, 19, 20, 21, 22,
                                23,   24,   25,   26,   27,   28,   29, 30, 31, 32};

int main(void) {
    WCHAR name[64];
    BYTE digest[32];
    DWORD n = 64, size = sizeof digest;
    HCRYPTPROV provider;
    HCRYPTHASH hash;
    GetComputerNameW(name, &n);
    CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT);
    CryptCreateHash(provider, CALG_SHA_256, 0, 0, &hash);
    CryptHashData(hash, (BYTE *)name, n * 2, 0);
    CryptGetHashParam(hash, HP_HASHVAL, digest, &size, 0);
    if (memcmp(digest, wanted, sizeof digest) == 0) reveal();
    return 0;
}
