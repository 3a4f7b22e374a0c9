/* CNG: ciphers with the vectors of their standards, keys that go out and come in again. */
#include "guest.h"
#include <bcrypt.h>

static void say_bytes(const char *what, const BYTE *bytes, DWORD n) {
    printf("%s: ", what);
    for (DWORD i = 0; i < n; i++) printf("%02x", bytes[i]);
    printf("\n");
}

static void say_status(const char *what, NTSTATUS status) {
    printf("%s: %08lx\n", what, (unsigned long)status);
}

static BCRYPT_ALG_HANDLE open_algorithm(const WCHAR *name, ULONG flags) {
    BCRYPT_ALG_HANDLE a = NULL;
    if (BCryptOpenAlgorithmProvider(&a, name, NULL, flags)) printf("no %ls\n", name);
    return a;
}

static void set_mode(BCRYPT_ALG_HANDLE a, const WCHAR *mode) {
    BCryptSetProperty(a, BCRYPT_CHAINING_MODE, (UCHAR *)mode, (ULONG)(wcslen(mode) + 1) * 2, 0);
}

static void hash(const char *what, const WCHAR *name, ULONG flags) {
    BCRYPT_ALG_HANDLE a = open_algorithm(name, flags);
    BCRYPT_HASH_HANDLE h = NULL;
    BYTE digest[64];
    DWORD n = 0, got = 0;
    BCryptGetProperty(a, BCRYPT_HASH_LENGTH, (UCHAR *)&n, sizeof n, &got, 0);
    BCryptCreateHash(a, &h, NULL, 0, (UCHAR *)"key", flags ? 3 : 0, 0);
    BCryptHashData(h, (UCHAR *)"abc", 3, 0);
    BCryptFinishHash(h, digest, n, 0);
    say_bytes(what, digest, n);
    BCryptDestroyHash(h);
    BCryptCloseAlgorithmProvider(a, 0);
}

static void derive(void) {
    BCRYPT_ALG_HANDLE a = open_algorithm(BCRYPT_SHA1_ALGORITHM, BCRYPT_ALG_HANDLE_HMAC_FLAG);
    BYTE key[20];
    BCryptDeriveKeyPBKDF2(a, (UCHAR *)"password", 8, (UCHAR *)"salt", 4, 2, key, sizeof key, 0);
    say_bytes("RFC 6070, 2 rounds", key, sizeof key);
    BCryptCloseAlgorithmProvider(a, 0);
}

/* SP 800-38A, F.2.1 and F.1.1. */
static const BYTE aes_key[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const BYTE aes_text[32] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                  0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                  0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};

static void count(BYTE *bytes, DWORD n) {
    for (DWORD i = 0; i < n; i++) bytes[i] = (BYTE)i;
}

static void cipher(const char *what, const WCHAR *name, const WCHAR *mode, DWORD key_size,
                   ULONG flags) {
    BCRYPT_ALG_HANDLE a = open_algorithm(name, 0);
    BCRYPT_KEY_HANDLE k = NULL;
    BYTE iv[16], key[32], out[64], back[64];
    BOOL ecb = wcscmp(mode, BCRYPT_CHAIN_MODE_ECB) == 0;
    DWORD block = wcscmp(name, BCRYPT_AES_ALGORITHM) == 0 ? 16 : 8, n = 0, size = flags ? 27 : 32;
    count(key, sizeof key);
    memcpy(key, aes_key, sizeof aes_key);
    set_mode(a, mode);
    say_status(what, BCryptGenerateSymmetricKey(a, &k, NULL, 0, key, key_size, 0));
    count(iv, 16);
    say_status("encrypted", BCryptEncrypt(k, (UCHAR *)aes_text, size, NULL, ecb ? NULL : iv,
                                          ecb ? 0 : block, out, sizeof out, &n, flags));
    say_bytes("text", out, n);
    BCryptDestroyKey(k);
    BCryptGenerateSymmetricKey(a, &k, NULL, 0, key, key_size, 0);
    count(iv, 16);
    say_status("decrypted", BCryptDecrypt(k, out, n, NULL, ecb ? NULL : iv, ecb ? 0 : block, back,
                                          sizeof back, &n, flags));
    say("the same", n == size && memcmp(back, aes_text, n) == 0);
    BCryptDestroyKey(k);
    BCryptCloseAlgorithmProvider(a, 0);
}

