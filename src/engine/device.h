/* device: packets of a network interface, through libpcap (on Linux a ring of TPACKET_V3 blocks
 * that the kernel fills). It is opened before its process locks itself in; reading then needs
 * nothing but poll(2) on one descriptor. */
#ifndef COAX_ENGINE_DEVICE_H
#define COAX_ENGINE_DEVICE_H

#include "wire/capture.h"

typedef struct Device Device;

enum { DEVICE_MESSAGE = 512 };

/* `filter` (pcap-filter(7), or NULL) is the kernel's business. NULL with a sentence on failure. */
Device *device_open(const char *name, const char *filter, char message[DEVICE_MESSAGE]);
void device_close(Device *d);

/* Readable once there is something to read. */
int device_descriptor(const Device *d);

/* The next packet, valid until the one after it. False where there is none yet, and where the
 * device is gone (device_gone). */
bool device_next(Device *d, Packet *out);
bool device_gone(const Device *d);

/* Packets that the kernel had no room for. */
uint64_t device_lost(Device *d);

#endif
