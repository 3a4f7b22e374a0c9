/* The console device, shared by its files: condrv.c has requests, input and opening,
 * condrv_output.c what concerns a screen. */
#ifndef COAX_GUEST_DEVICE_CONDRV_H
#define COAX_GUEST_DEVICE_CONDRV_H

#include "guest/device/screen.h"
#include "guest/file.h"

/* IOCTL_CONDRV_x is 50h << 16 | access << 14 | x << 2. */
enum {
    GET_MODE = 0,
    SET_MODE = 1,
    READ_CONSOLE = 10,
    READ_FILE = 11,
    READ_INPUT = 12,
    WRITE_INPUT = 13,
    PEEK = 14,
    GET_INPUT_INFO = 15,
    SET_INPUT_INFO = 16,
    GET_TITLE = 17,
    SET_TITLE = 18,
    CONTROL_EVENT = 19,
    BEEP = 20,
    FLUSH = 21,
    GET_WINDOW = 22,
    GET_PROCESS_LIST = 23,
    READ_CONSOLE_CONTROL = 24,
    WRITE_CONSOLE = 30,
    WRITE_FILE = 31,
    READ_OUTPUT = 32,
    WRITE_OUTPUT = 33,
    GET_OUTPUT_INFO = 34,
    SET_OUTPUT_INFO = 35,
    ACTIVATE = 36,
    FILL_OUTPUT = 37,
    SCROLL = 38,
    BIND_PROCESS = 51,
};

/* Answers with bytes, cut to the room there is. */
uint32_t condrv_put(Io *io, Span bytes);
uint32_t condrv_put_number(Io *io, uint32_t v);
/* The same, and the buffer is freed. */
uint32_t condrv_put_buf(Io *io, Buf *b);

/* A request about a screen, whatever console it is of; STATUS_INVALID_HANDLE for a code that is
 * none of them. */
uint32_t condrv_screen_control(Screen *s, Io *io, uint32_t code, Span in);

#endif
