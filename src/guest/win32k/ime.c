/* Input contexts: they can be made and asked for; there is no input method. */
#include "guest/win32k/errors.h"
#include "guest/win32k/window.h"

typedef struct {
    UserObject object;
    uint64_t client;
    uint32_t thread;
} InputContext;

enum { ATTRIBUTE_CLIENT, ATTRIBUTE_THREAD };

static uint64_t create(Sys *s) {
    InputContext *c = user_thread(s) ? user_object_new(s, USER_INPUT_CONTEXT, sizeof *c) : NULL;
    if (!c) return 0;
    c->client = s->arg[0];
    c->thread = s->thread->id;
    return c->object.handle;
}

static InputContext *context_at(Sys *s, uint64_t handle) {
    return user_object(user_of(s->machine), handle, USER_INPUT_CONTEXT);
}

static uint64_t destroy(Sys *s) {
    InputContext *c = context_at(s, s->arg[0]);
    if (c) user_object_free(user_of(s->machine), &c->object);
    return c != NULL;
}

static uint64_t query(Sys *s) {
    const InputContext *c = context_at(s, s->arg[0]);
    if (!c) return user_error(s, ERROR_INVALID_PARAMETER);
    return arg32(s, 1) == ATTRIBUTE_CLIENT ? c->client : c->thread;
}

static uint64_t update(Sys *s) {
    InputContext *c = context_at(s, s->arg[0]);
    if (!c || arg32(s, 1) != ATTRIBUTE_CLIENT) return 0;
    c->client = s->arg[2];
    return 1;
}

static uint64_t associate(Sys *s) {
    enum { AICR_OK, AICR_FOCUS_CHANGED, AICR_FAILED };
    Window *w = window_need(s, s->arg[0]);
    if (!w) return AICR_FAILED;
    w->input_context = arg32(s, 1);
    return AICR_OK;
}

static uint64_t disable(Sys *s) {
    (void)s;
    return 1;
}

const SysRow nt_user_ime_rows[] = {
    {"NtUserCreateInputContext", 1, create},
    {"NtUserDestroyInputContext", 1, destroy},
    {"NtUserQueryInputContext", 2, query},
    {"NtUserUpdateInputContext", 3, update},
    {"NtUserAssociateInputContext", 3, associate},
    {"NtUserDisableThreadIme", 1, disable},
    {NULL, 0, NULL},
};
