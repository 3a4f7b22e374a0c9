#include "engine/device.h"
#include "engine/libpcap.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    SNAPLEN = 262144,
    RING = 16 << 20,
    BLOCK_MILLISECONDS = 50, /* a block that is not full is handed over after so long */
    LINK_RAW = 101,          /* what files call DLT_RAW */
};

struct Device {
    const Libpcap *lib;
    pcap_t *pcap;
    uint32_t link;
    uint64_t packets;
    bool gone;
};

static bool activate(const Libpcap *lib, pcap_t *p, const char *name, char *message) {
    lib->pcap_set_snaplen(p, SNAPLEN);
    lib->pcap_set_promisc(p, 1);
    lib->pcap_set_timeout(p, BLOCK_MILLISECONDS);
    lib->pcap_set_buffer_size(p, RING);
    lib->pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
    int s = lib->pcap_activate(p); /* above 0 are warnings */
    if (s < 0)
        snprintf(message, DEVICE_MESSAGE, "%s: %s", name,
                 *lib->pcap_geterr(p) ? lib->pcap_geterr(p) : lib->pcap_statustostr(s));
    return s >= 0;
}

static bool set_filter(const Libpcap *lib, pcap_t *p, const char *filter, char *message) {
    struct bpf_program program;
    if (!filter) return true;
    bool done = lib->pcap_compile(p, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (done) {
        done = lib->pcap_setfilter(p, &program) == 0;
        lib->pcap_freecode(&program);
    }
    if (!done) snprintf(message, DEVICE_MESSAGE, "%s", lib->pcap_geterr(p));
    return done;
}

static bool set_nonblock(const Libpcap *lib, pcap_t *p, char *message) {
    char error[PCAP_ERRBUF_SIZE] = "";
    if (lib->pcap_setnonblock(p, 1, error) == 0) return true;
    snprintf(message, DEVICE_MESSAGE, "%s", error);
    return false;
}

Device *device_open(const char *name, const char *filter, char message[DEVICE_MESSAGE]) {
    char error[PCAP_ERRBUF_SIZE] = "";
    const Libpcap *lib = libpcap();
    *message = 0;
    if (!lib) {
        snprintf(message, DEVICE_MESSAGE, "libpcap is not installed");
        return NULL;
    }
    pcap_t *p = lib->pcap_create(name, error);
    if (!p) {
        snprintf(message, DEVICE_MESSAGE, "%s: %s", name, error);
        return NULL;
    }
    Device *d = calloc(1, sizeof *d);
    if (d && activate(lib, p, name, message) && set_filter(lib, p, filter, message) &&
        set_nonblock(lib, p, message)) {
        int dlt = lib->pcap_datalink(p);
        *d = (Device){.lib = lib, .pcap = p, .link = dlt == DLT_RAW ? LINK_RAW : (uint32_t)dlt};
        return d;
    }
    if (!*message) snprintf(message, DEVICE_MESSAGE, "out of memory");
    free(d);
    lib->pcap_close(p);
    return NULL;
}

void device_close(Device *d) {
    if (!d) return;
    d->lib->pcap_close(d->pcap);
    free(d);
}

int device_descriptor(const Device *d) {
    return d->lib->pcap_get_selectable_fd(d->pcap);
}

bool device_next(Device *d, Packet *out) {
    struct pcap_pkthdr *head;
    const u_char *bytes;
    int s = d->lib->pcap_next_ex(d->pcap, &head, &bytes);
    if (s < 0) d->gone = true;
    if (s != 1) return false;
    *out = (Packet){.number = ++d->packets,
                    .time = (Time)head->ts.tv_sec * TIME_SECOND + head->ts.tv_usec,
                    .link = d->link,
                    .length = head->len,
                    .bytes = span(bytes, head->caplen)};
    return true;
}

bool device_gone(const Device *d) {
    return d->gone;
}

uint64_t device_lost(Device *d) {
    struct pcap_stat s;
    return d->lib->pcap_stats(d->pcap, &s) == 0 ? s.ps_drop : 0;
}
