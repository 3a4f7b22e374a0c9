/* expect {"fact": "computer", "polarity": "must", "proved": "forced"} */
#include "../guard.h"
#include <wincrypt.h>

int main(void) {
    static const BYTE wanted[16] = {0x8e, 0x21, 0x4b, 0x07, 0xd3, 0x5a, 0x66, 0x91,
                                    0x1c, 0xf0, 0x3d, 0xe8, 0x72, 0xaa, 0x59, 0x04};
    char name[64];
    BYTE digest[16];
    DWORD n = sizeof name, size = sizeof digest;
    HCRYPTPROV provider;
    HCRYPTHASH hash;
    GetComputerNameA(name, &n);
    if (!CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT)) return 1;
    if (!CryptCreateHash(provider, CALG_MD5, 0, 0, &hash)) return 1;
    CryptHashData(hash, (BYTE *)name, n, 0);
    CryptGetHashParam(hash, HP_HASHVAL, digest, &size, 0);
    if (memcmp(digest, wanted, sizeof wanted) == 0) reveal();
    return 0;
}