static void sizes(void) {
    BCRYPT_ALG_HANDLE a = open_algorithm(BCRYPT_AES_ALGORITHM, 0);
    BCRYPT_KEY_HANDLE k = NULL;
    BYTE iv[16] = {0}, out[64];
    DWORD n = 0;
    BCryptGenerateSymmetricKey(a, &k, NULL, 0, (UCHAR *)aes_key, 16, 0);
    say_status("size asked", BCryptEncrypt(k, (UCHAR *)aes_text, 20, NULL, iv, 16, NULL, 0, &n,
                                           BCRYPT_BLOCK_PADDING));
    say_number("size", (long)n);
    say_status("too small", BCryptEncrypt(k, (UCHAR *)aes_text, 20, NULL, iv, 16, out, 20, &n,
                                          BCRYPT_BLOCK_PADDING));
    say_status("broken block",
               BCryptEncrypt(k, (UCHAR *)aes_text, 20, NULL, iv, 16, out, 64, &n, 0));
    say_status("bad padding", BCryptDecrypt(k, (UCHAR *)aes_text, 32, NULL, iv, 16, out, 64, &n,
                                            BCRYPT_BLOCK_PADDING));
    say_status("no key", BCryptEncrypt(a, (UCHAR *)aes_text, 16, NULL, iv, 16, out, 64, &n, 0));
    BCryptDestroyKey(k);
    BCryptCloseAlgorithmProvider(a, 0);
}

/* McGrew and Viega's test case 4. */
static void gcm(void) {
    static const BYTE key[16] = {0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
                                 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08};
    static BYTE nonce[12] = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce,
                             0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};
    static BYTE text[60] = {0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5,
                            0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda,
                            0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95,
                            0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
                            0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39};
    static BYTE more[20] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                            0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
    BCRYPT_ALG_HANDLE a = open_algorithm(BCRYPT_AES_ALGORITHM, 0);
    BCRYPT_KEY_HANDLE k = NULL;
    BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;
    BYTE out[60], back[60], tag[16] = {0};
    DWORD n = 0;
    set_mode(a, BCRYPT_CHAIN_MODE_GCM);
    BCryptGenerateSymmetricKey(a, &k, NULL, 0, (UCHAR *)key, 16, 0);
    BCRYPT_INIT_AUTH_MODE_INFO(info);
    info.pbNonce = nonce;
    info.cbNonce = sizeof nonce;
    info.pbAuthData = more;
    info.cbAuthData = sizeof more;
    info.pbTag = tag;
    info.cbTag = sizeof tag;
    say_status("GCM", BCryptEncrypt(k, text, 60, &info, NULL, 0, out, 60, &n, 0));
    say_bytes("text", out, n);
    say_bytes("tag", tag, 16);
    say_status("back", BCryptDecrypt(k, out, 60, &info, NULL, 0, back, 60, &n, 0));
    say("the same", memcmp(text, back, 60) == 0);
    tag[0] ^= 1;
    say_status("wrong tag", BCryptDecrypt(k, out, 60, &info, NULL, 0, back, 60, &n, 0));
    BCryptDestroyKey(k);
    BCryptCloseAlgorithmProvider(a, 0);
}

