/* smb1: SMB 1.0 as MS-CIFS and MS-SMB have it: messages, AndX chains, transactions. */
#ifndef COAX_WIRE_SMB1_H
#define COAX_WIRE_SMB1_H

#include "wire/dcerpc.h"
#include "wire/session.h"

/* Commands (MS-CIFS 2.2.2.1). */
enum {
    SMB1_CLOSE = 0x04,
    SMB1_WRITE = 0x0B,
    SMB1_WRITE_UNLOCK = 0x14,
    SMB1_TRANSACTION = 0x25,
    SMB1_TRANSACTION_SECONDARY = 0x26,
    SMB1_ECHO = 0x2B,
    SMB1_WRITE_CLOSE = 0x2C,
    SMB1_OPEN_ANDX = 0x2D,
    SMB1_READ_ANDX = 0x2E,
    SMB1_WRITE_ANDX = 0x2F,
    SMB1_TRANSACTION2 = 0x32,
    SMB1_TRANSACTION2_SECONDARY = 0x33,
    SMB1_NEGOTIATE = 0x72,
    SMB1_SESSION_SETUP = 0x73,
    SMB1_LOGOFF = 0x74,
    SMB1_TREE_CONNECT = 0x75,
    SMB1_NT_TRANSACT = 0xA0,
    SMB1_NT_TRANSACT_SECONDARY = 0xA1,
    SMB1_NT_CREATE = 0xA2,
    SMB1_NO_ANDX = 0xFF,
};

enum {
    TRANS_PEEK_NMPIPE = 0x23, /* subcommands of TRANSACTION: MS-CIFS 2.2.5 */
    TRANS_TRANSACT_NMPIPE = 0x26,
    TRANS_RAW_WRITE_NMPIPE = 0x31,
    TRANS_WRITE_NMPIPE = 0x37,
    TRANS2_QUERY_PATH_INFORMATION = 0x0005,
    TRANS2_SESSION_SETUP = 0x000E, /* reserved; no client sends it */
    NT_TRANSACT_RENAME = 5,        /* reserved, too */
    INFO_IS_NAME_VALID = 6,
};

/* Statuses. */
enum {
    STATUS_SUCCESS = 0,
    STATUS_NOT_IMPLEMENTED = (int)0xC0000002,
    STATUS_INVALID_HANDLE = (int)0xC0000008,
    STATUS_INVALID_PARAMETER = (int)0xC000000D,
    STATUS_ACCESS_DENIED = (int)0xC0000022,
    STATUS_INSUFF_SERVER_RESOURCES = (int)0xC0000205,
};

enum {
    SMB1_REPLY = 0x80,
    SMB1_FLAGS2_SIGNED = 0x0004,
    SMB1_FLAGS2_EXTENDED = 0x0800,
    SMB1_FLAGS2_UNICODE = 0x8000
};

/* One command of a message: a chain has several. */
struct Smb1Message {
    Span whole; /* from the protocol's name on; as much of it as was wanted */
    uint8_t command, flags;
    uint16_t flags2, tid, uid, mid;
    uint32_t pid, status;
    Span signature;
    unsigned from;   /* direction */
    Span words;      /* the parameter words */
    Span bytes;      /* the data bytes, as far as they are there */
    size_t bytes_at; /* where they begin in `whole` */
};

/* A transaction, from its first request until it gives way to newer ones. */
struct Smb1Trans {
    uint16_t tid, uid, mid;
    uint32_t pid;
    uint8_t family;    /* command of the first request */
    uint16_t function; /* subcommand */
    uint16_t fid;      /* of TRANS_*_NMPIPE */
    uint32_t timeout;
    uint32_t total_parameters, total_data, most_parameters, most_data;
    uint32_t parameters, data; /* received */
    bool complete, answered;
    bool raw_written; /* a raw write hit it */
    uint16_t level;   /* information level of TRANS2 */
    uint32_t head;    /* the first four bytes of its data: of a FEA list its size */
    uint8_t head_n;
    uint64_t frame;
};

Smb1 *smb1_new(Session *s);
Smb1 *smb1_clone(Session *to, const Smb1 *from);
void smb1_free(Session *s, Smb1 *smb);

/* One whole message, or its beginning. `length`: what the NetBIOS header says. */
void smb1_message(Session *s, Smb1 *smb, unsigned from, Span message, uint32_t length);

/* How much of a message is wanted, by its first bytes. */
uint32_t smb1_wanted(const Smb1 *smb, Span head, uint32_t length);

/* Bytes are missing: what is known of requests that wait for more is no longer sure. */
void smb1_gap(Smb1 *smb);

/* ---- smb1_trans.c: the part of smb1.c that follows transactions ---- */

enum { TRANS_MOST = 128 };

typedef struct {
    Smb1Trans *all;
    uint32_t count, room;
    uint32_t next; /* the place that is used again, once all are taken */
} Smb1Transactions;

/* A request or an answer of one of the six commands. True where it was one. */
bool trans_take(Session *s, Smb1Transactions *t, const Smb1Message *m);

/* A write in raw mode to a FID. */
void trans_raw_write(Session *s, Smb1Transactions *t, const Smb1Message *m, uint16_t fid);

/* Data for a pipe, from a transaction's request or a write; smb1.c knows the pipe. */
void smb1_pipe_data(Session *s, const Smb1Message *m, uint16_t fid, Span data, bool whole);

#endif
