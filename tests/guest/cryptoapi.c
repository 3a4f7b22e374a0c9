/* CryptoAPI: hashes, ciphers and keys of the providers, with answers that standards know. */
#include "guest.h"

static void say_bytes(const char *what, const BYTE *bytes, DWORD n) {
    printf("%s: ", what);
    for (DWORD i = 0; i < n; i++) printf("%02x", bytes[i]);
    printf("\n");
}

static void hash(HCRYPTPROV provider, const char *name, ALG_ID algorithm) {
    HCRYPTHASH h = 0;
    BYTE digest[64];
    DWORD n = sizeof digest;
    BOOL made = CryptCreateHash(provider, algorithm, 0, 0, &h);
    if (!made) {
        say_result(name, FALSE);
        return;
    }
    CryptHashData(h, (const BYTE *)"abc", 3, 0);
    if (CryptGetHashParam(h, HP_HASHVAL, digest, &n, 0)) say_bytes(name, digest, n);
    else say_result(name, FALSE);
    CryptDestroyHash(h);
}

static void hash_all(HCRYPTPROV provider) {
    hash(provider, "MD2", CALG_MD2);
    hash(provider, "MD4", CALG_MD4);
    hash(provider, "MD5", CALG_MD5);
    hash(provider, "SHA1", CALG_SHA1);
    hash(provider, "SHA256", CALG_SHA_256);
    hash(provider, "SHA384", CALG_SHA_384);
    hash(provider, "SHA512", CALG_SHA_512);
}

static void derived(HCRYPTPROV provider, const char *name, ALG_ID algorithm) {
    HCRYPTHASH h = 0;
    HCRYPTKEY key = 0;
    BYTE text[64] = "attack at dawn";
    DWORD n = 14;
    CryptCreateHash(provider, CALG_SHA1, 0, 0, &h);
    CryptHashData(h, (const BYTE *)"password", 8, 0);
    if (!CryptDeriveKey(provider, algorithm, h, 0, &key)) {
        say_result(name, FALSE);
        return;
    }
    CryptEncrypt(key, 0, TRUE, 0, text, &n, sizeof text);
    say_bytes(name, text, n);
    CryptDecrypt(key, 0, TRUE, 0, text, &n);
    say("and back", n == 14 && memcmp(text, "attack at dawn", 14) == 0);
    CryptDestroyKey(key);
    CryptDestroyHash(h);
}

/* A key that the program brings along, as droppers do. */
static void plain_key(HCRYPTPROV provider) {
    struct {
        BLOBHEADER header;
        DWORD size;
        BYTE key[16];
    } blob = {{PLAINTEXTKEYBLOB, CUR_BLOB_VERSION, 0, CALG_AES_128}, 16, {0}};
    HCRYPTKEY key = 0;
    BYTE text[32] = {0}, iv[16];
    DWORD n = 16, mode = CRYPT_MODE_CBC;
    for (int i = 0; i < 16; i++) blob.key[i] = (BYTE)i;
    for (int i = 0; i < 16; i++) text[i] = (BYTE)(i * 0x11);
    memset(iv, 0, sizeof iv);
    say_result("import", CryptImportKey(provider, (const BYTE *)&blob, sizeof blob, 0, 0, &key));
    CryptSetKeyParam(key, KP_MODE, (const BYTE *)&mode, 0);
    CryptSetKeyParam(key, KP_IV, iv, 0);
    CryptEncrypt(key, 0, FALSE, 0, text, &n, sizeof text);
    say_bytes("FIPS 197, C.1", text, n);
    CryptDestroyKey(key);
}

static void exchange(HCRYPTPROV provider) {
    HCRYPTKEY pair = 0, session = 0, again = 0;
    BYTE blob[512], text[32] = "wrapped";
    DWORD n = sizeof blob, size = 7;
    say_result("RSA pair",
               CryptGenKey(provider, AT_KEYEXCHANGE, 1024 << 16 | CRYPT_EXPORTABLE, &pair));
    say_result("session key",
               CryptGenKey(provider, CALG_RC4, 128 << 16 | CRYPT_EXPORTABLE, &session));
    say_result("wrapped", CryptExportKey(session, pair, SIMPLEBLOB, 0, blob, &n));
    say_number("bytes of the blob", (long)n);
    say_result("unwrapped", CryptImportKey(provider, blob, n, pair, 0, &again));
    CryptEncrypt(session, 0, TRUE, 0, text, &size, sizeof text);
    CryptDecrypt(again, 0, TRUE, 0, text, &size);
    say("the same key", memcmp(text, "wrapped", 7) == 0);
    CryptDestroyKey(again);
    CryptDestroyKey(session);
    CryptDestroyKey(pair);
}

static void signature(HCRYPTPROV provider) {
    HCRYPTHASH h = 0;
    HCRYPTKEY pair = 0;
    BYTE s[256];
    DWORD n = sizeof s;
    say_result("signing pair", CryptGenKey(provider, AT_SIGNATURE, 1024 << 16, &pair));
    CryptCreateHash(provider, CALG_SHA1, 0, 0, &h);
    CryptHashData(h, (const BYTE *)"abc", 3, 0);
    say_result("signed", CryptSignHashA(h, AT_SIGNATURE, NULL, 0, s, &n));
    say_number("bytes", (long)n);
    say_result("verified", CryptVerifySignatureA(h, s, n, pair, NULL, 0));
    s[3] ^= 1;
    say_result("changed", CryptVerifySignatureA(h, s, n, pair, NULL, 0));
    CryptDestroyHash(h);
    CryptDestroyKey(pair);
}

static void container(void) {
    HCRYPTPROV p = 0;
    say_result("no container", CryptAcquireContextA(&p, "coax test", NULL, PROV_RSA_FULL, 0));
    say_result("new container",
               CryptAcquireContextA(&p, "coax test", NULL, PROV_RSA_FULL, CRYPT_NEWKEYSET));
    CryptReleaseContext(p, 0);
    say_result("old container", CryptAcquireContextA(&p, "coax test", NULL, PROV_RSA_FULL, 0));
    CryptReleaseContext(p, 0);
    say_result("deleted",
               CryptAcquireContextA(&p, "coax test", NULL, PROV_RSA_FULL, CRYPT_DELETEKEYSET));
}

int main(void) {
    HCRYPTPROV p = 0;
    BYTE random[16] = {0}, none[16] = {0};
    char name[128] = "";
    DWORD n = sizeof name;
    say_result("provider", CryptAcquireContextA(&p, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT));
    CryptGetProvParam(p, PP_NAME, (BYTE *)name, &n, 0);
    say_text("its name", name);
    say_result("random", CryptGenRandom(p, sizeof random, random));
    say("of some kind", memcmp(random, none, sizeof none) != 0);
    hash_all(p);
    derived(p, "RC4", CALG_RC4);
    derived(p, "DES", CALG_DES);
    derived(p, "3DES", CALG_3DES);
    derived(p, "AES-256", CALG_AES_256);
    plain_key(p);
    CryptReleaseContext(p, 0);
    container();
    CryptAcquireContextA(&p, "coax keys", NULL, PROV_RSA_FULL, CRYPT_NEWKEYSET);
    exchange(p);
    signature(p);
    CryptReleaseContext(p, 0);
    CryptAcquireContextA(&p, "coax keys", NULL, PROV_RSA_FULL, CRYPT_DELETEKEYSET);
    return 0;
}
