/* walk: a stack of folders whose names were read and sorted. Only the innermost path is open at a
 * time, so that neither a deep tree nor a long command line costs descriptors. */
#include "engine/walk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 64, WHY = 128 };

typedef struct {
    char *path;
    char **names;
    size_t count, at;
} Folder;

struct Walk {
    const char *const *paths;
    size_t count, at;
    Folder folders[DEEPEST];
    size_t depth;
    char path[PATH_MAX]; /* of the item that was told last */
    char why[WHY];
};

/* ---- folders ---- */

static void free_folder(Folder *f) {
    for (size_t i = 0; i < f->count; i++) free(f->names[i]);
    free(f->names);
    free(f->path);
    *f = (Folder){0};
}

static bool add_name(Folder *f, const char *name) {
    if (f->count % 64 == 0) {
        char **more = realloc(f->names, (f->count + 64) * sizeof *more);
        if (!more) return false;
        f->names = more;
    }
    f->names[f->count] = strdup(name);
    return f->names[f->count++] != NULL;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Takes over fd. On failure errno says why. */
static bool read_folder(Folder *f, int fd, const char *path) {
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return false;
    }
    bool done = (f->path = strdup(path)) != NULL;
    errno = 0;
    for (struct dirent *e; done && (e = readdir(d)); errno = 0)
        if (!is_dots(e->d_name)) done = add_name(f, e->d_name);
    int error = errno;
    closedir(d);
    if (f->count) qsort(f->names, f->count, sizeof *f->names, by_bytes);
    errno = error;
    return done && error == 0;
}

/* ---- items ---- */

static bool refuse(Walk *w, WalkItem *out, bool unreadable, const char *why) {
    snprintf(w->why, sizeof w->why, "%s", why);
    *out = (WalkItem){.path = w->path, .fd = -1, .why = w->why, .unreadable = unreadable};
    return true;
}

static const char *kind_of(mode_t mode) {
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "it is a device";
    if (S_ISFIFO(mode)) return "it is a pipe";
    if (S_ISSOCK(mode)) return "it is a socket";
    return "it is no file";
}

static bool enter(Walk *w, int fd, WalkItem *out) {
    if (w->depth == DEEPEST) {
        close(fd);
        return refuse(w, out, true, "its folder lies too deep");
    }
    Folder *f = &w->folders[w->depth];
    if (!read_folder(f, fd, w->path)) {
        int error = errno;
        free_folder(f);
        return refuse(w, out, true, strerror(error));
    }
    w->depth++;
    return false;
}

/* Why a file that claims to be empty cannot be looked at; NULL where it is empty. The kernel's own
 * files (/proc, /sys) have bytes without a size. */
static const char *refuse_sizeless(int fd) {
    char byte;
    ssize_t n = pread(fd, &byte, 1, 0);
    if (n < 0) return strerror(errno);
    return n ? "it has bytes but no size, as the kernel's own files; copy it first" : NULL;
}

/* True where w->path gave an item; false where it is a folder, which was entered. Nothing blocks on
 * a pipe, and no terminal becomes ours. */
static bool look_at(Walk *w, bool named, WalkItem *out) {
    struct stat st;
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (named ? 0 : O_NOFOLLOW);
    if (!named && lstat(w->path, &st) == 0 && S_ISLNK(st.st_mode))
        return refuse(w, out, false, "a symbolic link in a folder is not followed");
    /* opening a device may do something to it */
    if (stat(w->path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return refuse(w, out, true, kind_of(st.st_mode));
    int fd = open(w->path, flags);
    if (fd < 0 || fstat(fd, &st) != 0) return refuse(w, out, true, strerror(errno));
    if (S_ISDIR(st.st_mode)) return enter(w, fd, out);
    if (!S_ISREG(st.st_mode)) { /* it was exchanged meanwhile */
        close(fd);
        return refuse(w, out, true, kind_of(st.st_mode));
    }
    const char *why = st.st_size == 0 ? refuse_sizeless(fd) : NULL;
    if (why) {
        close(fd);
        return refuse(w, out, true, why);
    }
    *out = (WalkItem){.path = w->path, .fd = fd, .size = (uint64_t)st.st_size};
    return true;
}

/* The path of the next thing to look at; false at the end. *named: it was on the command line. */
static bool next_path(Walk *w, bool *named, bool *fits) {
    while (w->depth && w->folders[w->depth - 1].at == w->folders[w->depth - 1].count)
        free_folder(&w->folders[--w->depth]);
    *named = w->depth == 0;
    int n;
    if (w->depth) {
        Folder *f = &w->folders[w->depth - 1];
        const char *slash = f->path[strlen(f->path) - 1] == '/' ? "" : "/";
        n = snprintf(w->path, sizeof w->path, "%s%s%s", f->path, slash, f->names[f->at++]);
    } else if (w->at < w->count) n = snprintf(w->path, sizeof w->path, "%s", w->paths[w->at++]);
    else return false;
    *fits = n >= 0 && (size_t)n < sizeof w->path;
    return true;
}

Walk *walk_open(const char *const *paths, size_t count) {
    Walk *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->paths = paths;
    w->count = count;
    return w;
}

bool walk_next(Walk *w, WalkItem *out) {
    bool named, fits;
    while (next_path(w, &named, &fits)) {
        if (!fits) return refuse(w, out, true, strerror(ENAMETOOLONG));
        size_t depth = w->depth;
        if (look_at(w, named, out)) return true;
        if (w->depth > depth && w->folders[depth].count == 0)
            return refuse(w, out, false, "the folder is empty");
    }
    return false;
}

void walk_close(Walk *w) {
    if (!w) return;
    while (w->depth) free_folder(&w->folders[--w->depth]);
    free(w);
}
