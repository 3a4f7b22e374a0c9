/* Byte-range locks ([MS-FSA] 2.1.5.8, 2.1.5.9). */
#include "guest/fs/internal.h"
#include <stdlib.h>

static bool overlaps(const FsLock *l, uint64_t at, uint64_t size) {
    if (!l->size || !size) return false;
    return l->at <= at ? at - l->at < l->size : l->at - at < size;
}

uint32_t fs_lock(Node *n, const void *owner, uint64_t at, uint64_t size, bool exclusive) {
    for (const FsLock *l = n->locks; l; l = l->next)
        if (overlaps(l, at, size) && (l->exclusive || exclusive)) return STATUS_LOCK_NOT_GRANTED;
    FsLock *l = malloc(sizeof *l);
    if (!l) return STATUS_NO_MEMORY;
    *l = (FsLock){n->locks, owner, at, size, exclusive};
    n->locks = l;
    return STATUS_SUCCESS;
}

static void take_out(FsLock **at) {
    FsLock *l = *at;
    *at = l->next;
    free(l);
}

uint32_t fs_unlock(Node *n, const void *owner, uint64_t at, uint64_t size) {
    for (FsLock **l = &n->locks; *l; l = &(*l)->next)
        if ((*l)->owner == owner && (*l)->at == at && (*l)->size == size) {
            take_out(l);
            return STATUS_SUCCESS;
        }
    return STATUS_RANGE_NOT_LOCKED;
}

void fs_unlock_all(Node *n, const void *owner) {
    for (FsLock **l = &n->locks; *l;)
        if ((*l)->owner == owner) take_out(l);
        else l = &(*l)->next;
}

bool fs_locked(const Node *n, const void *owner, uint64_t at, uint64_t size, bool write) {
    for (const FsLock *l = n->locks; l; l = l->next)
        if (overlaps(l, at, size) && (l->exclusive ? l->owner != owner : write)) return true;
    return false;
}
