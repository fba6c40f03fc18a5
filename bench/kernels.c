/* Speed of the matrix products by CPU level and shape, beside OpenBLAS where a library is named.
 * Leaves the training loop to bench/training.c.
 * Read src/kernels/kernels.h first.
 *
 *     bench_kernels [OPENBLAS.so]      set OPENBLAS_NUM_THREADS=1 and unset OPENBLAS_CORETYPE
 */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "peak.h"

enum { row_major = 101, plain = 111, turned = 112 };
typedef void sgemm_fn(int, int, int, int, int, int, float, const float *, int, const float *, int,
                      float, float *, int);

static sgemm_fn *find_sgemm(const char *path)
{
    void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!lib) return NULL;
    void *f = dlsym(lib, "cblas_sgemm");
    if (!f) f = dlsym(lib, "scipy_cblas_sgemm");
    sgemm_fn *sgemm;
    memcpy(&sgemm, &f, sizeof sgemm);
    return sgemm;
}

/* One of the three products of a training step of a [n_in][n_out] layer. */
struct job {
    const char *name;
    struct product p;
};
struct run {
    const struct kernels *k;
    sgemm_fn *sgemm;
    const struct job *job;
};

static void once(const struct run *r)
{
    const struct product *p = &r->job->p;
    if (r->k) {
        r->k->product(p);
        return;
    }
    r->sgemm(row_major, p->a_across ? turned : plain, plain, (int)p->rows, (int)p->cols,
             (int)p->inner, 1, p->a, (int)p->a_stride, p->b, (int)p->b_stride, 0, p->c,
             (int)p->c_stride);
}

static double time_of(const struct run *r, int repeats)
{
    double start = thread_now();
    for (int i = 0; i < repeats; i++) once(r);
    return (thread_now() - start) / repeats;
}

/* The runs take turns, so that a slow moment meets all; the median of each is told. */
static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { rounds = 21, most = 6 };

static void compare(const struct run *runs, int n, double flops)
{
    double t[most][rounds];
    int repeats = (int)(2e-3 / (flops / 1e11)) + 1;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < n; i++) t[i][round] = time_of(&runs[i], repeats);
    for (int i = 0; i < n; i++) {
        qsort(t[i], rounds, sizeof **t, ascending);
        printf(" %9.1f", 1e-9 * flops / t[i][rounds / 2]);
    }
    printf("\n");
}

static float *random_block(int64_t n)
{
    float *x = aligned_alloc(64, (size_t)(n * 4 + 63) / 64 * 64);
    if (!x) exit(1);
    for (int64_t i = 0; i < n; i++) x[i] = (float)rand() / (float)RAND_MAX - 0.5F;
    return x;
}

int main(int argc, char **argv)
{
    static const int shapes[][2] = { { 13, 64 }, { 64, 32 }, { 200, 200 }, { 200, 64 } };
    static const int batches[] = { 32, 50 };
    sgemm_fn *sgemm = argc > 1 ? find_sgemm(argv[1]) : NULL;
    const struct kernels *levels[4];
    int n_levels = 0;
    while (n_levels < 4 && (levels[n_levels] = kernels_at(n_levels))) n_levels++;

    printf("GFLOP/s, median of %d\n%-26s", rounds, "");
    for (int i = 1; i < n_levels; i++) printf(" %9s", levels[i]->name);
    printf(" %9s\n", sgemm ? "openblas" : "");
    printf("%-26s", "peak");
    for (int i = 1; i < n_levels; i++) printf(" %9.1f", peak_of(levels[i]));
    printf("\n");
    float *x = random_block(1000 * 1000), *w = random_block(1000 * 1000);
    float *y = random_block(1000 * 1000);
    for (int s = 0; s < 4; s++)
        for (int b = 0; b < 2; b++) {
            int64_t in = shapes[s][0], out = shapes[s][1], batch = batches[b];
            struct job jobs[] = {
                { "forward", { batch, out, in, x, w, y, in, out, out, 0, 0, 0, 0 } },
                { "weights", { in, out, batch, x, w, y, in, out, out, 1, 0, 0, 0 } },
                { "inputs", { batch, in, out, x, w, y, out, in, in, 0, 0, 0, 0 } },
            };
            for (int j = 0; j < 3; j++) {
                struct run runs[most];
                int n = 0;
                for (int l = 1; l < n_levels; l++)
                    runs[n++] = (struct run){ levels[l], 0, &jobs[j] };
                if (sgemm) runs[n++] = (struct run){ NULL, sgemm, &jobs[j] };
                printf("%4dx%-4d batch %-3d %-8s", (int)in, (int)out, (int)batch, jobs[j].name);
                compare(runs, n, 2.0 * (double)(in * out * batch));
            }
        }
    return 0;
}
