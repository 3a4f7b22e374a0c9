/* pcap: a capture file of Ethernet frames with times in nanoseconds (draft-ietf-opsawg-pcap-04). */
#ifndef COAX_REPORT_PCAP_H
#define COAX_REPORT_PCAP_H

#include "base/buf.h"
#include "base/clock.h"

void pcap_head(Buf *out);
void pcap_packet(Buf *out, Time time, Span frame);

#endif
