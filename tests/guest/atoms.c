/* Atoms: local and global, integer ones, counting. */
#include "guest.h"

static void integer_atoms(void) {
    char name[16];
    say_hex("integer atom", AddAtomA("#1234"));
    say_number("its name's length", (long)GetAtomNameA(1234, name, sizeof name));
    say_text("its name", name);
    say_hex("by number", GlobalAddAtomA((const char *)(ULONG_PTR)0x77));
    say("deleted", DeleteAtom(1234) == 0);
}

static void local_atoms(void) {
    char name[32];
    ATOM a = AddAtomA("coax local");
    say("a string atom", a >= 0xc000);
    say("found in another case", FindAtomA("COAX LOCAL") == a);
    say("added again, the same", AddAtomA("coax LOCAL") == a);
    say("is not global", GlobalFindAtomA("coax local") == 0);
    GetAtomNameA(a, name, sizeof name);
    say_text("name", name);
    say("deleted once", DeleteAtom(a) == 0 && FindAtomA("coax local") == a);
    say("deleted twice", DeleteAtom(a) == 0 && FindAtomA("coax local") == 0);
    say_number("its error", (long)GetLastError());
}

static void global_atoms(void) {
    WCHAR name[32];
    char small[4];
    ATOM a = GlobalAddAtomW(L"coax global \x416");
    say("a string atom", a >= 0xc000);
    say("found", GlobalFindAtomW(L"COAX GLOBAL \x416") == a);
    say_number("length", (long)GlobalGetAtomNameW(a, name, 32));
    say("name", wcscmp(name, L"coax global \x416") == 0);
    SetLastError(0);
    say("too small", GlobalGetAtomNameA(a, small, sizeof small) == 0 && GetLastError() != 0);
    GlobalDeleteAtom(a);
    say("gone", GlobalFindAtomW(L"coax global \x416") == 0);
}

static void limits(void) {
    char name[300];
    memset(name, 'x', sizeof name);
    name[255] = 0;
    ATOM a = GlobalAddAtomA(name);
    say("255 letters", a != 0);
    GlobalDeleteAtom(a);
    name[255] = 'x';
    name[256] = 0;
    say("256 letters", GlobalAddAtomA(name) != 0);
    say("no letters", GlobalAddAtomA("") != 0);
}

int main(void) {
    integer_atoms();
    local_atoms();
    global_atoms();
    limits();
    return 0;
}