/* Seals with the public half what the private one opens; both went through a blob. */
static void rsa(void) {
    BCRYPT_ALG_HANDLE a = open_algorithm(BCRYPT_RSA_ALGORITHM, 0);
    BCRYPT_KEY_HANDLE pair = NULL, public = NULL, private = NULL;
    BYTE blob[1024], full[1024], sealed[128], opened[128], s[128], digest[20] = {1, 2, 3};
    BCRYPT_PKCS1_PADDING_INFO pad = {BCRYPT_SHA1_ALGORITHM};
    DWORD n = 0, m = 0;
    say_status("RSA", BCryptGenerateKeyPair(a, &pair, 1024, 0));
    say_status("finished", BCryptFinalizeKeyPair(pair, 0));
    say_status("public half",
               BCryptExportKey(pair, NULL, BCRYPT_RSAPUBLIC_BLOB, blob, sizeof blob, &n, 0));
    say_number("its size", (long)n);
    say_number("bits", (long)((BCRYPT_RSAKEY_BLOB *)blob)->BitLength);
    say_status("private half",
               BCryptExportKey(pair, NULL, BCRYPT_RSAFULLPRIVATE_BLOB, full, sizeof full, &m, 0));
    say_number("its size", (long)m);
    say_status("public in",
               BCryptImportKeyPair(a, NULL, BCRYPT_RSAPUBLIC_BLOB, &public, blob, n, 0));
    say_status("private in",
               BCryptImportKeyPair(a, NULL, BCRYPT_RSAFULLPRIVATE_BLOB, &private, full, m, 0));
    say_status("sealed", BCryptEncrypt(public, (UCHAR *)"secret", 6, NULL, NULL, 0, sealed,
                                       sizeof sealed, &n, BCRYPT_PAD_PKCS1));
    say_number("bytes", (long)n);
    say_status("opened", BCryptDecrypt(private, sealed, n, NULL, NULL, 0, opened, sizeof opened, &m,
                                       BCRYPT_PAD_PKCS1));
    say("the same", m == 6 && memcmp(opened, "secret", 6) == 0);
    say_status("signed",
               BCryptSignHash(private, &pad, digest, 20, s, sizeof s, &n, BCRYPT_PAD_PKCS1));
    say_status("verified", BCryptVerifySignature(public, &pad, digest, 20, s, n, BCRYPT_PAD_PKCS1));
    digest[0] ^= 1;
    say_status("another digest",
               BCryptVerifySignature(public, &pad, digest, 20, s, n, BCRYPT_PAD_PKCS1));
    BCryptDestroyKey(pair);
    BCryptDestroyKey(public);
    BCryptDestroyKey(private);
    BCryptCloseAlgorithmProvider(a, 0);
}

static void ecdsa(void) {
    BCRYPT_ALG_HANDLE a = open_algorithm(BCRYPT_ECDSA_P256_ALGORITHM, 0);
    BCRYPT_KEY_HANDLE pair = NULL, public = NULL;
    BYTE blob[256], s[64], digest[32] = {7, 8, 9};
    DWORD n = 0;
    say_status("ECDSA", BCryptGenerateKeyPair(a, &pair, 256, 0));
    say_status("finished", BCryptFinalizeKeyPair(pair, 0));
    say_status("public half",
               BCryptExportKey(pair, NULL, BCRYPT_ECCPUBLIC_BLOB, blob, sizeof blob, &n, 0));
    say_number("its size", (long)n);
    say_status("in", BCryptImportKeyPair(a, NULL, BCRYPT_ECCPUBLIC_BLOB, &public, blob, n, 0));
    say_status("signed", BCryptSignHash(pair, NULL, digest, 32, s, sizeof s, &n, 0));
    say_number("bytes", (long)n);
    say_status("verified", BCryptVerifySignature(public, NULL, digest, 32, s, n, 0));
    s[5] ^= 1;
    say_status("changed", BCryptVerifySignature(public, NULL, digest, 32, s, n, 0));
    BCryptDestroyKey(pair);
    BCryptDestroyKey(public);
    BCryptCloseAlgorithmProvider(a, 0);
}

int main(void) {
    BYTE random[16] = {0}, none[16] = {0};
    say_status("random",
               BCryptGenRandom(NULL, random, sizeof random, BCRYPT_USE_SYSTEM_PREFERRED_RNG));
    say("of some kind", memcmp(random, none, sizeof none) != 0);
    hash("MD5", BCRYPT_MD5_ALGORITHM, 0);
    hash("SHA256", BCRYPT_SHA256_ALGORITHM, 0);
    hash("SHA512", BCRYPT_SHA512_ALGORITHM, 0);
    hash("HMAC-SHA1", BCRYPT_SHA1_ALGORITHM, BCRYPT_ALG_HANDLE_HMAC_FLAG);
    derive();
    cipher("AES-128 CBC", BCRYPT_AES_ALGORITHM, BCRYPT_CHAIN_MODE_CBC, 16, 0);
    cipher("AES-256 CBC padded", BCRYPT_AES_ALGORITHM, BCRYPT_CHAIN_MODE_CBC, 32,
           BCRYPT_BLOCK_PADDING);
    cipher("AES-128 ECB", BCRYPT_AES_ALGORITHM, BCRYPT_CHAIN_MODE_ECB, 16, 0);
    cipher("AES-192 CFB", BCRYPT_AES_ALGORITHM, BCRYPT_CHAIN_MODE_CFB, 24, 0);
    cipher("3DES CBC", BCRYPT_3DES_ALGORITHM, BCRYPT_CHAIN_MODE_CBC, 24, 0);
    sizes();
    gcm();
    rsa();
    ecdsa();
    return 0;
}
