/* Engines: Unicorn has one for each kind of processor, and names them all in one file (uc.c
 * of 2.0.1). What is defined here for the others keeps them out of our program: they would be five
 * sixths of it, nobody runs them, and hostile code should not meet them. uc_open refuses an
 * architecture whose functions are never reached; ours asks for x86 alone. */
#include <stdlib.h>

#define OTHER_ENGINES(X)                                                                           \
    X(arm)                                                                                         \
    X(arm64) X(m68k) X(mips) X(mipsel) X(mips64) X(mips64el) X(ppc) X(ppc64) X(riscv32) X(riscv64) \
        X(s390) X(sparc) X(sparc64) X(tricore)

#define ABSENT(engine)                                                                             \
    void engine##_uc_init(void);                                                                   \
    void engine##_uc_init(void) {                                                                  \
        abort();                                                                                   \
    }                                                                                              \
    void engine##_context_reg_read(void);                                                          \
    void engine##_context_reg_read(void) {                                                         \
        abort();                                                                                   \
    }                                                                                              \
    void engine##_context_reg_write(void);                                                         \
    void engine##_context_reg_write(void) {                                                        \
        abort();                                                                                   \
    }
OTHER_ENGINES(ABSENT)
