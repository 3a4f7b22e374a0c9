/* Raised exceptions: arguments, order of vectored handlers, continuing, exceptions in a handler. */
#include "fault.h"

static char trail[64];

static void add(char letter) {
    size_t n = strlen(trail);
    if (n < sizeof trail - 1) trail[n] = letter;
}

static void say_trail(const char *what) {
    say_text(what, trail);
    memset(trail, 0, sizeof trail);
}

static void raise_with_arguments(void *unused) {
    static const ULONG_PTR arguments[] = {11, 22, 33};
    (void)unused;
    RaiseException(0xe0001234, 0, 3, arguments);
}

static void arguments(void) {
    say_attempt("raise", raise_with_arguments, NULL, NULL);
    printf("flags %lx, %lu arguments: %lu %lu %lu\n", fault_record.ExceptionFlags,
           fault_record.NumberParameters, (DWORD)fault_record.ExceptionInformation[0],
           (DWORD)fault_record.ExceptionInformation[1],
           (DWORD)fault_record.ExceptionInformation[2]);
    say("no chained record", fault_record.ExceptionRecord == NULL);
}

static LONG CALLBACK pass_a(EXCEPTION_POINTERS *e) {
    (void)e;
    add('a');
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK pass_b(EXCEPTION_POINTERS *e) {
    (void)e;
    add('b');
    return EXCEPTION_CONTINUE_SEARCH;
}

static LONG CALLBACK go_on(EXCEPTION_POINTERS *e) {
    (void)e;
    add('!');
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK note_continued(EXCEPTION_POINTERS *e) {
    (void)e;
    add('c');
    return EXCEPTION_CONTINUE_SEARCH;
}

static void order(void) {
    void *last = AddVectoredExceptionHandler(FALSE, go_on);
    void *b = AddVectoredExceptionHandler(TRUE, pass_b);
    void *a = AddVectoredExceptionHandler(TRUE, pass_a);
    void *c = AddVectoredContinueHandler(TRUE, note_continued);
    RaiseException(0xe0000001, 0, 0, NULL);
    say_trail("first, second, last, continued");
    RemoveVectoredExceptionHandler(b);
    RaiseException(0xe0000001, 0, 0, NULL);
    say_trail("without the second");
    say("removed twice", RemoveVectoredExceptionHandler(b) != 0);
    RemoveVectoredExceptionHandler(a);
    RemoveVectoredExceptionHandler(last);
    RemoveVectoredContinueHandler(c);
}

static int depth;

static LONG CALLBACK raise_again(EXCEPTION_POINTERS *e) {
    add((char)('0' + depth));
    if (e->ExceptionRecord->ExceptionCode == 0xe0000010 && depth < 3) {
        depth++;
        RaiseException(0xe0000010, 0, 0, NULL);
        add('r');
        depth--;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void nested(void) {
    void *handler = AddVectoredExceptionHandler(TRUE, raise_again);
    RaiseException(0xe0000010, 0, 0, NULL);
    say_trail("nested, each continued");
    RemoveVectoredExceptionHandler(handler);
}

static LONG WINAPI last_filter(EXCEPTION_POINTERS *e) {
    add('f');
    return e->ExceptionRecord->ExceptionCode == 0xe0000020 ? EXCEPTION_CONTINUE_EXECUTION
                                                           : EXCEPTION_CONTINUE_SEARCH;
}

static void unhandled_filter(void) {
    SetUnhandledExceptionFilter(last_filter);
    RaiseException(0xe0000020, 0, 0, NULL);
    say_trail("filter of unhandled ones continued");
    say("ours is taken out", SetUnhandledExceptionFilter(NULL) == last_filter);
}

static LONG CALLBACK change_registers(EXCEPTION_POINTERS *e) {
    CONTEXT_AX(e->ContextRecord) += 100;
    CONTEXT_CX(e->ContextRecord) = 200;
    CONTEXT_PC(e->ContextRecord) += 2; /* ud2 */
    e->ContextRecord->EFlags |= 1;     /* carry */
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void modified_context(void) {
    int a = 1, c = 2;
    unsigned char carry;
    void *handler = AddVectoredExceptionHandler(TRUE, change_registers);
    __asm__ volatile("clc\n\tud2\n\tsetc %2" : "+a"(a), "+c"(c), "=d"(carry) : : "cc");
    RemoveVectoredExceptionHandler(handler);
    printf("a %d, c %d, carry %d\n", a, c, carry);
}

static LONG CALLBACK change_vectors(EXCEPTION_POINTERS *e) {
#ifdef _WIN64
    e->ContextRecord->Xmm0.Low = 0x4024000000000000ull; /* 10.0 */
#else
    double ten = 10;
    memcpy(e->ContextRecord->ExtendedRegisters + 160, &ten, 8); /* FXSAVE image, XMM0 */
#endif
    CONTEXT_PC(e->ContextRecord) += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static __attribute__((noinline, target("sse2"))) void modified_vectors(void) {
    double x = 1.5;
    void *handler = AddVectoredExceptionHandler(TRUE, change_vectors);
    __asm__ volatile("movsd %0, %%xmm0\n\tud2\n\tmovsd %%xmm0, %0" : "+m"(x) : : "xmm0");
    RemoveVectoredExceptionHandler(handler);
    printf("vector register: %d\n", (int)x);
}

static CONTEXT kept;

static LONG CALLBACK keep_context(EXCEPTION_POINTERS *e) {
    CONTEXT_PC(e->ContextRecord) += 2; /* ud2 */
    kept = *e->ContextRecord;
    kept.ContextFlags = CONTEXT_FULL; /* the copy has no extended state behind it */
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* A context that a handler kept is continued later, more than once. */
static void continued_context(void) {
    LONG(NTAPI * continue_at)(CONTEXT *, BOOLEAN);
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtContinue");
    memcpy(&continue_at, &found, sizeof found);
    volatile int times = 0;
    void *handler = AddVectoredExceptionHandler(TRUE, keep_context);
    __asm__ volatile("ud2" : : : "memory");
    times++;
    say_number("here", times);
    if (times < 3) continue_at(&kept, FALSE);
    RemoveVectoredExceptionHandler(handler);
}

int main(void) {
    arguments();
    order();
    nested();
    unhandled_filter();
    modified_context();
    modified_vectors();
    continued_context();
    return 0;
}
