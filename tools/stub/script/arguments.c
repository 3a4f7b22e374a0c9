/* WScript.Arguments: all of them, those of the form /name:value, and the rest. */
#include "host.h"

typedef struct {
    Auto object;
    wchar_t **words;
    unsigned count;
} Words;

static bool is_named(const wchar_t *word) {
    return *word == L'/' && word[1];
}

static size_t name_length(const wchar_t *word) {
    return wcscspn(word + 1, L":");
}

static const wchar_t *find(const Words *w, const wchar_t *name) {
    for (unsigned i = 0; i < w->count; i++)
        if (wcslen(name) == name_length(w->words[i]) &&
            !_wcsnicmp(w->words[i] + 1, name, wcslen(name)))
            return w->words[i];
    return NULL;
}

static HRESULT count(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)a;
    return auto_give_number(result, (long)((Words *)self)->count);
}

static HRESULT item(Auto *self, AutoArgs *a, VARIANT *result) {
    Words *w = (Words *)self;
    long i = auto_number(a, 0, -1);
    if (a->error || i < 0 || i >= (long)w->count) return (HRESULT)0x800A0009; /* subscript out of range */
    return auto_give_text(result, w->words[i]);
}

static HRESULT each(Auto *self, AutoArgs *a, VARIANT *result) {
    Words *w = (Words *)self;
    VARIANT *texts = calloc(w->count + 1, sizeof *texts);
    (void)a;
    if (!texts) return E_OUTOFMEMORY;
    for (unsigned i = 0; i < w->count; i++) texts[i] = auto_variant_text(w->words[i]);
    HRESULT h = auto_give_enumerator(result, texts, w->count);
    for (unsigned i = 0; i < w->count; i++) VariantClear(&texts[i]);
    free(texts);
    return h;
}

static HRESULT named_item(Auto *self, AutoArgs *a, VARIANT *result) {
    const wchar_t *word = find((Words *)self, auto_text(a, 0, L""));
    if (!word) return S_OK;
    const wchar_t *value = word + 1 + name_length(word);
    return auto_give_text(result, *value ? value + 1 : L"");
}

static HRESULT exists(Auto *self, AutoArgs *a, VARIANT *result) {
    return auto_give_truth(result, find((Words *)self, auto_text(a, 0, L"")));
}

static HRESULT show_usage(Auto *self, AutoArgs *a, VARIANT *result) {
    (void)self, (void)a, (void)result;
    return S_OK; /* only a .wsf file has a text for it */
}

static void destroy(Auto *self) {
    free(((Words *)self)->words);
}

static const AutoMember named_members[] = {
    {L"", named_item, NULL},    {L"Item", named_item, NULL}, {L"Count", count, NULL},
    {L"length", count, NULL},   {L"Exists", exists, NULL},   {AUTO_EACH, each, NULL},
    {NULL, NULL, NULL},
};
static const AutoClass named_class = {L"WshNamed", named_members, sizeof(Words), destroy};

static const AutoMember unnamed_members[] = {
    {L"", item, NULL},      {L"Item", item, NULL},  {L"Count", count, NULL},
    {L"length", count, NULL}, {AUTO_EACH, each, NULL}, {NULL, NULL, NULL},
};
static const AutoClass unnamed_class = {L"WshUnnamed", unnamed_members, sizeof(Words), destroy};

/* The words, all or those that are or are not named. */
static Auto *select_words(const AutoClass *class, wchar_t **words, unsigned n, int wanted) {
    Words *w = (Words *)auto_new(class, NULL);
    if (!w || !(w->words = calloc(n + 1, sizeof *words))) return NULL;
    for (unsigned i = 0; i < n; i++)
        if (wanted < 0 || is_named(words[i]) == (wanted != 0)) w->words[w->count++] = words[i];
    return &w->object;
}

static HRESULT named(Auto *self, AutoArgs *a, VARIANT *result) {
    Words *w = (Words *)self;
    return auto_give_indexed(result, select_words(&named_class, w->words, w->count, 1), a);
}

static HRESULT unnamed(Auto *self, AutoArgs *a, VARIANT *result) {
    Words *w = (Words *)self;
    return auto_give_indexed(result, select_words(&unnamed_class, w->words, w->count, 0), a);
}

static const AutoMember all_members[] = {
    {L"", item, NULL},         {L"Item", item, NULL},
    {L"Count", count, NULL},   {L"length", count, NULL},
    {L"Named", named, NULL},   {L"Unnamed", unnamed, NULL},
    {AUTO_EACH, each, NULL},   {L"ShowUsage", show_usage, NULL},
    {NULL, NULL, NULL},
};
static const AutoClass all_class = {L"WshArguments", all_members, sizeof(Words), destroy};

Auto *arguments_new(wchar_t **words, unsigned n) {
    return select_words(&all_class, words, n, -1);
}
