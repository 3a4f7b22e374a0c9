/* Automation: COM objects for scripts, each a table of members. An object may stand before another
 * one of Wine's, whose members it completes: what its own table has not goes there. */
#ifndef AUTOMATION_H
#define AUTOMATION_H

#define COBJMACROS
#include "../stub.h"

#include <activscp.h>
#include <ole2.h>
#include <oleauto.h>

typedef struct Auto Auto;
typedef struct AutoClass AutoClass;

/* The arguments of one call, in the order of the source. */
typedef struct {
    DISPPARAMS *params;
    bool put;      /* a property is set: to the last argument */
    HRESULT error; /* of an argument that could not be converted */
    BSTR texts[8]; /* converted arguments, freed after the call */
    unsigned text_count;
} AutoArgs;

typedef HRESULT AutoCall(Auto *self, AutoArgs *a, VARIANT *result);

/* A member without a function is the inner object's, and what it gives is wrapped. The name "" is
 * the default member, AUTO_EACH what For Each asks for. */
typedef struct {
    const wchar_t *name;
    AutoCall *call;
    const AutoClass *wrap;
} AutoMember;

#define AUTO_EACH L"_NewEnum"

struct AutoClass {
    const wchar_t *name;
    const AutoMember *members; /* ends with no name */
    size_t size;               /* of the object, which begins with an Auto */
    void (*destroy)(Auto *self);
};

struct Auto {
    IDispatch dispatch; /* first */
    LONG references;
    const AutoClass *class;
    IDispatch *inner; /* or NULL */
};

/* An object with one reference; takes one of inner. NULL where memory is short. */
Auto *auto_new(const AutoClass *class, IDispatch *inner);

/* Puts the object into a result; takes over the reference. */
HRESULT auto_give(VARIANT *result, Auto *object);

/* For a property whose value is an object: with arguments, what its default member gives for them, as
 * in WScript.Arguments(0). Takes over the reference too. */
HRESULT auto_give_indexed(VARIANT *result, Auto *object, AutoArgs *a);

/* A collection's IEnumVARIANT over copies of the items. */
HRESULT auto_give_enumerator(VARIANT *result, const VARIANT *items, unsigned count);

/* ---- arguments ---- */

unsigned auto_count(const AutoArgs *a);
/* Without references; NULL where it was left out. */
VARIANT *auto_arg(const AutoArgs *a, unsigned i);
/* Of the call; the default where it was left out. */
const wchar_t *auto_text(AutoArgs *a, unsigned i, const wchar_t *other);
long auto_number(AutoArgs *a, unsigned i, long other);
bool auto_truth(AutoArgs *a, unsigned i, bool other);

/* ---- results ---- */

HRESULT auto_give_text(VARIANT *result, const wchar_t *text);
HRESULT auto_give_chars(VARIANT *result, const wchar_t *text, size_t count);
HRESULT auto_give_number(VARIANT *result, long value);
HRESULT auto_give_truth(VARIANT *result, bool value);

/* A value as scripts print it; a new BSTR. */
BSTR auto_print(const VARIANT *value);

/* ---- calling others ---- */

/* Calls a member of any object; args in the order of the source. result may be NULL. */
HRESULT auto_invoke(IDispatch *object, const wchar_t *name, WORD kind, VARIANT *args, unsigned count,
                    VARIANT *result);
VARIANT auto_variant_text(const wchar_t *text);

#endif
