/* Structured exception handling by frames: __try/__except and __try/__finally as a compiler would
 * make them, in assembly for x64 (scope tables of __C_specific_handler) and with registrations at
 * fs:[0] for x86. */
#include "guest.h"

#include <setjmp.h>

typedef LONG (*Filter)(EXCEPTION_POINTERS *);
typedef void (*Cleanup)(int abnormal);
typedef void (*Body)(void *);

/* __try { body(argument); return 0; } __except (filter(GetExceptionInformation())) { return 1; } */
int guarded(Body body, void *argument, Filter filter);

/* __try { body(argument); } __finally { cleanup(AbnormalTermination()); } */
void finally(Body body, void *argument, Cleanup cleanup);

#ifdef _WIN64

/* The frame of both functions: at 40(%rsp), which is the establisher frame + 40, lies the filter or
 * the cleanup. A filter is called with (pointers, frame), a termination handler with (1, frame). */
__asm__(".text\n"
        ".globl guarded\n"
        ".seh_proc guarded\n"
        "guarded:\n"
        "    subq $56, %rsp\n"
        "    .seh_stackalloc 56\n"
        "    .seh_endprologue\n"
        "    movq %r8, 40(%rsp)\n"
        "    movq %rcx, %rax\n"
        "    movq %rdx, %rcx\n"
        "guarded_try:\n"
        "    call *%rax\n"
        "    nop\n"
        "guarded_try_end:\n"
        "    xorl %eax, %eax\n"
        "    jmp guarded_out\n"
        "guarded_except:\n"
        "    movl $1, %eax\n"
        "guarded_out:\n"
        "    addq $56, %rsp\n"
        "    ret\n"
        "    .seh_handler __C_specific_handler, @except, @unwind\n"
        "    .seh_handlerdata\n"
        "    .long 1\n"
        "    .rva guarded_try, guarded_try_end, call_kept, guarded_except\n"
        "    .text\n"
        "    .seh_endproc\n"
        "\n"
        ".globl finally\n"
        ".seh_proc finally\n"
        "finally:\n"
        "    subq $56, %rsp\n"
        "    .seh_stackalloc 56\n"
        "    .seh_endprologue\n"
        "    movq %r8, 40(%rsp)\n"
        "    movq %rcx, %rax\n"
        "    movq %rdx, %rcx\n"
        "finally_try:\n"
        "    call *%rax\n"
        "    nop\n"
        "finally_try_end:\n"
        "    xorl %ecx, %ecx\n"
        "    call *40(%rsp)\n"
        "    addq $56, %rsp\n"
        "    ret\n"
        "    .seh_handler __C_specific_handler, @except, @unwind\n"
        "    .seh_handlerdata\n"
        "    .long 1\n"
        "    .rva finally_try, finally_try_end, call_kept\n"
        "    .long 0\n"
        "    .text\n"
        "    .seh_endproc\n"
        "\n"
        "call_kept:\n"
        "    movq 40(%rdx), %rax\n"
        "    jmp *%rax\n");

#else

typedef struct Frame {
    struct Frame *next;
    EXCEPTION_DISPOSITION(__cdecl *handler)(EXCEPTION_RECORD *, struct Frame *, CONTEXT *, void *);
    Filter filter;
    Cleanup cleanup;
    void *resume[5];
} Frame;

static void push(Frame *f) {
    f->next = (Frame *)__readfsdword(0);
    __writefsdword(0, (DWORD)f);
}

static void pop(Frame *f) {
    __writefsdword(0, (DWORD)f->next);
}

static EXCEPTION_DISPOSITION __cdecl handle(EXCEPTION_RECORD *record, Frame *frame,
                                            CONTEXT *context, void *dispatcher) {
    EXCEPTION_POINTERS pointers = {record, context};
    (void)dispatcher;
    if (record->ExceptionFlags & 6) { /* unwinding, exit unwind */
        if (frame->cleanup) frame->cleanup(1);
        return ExceptionContinueSearch;
    }
    LONG what = frame->filter ? frame->filter(&pointers) : EXCEPTION_CONTINUE_SEARCH;
    if (what == EXCEPTION_CONTINUE_EXECUTION) return ExceptionContinueExecution;
    if (what == EXCEPTION_CONTINUE_SEARCH) return ExceptionContinueSearch;
    RtlUnwind(frame, NULL, record, NULL);
    __builtin_longjmp(frame->resume, 1);
}

__attribute__((noinline)) int guarded(Body body, void *argument, Filter filter) {
    Frame f = {.handler = handle, .filter = filter};
    int handled = 1;
    push(&f);
    if (!__builtin_setjmp(f.resume)) {
        body(argument);
        handled = 0;
    }
    pop(&f);
    return handled;
}

__attribute__((noinline)) void finally(Body body, void *argument, Cleanup cleanup) {
    Frame f = {.handler = handle, .cleanup = cleanup};
    push(&f);
    body(argument);
    pop(&f);
    cleanup(0);
}

#endif

static char trail[128];
static DWORD seen;

static void add(const char *step) {
    strncat(trail, step, sizeof trail - strlen(trail) - 1);
}

static void say_trail(const char *what) {
    say_text(what, trail);
    memset(trail, 0, sizeof trail);
}

