/* The manifest, of which three things matter: whom the program wants to be
 * (requestedExecutionLevel, autoElevate), and what it calls itself (assemblyIdentity). Read by tags
 * and attributes and without a parser of XML: Windows refuses what is not well-formed, and nothing
 * here may be hostile enough to matter. Comments are passed over; a prefix ("asmv3:") does not
 * count. */
#include "base/text.h"
#include "pe/pe.h"

enum { MAX_MANIFEST = 256 << 10, MAX_VALUE = 256, TYPE_MANIFEST = 24 };

static bool is_space(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static Span after(Span s, Span mark) {
    const uint8_t *found = s.n && mark.n ? memmem(s.p, s.n, mark.p, mark.n) : NULL;
    if (!found) return (Span){0};
    return span_clip(s, (uint64_t)(found - s.p) + mark.n, UINT64_MAX);
}

/* The next tag's inside, without "<" and ">"; `*rest` goes on behind it. */
static bool next_tag(Span *rest, Span *tag) {
    for (;;) {
        *rest = after(*rest, span_str("<"));
        if (!rest->n) return false;
        if (rest->n < 3 || memcmp(rest->p, "!--", 3) != 0) break;
        *rest = after(*rest, span_str("-->"));
    }
    const uint8_t *end = memchr(rest->p, '>', rest->n);
    if (!end) return false;
    *tag = span(rest->p, (size_t)(end - rest->p));
    *rest = span_clip(*rest, tag->n + 1, UINT64_MAX);
    return true;
}

static bool is_tag(Span tag, const char *want) {
    size_t n = 0, start = 0;
    while (n < tag.n && !is_space(tag.p[n]) && tag.p[n] != '/') n++;
    for (size_t i = 0; i < n; i++)
        if (tag.p[i] == ':') start = i + 1;
    return span_equal(span_sub(tag, start, n - start), span_str(want));
}

/* The value of name="..." or name='...', or NULL. */
static const char *attribute(Arena *a, Span tag, const char *name) {
    for (Span s = after(tag, span_str(name)); s.n; s = after(s, span_str(name))) {
        const uint8_t *before = s.p - strlen(name) - 1;
        if (before < tag.p || !is_space(*before)) continue;
        size_t at = 0;
        while (at < s.n && (is_space(s.p[at]) || s.p[at] == '=')) at++;
        if (at >= s.n || !at || (s.p[at] != '"' && s.p[at] != '\'')) continue;
        Span value = span_clip(s, at + 1, MAX_VALUE);
        const uint8_t *end = value.n ? memchr(value.p, s.p[at], value.n) : NULL;
        return end ? arena_text(a, span(value.p, (size_t)(end - value.p))) : NULL;
    }
    return NULL;
}

static bool says_true(Span s) {
    while (s.n && is_space(*s.p)) s = span_clip(s, 1, UINT64_MAX);
    return s.n >= 4 && strncasecmp((const char *)s.p, "true", 4) == 0;
}

static void read_tags(Arena *a, Pe *pe, Span text) {
    Span tag;
    while (next_tag(&text, &tag)) {
        if (is_tag(tag, "requestedExecutionLevel")) {
            const char *access = attribute(a, tag, "uiAccess");
            pe->execution_level = attribute(a, tag, "level");
            pe->ui_access = access && says_true(span_str(access));
        } else if (is_tag(tag, "autoElevate")) pe->auto_elevate = says_true(text);
        else if (is_tag(tag, "assemblyIdentity") && !pe->assembly)
            pe->assembly = attribute(a, tag, "name");
    }
}

/* Wants pe_read_resources before. */
Status pe_read_manifest(Arena *a, Pe *pe) {
    const PeResource *r = pe_find_resource(pe, TYPE_MANIFEST);
    if (!r) return ST_OK;
    Span text = span_clip(r->bytes, 0, MAX_MANIFEST);
    bool wide = text.n >= 2 && text.p[0] == 0xff && text.p[1] == 0xfe;
    const char *utf8 = wide ? text_from_utf16(a, span_clip(text, 2, UINT64_MAX)) : NULL;
    if (wide && !utf8) return ST_BUDGET;
    read_tags(a, pe, wide ? span_str(utf8) : text);
    return a->full ? ST_BUDGET : ST_OK;
}
