/* What WinHttpRequest and ServerXMLHTTP are told about certificates and the like: it is kept. */
#include "wshext.h"

enum { OPTIONS = 32 };

typedef struct {
    Auto object;
    VARIANT options[OPTIONS];
} Request;

/* Option(id) = value, setOption id, value; read with the id alone. */
static HRESULT option(Auto *self, AutoArgs *a, VARIANT *result) {
    Request *r = (Request *)self;
    long id = auto_number(a, 0, -1);
    VARIANT *value = auto_arg(a, 1);
    if (a->error) return a->error;
    if (id < -1 || id >= OPTIONS) return E_INVALIDARG;
    VARIANT *kept = &r->options[id < 0 ? 0 : id];
    return value ? VariantCopyInd(kept, value) : VariantCopy(result, kept);
}

static void destroy(Auto *self) {
    for (unsigned i = 0; i < OPTIONS; i++) VariantClear(&((Request *)self)->options[i]);
}

static const AutoMember winhttp_members[] = {{L"Option", option, NULL}, {NULL, NULL, NULL}};
const AutoClass winhttp_class = {L"WinHttpRequest", winhttp_members, sizeof(Request), destroy};

static const AutoMember server_members[] = {
    {L"setOption", option, NULL}, {L"getOption", option, NULL}, {NULL, NULL, NULL}};
const AutoClass server_request_class = {L"ServerXMLHTTP", server_members, sizeof(Request), destroy};
