/* Status: the one error convention. Malformed input is a result, not an error; a Status other than
 * ST_OK means that we ourselves could not go on (no memory left in a budget, a file that cannot be
 * read, a wrong argument). */
#ifndef COAX_BASE_STATUS_H
#define COAX_BASE_STATUS_H

#define STATUS_CODES(X)                                                                            \
    X(ST_OK, "ok")                                                                                 \
    X(ST_BUDGET, "a budget is exhausted")                                                          \
    X(ST_IO, "input or output failed")                                                             \
    X(ST_USAGE, "wrong usage")                                                                     \
    X(ST_SYNTAX, "the text does not follow its grammar")                                           \
    X(ST_NOT_FOUND, "not found")                                                                   \
    X(ST_UNSUPPORTED, "not supported here")                                                        \
    X(ST_CLOSED, "the other side closed the connection")                                           \
    X(ST_PROTOCOL, "the other side broke the protocol")                                            \
    X(ST_TIMEOUT, "took too long")                                                                 \
    X(ST_INTERRUPTED, "interrupted")                                                               \
    X(ST_INTERNAL, "internal error")

#define STATUS_ENUM(code, text) code,
typedef enum { STATUS_CODES(STATUS_ENUM) } Status;
#undef STATUS_ENUM

/* The sentence for a status; never NULL. */
const char *status_text(Status s);

/* The only macro that returns: passes a failure on to the caller. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        Status try_status_ = (expr);                                                               \
        if (try_status_ != ST_OK) return try_status_;                                              \
    } while (0)

#endif
