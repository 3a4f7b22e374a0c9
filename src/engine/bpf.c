#include "engine/bpf.h"
#include "engine/libpcap.h"
#include <stdio.h>
#include <stdlib.h>

/* LINKTYPE_ as files have it, and what libpcap calls it here. */
static const struct {
    uint32_t link;
    int dlt;
} layers[] = {
    {0, DLT_NULL},       {1, DLT_EN10MB},       {9, DLT_PPP},   {12, DLT_RAW},   {14, DLT_RAW},
    {50, DLT_PPP_SERIAL}, {101, DLT_RAW},        {104, DLT_C_HDLC}, {108, DLT_LOOP}, {113, DLT_LINUX_SLL},
    {228, DLT_IPV4},     {229, DLT_IPV6},       {276, DLT_LINUX_SLL2},
};

enum { LAYER_COUNT = sizeof layers / sizeof layers[0] };

struct Bpf {
    const Libpcap *lib;
    struct bpf_program programs[LAYER_COUNT]; /* without instructions where it does not fit */
    uint64_t misfits;
};

static bool compile(const Libpcap *lib, const char *expression, int dlt, struct bpf_program *out,
                    char *message) {
    pcap_t *dead = lib->pcap_open_dead(dlt, 262144);
    if (!dead) return false;
    bool done = lib->pcap_compile(dead, out, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!done && !*message) snprintf(message, BPF_MESSAGE, "%s", lib->pcap_geterr(dead));
    if (!done) *out = (struct bpf_program){0};
    lib->pcap_close(dead);
    return done;
}

Bpf *bpf_open(const char *expression, char message[BPF_MESSAGE]) {
    const Libpcap *lib = libpcap();
    Bpf *b = lib ? calloc(1, sizeof *b) : NULL;
    bool any = false;
    *message = 0;
    if (b) b->lib = lib;
    for (unsigned i = 0; b && i < LAYER_COUNT; i++)
        any |= compile(lib, expression, layers[i].dlt, &b->programs[i], message);
    if (any) return b;
    if (!lib) snprintf(message, BPF_MESSAGE, "libpcap is not installed");
    else if (!b) snprintf(message, BPF_MESSAGE, "out of memory");
    bpf_close(b);
    return NULL;
}

void bpf_close(Bpf *b) {
    if (!b) return;
    for (unsigned i = 0; i < LAYER_COUNT; i++)
        if (b->programs[i].bf_insns) b->lib->pcap_freecode(&b->programs[i]);
    free(b);
}

static const struct bpf_program *program_for(const Bpf *b, uint32_t link) {
    for (unsigned i = 0; i < LAYER_COUNT; i++)
        if (layers[i].link == link && b->programs[i].bf_insns) return &b->programs[i];
    return NULL;
}

bool bpf_passes(Bpf *b, const Packet *p) {
    const struct bpf_program *program = program_for(b, p->link);
    if (!program) {
        b->misfits++;
        return false;
    }
    struct pcap_pkthdr head = {.caplen = (bpf_u_int32)p->bytes.n, .len = p->length};
    return b->lib->pcap_offline_filter(program, &head, p->bytes.p) != 0;
}

uint64_t bpf_misfits(const Bpf *b) {
    return b->misfits;
}
