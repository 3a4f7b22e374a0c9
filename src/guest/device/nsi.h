/* Nsi: the tables of the network store interface (Wine's nsi.h). A table's row has up to four
 * parts.
 */
#ifndef COAX_GUEST_DEVICE_NSI_H
#define COAX_GUEST_DEVICE_NSI_H

#include "base/buf.h"
#include "guest/inet/inet.h"

typedef enum { NSI_KEY, NSI_RW, NSI_DYNAMIC, NSI_STATIC, NSI_PARTS } NsiPart;

typedef struct NsiRow NsiRow;
struct NsiRow {
    NsiRow *next;
    Span part[NSI_PARTS];
};

/* What a table is made into, row by row. */
typedef struct {
    Machine *machine;
    Arena *arena;
    NsiRow *first, *last;
    Buf part[NSI_PARTS]; /* of the row that is being made */
    bool full;
} NsiRows;

void nsi_row_done(NsiRows *r);

/* A table: adds all its rows. */
typedef struct {
    uint8_t module; /* the third byte of the module's GUID */
    uint32_t table;
    void (*rows)(NsiRows *r);
} NsiTable;

/* End with a NULL function. */
extern const NsiTable nsi_adapter_tables[], nsi_ip_tables[], nsi_port_tables[];

/* ---- for the tables ---- */

enum { NSI_IP6 = 0x01, NSI_IP4 = 0x00, NSI_UDP = 0x02, NSI_TCP = 0x03, NSI_NDIS = 0x11 };

/* An adapter of the world, or the loopback where `item` is NULL. */
typedef struct {
    const WorldItem *item;
    uint32_t index, type;
    uint64_t luid;
} Adapter;

enum { IF_TYPE_ETHERNET = 6, IF_TYPE_LOOPBACK = 24, IF_TYPE_WIRELESS = 71 };

/* False past the last. */
bool nsi_adapter(const Machine *m, size_t number, Adapter *out);
/* The address of a family; false where it has none. */
bool nsi_adapter_address(const Machine *m, const Adapter *a, uint16_t family, Address *ip,
                         uint32_t *prefix);

/* ICMP echo through the same device. */
struct Io;
uint32_t nsi_icmp_echo(struct Io *io);

#endif
