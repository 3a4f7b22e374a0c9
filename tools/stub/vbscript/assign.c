/* Variables, arrays, and what stands before an equals sign. */
#include "vbs.h"

/* ---- variables ---- */

static VARIANT *target_of(VARIANT *v) {
    return V_VT(v) == (VT_BYREF | VT_VARIANT) ? V_VARIANTREF(v) : v;
}

VARIANT *find_variable(Engine *e, Symbol *name, bool *constant) {
    Frame *f = e->frame;
    for (Local *l = f->locals; l; l = l->next)
        if (l->name == name) {
            *constant = l->constant;
            return target_of(&l->value);
        }
    *constant = false;
    bool gives = f->func && (f->func->kind == F_FUNCTION || f->func->kind == F_GET);
    if (gives && f->func->name == name) return &f->result;
    if (f->me && (object_field(f->me, name) || class_func(f->me->class, name, F_GET))) return NULL;
    *constant = name->constant;
    return name->defined ? &name->value : NULL;
}

VARIANT *add_variable(Engine *e, Symbol *name, bool constant) {
    Frame *f = e->frame;
    if (!f->func) {
        name->defined = true;
        name->constant = constant;
        return &name->value;
    }
    for (Local *l = f->locals; l; l = l->next)
        if (l->name == name) return target_of(&l->value);
    Local *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    *l = (Local){.next = f->locals, .name = name, .constant = constant};
    f->locals = l;
    return &l->value;
}

/* ---- arrays ---- */

HRESULT declare(Engine *e, const Declared *d, bool redim, bool preserve, VARIANT *place) {
    SAFEARRAYBOUND bounds[60];
    SAFEARRAY *a = NULL;
    if (d->count > 60) return VBS_ERROR(ERROR_RANGE);
    for (unsigned i = 0; i < d->count; i++) {
        VARIANT v;
        long last;
        CHECK(eval_value(e, d->bounds[i], &v));
        CHECK(to_long(&v, &last));
        VariantClear(&v);
        if (last < -1) return VBS_ERROR(ERROR_RANGE);
        bounds[i] = (SAFEARRAYBOUND){(ULONG)last + 1, 0};
    }
    if (redim && preserve && V_VT(place) & VT_ARRAY && V_ARRAY(place) &&
        SafeArrayGetDim(V_ARRAY(place)) == d->count) {
        HRESULT h = SafeArrayRedim(V_ARRAY(place), &bounds[d->count - 1]);
        return FAILED(h) ? VBS_ERROR(ERROR_RANGE) : S_OK;
    }
    if (d->count && !(a = SafeArrayCreate(VT_VARIANT, d->count, bounds))) return E_OUTOFMEMORY;
    VariantClear(place);
    V_VT(place) = VT_ARRAY | VT_VARIANT;
    V_ARRAY(place) = a;
    return S_OK;
}

static HRESULT indices_of(SAFEARRAY *a, VARIANT *args, unsigned count, LONG *out) {
    if (!a || SafeArrayGetDim(a) != count || count > 60) return VBS_ERROR(ERROR_RANGE);
    for (unsigned i = 0; i < count; i++) {
        long at;
        CHECK(to_long(&args[i], &at));
        out[i] = at;
    }
    return S_OK;
}

HRESULT array_element(SAFEARRAY *a, VARIANT *args, unsigned count, VARIANT *out) {
    LONG at[60];
    void *p = NULL;
    VARTYPE type = VT_VARIANT;
    VARIANT one = {0};
    CHECK(indices_of(a, args, count, at));
    SafeArrayGetVartype(a, &type);
    if (FAILED(SafeArrayPtrOfIndex(a, at, &p))) return VBS_ERROR(ERROR_RANGE);
    V_VT(&one) = VT_BYREF | type;
    V_BYREF(&one) = p;
    return VariantCopyInd(out, &one);
}

HRESULT array_place(Engine *e, VARIANT *array, Expr **args, unsigned count, VARIANT **out) {
    VARIANT values[60];
    LONG at[60];
    VARTYPE type = 0;
    void *p = NULL;
    if (count > 60) return VBS_ERROR(ERROR_RANGE);
    CHECK(eval_arguments(e, args, count, false, values));
    HRESULT h = indices_of(V_ARRAY(array), values, count, at);
    free_arguments(values, count);
    CHECK(h);
    SafeArrayGetVartype(V_ARRAY(array), &type);
    if (type != VT_VARIANT) return VBS_ERROR(ERROR_TYPE);
    if (FAILED(SafeArrayPtrOfIndex(V_ARRAY(array), at, &p))) return VBS_ERROR(ERROR_RANGE);
    *out = p;
    return S_OK;
}

