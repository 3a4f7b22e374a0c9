/* One loop of loops.h, ROUNDS times: -DLOOP=LOOP_ALU and so on. */
#include "loops.h"

#include <windows.h>

/* Outside any function, so that a % of the loop is a %. */
__asm__(".globl loop\n"
        "loop:\n" LOOP);

void loop(void);

static char buffer[65536];

void start(void) {
    unsigned rounds = ROUNDS;
    void *data = buffer;
    __asm__ volatile("call loop" : "+c"(rounds), "+D"(data) : : "rax", "rdx", "memory", "cc");
    ExitProcess(7);
}
