#include "guest/inet/site.h"
#include "base/text.h"
#include "guest/ask.h"
#include "guest/inet/inet.h"
#include "guest/inet/stub.h"
#include <strings.h>

/* ---- well known ---- */

typedef struct {
    const char *pattern, *type, *body;
} Site;

static const Site sites[] = {
#define SITE(pattern, type, body) {pattern, type, body},
#include "guest/inet/sites.def"
};

static Span with_ip(Machine *m, const char *body) {
    static const char mark[] = "%IP%";
    const char *at = strstr(body, mark);
    if (!at) return span_str(body);
    char *text = arena_printf(&m->scratch, "%.*s%s%s", (int)(at - body), body, inet_public_ip(m),
                              at + sizeof mark - 1);
    return text ? span_str(text) : (Span){0};
}

static SiteAnswer good(const char *type, Span body) {
    return (SiteAnswer){.status = 200, .type = type, .body = body};
}

static bool find_site(Machine *m, const char *place, SiteAnswer *out) {
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        if (!text_match(sites[i].pattern, place)) continue;
        *out = good(sites[i].type, with_ip(m, sites[i].body));
        return true;
    }
    return false;
}

/* ---- by the name's ending ---- */

typedef struct {
    const char *ending, *type, *body;
    size_t size; /* of the body where it holds NULs, else 0 */
} Plain;

#define PAGE                                                                                       \
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "                                          \
    "charset=\"utf-8\">\n<title>Welcome</title>\n"                                                 \
    "</head>\n<body>\n<h1>Welcome</h1>\n<p>It works.</p>\n</body>\n</html>\n"

/* A picture of one transparent point, and an archive without files. */
#define GIF "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\1D\0;"
#define ZIP "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const Plain plain[] = {
    {"txt", "text/plain", "OK\r\n", 0},
    {"log", "text/plain", "OK\r\n", 0},
    {"csv", "text/csv", "id,value\r\n1,OK\r\n", 0},
    {"ini", "text/plain", "[general]\r\nenabled=1\r\n", 0},
    {"dat", "application/octet-stream", "OK\r\n", 0},
    {"json", "application/json", "{\"status\":\"ok\"}", 0},
    {"xml", "application/xml",
     "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<response>ok</response>\n", 0},
    {"css", "text/css", "body{margin:0}\n", 0},
    {"js", "application/javascript", "\"use strict\";\n", 0},
    {"vbs", "text/plain", "' OK\r\n", 0},
    {"ps1", "text/plain", "# OK\r\n", 0},
    {"bat", "text/plain", "@rem OK\r\n", 0},
    {"cmd", "text/plain", "@rem OK\r\n", 0},
    {"gif", "image/gif", GIF, sizeof GIF - 1},
    {"png", "image/gif", GIF, sizeof GIF - 1},
    {"jpg", "image/gif", GIF, sizeof GIF - 1},
    {"ico", "image/gif", GIF, sizeof GIF - 1},
    {"zip", "application/zip", ZIP, sizeof ZIP - 1},
    {"", "text/html", PAGE, 0},
};

static const char *const programs[] = {"exe", "scr", "com", "pif", "dll",
                                       "ocx", "cpl", "sys", "bin"};

static bool is_library(const char *ending) {
    return strcmp(ending, "dll") == 0 || strcmp(ending, "ocx") == 0 || strcmp(ending, "cpl") == 0;
}

/* What follows the last dot of the path's last part, in lower case. */
static const char *ending_of(Arena *a, const char *path) {
    size_t n = strcspn(path, "?#");
    size_t dot = n;
    while (dot && path[dot - 1] != '.' && path[dot - 1] != '/') dot--;
    if (!dot || path[dot - 1] != '.') return "";
    char *out = arena_text(a, span(path + dot, n - dot));
    for (char *c = out; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
    return out ? out : "";
}

static SiteAnswer plausible(Machine *m, const Process *process, const char *path) {
    const char *ending = ending_of(&m->scratch, path);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (strcmp(ending, programs[i]) == 0)
            return good("application/octet-stream",
                        stub_program(&m->scratch, process->wow64, is_library(ending)));
    const Plain *p = plain;
    while (*p->ending && strcmp(p->ending, ending) != 0) p++;
    return good(p->type, p->size ? span(p->body, p->size) : span_str(p->body));
}

/* ---- what the world says ---- */

static SiteAnswer told(const WorldItem *item) {
    const WorldValue *body = item_value(item, FACT_http);
    const char *type = item_text(item, FACT_http_type);
    return (SiteAnswer){.status = (unsigned)item_number(item, FACT_http_status, 200),
                        .type = type ? type : "application/octet-stream",
                        .body = body->bytes,
                        .headers = item_text(item, FACT_http_headers),
                        .chunked = item_bool(item, FACT_http_chunked)};
}

SiteAnswer site_answer(Machine *m, const Process *process, const char *url) {
    const WorldItem *item = ask_match(m, FACT_http, url);
    if (item) return told(item);
    const char *place = strstr(url, "://");
    place = place ? place + 3 : url;
    SiteAnswer a;
    if (find_site(m, place, &a)) return a;
    const char *path = strchr(place, '/');
    return plausible(m, process, path ? path : "/");
}
