/* Heaps: the process's, own ones, Global and Local memory, the C runtime's. */
#include "guest.h"

static int all_bytes(const char *p, char byte, size_t n) {
    while (n--)
        if (p[n] != byte) return 0;
    return 1;
}

static void own_heap(void) {
    HANDLE heap = HeapCreate(0, 0, 0);
    char *p = HeapAlloc(heap, HEAP_ZERO_MEMORY, 1000);
    say("zeroed", all_bytes(p, 0, 1000));
    say_number("size", (long)HeapSize(heap, 0, p));
    memset(p, 7, 1000);
    p = HeapReAlloc(heap, HEAP_ZERO_MEMORY, p, 5000);
    say("grown", all_bytes(p, 7, 1000) && all_bytes(p + 1000, 0, 4000));
    p = HeapReAlloc(heap, 0, p, 10);
    say("shrunk", all_bytes(p, 7, 10) && HeapSize(heap, 0, p) == 10);
    say("valid", HeapValidate(heap, 0, p));
    say_result("free", HeapFree(heap, 0, p));
    char *big = HeapAlloc(heap, 0, 3000000);
    say("large block", big != NULL);
    big[2999999] = 1;
    say("all valid", HeapValidate(heap, 0, NULL));
    say_result("destroy", HeapDestroy(heap));
}

static void fixed_heap(void) {
    HANDLE heap = HeapCreate(0, 0, 65536);
    int n = 0;
    while (n < 100 && HeapAlloc(heap, 0, 1024)) n++;
    say("a fixed heap ends", n > 20 && n < 64);
    say("too large", HeapAlloc(heap, 0, 100000) != NULL);
    HeapDestroy(heap);
}

/* Many blocks of many sizes in a shuffled order: every block keeps its pattern. */
static void churn(void) {
    static struct {
        unsigned char *p;
        unsigned n;
    } blocks[256];
    unsigned seed = 1, wrong = 0;
    for (int round = 0; round < 5000; round++) {
        seed = seed * 1103515245u + 12345u;
        unsigned i = seed >> 16 & 255, n = 1 + (seed >> 8 & 1023);
        if (blocks[i].p) {
            wrong += !all_bytes((char *)blocks[i].p, (char)i, blocks[i].n);
            free(blocks[i].p);
        }
        blocks[i].p = malloc(n);
        blocks[i].n = n;
        memset(blocks[i].p, (int)i, n);
    }
    say_number("blocks that changed", (long)wrong);
}

static void global_and_local(void) {
    HGLOBAL g = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 100);
    char *p = GlobalLock(g);
    strcpy(p, "movable");
    say("handle of the block", GlobalHandle(p) == g);
    say_hex("locks", GlobalFlags(g) & GMEM_LOCKCOUNT);
    say("unlocked", GlobalUnlock(g) == 0 && GetLastError() == NO_ERROR);
    g = GlobalReAlloc(g, 10000, GMEM_MOVEABLE);
    p = GlobalLock(g);
    say_text("after growth", p);
    say("at least so long", GlobalSize(g) >= 10000);
    GlobalUnlock(g);
    say("free", GlobalFree(g) == NULL);
    char *l = (char *)LocalAlloc(LPTR, 20);
    say("local is zero", all_bytes(l, 0, 20));
    say("local free", LocalFree(l) == NULL);
}

static void runtime(void) {
    volatile size_t huge = (size_t)-1 / 2;
    char *p = calloc(10, 10);
    say("calloc", all_bytes(p, 0, 100));
    p = realloc(p, 100000);
    say("realloc", all_bytes(p, 0, 100));
    say("msize", _msize(p) == 100000);
    free(p);
    p = _aligned_malloc(100, 256);
    say("aligned", ((ULONG_PTR)p & 255) == 0);
    _aligned_free(p);
    say("calloc overflow", calloc(huge, 4) != NULL);
}

int main(void) {
    own_heap();
    fixed_heap();
    churn();
    global_and_local();
    runtime();
    say("heaps of the process", GetProcessHeaps(0, NULL) >= 1);
    return 0;
}
