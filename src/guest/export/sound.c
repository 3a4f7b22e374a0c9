/* The sound device: that there is one, and its name. Nothing is ever played or recorded: whoever
 * opens it learns that another program has it. */
#include "guest/ask.h"
#include "guest/export/export.h"

enum { BAD_DEVICE = 2, ALLOCATED = 4, MAPPER = -1, NAME_ROOM = 32 };

static const char *device(ExportCall *c) {
    return ask_text(c->machine, FACT_sound);
}

static bool tell_number(ExportCall *c) {
    c->result = *device(c) ? 1 : 0;
    return true;
}

bool export_waveOutGetNumDevs(ExportCall *c) {
    return tell_number(c);
}
bool export_waveInGetNumDevs(ExportCall *c) {
    return tell_number(c);
}
bool export_mixerGetNumDevs(ExportCall *c) {
    return tell_number(c);
}

/* WAVEOUTCAPS */
static uint32_t put_caps(ExportCall *c, bool wide) {
    enum {
        MICROSOFT = 1,
        MAPPED_OUT = 2,
        WDM_OUT = 100,
        FORMATS = 0xfffff,
        STEREO = 2,
        VOLUMES = 0x2e
    };
    bool mapper = (int32_t)c->arg[0] == MAPPER;
    const char *name = device(c);
    if (!*name || (!mapper && c->arg[0])) return BAD_DEVICE;
    name = mapper ? "Microsoft Sound Mapper" : arena_printf(c->scratch, "Speakers (%s)", name);
    uint8_t text[2 * NAME_ROOM] = {0};
    size_t size = wide ? 2 : 1;
    for (size_t i = 0; name && i < NAME_ROOM - 1 && name[i]; i++) text[i * size] = (uint8_t)name[i];
    Fields f = fields(c->process, c->arg[1]);
    put_u16(&f, MICROSOFT);
    put_u16(&f, mapper ? MAPPED_OUT : WDM_OUT);
    put_u32(&f, 0x0a00); /* the driver's version */
    put_bytes(&f, span(text, NAME_ROOM * size));
    put_u32(&f, FORMATS);
    put_u16(&f, STEREO);
    put_u16(&f, 0);
    put_u32(&f, VOLUMES);
    return f.bad ? BAD_DEVICE : 0;
}

bool export_waveOutGetDevCapsA(ExportCall *c) {
    c->result = put_caps(c, false);
    return true;
}
bool export_waveOutGetDevCapsW(ExportCall *c) {
    c->result = put_caps(c, true);
    return true;
}

/* handle, device, format, callback, its context, flags */
bool export_waveOutOpen(ExportCall *c) {
    enum { FORMAT_QUERY = 1 };
    c->result = !*device(c) ? BAD_DEVICE : c->arg[5] & FORMAT_QUERY ? 0 : ALLOCATED;
    return true;
}
