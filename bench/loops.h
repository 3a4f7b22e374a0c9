/* The loops that the guest and raw Unicorn both run, x64. In: ecx = rounds, rdi = 64 KiB. */
#ifndef LOOPS_H
#define LOOPS_H

/* 7 instructions a round, registers only. */
#define LOOP_ALU                                                                                   \
    "1: addl $3, %eax\n"                                                                           \
    "   xorl %ecx, %eax\n"                                                                         \
    "   roll $5, %eax\n"                                                                           \
    "   leal (%rax,%rcx,2), %edx\n"                                                                \
    "   subl %edx, %eax\n"                                                                         \
    "   decl %ecx\n"                                                                               \
    "   jnz 1b\n"                                                                                  \
    "   ret\n"

/* As a decoder does it: a byte of 64 KiB is read, changed and written back. */
#define LOOP_MEMORY                                                                                \
    "1: movzwl %cx, %edx\n"                                                                        \
    "   xorb $0x5a, (%rdi,%rdx)\n"                                                                 \
    "   decl %ecx\n"                                                                               \
    "   jnz 1b\n"                                                                                  \
    "   ret\n"

/* A call and a return every round. */
#define LOOP_CALLS                                                                                 \
    "   jmp 1f\n"                                                                                  \
    "2: addl $1, %eax\n"                                                                           \
    "   ret\n"                                                                                     \
    "1: call 2b\n"                                                                                 \
    "   decl %ecx\n"                                                                               \
    "   jnz 1b\n"                                                                                  \
    "   ret\n"

#endif
