#include "engine/look.h"
#include "format/format.h"
#include "jail/lock.h"
#include "msg/check.h"
#include "msg/noun.h"
#include "msg/sink.h"
#include "pe/pe.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MSG_LOOK = MSG_ROOM, MSG_LOOKED };

/* ---- in the worker ---- */

enum { LOOK_MEMORY = 256 << 20, WINDOW = 1 << 20, MOST_DATA = 1 << 30 };

/* The file is hashed by reading and not through its mapping, so that gigabytes do not become
 * resident; holes, of which a sparse file consists, are not even read. */
typedef struct {
    int fd;
    uint64_t at, size;
    uint8_t *piece;
    const uint8_t *zeroes;
} Pieces;

static uint64_t next_data(const Pieces *p) {
    off_t data = lseek(p->fd, (off_t)p->at, SEEK_DATA);
    if (data >= 0) return (uint64_t)data;
    return errno == ENXIO ? p->size : p->at; /* nothing but a hole; or no such thing as holes */
}

static Span next_piece(void *context) {
    Pieces *p = context;
    uint64_t left = p->size - p->at, hole = next_data(p) - p->at;
    size_t most = left < WINDOW ? (size_t)left : WINDOW;
    if (hole && hole < most) most = (size_t)hole;
    ssize_t n = hole ? (ssize_t)most : pread(p->fd, p->piece, most, (off_t)p->at);
    if (n <= 0) return (Span){0};
    p->at += (uint64_t)n;
    return span(hole ? p->zeroes : p->piece, (size_t)n);
}

static Digests hash_file(int fd, uint64_t size) {
    Pieces p = {.fd = fd, .size = size, .piece = malloc(WINDOW), .zeroes = calloc(1, WINDOW)};
    Digests d = {0};
    if (p.piece && p.zeroes) d = hash_pieces(next_piece, &p);
    free(p.piece);
    free((void *)p.zeroes);
    return d;
}

static const char *refuse_machine(Arena *a, uint16_t machine) {
    const char *name = pe_machine_name(machine);
    if (machine == PE_MACHINE_I386 || machine == PE_MACHINE_AMD64) return NULL;
    return name ? arena_printf(a, "it is made for %s processors", name)
                : arena_printf(a, "it is made for processors of type %xh", machine);
}

/* Why the guest cannot run it, the plainest reason first. */
static const char *refuse(Arena *a, const Pe *pe) {
    const char *why = refuse_machine(a, pe->machine);
    if (why) return why;
    if ((why = pe_refused(pe))) return arena_printf(a, "Windows does not load it: %s", why);
    if (pe_is_driver(pe)) return "it is a driver, which runs in the kernel";
    if (pe_is_dll(pe)) return "it is a DLL, which a program has to load";
    if (pe->dotnet) return "it is a .NET program, which needs a runtime that is not modelled";
    if (pe->subsystem != PE_SUBSYSTEM_GUI && pe->subsystem != PE_SUBSYSTEM_CONSOLE) {
        const char *face = pe_subsystem_name(pe->subsystem);
        return arena_printf(a, "it is no program for the Windows desktop or console but %s",
                            face ? face : "of an unknown subsystem");
    }
    return NULL;
}

static Status look_into_program(Arena *a, Span file, Look *look) {
    Pe pe;
    TRY(pe_read(a, file, &pe));
    if (pe_is_pe(&pe)) TRY(pe_read_tables(a, &pe));
    Format f = format_of_program(a, &pe);
    look->artifact.format = f.name;
    look->artifact.description = f.description;
    if (!pe_is_pe(&pe)) return ST_OK;
    Value *facts = value_map(a);
    value_set(a, facts, "pe", pe_facts(a, &pe));
    look->artifact.facts = facts;
    look->machine = pe.machine;
    look->refusal = refuse(a, &pe);
    return a->full ? ST_BUDGET : ST_OK;
}

static Status look_into(Arena *a, Span file, Look *look) {
    Format f;
    look->refusal = "it is no Windows program";
    if (file.n >= 2 && memcmp(file.p, "MZ", 2) == 0) return look_into_program(a, file, look);
    TRY(format_identify(a, file, &f));
    look->artifact.format = f.name;
    look->artifact.description = f.description;
    return ST_OK;
}

static Look look_at(Arena *a, int fd, Span file) {
    Look look = {
        .artifact = {.name = "", .origin = "", .size = file.n, .digests = hash_file(fd, file.n)}};
    if (look_into(a, file, &look) == ST_OK) return look;
    look.artifact.facts = NULL;
    look.artifact.format = look.artifact.format ? look.artifact.format : "unknown";
    look.artifact.description = "not identified: its tables take more memory than they may";
    look.refusal = "its tables take more memory than they may";
    return look;
}

