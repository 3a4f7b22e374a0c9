/* VBScript: the language as Microsoft's "VBScript Language Reference" has it, since Wine's engine
 * lacks what scripts are hidden behind (Execute, Eval, GetRef, ReDim Preserve, DateDiff, ...).
 *
 *     lex.c       text -> tokens
 *     parse.c     statements, parse_expr.c expressions -> a tree
 *     run.c       statements, eval.c expressions, assign.c their targets
 *     object.c    classes, what GetRef gives, the script seen from outside; err.c the object Err
 *     call.c      functions and members are called; errors
 *     builtins.c  functions and constants of the language, in builtin_*.c
 *     memory.c    memory and names
 *     engine.c    IActiveScript, dll.c the DLL
 *
 * Values are VARIANTs; a variable holds no reference (VT_BYREF), only parameters do. Names are
 * Symbols, of which there is one each whatever its case. */
#ifndef VBS_H
#define VBS_H

#define COBJMACROS
#include "../stub.h"

#include <activscp.h>
#include <ole2.h>
#include <oleauto.h>

#define CHECK(e)                                                                                   \
    do {                                                                                           \
        HRESULT check_ = (e);                                                                      \
        if (FAILED(check_)) return check_;                                                         \
    } while (0)

/* The language's own errors: Err.Number is the low half. */
enum {
    ERROR_INVALID_CALL = 5,
    ERROR_OVERFLOW = 6,
    ERROR_MEMORY = 7,
    ERROR_RANGE = 9,
    ERROR_DIVISION = 11,
    ERROR_TYPE = 13,
    ERROR_STACK = 28,
    ERROR_NO_OBJECT = 91,
    ERROR_NULL = 94,
    ERROR_WANTS_OBJECT = 424,
    ERROR_CREATE = 429,
    ERROR_NO_MEMBER = 438,
    ERROR_ARGUMENTS = 450,
    ERROR_NO_COLLECTION = 451,
    ERROR_UNDEFINED = 500,
    ERROR_ASSIGNMENT = 501,
    ERROR_SYNTAX = 1002,
};
#define VBS_ERROR(n) ((HRESULT)(0x800A0000u | (unsigned)(n)))

typedef struct Engine Engine;
typedef struct Symbol Symbol;
typedef struct Expr Expr;
typedef struct Stmt Stmt;
typedef struct Func Func;
typedef struct Class Class;
typedef struct Frame Frame;
typedef struct Object Object;

/* ---- names ---- */

/* A builtin function: args in the order of the source, without references. */
typedef HRESULT Builtin(Engine *e, VARIANT *args, unsigned count, VARIANT *result);

struct Symbol {
    Symbol *next; /* in its bucket */
    const wchar_t *name;
    int id;
    /* what the name is for the whole script */
    bool defined, constant;
    VARIANT value;
    Func *func;
    Class *class;
    const struct BuiltinRow *builtin;
    IDispatch *item; /* one that the host named */
};

Symbol *symbol_of(Engine *e, const wchar_t *name, size_t n);
Symbol *symbol_by_id(Engine *e, int id);

/* ---- lexer ---- */

typedef enum {
    T_END, /* of the text */
    T_BREAK, /* a line's end, or a colon */
    T_NAME,
    T_LITERAL,
    T_MARK, /* ( ) , . + - * / \ ^ & = < > and pairs */
} TokenKind;

/* Marks of two characters. */
enum { MARK_NE = 256, MARK_LE, MARK_GE };

typedef struct {
    TokenKind kind;
    int mark;
    Symbol *name;
    bool bracketed; /* [a name] is no keyword */
    bool spaced;    /* something lies between it and the token before */
    bool colon;     /* a break that is none of lines */
    VARIANT literal;
    unsigned line, column;
} Token;

/* Tokens until T_END, in the engine's memory. */
HRESULT lex(Engine *e, const wchar_t *text, Token **out);

/* ---- the tree ---- */

typedef enum {
    OP_IMP, OP_EQV, OP_XOR, OP_OR, OP_AND, OP_NOT,
    OP_EQ, OP_NE, OP_LT, OP_GT, OP_LE, OP_GE, OP_IS,
    OP_CAT, OP_ADD, OP_SUB, OP_MOD, OP_IDIV, OP_MUL, OP_DIV, OP_NEG, OP_POS, OP_POW,
} Op;

typedef enum { X_LITERAL, X_NAME, X_CALL, X_MEMBER, X_UNARY, X_BINARY, X_NEW, X_ME, X_GROUP } ExprKind;

