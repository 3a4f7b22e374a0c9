/* Locales by name and number, and dates as they write them. */
#include "guest.h"

/* Text of any language, so that it prints the same whatever the console's code page. */
static void say_wide(const char *what, const WCHAR *text) {
    printf("%s: \"", what);
    for (; *text; text++)
        if (*text < 0x7f) putchar(*text);
        else printf("\\u%04x", *text);
    puts("\"");
}

static void say_info(LCID locale, LCTYPE type, const char *what) {
    WCHAR text[64] = L"";
    if (GetLocaleInfoW(locale, type, text, 64)) say_wide(what, text);
    else printf("%s: error %lu\n", what, GetLastError());
}

static void describe(LCID locale) {
    printf("locale %lx\n", locale);
    say_info(locale, LOCALE_SENGLANGUAGE, "  language");
    say_info(locale, LOCALE_SENGCOUNTRY, "  country");
    say_info(locale, LOCALE_SISO639LANGNAME, "  ISO language");
    say_info(locale, LOCALE_SDECIMAL, "  decimal");
    say_info(locale, LOCALE_STHOUSAND, "  thousand");
    say_info(locale, LOCALE_SSHORTDATE, "  short date");
    say_info(locale, LOCALE_SDAYNAME1, "  first day");
    say_info(locale, LOCALE_SMONTHNAME10, "  tenth month");
    say_info(locale, LOCALE_IDEFAULTANSICODEPAGE, "  ANSI page");
    say_info(locale, LOCALE_IDEFAULTCODEPAGE, "  OEM page");
}

static void dates(LCID locale) {
    static const SYSTEMTIME t = {.wYear = 2019, .wMonth = 3, .wDay = 25, .wHour = 14, .wMinute = 5};
    WCHAR text[64];
    GetDateFormatW(locale, LOCALE_NOUSEROVERRIDE | DATE_LONGDATE, &t, NULL, text, 64);
    say_wide("long date", text);
    GetDateFormatW(locale, 0, &t, L"ddd, dd MMM yy", text, 64);
    say_wide("own date", text);
    GetTimeFormatW(locale, LOCALE_NOUSEROVERRIDE, &t, NULL, text, 64);
    say_wide("time", text);
    GetTimeFormatW(locale, 0, &t, L"h:mm tt", text, 64);
    say_wide("own time", text);
}

static void names(void) {
    WCHAR name[LOCALE_NAME_MAX_LENGTH];
    LCIDToLocaleName(0x407, name, LOCALE_NAME_MAX_LENGTH, 0);
    printf("name of 407: %ls\n", name);
    say_hex("number of ja-JP", LocaleNameToLCID(L"ja-JP", 0));
    say("en-GB is valid", IsValidLocaleName(L"en-GB"));
    say("xx-YY is valid", IsValidLocaleName(L"xx-YY"));
    say("409 is valid", IsValidLocale(0x409, LCID_SUPPORTED));
    WCHAR text[32];
    say("information by name",
        GetLocaleInfoEx(L"fr-FR", LOCALE_SENGLISHLANGUAGENAME, text, 32) > 0);
    printf("%ls\n", text);
}

int main(void) {
    static const LCID locales[] = {0x409, 0x407, 0x411, 0x419};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) describe(locales[i]);
    dates(0x409);
    dates(0x407);
    names();
    return 0;
}
