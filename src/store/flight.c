#include "store/flight.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOT = FLIGHT_NAME + 4, FILE_SIZE = FLIGHT_SLOTS * SLOT };

static char *path_of(const char *of_case, int64_t session) {
    char *path;
    return asprintf(&path, "%s-flight%" PRId64, of_case, session) < 0 ? NULL : path;
}

static uint8_t *slot(const Flight *f, size_t i) {
    return f->slots + i * SLOT;
}

static uint32_t length(const uint8_t *slot) {
    Cur c = cur(span(slot, 4));
    return cur_u32le(&c);
}

static void set_length(uint8_t *slot, uint32_t n) {
    uint32_t *at = (uint32_t *)(void *)slot; /* slots are aligned */
    __atomic_store_n(at, n, __ATOMIC_RELEASE);
}

bool flight_open(Flight *f, const char *of_case, int64_t session) {
    *f = (Flight){.path = path_of(of_case, session)};
    int fd = f->path ? open(f->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    void *p = fd >= 0 && ftruncate(fd, FILE_SIZE) == 0
                  ? mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                  : MAP_FAILED;
    int error = errno;
    if (fd >= 0) close(fd);
    if (p == MAP_FAILED) flight_close(f);
    else f->slots = p;
    errno = error;
    return p != MAP_FAILED;
}

void flight_close(Flight *f) {
    if (f->slots) munmap(f->slots, FILE_SIZE);
    if (f->path) unlink(f->path);
    free(f->path);
    *f = (Flight){0};
}

bool flight_begin(Flight *f, const char *name) {
    size_t i = 0, n = strnlen(name, FLIGHT_NAME);
    while (i < f->used && length(slot(f, i))) i++;
    if (i == FLIGHT_SLOTS) return false;
    if (i == f->used) f->used++;
    f->landed[i] = false;
    memcpy(slot(f, i) + 4, name, n);
    set_length(slot(f, i), (uint32_t)n);
    return true;
}

void flight_land(Flight *f, const char *name) {
    size_t n = strnlen(name, FLIGHT_NAME);
    for (size_t i = 0; i < f->used; i++)
        if (!f->landed[i] && length(slot(f, i)) == n && memcmp(slot(f, i) + 4, name, n) == 0) {
            f->landed[i] = true;
            return;
        }
}

void flight_clear_landed(Flight *f) {
    for (size_t i = 0; i < f->used; i++) {
        if (f->landed[i]) set_length(slot(f, i), 0);
        f->landed[i] = false;
    }
}

static void read_slots(const uint8_t *slots, void (*each)(void *context, const char *name),
                       void *context) {
    char name[FLIGHT_NAME + 1];
    for (size_t i = 0; i < FLIGHT_SLOTS; i++) {
        uint32_t n = length(slots + i * SLOT);
        if (!n || n > FLIGHT_NAME) continue;
        memcpy(name, slots + i * SLOT + 4, n);
        name[n] = 0;
        each(context, name);
    }
}

void flight_read(const char *of_case, int64_t session,
                 void (*each)(void *context, const char *name), void *context) {
    char *path = path_of(of_case, session);
    struct stat st;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool whole = fd >= 0 && fstat(fd, &st) == 0 && st.st_size == FILE_SIZE;
    void *p = whole ? mmap(NULL, FILE_SIZE, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (fd >= 0) close(fd);
    if (p != MAP_FAILED) {
        read_slots(p, each, context);
        munmap(p, FILE_SIZE);
    }
    if (fd >= 0) unlink(path);
    free(path);
}
