#include "wire/host.h"
#include "wire/event.h"
#include <stdlib.h>

static uint32_t bucket_of(Address a) {
    return (uint32_t)(address_hash(a) >> 20) & (HOST_BUCKETS - 1);
}

static bool grow(void **all, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room) return true;
    if (count == HOSTS_MOST) return false;
    uint32_t more = *room ? *room * 2 : 64;
    void *p = realloc(*all, more * size);
    if (!p) return false;
    *all = p;
    *room = more;
    return true;
}

static Server *find_server(Hosts *h, Address a) {
    for (uint32_t i = h->server_buckets[bucket_of(a)]; i; i = h->servers[i - 1].next)
        if (address_equal(h->servers[i - 1].address, a)) return &h->servers[i - 1];
    return NULL;
}

Server *host_server(Wire *w, Address a) {
    Hosts *h = &w->hosts;
    Server *s = find_server(h, a);
    if (s) return s;
    if (!grow((void **)&h->servers, h->server_count, &h->server_room, sizeof *h->servers)) {
        h->lost++;
        return NULL;
    }
    uint32_t *head = &h->server_buckets[bucket_of(a)];
    h->servers[h->server_count] =
        (Server){.address = a, .why = "nothing was seen that tells", .next = *head};
    *head = ++h->server_count;
    return &h->servers[*head - 1];
}

Pair *host_pair(Wire *w, Address client, Address server) {
    Hosts *h = &w->hosts;
    Address both = {client.high ^ server.high, client.low + server.low * 3};
    uint32_t *head = &h->pair_buckets[bucket_of(both)];
    for (uint32_t i = *head; i; i = h->pairs[i - 1].next)
        if (address_equal(h->pairs[i - 1].client, client) &&
            address_equal(h->pairs[i - 1].server, server))
            return &h->pairs[i - 1];
    if (!grow((void **)&h->pairs, h->pair_count, &h->pair_room, sizeof *h->pairs)) {
        h->lost++;
        return NULL;
    }
    h->pairs[h->pair_count] = (Pair){.client = client, .server = server, .next = *head};
    *head = ++h->pair_count;
    Server *s = host_server(w, server);
    if (s) s->clients++;
    return &h->pairs[h->pair_count - 1];
}

void host_patch(Wire *w, Address a, Patch patch, const char *why) {
    Server *s = host_server(w, a);
    if (!s || s->patch >= patch) return;
    s->patch = patch;
    s->why = why;
    s->frame = w->frame;
}

/* ---- telling ---- */

static int by_address(const void *a, const void *b) {
    const Server *const *x = a, *const *y = b;
    return address_compare((*x)->address, (*y)->address);
}

/* Who broke in first, and when. */
static void find_infections(Wire *w) {
    for (uint32_t i = 0; i < w->attacks.count; i++) {
        const Attack *a = &w->attacks.all[i];
        if (!a->raised || a->succeeded != 1 || !a->detector->exploit) continue;
        Server *s = host_server(w, a->victim);
        if (s && (!s->infected || a->first < s->infected_at)) {
            s->infected = true;
            s->infected_by = a->attacker;
            s->infected_at = a->first;
        }
    }
}

static void tell_server(Wire *w, const Server *s) {
    char address[ADDRESS_TEXT], by[ADDRESS_TEXT];
    address_print(s->address, address);
    Host h = {.artifact = w->options.artifact,
              .address = address,
              .patch = s->patch,
              .why = s->why,
              .frame = s->frame,
              .clients = s->clients,
              .system = *s->system ? s->system : NULL,
              .dialect = *s->dialect ? s->dialect : NULL};
    if (s->infected) {
        address_print(s->infected_by, by);
        h.infected_by = by;
        h.infected_at = s->infected_at;
    }
    sink_host(w->options.sink, &h);
}

void hosts_tell(Wire *w) {
    Hosts *h = &w->hosts;
    find_infections(w); /* may add servers */
    const Server **order = malloc((h->server_count + 1) * sizeof *order);
    if (!order) return;
    for (uint32_t i = 0; i < h->server_count; i++) order[i] = &h->servers[i];
    qsort(order, h->server_count, sizeof *order, by_address);
    for (uint32_t i = 0; i < h->server_count; i++) tell_server(w, order[i]);
    free(order);
}

void hosts_close(Wire *w) {
    free(w->hosts.servers);
    free(w->hosts.pairs);
}
