/* Floats between 0.0001 and 1: tables, and the choice between the CPU levels.
 * Leaves layout, and all floats where there is no such level, to num_shortest.c.
 * Read num_fraction.h first. */
#include "num_fraction.h"

#define SCALES(eight, nine, ten, eleven, twelve)                                                   \
    {                                                                                              \
        eight, eight, eight, nine, nine, nine, ten, ten, ten, ten, eleven, eleven, eleven, twelve  \
    }
const uint64_t num_five[] = SCALES(390625, 1953125, 9765625, 48828125, 244140625);
const uint64_t num_shift[] = { 18, 19, 20, 20, 21, 22, 22, 23, 24, 25, 25, 26, 27, 27 };
const uint64_t num_over[] = SCALES(1, 10, 100, 1000, 10000);
const uint64_t num_under[] = SCALES(10000, 1000, 100, 10, 1);
const uint64_t num_magic[] = SCALES(0x80000000, 0xCCCCCCCD, 0x51EB851F, 0x10624DD3, 0xD1B71759);
const uint64_t num_magic_shift[] = SCALES(31, 35, 37, 38, 45);

int num_fractions(num_digits *out, const float *x, int64_t n)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
        num_fractions_avx512(out, x, n);
        return 1;
    }
    if (__builtin_cpu_supports("avx2")) {
        num_fractions_avx2(out, x, n);
        return 1;
    }
#endif
    (void)out, (void)x, (void)n;
    return 0;
}