HRESULT place_of(Engine *e, const Expr *x, VARIANT **out) {
    bool constant = false;
    VARIANT *v = NULL;
    *out = NULL;
    if (x->kind == X_NAME) {
        v = find_variable(e, x->name, &constant);
        if (!v && e->frame->me) v = object_field(e->frame->me, x->name);
        *out = constant ? NULL : v;
        return S_OK;
    }
    if (x->kind != X_CALL || !x->count) return S_OK;
    CHECK(place_of(e, x->left, &v));
    if (!v || V_VT(v) != (VT_ARRAY | VT_VARIANT)) return S_OK;
    return array_place(e, v, x->args, x->count, out);
}

/* ---- targets ---- */

static HRESULT put_into(VARIANT *place, VARIANT *value) {
    VARIANT copy;
    VariantInit(&copy);
    CHECK(VariantCopy(&copy, value));
    VariantClear(place);
    *place = copy;
    return S_OK;
}

static WORD put_kind(bool set) {
    return set ? DISPATCH_PROPERTYPUTREF | DISPATCH_PROPERTYPUT : DISPATCH_PROPERTYPUT;
}

/* object.name(args) = value, and object(args) = value without a name. */
static HRESULT put_member(Engine *e, IDispatch *object, Symbol *name, Expr **args, unsigned count,
                          VARIANT *value, bool set) {
    VARIANT all[33];
    if (count > 32) return VBS_ERROR(ERROR_ARGUMENTS);
    CHECK(eval_arguments(e, args, count, false, all));
    all[count] = *value;
    HRESULT h = name ? call_member(e, object, name, put_kind(set), all, count + 1, NULL)
                     : call_id(e, object, DISPID_VALUE, put_kind(set), all, count + 1, NULL);
    free_arguments(all, count);
    return h;
}

static HRESULT assign_member(Engine *e, const Expr *m, Expr **args, unsigned count, VARIANT *value, bool set) {
    IDispatch *object = e->frame->with;
    if (m->left) CHECK(eval_object(e, m->left, &object));
    else if (object) IDispatch_AddRef(object);
    else return VBS_ERROR(ERROR_NO_OBJECT);
    HRESULT h = S_OK;
    Object *mine = object_of(object);
    VARIANT *field = mine && count ? object_field(mine, m->name) : NULL, *place = NULL;
    if (field && V_VT(field) & VT_ARRAY) {
        h = array_place(e, field, args, count, &place);
        if (!FAILED(h)) h = put_into(place, value);
    } else {
        h = put_member(e, object, m->name, args, count, value, set);
    }
    IDispatch_Release(object);
    return h;
}

static HRESULT assign_name(Engine *e, Symbol *name, VARIANT *value, bool set) {
    bool constant;
    Object *me = e->frame->me;
    VARIANT *v = find_variable(e, name, &constant);
    if (constant) return VBS_ERROR(ERROR_ASSIGNMENT);
    if (!v && me && class_func(me->class, name, set ? F_SET : F_LET))
        return object_call(me, name, put_kind(set), value, 1, true, NULL);
    if (!v && me) v = object_field(me, name);
    if (!v && (name->item || name->func)) return VBS_ERROR(ERROR_ASSIGNMENT);
    if (!v && e->explicit) return VBS_ERROR(ERROR_UNDEFINED);
    if (!v) v = add_variable(e, name, false);
    return v ? put_into(v, value) : E_OUTOFMEMORY;
}

/* name(args) = value and the like. */
static HRESULT assign_indexed(Engine *e, const Expr *x, VARIANT *value, bool set) {
    VARIANT *place = NULL, v;
    if (x->left->kind == X_MEMBER) return assign_member(e, x->left, x->args, x->count, value, set);
    CHECK(place_of(e, x->left, &place));
    if (place && V_VT(place) & VT_ARRAY) {
        CHECK(array_place(e, place, x->args, x->count, &place));
        return put_into(place, value);
    }
    if (x->left->kind == X_NAME && !place && e->frame->me &&
        class_func(e->frame->me->class, x->left->name, set ? F_SET : F_LET)) {
        return put_member(e, &e->frame->me->dispatch, x->left->name, x->args, x->count, value, set);
    }
    VariantInit(&v);
    CHECK(eval(e, x->left, &v));
    HRESULT h = V_VT(&v) == VT_DISPATCH && V_DISPATCH(&v)
                    ? put_member(e, V_DISPATCH(&v), NULL, x->args, x->count, value, set)
                    : VBS_ERROR(ERROR_TYPE);
    VariantClear(&v);
    return h;
}

HRESULT assign(Engine *e, const Expr *target, VARIANT *value, bool set) {
    switch (target->kind) {
    case X_NAME: return assign_name(e, target->name, value, set);
    case X_MEMBER: return assign_member(e, target, NULL, 0, value, set);
    case X_CALL: return assign_indexed(e, target, value, set);
    default: return VBS_ERROR(ERROR_ASSIGNMENT);
    }
}