struct Expr {
    ExprKind kind;
    Op op;
    VARIANT literal;
    Symbol *name;   /* X_NAME, X_MEMBER, X_NEW */
    Expr *left;     /* operand, called, or whose member; NULL of a member: With's object */
    Expr *right;
    Expr **args;    /* a NULL: left out */
    unsigned count;
};

typedef enum {
    S_CALL, S_LET, S_SET, S_DIM, S_REDIM, S_ERASE, S_CONST, S_IF, S_SELECT, S_FOR, S_EACH, S_DO,
    S_EXIT, S_WITH, S_RESUME_NEXT, S_GOTO_0,
} StmtKind;

typedef enum { GO_ON, GO_DO, GO_FOR, GO_RETURN } Go;

typedef struct {
    Symbol *name;
    Expr **bounds; /* of an array */
    unsigned count;
    bool array;
} Declared;

typedef struct {
    Expr **values; /* NULL: Else */
    unsigned count;
    Stmt *body;
} Case;

struct Stmt {
    Stmt *next;
    StmtKind kind;
    unsigned line, column;
    Expr *a, *b, *c, *d;
    Stmt *body, *other;
    Declared *names;
    Case *cases;
    unsigned count;
    bool until, after, preserve;
    Go exit;
};

typedef enum { F_SUB, F_FUNCTION, F_GET, F_LET, F_SET } FuncKind;

typedef struct {
    Symbol *name;
    bool by_value;
} Parameter;

struct Func {
    Func *next;
    FuncKind kind;
    Symbol *name;
    Parameter *parameters;
    unsigned count;
    bool hidden, standard; /* Private, Default */
    Stmt *body;
};

typedef struct {
    Symbol *name;
    Declared declared;
    bool hidden;
} Field;

struct Class {
    Class *next;
    Symbol *name;
    Func *funcs;
    Field *fields;
    unsigned field_count;
};

typedef struct {
    Stmt *body;
    Func *funcs;
    Class *classes;
    bool explicit;
} Code;

/* ---- the engine ---- */

enum { BUCKETS = 1024 };

typedef struct {
    HRESULT result;
    BSTR source, description;
} Error;

struct Engine {
    IActiveScript script;
    IActiveScriptParse parse;
    LONG references;
    SCRIPTSTATE state;
    IActiveScriptSite *site;
    LCID lcid;

    Symbol *buckets[BUCKETS];
    Symbol **by_id;
    int symbol_count;
    struct Block *blocks; /* memory that lives as long as the engine */

    bool explicit;
    Code *waiting; /* until the script is started */
    Frame *frame; /* the one that runs */
    char *floor;  /* the stack shall not go below */
    Error pending; /* of the call that failed */
    Error err;     /* the object Err */
    IDispatch *err_object;
    unsigned line, column; /* where it runs, or the text is wrong */
    unsigned random;
    bool stopped;
};

/* Memory of zeros; NULL where there is none. */
void *take(Engine *e, size_t size);
/* Whether the stack is used up. */
bool too_deep(const Engine *e);

HRESULT parse(Engine *e, const wchar_t *text, Code *out);
HRESULT parse_one_expression(Engine *e, const wchar_t *text, Expr **out);

typedef struct {
    Engine *engine;
    const Token *t;
    Code *code;
} Parser;

/* ---- for the parsers ---- */

bool parser_is(const Parser *p, const wchar_t *keyword);
bool parser_accept(Parser *p, const wchar_t *keyword);
bool parser_mark(const Parser *p, int mark);
bool parser_accept_mark(Parser *p, int mark);
HRESULT parser_wrong(Parser *p);
bool parser_ends(const Parser *p); /* a statement */
HRESULT parse_expression(Parser *p, Expr **out);
/* name, members, calls; of a statement, it is not known yet whether a bracket is part of it. */
HRESULT parse_chain(Parser *p, bool statement, Expr **out);
HRESULT parse_arguments(Parser *p, int end, Expr ***args, unsigned *count);
Expr *new_expr(Parser *p, ExprKind kind);
bool is_reserved(const wchar_t *name);

/* ---- running ---- */

/* Others may hold references to it: it stays where it is. */
typedef struct Local {
    struct Local *next;
    Symbol *name;
    bool constant;
    VARIANT value; /* may be a reference: a parameter */
} Local;

struct Frame {
    Frame *before;
    const Func *func; /* NULL: the script itself */
    Object *me;
    Local *locals;
    VARIANT result;
    IDispatch *with;
    bool resume_next;
};

