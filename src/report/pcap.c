#include "report/pcap.h"

/* Magic number of nanoseconds, version 2.4, two fields that are always 0, longest frame, link type.
 */
void pcap_head(Buf *out, uint32_t link) {
    enum { NANOSECONDS = (int)0xa1b23c4d, MAJOR = 2, MINOR = 4 };
    buf_le(out, (uint32_t)NANOSECONDS, 4);
    buf_le(out, MAJOR, 2);
    buf_le(out, MINOR, 2);
    buf_le(out, 0, 8);
    buf_le(out, NET_FRAME_MOST, 4);
    buf_le(out, link, 4);
}

/* Seconds, nanoseconds, bytes that are here, bytes that there were. */
void pcap_packet(Buf *out, const NetFrame *f) {
    Time time = f->time, second = time / TIME_SECOND;
    if (time % TIME_SECOND < 0) second--;
    buf_le(out, (uint32_t)second, 4);
    buf_le(out, (uint32_t)(time - second * TIME_SECOND), 4);
    buf_le(out, f->bytes.n, 4);
    buf_le(out, f->length, 4);
    buf_add(out, f->bytes);
}
