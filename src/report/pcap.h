/* pcap: a capture file with times in nanoseconds (draft-ietf-opsawg-pcap-04). All its frames are of
 * one link layer. */
#ifndef COAX_REPORT_PCAP_H
#define COAX_REPORT_PCAP_H

#include "base/buf.h"
#include "model/model.h"

void pcap_head(Buf *out, uint32_t link);
void pcap_packet(Buf *out, const NetFrame *f);

#endif
