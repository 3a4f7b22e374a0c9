/* Text in code pages: conversion both ways, broken bytes, comparison, case. */
#include "guest.h"

static void say_units(const WCHAR *w, int n) {
    for (int i = 0; i < n; i++) printf(" %04x", w[i]);
    printf("\n");
}

static void to_wide(UINT page, DWORD flags, const char *text, int length) {
    WCHAR w[32];
    SetLastError(0);
    int n = MultiByteToWideChar(page, flags, text, length, w, 32);
    printf("%u to wide: %d, error %lu:", page, n, GetLastError());
    say_units(w, n);
}

static void from_wide(UINT page, const WCHAR *text, const char *replacement) {
    char out[32];
    BOOL replaced = FALSE;
    BOOL asks = page != CP_UTF8;
    SetLastError(0);
    int n = WideCharToMultiByte(page, 0, text, -1, out, sizeof out, asks ? replacement : NULL,
                                asks ? &replaced : NULL);
    printf("wide to %u: %d, error %lu, replaced %s:", page, n, GetLastError(),
           replaced ? "yes" : "no");
    for (int i = 0; i < n; i++) printf(" %02x", (unsigned char)out[i]);
    printf("\n");
}

static void western(void) {
    to_wide(1252, 0, "\x80\x8e\xe4\xff\x81", 5);
    to_wide(437, 0, "\x80\x8e\xe4\xff\x81", 5);
    to_wide(850, 0, "\x80\x8e\xe4\xff\x81", 5);
    to_wide(1251, 0, "\xcf\xf0\xe8", 3);
    from_wide(1252, L"\x20ac \xe4 \x416", NULL);
    from_wide(1252, L"\x20ac \xe4 \x416", "_");
    from_wide(437, L"\xe9 \x3b1 \x2588", NULL);
}

static void east_asian(void) {
    to_wide(932, 0, "\x93\xfa\x96{\xb1", 5);
    to_wide(932, 0, "\x93", 1);
    to_wide(936, 0, "\xd6\xd0\xce\xc4", 4);
    from_wide(932, L"\x65e5\x672c\xff71", NULL);
    from_wide(949, L"\xd55c\xae00", NULL);
    say("lead byte", IsDBCSLeadByteEx(932, 0x93));
    say("no lead byte", IsDBCSLeadByteEx(932, 0x41));
}

static void unicode(void) {
    to_wide(CP_UTF8, 0, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", -1);
    to_wide(CP_UTF8, 0, "a\xc3(\xff", 4);
    to_wide(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xc3(", 3);
    from_wide(CP_UTF8, L"a\xe4\x20ac\xd83d\xde00", NULL);
    from_wide(CP_UTF8, L"a\xd83d", NULL);
    to_wide(CP_UTF7, 0, "a+AOQ-b", -1);
}

static void sizes(void) {
    WCHAR w[4];
    say_number("needed", MultiByteToWideChar(1252, 0, "hello", -1, NULL, 0));
    say_number("too small", MultiByteToWideChar(1252, 0, "hello", -1, w, 4));
    say_number("error", (long)GetLastError());
    say_number("no such page", MultiByteToWideChar(12345, 0, "hello", -1, w, 4));
    say_number("error", (long)GetLastError());
    CPINFO info;
    say_result("information of 932", GetCPInfo(932, &info));
    printf("bytes per character %u, lead bytes from %02x\n", info.MaxCharSize, info.LeadByte[0]);
    say("1252 is valid", IsValidCodePage(1252));
    say("12345 is valid", IsValidCodePage(12345));
}

static const char *order(int r) {
    return r == CSTR_LESS_THAN      ? "<"
           : r == CSTR_EQUAL        ? "="
           : r == CSTR_GREATER_THAN ? ">"
                                    : "error";
}

static void compare(DWORD flags, const WCHAR *a, const WCHAR *b) {
    LCID english = MAKELCID(MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), SORT_DEFAULT);
    printf("flags %lx: %s\n", flags, order(CompareStringW(english, flags, a, -1, b, -1)));
}

static void comparison(void) {
    compare(0, L"apple", L"Apple");
    compare(NORM_IGNORECASE, L"apple", L"Apple");
    compare(0, L"zebra", L"\xe4rger");
    compare(0, L"a", L"\xe4");
    compare(NORM_IGNORENONSPACE, L"a", L"\xe4");
    compare(0, L"co-op", L"coop");
    compare(SORT_STRINGSORT, L"co-op", L"coop");
    compare(0, L"file10", L"file9");
    printf("ordinal: %s\n", order(CompareStringOrdinal(L"B", -1, L"a", -1, FALSE)));
    printf("ordinal, no case: %s\n", order(CompareStringOrdinal(L"B", -1, L"a", -1, TRUE)));
    say_number("lstrcmpiA", lstrcmpiA("HELLO", "hello"));
}

static void mapping(void) {
    WCHAR out[32];
    LCID english = MAKELCID(MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), SORT_DEFAULT);
    int n = LCMapStringW(english, LCMAP_UPPERCASE,
                         L"stra\xdf"
                         L"e \xe4\x3b1\x436",
                         -1, out, 32);
    printf("upper:");
    say_units(out, n);
    n = LCMapStringW(english, LCMAP_LOWERCASE, L"\xc4\x391\x416X", -1, out, 32);
    printf("lower:");
    say_units(out, n);
    n = LCMapStringW(english, LCMAP_FULLWIDTH, L"A1", -1, out, 32);
    printf("full width:");
    say_units(out, n);
    WORD types[4] = {0};
    GetStringTypeW(CT_CTYPE1, L"a1 .", 4, types);
    printf("types: %x %x %x %x\n", types[0], types[1], types[2], types[3]);
}

int main(void) {
    western();
    east_asian();
    unicode();
    sizes();
    comparison();
    mapping();
    return 0;
}
