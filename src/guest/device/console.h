/* Console: what console programs share: a window's title, code pages, input, and screen buffers;
 * and the text that they print, which becomes `console` events. */
#ifndef COAX_GUEST_DEVICE_CONSOLE_H
#define COAX_GUEST_DEVICE_CONSOLE_H

#include "guest/device/screen.h"
#include "guest/machine.h"

typedef enum { STREAM_STDOUT, STREAM_STDERR, STREAM_COUNT } StreamId;

/* Text that is printed through one handle, up to the end of its line. */
typedef struct {
    Buf text;
    uint8_t cut[4]; /* the first bytes of a character that is not complete yet */
    size_t cut_count;
    Thread *thread; /* who printed last; a reference is held */
} Stream;

/* INPUT_RECORD, as its bytes. */
enum { INPUT_RECORD_SIZE = 20, INPUT_MOST = 256 };

/* A screen buffer as handles share it. */
typedef struct {
    Object object; /* of screen_type */
    Screen screen;
} ScreenObject;

typedef struct {
    Object object; /* of console_type */
    char *title;
    unsigned input_codepage, output_codepage;
    uint32_t input_mode;
    ScreenObject *active; /* a reference is held */
    Stream streams[STREAM_COUNT];
    uint8_t input[INPUT_MOST][INPUT_RECORD_SIZE];
    uint32_t input_count;
    uint32_t keys_given; /* to those who wait for one */
} Console;

extern const ObjectType console_type, screen_type;

/* NULL: no memory. */
Console *console_new(Machine *m);
ScreenObject *console_new_screen(Machine *m);

/* Prints bytes of the output code page, or UTF-16, on a screen and in a stream. */
void console_print_bytes(Console *c, Thread *t, ScreenObject *to, StreamId id, Span bytes);
void console_print_utf16(Console *c, Thread *t, ScreenObject *to, StreamId id, Span utf16);

/* Emits what the process printed since its last line end. */
void console_flush(Process *p);

/* Gives the first process of a machine, if it is a console program, a console and its standard
 * handles. */
void console_attach(Process *p, bool standard_handles);

/* ConsoleHandle of parameters: a console of its own is wanted; with a window or without. */
#define CONSOLE_NEW        UINT64_MAX
#define CONSOLE_NEW_HIDDEN (UINT64_MAX - 1)

#endif
