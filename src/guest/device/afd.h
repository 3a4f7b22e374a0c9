/* Afd: the requests of sockets. Each function performs one request of an Io, as FileOps.control
 * does: STATUS_PENDING means ask again. */
#ifndef COAX_GUEST_DEVICE_AFD_H
#define COAX_GUEST_DEVICE_AFD_H

#include "guest/device/socket.h"

/* The code of Wine's private control N (afd.h: WINE_AFD_IOC). */
#define AFD_WINE(n) (0x120000u | (unsigned)(n) << 2)

typedef uint32_t AfdFunction(Socket *s, Io *io);

AfdFunction afd_receive, afd_receive_message, afd_send_message, afd_transmit, afd_read_available;
AfdFunction afd_poll, afd_event_select, afd_message_select, afd_get_events;

/* Reads and writes through the handle (ReadFile, WriteFile). */
uint32_t afd_read(File *f, Io *io);
uint32_t afd_write(File *f, Io *io);

/* An option's control, or STATUS_NOT_SUPPORTED. */
uint32_t afd_option(Socket *s, Io *io);

/* Winsock's name for what became of a connection. */
uint32_t afd_error(uint32_t status);

/* Tells a window what its socket has to tell (WSAAsyncSelect). */
void afd_post_messages(Socket *s);

/* The input's bytes, in the scratch arena; empty where they cannot be read or are fewer. */
Span afd_input(const Io *io, size_t least);
/* Writes the whole output. */
uint32_t afd_output(Io *io, Span bytes);

#endif
