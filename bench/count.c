/* An ordinary C program: the C runtime starts, main counts in memory. With ROUNDS=0 the time of a
 * run is the time from the start of the process to main. */
int main(void) {
    volatile unsigned sum = 0;
    for (volatile unsigned i = 0; i < ROUNDS; i++) sum += i;
    return 7;
}
