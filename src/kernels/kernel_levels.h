/* The tables of the CPU levels, for kernels.c and the files that define them. */
#ifndef PROPENSE_KERNEL_LEVELS_H
#define PROPENSE_KERNEL_LEVELS_H

#include "kernels.h"

extern const struct kernels kernels_scalar;
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;
extern const struct kernels kernels_neon;

#endif
