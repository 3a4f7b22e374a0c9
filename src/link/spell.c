#include "link/spell.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>

/* Digits of hex, without what people write between them; NULL where there is anything else. */
static const char *hex_digits(Arena *a, const char *text) {
    size_t n = 0;
    char *out = arena_alloc(a, strlen(text) + 1);
    if (!out) return NULL;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') text += 2;
    for (; *text; text++) {
        if (strchr(": -", *text)) continue;
        if (!isxdigit((unsigned char)*text)) return NULL;
        out[n++] = (char)tolower((unsigned char)*text);
    }
    return n ? out : NULL;
}

static const char *digest(Arena *a, const char *text, size_t digits) {
    const char *hex = hex_digits(a, text);
    return hex && strlen(hex) == digits ? hex : NULL;
}

/* One of the three digests that certificates are named by. */
static const char *thumbprint(Arena *a, const char *text) {
    const char *hex = hex_digits(a, text);
    size_t n = hex ? strlen(hex) : 0;
    return n == 32 || n == 40 || n == 64 ? hex : NULL;
}

static char *lower(Arena *a, const char *text) {
    char *out = arena_str(a, text);
    for (char *p = out; p && *p; p++) *p = (char)tolower((unsigned char)*p);
    return out;
}

/* ---- numbers ---- */

/* Long division by 16, a digit of hex at a time from the right. */
static const char *decimal_to_hex(Arena *a, const char *text) {
    size_t n = strlen(text), at = n;
    char *digits = arena_str(a, text), *out = arena_alloc(a, n + 1);
    if (!digits || !out) return NULL;
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)text[i])) return NULL;
    for (size_t first = 0; first < n;) {
        unsigned rest = 0;
        for (size_t i = first; i < n; i++) {
            rest = rest * 10 + (unsigned)(digits[i] - '0');
            digits[i] = (char)('0' + rest / 16);
            rest %= 16;
        }
        out[--at] = "0123456789abcdef"[rest];
        while (first < n && digits[first] == '0') first++;
    }
    return out + at;
}

const char *spell_serial(Arena *a, const char *text, bool decimal) {
    const char *hex = decimal ? decimal_to_hex(a, text) : hex_digits(a, text);
    while (hex && hex[0] == '0' && hex[1]) hex++;
    return hex && *hex ? hex : NULL;
}

const char *spell_issuer_serial(Arena *a, const char *issuer, const char *serial) {
    const char *hex = spell_serial(a, serial, false);
    return hex && *issuer ? arena_printf(a, "%s %s", hex, issuer) : NULL;
}

/* ---- names of the network ---- */

static const char *address(Arena *a, const char *text) {
    unsigned char raw[16];
    char out[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, text, raw) == 1) return arena_str(a, text);
    if (inet_pton(AF_INET6, text, raw) != 1) return NULL;
    return inet_ntop(AF_INET6, raw, out, sizeof out) ? arena_str(a, out) : NULL;
}

/* Where the host of a URL begins, and its length; text without :// is all host. */
static Span host_of(const char *text) {
    const char *host = strstr(text, "://");
    host = host ? host + 3 : text;
    size_t n = strcspn(host, "/?#");
    const char *user = memchr(host, '@', n);
    if (user) n -= (size_t)(user + 1 - host), host = user + 1;
    if (*host == '[') return span(host + 1, strcspn(host + 1, "]"));
    const char *port = memchr(host, ':', n);
    return span(host, port ? (size_t)(port - host) : n);
}

/* A name with a dot in it that is no address, which would be of another kind. */
static const char *domain(Arena *a, const char *text) {
    Span host = host_of(text);
    while (host.n && host.p[host.n - 1] == '.') host.n--;
    char *name = arena_text(a, host);
    if (!name || !strchr(name, '.') || address(a, name) || strpbrk(name, " *\t\\")) return NULL;
    return lower(a, name);
}

static const char *url(Arena *a, const char *text) {
    char *out = arena_str(a, text);
    char *end = out ? strstr(out, "://") : NULL;
    if (!end || end == out) return NULL;
    for (char *p = end + 3; *p && !strchr("/?#", *p);) end = ++p;
    for (char *p = out; p < end; p++) *p = (char)tolower((unsigned char)*p);
    return out;
}

static const char *mac(Arena *a, const char *text) {
    const char *hex = digest(a, text, 12);
    if (!hex) return NULL;
    return arena_printf(a, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4, hex + 6, hex + 8,
                        hex + 10);
}

/* ---- paths ---- */

/* Whose computer it was says nothing about the program. */
static const char *path(Arena *a, const char *text) {
    static const char *const homes[] = {"c:\\users\\", "c:\\documents and settings\\"};
    char *out = lower(a, text);
    for (char *p = out; p && *p; p++)
        if (*p == '/') *p = '\\';
    if (!out || !strchr(out, '\\')) return NULL;
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        size_t n = strlen(homes[i]);
        const char *rest = strncmp(out, homes[i], n) == 0 ? strchr(out + n, '\\') : NULL;
        if (rest && strncmp(out + n, "public\\", 7) != 0)
            return arena_printf(a, "%%userprofile%%%s", rest);
    }
    return out;
}

static const char *name(Arena *a, const char *text) {
    return *text ? lower(a, text) : NULL;
}

static const char *as_it_is(Arena *a, const char *text) {
    return *text ? arena_str(a, text) : NULL;
}

const char *spell(Arena *a, EntityKind kind, const char *text) {
    if (strlen(text) > SPELL_LONGEST) return NULL;
    switch (kind) {
    case EN_sha256: return digest(a, text, 64);
    case EN_public_key: return digest(a, text, 64);
    case EN_certificate: return thumbprint(a, text);
    case EN_imphash:
    case EN_rich: return digest(a, text, 32);
    case EN_domain: return domain(a, text);
    case EN_address: return address(a, text);
    case EN_url: return url(a, text);
    case EN_mac: return mac(a, text);
    case EN_host:
    case EN_user: return name(a, text);
    case EN_path: return path(a, text);
    case EN_issuer_serial:
    case EN_subject:
    case EN_opus:
    case EN_pdb:
    case EN_mutex: return as_it_is(a, text);
    case EN_COUNT: break;
    }
    return NULL;
}
