/* What a core can do: twelve chains of fused multiply-adds that need no memory. */
#ifndef PROPENSE_BENCH_PEAK_H
#define PROPENSE_BENCH_PEAK_H

#include <time.h>

#include "kernels.h"

/* Of this thread only: other work on the machine does not count. */
static inline double thread_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__x86_64__)
#include <immintrin.h>
#define PEAK(name, features, vec, lanes, set, fma)                                                 \
    __attribute__((target(features))) static double name(void)                                     \
    {                                                                                              \
        enum { chains = 12, times = 200000 };                                                      \
        vec sum[chains], a = set(0.999F), b = set(1e-3F);                                          \
        for (int c = 0; c < chains; c++) sum[c] = set((float)c);                                   \
        double start = thread_now();                                                               \
        for (int i = 0; i < times; i++) {                                                          \
            _Pragma("GCC unroll 12") for (int c = 0; c < chains; c++) sum[c] = fma(sum[c], a, b);  \
        }                                                                                          \
        double seconds = thread_now() - start;                                                     \
        volatile float sink = 0;                                                                   \
        for (int c = 0; c < chains; c++) sink = sink + sum[c][0];                                  \
        return 1e-9 * 2.0 * lanes * chains * times / seconds;                                      \
    }
PEAK(peak_avx2, "avx2,fma", __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps)
PEAK(peak_avx512, "avx512f", __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps)
static double peak_of(const struct kernels *k)
{
    double best = 0;
    for (int i = 0; i < 20; i++) {
        double one = k->width == 16 ? peak_avx512() : k->width == 8 ? peak_avx2() : 0;
        if (one > best) best = one;
    }
    return best;
}
#else
static double peak_of(const struct kernels *k)
{
    (void)k;
    return 0; /* TODO(bench): the peak of AArch64, when there is a machine to measure it on */
}
#endif

#endif
