/* Page: lines of text for a reader: wrapped to a width, indented, coloured where that is wanted.
 * What is given to it is printable already. */
#ifndef COAX_REPORT_PAGE_H
#define COAX_REPORT_PAGE_H

#include "base/buf.h"

typedef enum { INK_PLAIN, INK_BOLD, INK_DIM, INK_RED, INK_YELLOW, INK_CYAN, INK_GREEN } Ink;

typedef struct {
    Buf *out;
    bool color;
    unsigned width;
} Page;

/* One line in one ink. */
void page_line(const Page *p, unsigned indent, Ink ink, Span text);

/* `label` in its ink, padded to `column`; then the text, whose further lines start at `column`.
 * Words longer than the line are not broken, so that a path can be copied. */
void page_item(const Page *p, unsigned indent, unsigned column, Ink ink, const char *label,
               Span text);

/* The same without wrapping: what is there to be copied into a shell. */
void page_copied(const Page *p, unsigned indent, unsigned column, Ink ink, const char *label,
                 Span text);

void page_blank(const Page *p);

enum { PAGE_NUMBER = 28 };

/* 1234567 as "1,234,567". */
const char *page_number(char out[PAGE_NUMBER], uint64_t n);

#endif
