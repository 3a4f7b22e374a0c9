/* Floating point: printing, rounding, functions, conversions, both units' control words. */
#include "guest.h"

#include <float.h>
#include <math.h>

static volatile double zero = 0, one = 1, three = 3;

static void printing(void) {
    printf("%f %e %g %.3f %10.2f|\n", 1 / three, 1e300, 0.0001, 2.5, -1.005);
    printf("%g %g %g %g\n", 1e21, 123456789.0, 1e-5, 100000.0);
    printf("%d %d\n", (int)-1.9, (int)(unsigned char)255.7);
}

static void special(void) {
    double infinite = one / zero, none = zero / zero;
    say("infinite", isinf(infinite) && infinite > DBL_MAX);
    say("not a number", isnan(none) && none != none);
    say("negative zero", signbit(-zero) && -zero == zero);
    say("denormal", DBL_MIN / 1024 > 0 && DBL_MIN / 1024 < DBL_MIN);
    volatile double large = DBL_MAX;
    large *= three;
    say("overflow", isinf(large));
}

static void functions(void) {
    printf("%.6f %.6f %.6f %.6f\n", sqrt(2 * one), sin(one), cos(one), atan2(one, three));
    printf("%.6f %.6f %.6f %.6f\n", exp(one), log(three), pow(three, 2.5), fmod(10.5, three));
    printf("%.1f %.1f %.1f %.1f\n", floor(-one / 2), ceil(one / 2), rint(2.5 * one),
           trunc(-2.7 * one));
    int exponent;
    double fraction = frexp(48.0 * one, &exponent);
    printf("%.4f %d %.1f\n", fraction, exponent, ldexp(fraction, exponent));
    printf("%.4f %ld\n", strtod("1234.5678e-2xyz", NULL), strtol("-0x1f", NULL, 16));
}

/* The x87 unit with its own rounding and its stack. */
static long round_to_long(double x, unsigned short control) {
    unsigned short old;
    int out;
    __asm__ volatile("fnstcw %0" : "=m"(old));
    __asm__ volatile("fldcw %2\n\tfldl %1\n\tfistpl %0\n\tfldcw %3"
                     : "=m"(out)
                     : "m"(x), "m"(control), "m"(old));
    return out;
}

static void x87(void) {
    for (unsigned mode = 0; mode < 4; mode++) /* nearest, down, up, towards zero */
        printf("rounding %u: %ld %ld %ld\n", mode,
               round_to_long(2.5, (unsigned short)(0x37f | mode << 10)),
               round_to_long(-2.5, (unsigned short)(0x37f | mode << 10)),
               round_to_long(3.5, (unsigned short)(0x37f | mode << 10)));
    double quotient;
    __asm__ volatile("fldl %1\n\tfldl %2\n\tfdivrp\n\tfstpl %0"
                     : "=m"(quotient)
                     : "m"(one), "m"(three));
    printf("quotient %.4f\n", quotient);
    unsigned short status;
    __asm__ volatile("fninit\n\tfldz\n\tfld1\n\tfdivp\n\tfnstsw %0\n\tfninit" : "=m"(status));
    say_number("zero-divide flag", status >> 2 & 1);
}

static __attribute__((noinline, target("sse2"))) int convert(double x, unsigned control) {
    unsigned old;
    int out;
    __asm__ volatile("stmxcsr %0" : "=m"(old));
    __asm__ volatile("ldmxcsr %2\n\tcvtsd2si %1, %0\n\tldmxcsr %3"
                     : "=r"(out)
                     : "m"(x), "m"(control), "m"(old));
    return out;
}

static void sse(void) {
    for (unsigned mode = 0; mode < 4; mode++)
        printf("rounding %u: %d %d\n", mode, convert(2.5, 0x1f80 | mode << 13),
               convert(-2.5, 0x1f80 | mode << 13));
    say_hex("too large", (unsigned long)convert(1e20, 0x1f80));
}

int main(void) {
    printing();
    special();
    functions();
    x87();
    sse();
    return 0;
}