static LONG take(EXCEPTION_POINTERS *e) {
    seen = e->ExceptionRecord->ExceptionCode;
    add("take ");
    return EXCEPTION_EXECUTE_HANDLER;
}

static LONG pass(EXCEPTION_POINTERS *e) {
    (void)e;
    add("pass ");
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG resume(EXCEPTION_POINTERS *e) {
    (void)e;
    add("resume ");
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void clean(int abnormal) {
    add(abnormal ? "clean-abnormal " : "clean-normal ");
}

static void nothing(void *unused) {
    (void)unused;
    add("body ");
}

static void raise_code(void *code) {
    add("body ");
    RaiseException((DWORD)(ULONG_PTR)code, 0, 0, NULL);
    add("went-on ");
}

static void write_null(void *unused) {
    (void)unused;
    add("body ");
    *(volatile int *)8 = 1;
}

#define CODE ((void *)(ULONG_PTR)0xe0000042)

static void simple(void) {
    say_number("nothing happens", guarded(nothing, NULL, take));
    say_trail("trail");
    say_number("handled", guarded(raise_code, CODE, take));
    say_hex("code", seen);
    say_trail("trail");
    say_number("access violation handled", guarded(write_null, NULL, take));
    say_hex("code", seen);
    say_trail("trail");
    say_number("resumed", guarded(raise_code, CODE, resume));
    say_trail("trail");
}

static void inner_passes(void *unused) {
    (void)unused;
    guarded(raise_code, CODE, pass);
    add("not-reached ");
}

static void inner_finally(void *body) {
    finally(*(Body *)body, CODE, clean);
    add("after-finally ");
}

static void nested_finally(void *unused) {
    Body body = raise_code;
    (void)unused;
    finally(inner_finally, &body, clean);
}

static void nested(void) {
    Body quiet = nothing, loud = raise_code;
    guarded(inner_passes, NULL, take);
    say_trail("inner passes, outer takes");
    guarded(inner_finally, &quiet, take);
    say_trail("finally, nothing raised");
    guarded(inner_finally, &loud, take);
    say_trail("finally, raised");
    guarded(inner_finally, &loud, resume);
    say_trail("finally, resumed");
    guarded(nested_finally, NULL, take);
    say_trail("two finally blocks");
}

static void clean_and_raise(int abnormal) {
    add(abnormal ? "clean-abnormal " : "clean-normal ");
    if (abnormal) RaiseException(0xe0000099, 0, 0, NULL);
}

static void finally_that_raises(void *unused) {
    (void)unused;
    finally(raise_code, CODE, clean_and_raise);
}

static void middle_guard(void *unused) {
    (void)unused;
    guarded(finally_that_raises, NULL, take);
    add("after-middle ");
}

static void raise_while_unwinding(void) {
    guarded(middle_guard, NULL, take);
    say_hex("last code", seen);
    say_trail("finally raises while it unwinds");
}

static LONG raise_in_filter(EXCEPTION_POINTERS *e) {
    add("filter ");
    guarded(raise_code, (void *)(ULONG_PTR)0xe0000077, take);
    add("filter-end ");
    return e->ExceptionRecord->ExceptionCode == 0xe0000042 ? EXCEPTION_EXECUTE_HANDLER
                                                           : EXCEPTION_CONTINUE_SEARCH;
}

static void raise_for_good(void *unused) {
    (void)unused;
    RaiseException(0xe0000043, EXCEPTION_NONCONTINUABLE, 0, NULL);
}

static LONG resume_first(EXCEPTION_POINTERS *e) {
    return e->ExceptionRecord->ExceptionCode == 0xe0000043 ? resume(e) : pass(e);
}

static void resume_what_is_final(void *unused) {
    (void)unused;
    guarded(raise_for_good, NULL, resume_first);
}

static void odd_filters(void) {
    say_number("handled", guarded(raise_code, CODE, raise_in_filter));
    say_trail("a filter that raises and handles");
    guarded(resume_what_is_final, NULL, take);
    say_hex("code", seen);
    say_trail("a filter that resumes what cannot be");
}

static __attribute__((noinline)) int deep(int n) {
    volatile int kept = n * 3;
    if (n > 0) return deep(n - 1) + kept;
    raise_code(CODE);
    return kept;
}

static void go_deep(void *n) {
    deep(*(int *)n);
}

static void unwind_many(void) {
    int a = 1, b = 2, c = 3, d = 4, depth = 100, handled = 0;
    handled += guarded(go_deep, &depth, take);
    memset(trail, 0, sizeof trail);
    for (int i = 0; i < 300; i++) {
        handled += guarded(raise_code, CODE, take);
        memset(trail, 0, sizeof trail);
        a += b, b += c, c += d, d += 1;
    }
    say_number("handled", handled);
    printf("variables: %d %d %d %d\n", a, b, c, d);
}

static jmp_buf landing;

static void jump(void *unused) {
    (void)unused;
    add("jump ");
    longjmp(landing, 5);
}

static void jump_through_finally(void) {
    volatile int before = 10;
    int n = setjmp(landing);
    if (n == 0) {
        before = 20;
        finally(jump, NULL, clean);
    }
    printf("landed with %d, %d\n", n, before);
    say_trail("jump through finally");
}

int main(void) {
    simple();
    nested();
    raise_while_unwinding();
    odd_filters();
    unwind_many();
    jump_through_finally();
    return 0;
}
