/* Virtual memory: reserve, commit, protect, query, decommit, release; the limits. */
#include "guest.h"

enum { PAGE = 4096 };

static char *base;

static void say_region(const char *what, void *at) {
    MEMORY_BASIC_INFORMATION m;
    if (!VirtualQuery(at, &m, sizeof m)) {
        printf("%s: error %lu\n", what, GetLastError());
        return;
    }
    printf("%s: page %d, %d pages, state %lx, protection %lx", what,
           (int)((char *)m.BaseAddress - base) / PAGE, (int)(m.RegionSize / PAGE), m.State,
           m.Protect);
    if (m.State != MEM_FREE)
        printf(", allocated at page %d with %lx, type %lx",
               (int)((char *)m.AllocationBase - base) / PAGE, m.AllocationProtect, m.Type);
    printf("\n");
}

static void protect(const char *what, int page, int pages, DWORD protection) {
    DWORD old = 0;
    BOOL ok = VirtualProtect(base + page * PAGE, (SIZE_T)pages * PAGE, protection, &old);
    printf("%s: %s, was %lx\n", what, ok ? "ok" : "failed", ok ? old : GetLastError());
}

static void reserve_and_commit(void) {
    base = VirtualAlloc(NULL, 64 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    say("on a boundary of 64 KiB", ((ULONG_PTR)base & 0xffff) == 0);
    say_region("reserved", base);
    say("commit",
        VirtualAlloc(base + 4 * PAGE, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE) == base + 4 * PAGE);
    say("commit of one byte",
        VirtualAlloc(base + 10 * PAGE + 100, 1, MEM_COMMIT, PAGE_EXECUTE_READ) == base + 10 * PAGE);
    say("commit over an edge",
        VirtualAlloc(base + 13 * PAGE - 1, 2, MEM_COMMIT, PAGE_READONLY) == base + 12 * PAGE);
    say_region("before", base);
    say_region("committed", base + 4 * PAGE);
    say_region("in the middle", base + 5 * PAGE + 17);
    say_region("one byte", base + 10 * PAGE);
    say_region("over the edge", base + 12 * PAGE);
    say_region("behind", base + 20 * PAGE);
    say("zero", base[4 * PAGE] == 0 && base[7 * PAGE - 1] == 0);
}

static void protections(void) {
    protect("read only", 5, 1, PAGE_READONLY);
    say_region("first part", base + 4 * PAGE);
    say_region("middle part", base + 5 * PAGE);
    say_region("last part", base + 6 * PAGE);
    protect("over two kinds", 4, 2, PAGE_EXECUTE_READWRITE);
    protect("guard", 6, 1, PAGE_READWRITE | PAGE_GUARD);
    say_region("guard", base + 6 * PAGE);
    protect("no access", 6, 1, PAGE_NOACCESS);
    protect("back", 4, 3, PAGE_READWRITE);
    say_region("one again", base + 4 * PAGE);
    protect("reserved only", 20, 1, PAGE_READWRITE);
    protect("half committed", 6, 2, PAGE_READWRITE);
    protect("nonsense", 4, 1, 0x333);
    base[4 * PAGE] = 42;
    say("commit again", VirtualAlloc(base + 4 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    say_number("keeps the content", base[4 * PAGE]);
}

static void give_back(void) {
    say_result("decommit", VirtualFree(base + 4 * PAGE, PAGE, MEM_DECOMMIT));
    say_region("decommitted", base + 4 * PAGE);
    say("commit", VirtualAlloc(base + 4 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    say_number("zero again", base[4 * PAGE]);
    say_result("release a part", VirtualFree(base + 4 * PAGE, PAGE, MEM_RELEASE));
    say_result("release with a size", VirtualFree(base, 64 * PAGE, MEM_RELEASE));
    say_result("release the middle", VirtualFree(base + 65536, 0, MEM_RELEASE));
    say_result("decommit all", VirtualFree(base, 0, MEM_DECOMMIT));
    MEMORY_BASIC_INFORMATION m;
    VirtualQuery(base + 4 * PAGE, &m, sizeof m);
    say_hex("all decommitted, state", m.State);
    say_result("release", VirtualFree(base, 0, MEM_RELEASE));
    VirtualQuery(base, &m, sizeof m);
    say_hex("state", m.State);
    say_hex("protection", m.Protect);
    say("released twice", VirtualFree(base, 0, MEM_RELEASE));
}

static void at_an_address(void) {
    base = VirtualAlloc(NULL, 32 * PAGE, MEM_RESERVE, PAGE_READWRITE);
    VirtualFree(base, 0, MEM_RELEASE);
    char *p = VirtualAlloc(base + 5000, 100, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    say("address is rounded down", p == base);
    say_region("rounded", base);
    say_result("taken address",
               VirtualAlloc(base, 100, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != NULL);
    say_result("commit without reserve",
               VirtualAlloc(base + 3 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    VirtualFree(base, 0, MEM_RELEASE);
    char *top = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE);
    say("top down is higher", top > base);
    VirtualFree(top, 0, MEM_RELEASE);
    say_result("zero bytes", VirtualAlloc(NULL, 0, MEM_RESERVE, PAGE_READWRITE) != NULL);
    say_result("bad type", VirtualAlloc(NULL, PAGE, 0x30, PAGE_READWRITE) != NULL);
    say_result("bad protection", VirtualAlloc(NULL, PAGE, MEM_COMMIT, 0x77) != NULL);
}

static void images(void) {
    MEMORY_BASIC_INFORMATION m;
    HMODULE self = GetModuleHandleA(NULL);
    VirtualQuery(self, &m, sizeof m);
    say("header is at the base", m.BaseAddress == (void *)self && m.AllocationBase == (void *)self);
    say_hex("header protection", m.Protect);
    say_hex("header type", m.Type);
    VirtualQuery((void *)(INT_PTR)images, &m, sizeof m);
    say("code belongs to it", m.AllocationBase == (void *)self);
    say_hex("code protection", m.Protect);
    VirtualQuery("text", &m, sizeof m);
    say_hex("constant protection", m.Protect);
    VirtualQuery(&m, &m, sizeof m);
    say_hex("stack protection", m.Protect);
    say_hex("stack type", m.Type);
    VirtualQuery((void *)16, &m, sizeof m);
    say_hex("null page", m.State);
}

/* Every region begins where the last one ended, to the end of the address space. */
static void whole_space(void) {
    MEMORY_BASIC_INFORMATION m;
    char *at = NULL;
    int regions = 0, gaps = 0;
    while (regions < 100000 && VirtualQuery(at, &m, sizeof m) == sizeof m) {
        gaps += (char *)m.BaseAddress != at;
        regions++;
        at = (char *)m.BaseAddress + m.RegionSize;
    }
    say("many regions", regions > 20 && regions < 100000);
    say_number("gaps", gaps);
}

static void large(void) {
    char *p = VirtualAlloc(NULL, 0x10000000, MEM_RESERVE, PAGE_READWRITE);
    say("256 MiB reserved", p != NULL);
    VirtualAlloc(p + 0xffff000, PAGE, MEM_COMMIT, PAGE_READWRITE);
    p[0xffff000] = 1;
    say_number("its last page", p[0xffff000]);
    VirtualFree(p, 0, MEM_RELEASE);
    say("more than there can be",
        VirtualAlloc(NULL, (SIZE_T)-1 / 2, MEM_RESERVE, PAGE_READWRITE) != NULL);
    say("malloc of that", malloc((size_t)-1 / 2 - 4096) != NULL);
}

int main(void) {
    reserve_and_commit();
    protections();
    give_back();
    at_an_address();
    images();
    whole_space();
    large();
    return 0;
}
