/* certutil.exe: -urlcache, -hashfile, -decode, -encode, which programs and scripts use it for. */
#include "fetch.h"

#include <wincrypt.h>

static int done(const wchar_t *command) {
    say(L"CertUtil: -%ls command completed successfully.\n", command);
    return 0;
}

static int fail(const wchar_t *command, DWORD error) {
    DWORD code = error < 0x10000 ? 0x80070000u | error : error;
    wchar_t text[512] = L"";
    FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text,
                   512, NULL);
    text[wcscspn(text, L"\r\n")] = 0;
    say(L"CertUtil: -%ls command FAILED: 0x%08lx (WIN32: %lu)\nCertUtil: %ls\n", command, code,
        error & 0xffff, text);
    return (int)code;
}

static BYTE *read_file(const wchar_t *path, DWORD *size) {
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    *size = GetFileSize(file, NULL);
    BYTE *bytes = malloc(*size + 1);
    if (bytes && !ReadFile(file, bytes, *size, size, NULL)) *size = 0;
    CloseHandle(file);
    return bytes;
}

static BOOL write_file(const wchar_t *path, const void *bytes, DWORD size) {
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    WriteFile(file, bytes, size, &size, NULL);
    return CloseHandle(file);
}

/* [-split] [-f] URL [FILE] */
static int url_cache(int count, wchar_t **a, int split) {
    if (!count) return done(L"URLCache");
    const wchar_t *name = wcsrchr(a[0], L'/');
    wchar_t path[MAX_PATH] = L"";
    DWORD size;
    if (count > 1) wcsncpy(path, a[1], MAX_PATH - 1);
    else if (split && name && name[1]) wcsncpy(path, name + 1, MAX_PATH - 1);
    else {
        GetTempPathW(MAX_PATH, path);
        GetTempFileNameW(path, L"Cab", 0, path);
    }
    say(L"****  Online  ****\n");
    DWORD error = fetch(L"CertUtil URL Agent", a[0], path, &size);
    if (error) return fail(L"URLCache", error);
    say(L"  0000  ...\n  %04lx\n", size);
    return done(L"URLCache");
}

static ALG_ID algorithm(const wchar_t *name) {
    return is(name, L"MD5")      ? CALG_MD5
           : is(name, L"SHA256") ? CALG_SHA_256
           : is(name, L"SHA384") ? CALG_SHA_384
           : is(name, L"SHA512") ? CALG_SHA_512
                                 : CALG_SHA1;
}

/* FILE [ALGORITHM] */
static int hash_file(int count, wchar_t **a) {
    const wchar_t *name = count > 1 ? _wcsupr(a[1]) : L"SHA1";
    HCRYPTPROV provider;
    HCRYPTHASH hash;
    BYTE digest[64];
    DWORD size = 0, n = sizeof digest;
    BYTE *bytes = count ? read_file(a[0], &size) : NULL;
    if (!bytes) return fail(L"hashfile", count ? GetLastError() : ERROR_INVALID_PARAMETER);
    if (!CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT) ||
        !CryptCreateHash(provider, algorithm(name), 0, 0, &hash) ||
        !CryptHashData(hash, bytes, size, 0) || !CryptGetHashParam(hash, HP_HASHVAL, digest, &n, 0))
        return fail(L"hashfile", GetLastError());
    say(L"%ls hash of %ls:\n", name, a[0]);
    for (DWORD i = 0; i < n; i++) say(L"%02x", digest[i]);
    say(L"\n");
    return done(L"hashfile");
}

/* IN OUT */
static int convert(const wchar_t *command, int count, wchar_t **a, int force, int decode) {
    DWORD size = 0, n = 0;
    BYTE *in = count > 1 ? read_file(a[0], &size) : NULL;
    if (!in) return fail(command, count > 1 ? GetLastError() : ERROR_INVALID_PARAMETER);
    in[size] = 0;
    if (decode) CryptStringToBinaryA((char *)in, size, CRYPT_STRING_ANY, NULL, &n, NULL, NULL);
    else CryptBinaryToStringA(in, size, CRYPT_STRING_BASE64HEADER, NULL, &n);
    BYTE *out = malloc(n + 1);
    BOOL good = decode
                    ? CryptStringToBinaryA((char *)in, size, CRYPT_STRING_ANY, out, &n, NULL, NULL)
                    : CryptBinaryToStringA(in, size, CRYPT_STRING_BASE64HEADER, (char *)out, &n);
    if (!good) return fail(command, GetLastError());
    if (force) DeleteFileW(a[1]);
    if (!write_file(a[1], out, n)) return fail(command, GetLastError());
    say(L"Input Length = %lu\nOutput Length = %lu\n", size, n);
    return done(command);
}

/* Options may stand anywhere; what is left are the files. */
int wmain(int count, wchar_t **a) {
    wchar_t *files[8];
    int n = 0;
    for (int i = 1; i < count && n < 8; i++)
        if (*a[i] != L'-' && *a[i] != L'/') files[n++] = a[i];
    int force = has_option(count, a, 1, L"f");
    if (has_option(count, a, 1, L"urlcache"))
        return url_cache(n, files, has_option(count, a, 1, L"split"));
    if (has_option(count, a, 1, L"hashfile")) return hash_file(n, files);
    if (has_option(count, a, 1, L"decode")) return convert(L"decode", n, files, force, 1);
    if (has_option(count, a, 1, L"encode")) return convert(L"encode", n, files, force, 0);
    return done(count > 1 ? a[1] + 1 : L"dump");
}
