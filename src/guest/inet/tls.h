/* TLS 1.2 (RFC 5246) between Windows' own library in the guest and the pretend servers.
 *
 * The records and the handshake have the form of TLS, with certificates that verify; what is not
 * there is secrecy: application data has the length that AES-GCM would give it, and lies open. Both
 * ends are ours, so that nobody is deceived but the program. A client that brings its own TLS gets
 * an alert, since nothing here has keys. */
#ifndef COAX_GUEST_INET_TLS_H
#define COAX_GUEST_INET_TLS_H

#include "base/buf.h"
#include "guest/inet/inet.h"

enum {
    TLS_CHANGE_CIPHER = 20,
    TLS_ALERT = 21,
    TLS_HANDSHAKE = 22,
    TLS_DATA = 23,
    TLS_HEAD = 5,
    TLS_NONCE = 8,
    TLS_TAG = 16,
    TLS_MOST = 16384, /* plain bytes of a record */
    TLS_RANDOM = 32,
    TLS_MOST_RECORD = TLS_MOST + 2048
};

/* Messages of the handshake. */
enum {
    TLS_CLIENT_HELLO = 1,
    TLS_SERVER_HELLO = 2,
    TLS_CERTIFICATE = 11,
    TLS_SERVER_KEYS = 12,
    TLS_SERVER_DONE = 14,
    TLS_CLIENT_KEYS = 16,
    TLS_FINISHED = 20
};

typedef struct {
    uint8_t type;
    Span body;
} TlsRecord;

/* The next record; false where it is not complete. `bad`: it is none. */
bool tls_record(Cur *c, TlsRecord *out, bool *bad);

typedef struct {
    uint8_t random[TLS_RANDOM];
    char server_name[INET_LONGEST_NAME + 1]; /* "" where the client names none */
} TlsHello;

/* A ClientHello, as the body of a record. */
bool tls_read_hello(Span body, TlsHello *out);
/* The body of the first message of a type in a record of handshake messages; p NULL: none. */
Span tls_message(Span body, uint8_t type);

void tls_put_record(Buf *out, uint8_t type, Span body);
void tls_put_alert(Buf *out, bool fatal, uint8_t what);
void tls_put_hello(Buf *out, const TlsHello *hello);
/* ServerHello, Certificate, ServerKeyExchange, ServerHelloDone. */
void tls_put_server(Buf *out, const TlsHello *client, Span certificate);
/* ClientKeyExchange; and what both sides end with: ChangeCipherSpec, Finished. */
void tls_put_keys(Buf *out, const TlsHello *client);
void tls_put_finished(Buf *out, const TlsHello *client, bool server);
void tls_put_data(Buf *out, Span plain, uint64_t number);
/* The plain bytes of a record of data. */
Span tls_plain(Span body);

/* ---- the sessions of Windows' library ---- */

typedef enum { TLS_NEW, TLS_GREETED, TLS_KEYED, TLS_OPEN } TlsState;

typedef struct TlsSession TlsSession;
struct TlsSession {
    TlsSession *next;
    uint64_t id;
    TlsHello hello;
    TlsState state;
    uint64_t sent; /* records of data */
    size_t certificate_size;
    uint8_t *certificate; /* of the server, or NULL */
};

TlsSession *tls_session_new(Machine *m);
TlsSession *tls_session(Machine *m, uint64_t id); /* or NULL */
void tls_session_free(Machine *m, TlsSession *s);
/* Whether a ClientHello came from one of them. */
bool tls_is_ours(const Machine *m, const TlsHello *hello);

#endif
