/* capture: packets out of a pcap or pcapng file, one after the other, in bounded memory.
 *
 * A broken file is read as far as it goes: `problem` then says what is wrong, and where. */
#ifndef COAX_WIRE_CAPTURE_H
#define COAX_WIRE_CAPTURE_H

#include "base/bytes.h"
#include "base/clock.h"

typedef struct {
    uint64_t number; /* from 1 */
    Time time;
    uint32_t link;   /* LINKTYPE_ of the interface that it came from */
    uint32_t length; /* on the wire; bytes.n where nothing was cut off */
    Span bytes;      /* valid until the next packet */
} Packet;

typedef struct Capture Capture;

/* Puts at most `room` bytes into `to`; 0 at the end. */
typedef size_t (*CaptureRead)(void *context, uint8_t *to, size_t room);

/* NULL where memory is short. */
Capture *capture_open(CaptureRead read, void *context);
void capture_close(Capture *c);

/* From the beginning once more, or of another file. */
void capture_restart(Capture *c, void *context);

/* False at the end. */
bool capture_next(Capture *c, Packet *out);

enum { CAPTURE_PROBLEM = 160 };

/* What kept the file from being read to its end, or NULL. */
const char *capture_problem(const Capture *c);

/* Packets of interfaces that the file does not describe. */
uint64_t capture_orphans(const Capture *c);

#endif
