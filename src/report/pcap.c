#include "report/pcap.h"

/* Magic number of nanoseconds, version 2.4, two fields that are always 0, longest frame, link type.
 */
void pcap_head(Buf *out) {
    enum { NANOSECONDS = (int)0xa1b23c4d, MAJOR = 2, MINOR = 4, LONGEST = 65535, ETHERNET = 1 };
    buf_le(out, (uint32_t)NANOSECONDS, 4);
    buf_le(out, MAJOR, 2);
    buf_le(out, MINOR, 2);
    buf_le(out, 0, 8);
    buf_le(out, LONGEST, 4);
    buf_le(out, ETHERNET, 4);
}

/* Seconds, nanoseconds, bytes that are here, bytes that there were. */
void pcap_packet(Buf *out, Time time, Span frame) {
    Time second = time / TIME_SECOND;
    if (time % TIME_SECOND < 0) second--;
    buf_le(out, (uint32_t)second, 4);
    buf_le(out, (uint32_t)(time - second * TIME_SECOND), 4);
    buf_le(out, frame.n, 4);
    buf_le(out, frame.n, 4);
    buf_add(out, frame);
}
