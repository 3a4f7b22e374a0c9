/* Content: what a file holds. Below lies its source, which is never copied as a whole; over it the
 * chunks that were written. What neither has is zero. */
#include "guest/fs/internal.h"
#include <stdlib.h>

static size_t chunk_index(const Node *n, uint64_t index) {
    size_t low = 0, high = n->chunk_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (n->chunks[middle].index < index) low = middle + 1;
        else high = middle;
    }
    return low;
}

static const FsChunk *chunk_find(const Node *n, uint64_t index) {
    size_t i = chunk_index(n, index);
    return i < n->chunk_count && n->chunks[i].index == index ? &n->chunks[i] : NULL;
}

static void source_read(const Node *n, uint64_t at, uint8_t *out, size_t size) {
    uint64_t left = at < n->source.size ? n->source.size - at : 0;
    size_t have = left < size ? (size_t)left : size;
    memset(out + have, 0, size - have);
    if (!have) return;
    if (n->source.item) world_file_read(n->source.item->world, n->source.item, at, out, have);
    else memcpy(out, n->source.bytes.p + at, have);
}

static bool chunks_grow(Node *n) {
    if (n->chunk_count < n->chunk_room) return true;
    size_t room = n->chunk_room ? n->chunk_room * 2 : 4;
    FsChunk *grown = realloc(n->chunks, room * sizeof *grown);
    if (!grown) return false;
    n->chunks = grown;
    n->chunk_room = room;
    return true;
}

/* The chunk to write into, filled from the source. */
static uint8_t *chunk_make(Node *n, uint64_t index) {
    const FsChunk *old = chunk_find(n, index);
    if (old) return old->bytes;
    if (!fs_charge(n->fs, &n->fs->allocated, CHUNK_SIZE) || !chunks_grow(n)) return NULL;
    uint8_t *bytes = malloc(CHUNK_SIZE);
    if (!bytes) return NULL;
    source_read(n, index << CHUNK_SHIFT, bytes, CHUNK_SIZE);
    size_t i = chunk_index(n, index);
    memmove(n->chunks + i + 1, n->chunks + i, (n->chunk_count - i) * sizeof *n->chunks);
    n->chunks[i] = (FsChunk){index, bytes};
    n->chunk_count++;
    return bytes;
}

static size_t in_chunk(uint64_t at, size_t left) {
    size_t room = CHUNK_SIZE - (size_t)(at & (CHUNK_SIZE - 1));
    return left < room ? left : room;
}

size_t fs_read(const Node *n, uint64_t at, uint8_t *out, size_t size) {
    if (at >= n->size) return 0;
    size_t total = n->size - at < size ? (size_t)(n->size - at) : size;
    for (size_t done = 0, part; done < total; done += part, at += part) {
        part = in_chunk(at, total - done);
        const FsChunk *c = chunk_find(n, at >> CHUNK_SHIFT);
        if (c) memcpy(out + done, c->bytes + (at & (CHUNK_SIZE - 1)), part);
        else source_read(n, at, out + done, part);
    }
    return total;
}

static void content_changed(Node *n, uint32_t filter) {
    n->guest = true;
    n->pack_entry = NULL;
    n->attributes |= ATTRIBUTE_ARCHIVE;
    fs_set_times(n, 0, 0, fs_now(n->fs), fs_now(n->fs));
    if (n->name) fs_tell(n->name, FS_MODIFIED, filter);
}

/* What the world's drive has free; a hole in a file takes its room there as well. */
static uint64_t room_left(const Node *n) {
    return (uint64_t)item_number(n->volume->drive, FACT_drive_free, INT64_MAX);
}

uint32_t fs_write(Node *n, uint64_t at, Span bytes) {
    if (at > INT64_MAX || bytes.n > INT64_MAX - at) return STATUS_INVALID_PARAMETER;
    if (!bytes.n) return STATUS_SUCCESS;
    if (!fs_charge(n->fs, &n->fs->written, bytes.n)) return STATUS_DISK_FULL;
    bool grows = at + bytes.n > n->size;
    if (grows && at + bytes.n - n->size > room_left(n)) return STATUS_DISK_FULL;
    for (size_t done = 0, part; done < bytes.n; done += part, at += part) {
        part = in_chunk(at, bytes.n - done);
        uint8_t *chunk = chunk_make(n, at >> CHUNK_SHIFT);
        if (!chunk) return STATUS_DISK_FULL;
        memcpy(chunk + (at & (CHUNK_SIZE - 1)), bytes.p + done, part);
        if (at + part > n->size) n->size = at + part;
    }
    content_changed(n, CHANGE_LAST_WRITE | (grows ? CHANGE_SIZE : 0u));
    return STATUS_SUCCESS;
}

/* Forgets what lies past the new end, so that a file that grows again reads zeroes there. */
static void content_cut(Node *n, uint64_t size) {
    uint64_t whole = (size + CHUNK_SIZE - 1) >> CHUNK_SHIFT;
    while (n->chunk_count && n->chunks[n->chunk_count - 1].index >= whole) {
        free(n->chunks[--n->chunk_count].bytes);
        n->fs->allocated.used -= CHUNK_SIZE;
    }
    const FsChunk *last = size & (CHUNK_SIZE - 1) ? chunk_find(n, size >> CHUNK_SHIFT) : NULL;
    size_t kept = (size_t)(size & (CHUNK_SIZE - 1));
    if (last) memset(last->bytes + kept, 0, CHUNK_SIZE - kept);
    if (n->source.size > size) n->source.size = size;
}

uint32_t fs_resize(Node *n, uint64_t size) {
    if (size > INT64_MAX) return STATUS_INVALID_PARAMETER;
    if (size == n->size) return STATUS_SUCCESS;
    if (size > n->size && size - n->size > room_left(n)) return STATUS_DISK_FULL;
    if (size < n->size) content_cut(n, size);
    n->size = size;
    content_changed(n, CHANGE_SIZE | CHANGE_LAST_WRITE);
    return STATUS_SUCCESS;
}

uint64_t node_allocation(const Node *n) {
    return (n->size + CLUSTER - 1) / CLUSTER * CLUSTER;
}

void content_free(Node *n) {
    n->fs->allocated.used -= n->chunk_count * (uint64_t)CHUNK_SIZE;
    while (n->chunk_count) free(n->chunks[--n->chunk_count].bytes);
    free(n->chunks);
    n->chunks = NULL;
    n->chunk_room = 0;
}

bool fs_read_all(const Node *n, Span *out, void **copy) {
    enum { COPY_MAX = 256 << 20 };
    *copy = NULL;
    *out = (Span){0};
    if (!n->chunk_count && n->source.bytes.p && n->source.size == n->size) {
        *out = span_clip(n->source.bytes, 0, n->size);
        return true;
    }
    uint8_t *bytes = n->size <= COPY_MAX ? malloc(n->size ? (size_t)n->size : 1) : NULL;
    if (!bytes) return false;
    *copy = bytes;
    *out = span(bytes, fs_read(n, 0, bytes, (size_t)n->size));
    return true;
}
