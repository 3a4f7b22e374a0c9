/* bpf: tcpdump's filter expressions (pcap-filter(7)), compiled by libpcap.
 *
 * The packets of one capture may be of several link layers, so an expression is compiled for each
 * that we read; before a worker locks itself in, since names of hosts and services are looked up. */
#ifndef COAX_ENGINE_BPF_H
#define COAX_ENGINE_BPF_H

#include "wire/capture.h"

typedef struct Bpf Bpf;

enum { BPF_MESSAGE = 256 };

/* NULL with libpcap's own words where the expression is none. */
Bpf *bpf_open(const char *expression, char message[BPF_MESSAGE]);
void bpf_close(Bpf *b);

/* Packets of a link layer that the expression makes no sense for do not pass, and are counted. */
bool bpf_passes(Bpf *b, const Packet *p);
uint64_t bpf_misfits(const Bpf *b);

#endif
