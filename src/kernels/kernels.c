/* Which CPU level runs here.
 * Leaves the arithmetic to kernel_body.h, compiled once a level.
 * Read kernels.h first. */
#include "kernels.h"

#include <stddef.h>
#include <string.h>

#include "kernel_levels.h"

static const struct kernels *const levels[] = {
    &kernels_scalar,
#if defined(__x86_64__)
    &kernels_avx2,
    &kernels_avx512,
#elif defined(__aarch64__)
    &kernels_neon,
#endif
};
enum { n_levels = sizeof levels / sizeof *levels };

/* The compiler's builtins also ask whether the system saves the wide registers. */
static int usable(const struct kernels *k)
{
#if defined(__x86_64__)
    if (k == &kernels_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (k == &kernels_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#endif
    (void)k;
    return 1;
}

const struct kernels *kernels_at(int index)
{
    int seen = 0;
    for (int i = 0; i < n_levels; i++)
        if (usable(levels[i]) && seen++ == index) return levels[i];
    return NULL;
}

const struct kernels *kernels_best(void)
{
    const struct kernels *best = &kernels_scalar;
    for (int i = 0; i < n_levels; i++)
        if (usable(levels[i])) best = levels[i];
    return best;
}

const struct kernels *kernels_by_name(const char *name)
{
    for (int i = 0; i < n_levels; i++)
        if (strcmp(levels[i]->name, name) == 0 && usable(levels[i])) return levels[i];
    return NULL;
}
