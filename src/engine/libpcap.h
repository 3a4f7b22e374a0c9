/* libpcap, loaded when somebody wants a filter or an interface: with all that it needs itself, it
 * would double the time that coax takes to start. */
#ifndef COAX_ENGINE_LIBPCAP_H
#define COAX_ENGINE_LIBPCAP_H

#include <pcap/pcap.h>

#define LIBPCAP_FUNCTIONS(F)                                                                       \
    F(pcap_activate)                                                                               \
    F(pcap_close)                                                                                  \
    F(pcap_compile)                                                                                \
    F(pcap_create)                                                                                 \
    F(pcap_datalink)                                                                               \
    F(pcap_freecode)                                                                               \
    F(pcap_geterr)                                                                                 \
    F(pcap_get_selectable_fd)                                                                      \
    F(pcap_next_ex)                                                                                \
    F(pcap_offline_filter)                                                                         \
    F(pcap_open_dead)                                                                              \
    F(pcap_set_buffer_size)                                                                        \
    F(pcap_set_promisc)                                                                            \
    F(pcap_set_snaplen)                                                                            \
    F(pcap_set_timeout)                                                                            \
    F(pcap_set_tstamp_precision)                                                                   \
    F(pcap_setfilter)                                                                              \
    F(pcap_setnonblock)                                                                            \
    F(pcap_stats)                                                                                  \
    F(pcap_statustostr)

typedef struct {
#define FUNCTION(name) __typeof__(name) *name;
    LIBPCAP_FUNCTIONS(FUNCTION)
#undef FUNCTION
} Libpcap;

/* NULL where it is not installed. */
const Libpcap *libpcap(void);

#endif
