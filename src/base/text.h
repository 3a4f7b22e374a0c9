/* Text: UTF-8 and UTF-16, comparison without case as Windows' file system and registry do it,
 * and escaping for a terminal. */
#ifndef COAX_BASE_TEXT_H
#define COAX_BASE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

enum { TEXT_REPLACEMENT = 0xFFFD };

/* The next code point of s at *at, which moves on by 1 to 4 bytes. A broken sequence yields
 * TEXT_REPLACEMENT and moves on by one byte. Call only while *at < s.n. */
uint32_t text_utf8_next(Span s, size_t *at);

/* Whether nothing in s is broken. */
bool text_is_utf8(Span s);

/* Writes c's 1 to 4 bytes and returns their number. */
size_t text_utf8_put(uint8_t out[4], uint32_t c);

/* UTF-16LE bytes to UTF-8 (lone surrogates as WTF-8, so that the way back is exact), NUL-terminated
 * in the arena; an odd last byte is dropped. NULL when the arena is full. */
char *text_from_utf16(Arena *a, Span utf16le);

/* UTF-8 (WTF-8) to UTF-16LE bytes, without a final NUL in the count but with one behind it. */
Span text_to_utf16(Arena *a, Span utf8);

/* Simple upper-casing of one UTF-16 unit, as RtlUpcaseUnicodeChar: Latin, Greek, Cyrillic,
 * Armenian, full-width. */
uint16_t text_upcase16(uint16_t c);

/* A decoder of a Windows code page (1252, 932, 65001, ...) through iconv. Opening may load the C
 * library's conversion module from disk, so a process that will be jailed opens what it needs
 * first; decoding opens nothing. Close accepts a zeroed one. */
typedef struct {
    void *iconv; /* NULL for what we decode ourselves */
    unsigned codepage;
} TextDecoder;

/* False where the code page is not known. */
bool text_decoder_open(unsigned codepage, TextDecoder *out);
void text_decoder_close(TextDecoder *d);

/* UTF-8, NUL-terminated in the arena; each byte that the code page does not define becomes
 * TEXT_REPLACEMENT. NULL when the arena is full. */
char *text_decode(const TextDecoder *d, Arena *a, Span bytes);

/* Compare without case (by text_upcase16); <0, 0, >0. Both are UTF-8. */
int text_compare_nocase(const char *a, const char *b);
bool text_equal_nocase(const char *a, const char *b);

/* `*` and `?` wildcards, without case. */
bool text_match(const char *pattern, const char *text);

/* Appends for a terminal or a text report: control characters, bidi controls and broken bytes as
 * \n \t \xNN \u{NNNN}; everything printable as it is. Bytes that came from a sample are printed
 * through this and nothing else. */
void text_escape(Buf *out, Span utf8);

#endif