HRESULT run_block(Engine *e, const Stmt *s, Go *go);
/* Defines a text's functions and classes, and runs it in the present frame. */
HRESULT run_code(Engine *e, const Code *c);
HRESULT eval(Engine *e, const Expr *x, VARIANT *out);
/* Without objects: their default property. */
HRESULT eval_value(Engine *e, const Expr *x, VARIANT *out);
HRESULT eval_object(Engine *e, const Expr *x, IDispatch **out);
HRESULT eval_truth(Engine *e, const Expr *x, bool *out);
HRESULT eval_call(Engine *e, const Expr *x, VARIANT *out);
HRESULT eval_arguments(Engine *e, Expr **args, unsigned count, bool references, VARIANT *out);
void free_arguments(VARIANT *args, unsigned count);
HRESULT value_of(Engine *e, VARIANT *v); /* in place */
HRESULT operate(Op op, VARIANT *left, VARIANT *right, bool literal_left, bool literal_right,
                VARIANT *out);

/* The variable of that name where it is one, or NULL. */
VARIANT *find_variable(Engine *e, Symbol *name, bool *constant);
VARIANT *add_variable(Engine *e, Symbol *name, bool constant);
HRESULT assign(Engine *e, const Expr *target, VARIANT *value, bool set);
/* Where an expression is a variable or an array's element, its place; else NULL. */
HRESULT place_of(Engine *e, const Expr *x, VARIANT **out);
HRESULT array_place(Engine *e, VARIANT *array, Expr **args, unsigned count, VARIANT **out);
HRESULT array_element(SAFEARRAY *a, VARIANT *args, unsigned count, VARIANT *out);
HRESULT declare(Engine *e, const Declared *d, bool redim, bool preserve, VARIANT *place);

/* ---- calling ---- */

HRESULT call_func(Engine *e, const Func *f, Object *me, VARIANT *args, unsigned count, VARIANT *out);
/* A member of any object; where something is put, it is the last argument. */
HRESULT call_member(Engine *e, IDispatch *object, Symbol *name, WORD kind, VARIANT *args,
                    unsigned count, VARIANT *out);
HRESULT call_id(Engine *e, IDispatch *object, DISPID id, WORD kind, VARIANT *args, unsigned count,
                VARIANT *out);
HRESULT fail_with(Engine *e, HRESULT h, const wchar_t *source, const wchar_t *description);
/* Err gets what failed; whether it can be gone on from. */
void error_take(Engine *e, HRESULT h);
void error_clear(Error *e);
/* Err.Number, which is the code of an error of the language. */
long error_number(HRESULT h);
HRESULT error_result(long number);
/* One of what the system says where the language has none; free it. */
BSTR error_text(HRESULT h);

/* ---- objects ---- */

struct Object {
    IDispatch dispatch; /* first */
    LONG references;
    Engine *engine;
    const Class *class; /* of an instance */
    const Func *func;   /* of what GetRef gave; neither: the script */
    VARIANT *fields;
    bool ended;
};

HRESULT object_new(Engine *e, const Class *class, Object **out);
Object *object_of_func(Engine *e, const Func *f);
Object *object_of_script(Engine *e);
Object *object_of(IDispatch *d); /* NULL: not one of ours */
const Func *class_func(const Class *c, const Symbol *name, int kind);
VARIANT *object_field(Object *o, const Symbol *name);
HRESULT object_call(Object *o, Symbol *name, WORD kind, VARIANT *args, unsigned count, bool inside,
                    VARIANT *out);
IDispatch *err_new(Engine *e);

/* ---- builtins ---- */

typedef struct BuiltinRow {
    const wchar_t *name;
    Builtin *call;
    int least, most;
} BuiltinRow;

void builtins_define(Engine *e);
extern const BuiltinRow builtins_text[], builtins_time[], builtins_number[], builtins_other[];

/* Conversions of a builtin's arguments. */
HRESULT to_text(VARIANT *v, BSTR *out); /* a new one; Null is an error */
HRESULT to_long(VARIANT *v, long *out);
HRESULT to_double(VARIANT *v, double *out);
HRESULT give_text(VARIANT *out, const wchar_t *text, size_t n);
HRESULT give_long(VARIANT *out, long v);
HRESULT give_double(VARIANT *out, double v);
HRESULT give_truth(VARIANT *out, bool v);
HRESULT text_variant(VARIANT *v, BSTR *out); /* as & does it: Null is "" */

/* An engine, as IUnknown, with one reference. */
IUnknown *engine_new(void);

#endif
