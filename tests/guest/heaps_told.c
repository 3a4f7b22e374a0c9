/* What ntdll tells a debugger of the process's heaps: programs look at their flags. */
#include "guest.h"

typedef struct {
    void *base;
    ULONG flags;
    USHORT overhead, trace;
    SIZE_T allocated, committed;
} Heap;

typedef struct {
    ULONG count;
    Heap heaps[1];
} Heaps;

typedef struct {
    void *client[6]; /* section, views, event pairs */
    void *process, *thread;
    ULONG flags;
    SIZE_T free, committed, size;
    void *modules, *traces;
    Heaps *heaps;
} DebugInformation;

static void *function(const char *name) {
    return (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

static void say_heaps(const char *how, LONG status, const DebugInformation *information) {
    const Heaps *h = information->heaps;
    printf("%s: %lx\n", how, status);
    if (!h) return;
    say("  a heap at least", h->count >= 1);
    say("  the first is the process's", h->heaps[0].base == GetProcessHeap());
    say_hex("  its flags", h->heaps[0].flags);
}

int main(void) {
    DebugInformation *(WINAPI * create)(ULONG, BOOLEAN) = function("RtlCreateQueryDebugBuffer");
    LONG(WINAPI * query)(ULONG, ULONG, void *) = function("RtlQueryProcessDebugInformation");
    LONG(WINAPI * heaps)(void *) = function("RtlQueryProcessHeapInformation");
    DebugInformation *one = create(0, FALSE), *other = create(0, FALSE);
    say_heaps("by process", query(GetCurrentProcessId(), 4, one), one);
    say_heaps("by itself", heaps(other), other);
    return 0;
}