static void encode(Buf *out, const Look *look) {
    Buf noun = buf_new(FRAME_CEILING / 2);
    noun_put_artifact(&noun, &look->artifact);
    if (noun.full) out->full = true;
    msg_put_bytes(out, buf_span(&noun));
    msg_put_uint(out, look->machine);
    msg_put_text(out, look->refusal);
    buf_free(&noun);
}

static Status answer(const Look *look) {
    Buf out = buf_new(FRAME_CEILING);
    encode(&out, look);
    if (out.full) { /* so many tables that no message holds them: then without */
        Look bare = *look;
        bare.artifact.facts = NULL;
        buf_clear(&out);
        encode(&out, &bare);
    }
    Status s = frame_send(JAIL_FD_CHANNEL, MSG_LOOKED, buf_span(&out), -1, FRAME_NO_DEADLINE);
    buf_free(&out);
    return s;
}

/* An empty file cannot be mapped and need not be. */
static Status look_at_file(int fd, uint64_t size) {
    Arena a = arena_new(LOOK_MEMORY);
    void *p = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (p == MAP_FAILED) return ST_IO;
    Look look = look_at(&a, fd, span(p, size));
    Status s = answer(&look);
    if (p) munmap(p, size);
    arena_reset(&a);
    return s;
}

static Status serve_one(FrameReader *frames) {
    Frame f;
    int fd;
    TRY(frame_receive_passed(frames, JAIL_FD_CHANNEL, FRAME_NO_DEADLINE, &f, &fd));
    Cur c = cur(f.payload);
    uint64_t size = msg_get_uint(&c);
    Status s = f.type == MSG_LOOK && !c.bad && fd >= 0 ? look_at_file(fd, size) : ST_PROTOCOL;
    if (fd >= 0) close(fd);
    return s;
}

static int look_body(void *context) {
    (void)context;
    FrameReader frames = frame_reader(64);
    if (jail_lock(&(JailLock){.passed = true}, NULL) != ST_OK) return 1;
    Status s;
    do s = serve_one(&frames);
    while (s == ST_OK);
    return s == ST_CLOSED ? 0 : 2;
}

/* ---- in coax ---- */

Status look_start(Peer *p) {
    if (p->open && !p->dead) return ST_OK;
    peer_close(p);
    JailSpawn spawn = {.program = -1, .body = look_body, .data_bytes = MOST_DATA};
    return peer_start(p, &spawn, FRAME_CEILING);
}

/* Hashing alone goes at some hundred MB a second. */
static Time patience(uint64_t size) {
    return (Time)(30 + size / 20000000) * TIME_SECOND;
}

Status look_ask(Peer *p, int fd, uint64_t size) {
    Buf payload = buf_new(16);
    msg_put_uint(&payload, size);
    p->deadline = time_monotonic() + patience(size);
    Status s = frame_send(p->jail.socket, MSG_LOOK, buf_span(&payload), fd, p->deadline);
    buf_free(&payload);
    return s;
}

static Status decode(Arena *a, Span payload, Look *out) {
    Cur c = cur(payload);
    uint64_t bytes;
    *out = (Look){0};
    Span noun = msg_get_bytes(&c);
    uint32_t machine = msg_get_u32(&c);
    out->refusal = msg_get_text(a, &c);
    TRY(msg_done(a, &c));
    TRY(noun_get_artifact(a, noun, &out->artifact, &bytes));
    if (machine > UINT16_MAX || bytes) return ST_PROTOCOL;
    out->machine = (uint16_t)machine;
    return ST_OK;
}

static Status give_up(Peer *p, Status s) {
    peer_stop(p);
    return s;
}

Status look_answer(Peer *p, Arena *a, Look *out) {
    Frame f;
    Status s = frame_next(&p->in, &f);
    if (s == ST_NOT_FOUND && p->late) return ST_TIMEOUT;
    if (s == ST_NOT_FOUND) return peer_drained(p) ? ST_CLOSED : ST_NOT_FOUND;
    if (s == ST_OK && f.type == MSG_LOOKED) s = decode(a, f.payload, out);
    else s = ST_PROTOCOL;
    p->deadline = FRAME_NO_DEADLINE;
    return s == ST_OK ? ST_OK : give_up(p, s);
}

Status look_at_once(Peer *p, int fd, uint64_t size, int interrupt, Arena *a, Look *out) {
    TRY(look_start(p));
    Status s = look_ask(p, fd, size);
    if (s != ST_OK && s != ST_CLOSED) return give_up(p, s);
    while ((s = look_answer(p, a, out)) == ST_NOT_FOUND) {
        struct pollfd polls[PEER_POLLS + 1];
        peer_poll(p, true, polls);
        polls[PEER_POLLS] = (struct pollfd){.fd = interrupt, .events = POLLIN};
        if (poll(polls, PEER_POLLS + 1, 100) < 0 && errno != EINTR) return ST_IO;
        if (polls[PEER_POLLS].revents) return give_up(p, ST_INTERRUPTED);
        peer_handle(p, polls);
    }
    return s;
}
