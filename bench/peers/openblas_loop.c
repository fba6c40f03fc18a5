/* The plain way in C: the published Audiobooks network trained with OpenBLAS for the products and
 * loops that the compiler vectorises for the rest, on one core. Nothing of propense is in here.
 * Read first: Kingma & Ba 2015 for Adam; the files' form stands in bench/networks.c.
 *
 *     openblas_loop LIBRARY DATA WEIGHTS EPOCHS ORDER       ORDER: file | shuffled
 *
 * Denormals are flushed to zero by the processor, as a careful writer of such a loop would set it.
 * Prints one line of JSON.
 */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { row_major = 101, plain = 111, turned = 112 };
typedef void sgemm_fn(int, int, int, int, int, int, float, const float *, int, const float *, int,
                      float, float *, int);
static sgemm_fn *sgemm;

static void find_sgemm(const char *path)
{
    void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *f = lib ? dlsym(lib, "cblas_sgemm") : NULL;
    if (lib && !f) f = dlsym(lib, "scipy_cblas_sgemm");
    memcpy(&sgemm, &f, sizeof sgemm);
}

static void *taken(size_t n)
{
    void *p = aligned_alloc(64, (n + 63) / 64 * 64);
    if (!p) exit(1);
    return memset(p, 0, (n + 63) / 64 * 64);
}
static float *floats(size_t n)
{
    return taken(n * sizeof(float));
}

enum { n_layers = 5, batch = 50 };

typedef struct dense {
    int in, out;
    float *w, *b, *dw, *db; /* [in][out], [out] */
    float *mw, *vw, *mb, *vb;
    float *y, *dy; /* [batch][out] */
} dense;

static dense dense_of(int in, int out)
{
    size_t n = (size_t)in * (size_t)out, m = (size_t)out;
    return (
        dense){ in,        out,       floats(n), floats(m), floats(n),         floats(m),
                floats(n), floats(n), floats(m), floats(m), floats(batch * m), floats(batch * m) };
}

static void forward(dense *l, const float *x, int n, int relu)
{
    for (int r = 0; r < n; r++) memcpy(l->y + r * l->out, l->b, (size_t)l->out * sizeof *l->b);
    sgemm(row_major, plain, plain, n, l->out, l->in, 1, x, l->in, l->w, l->out, 1, l->y, l->out);
    if (relu)
        for (int i = 0; i < n * l->out; i++) l->y[i] = l->y[i] > 0 ? l->y[i] : 0;
}

/* Loss summed over the rows; the gradient of its mean goes to dy. */
static double softmax_loss(dense *l, const uint8_t *y, int n)
{
    double sum = 0;
    for (int r = 0; r < n; r++) {
        float *z = l->y + 2 * r, *d = l->dy + 2 * r;
        float most = z[0] > z[1] ? z[0] : z[1], a = expf(z[0] - most), b = expf(z[1] - most);
        float p[2] = { a / (a + b), b / (a + b) };
        sum -= log((double)p[y[r]] > 1e-7 ? (double)p[y[r]] : 1e-7);
        for (int k = 0; k < 2; k++) d[k] = (p[k] - (y[r] == k)) / (float)n;
    }
    return sum;
}

/* dx NULL: of the inputs nobody asks. */
static void backward(dense *l, const float *x, float *dx, int n, int relu)
{
    if (relu)
        for (int i = 0; i < n * l->out; i++) l->dy[i] = l->y[i] > 0 ? l->dy[i] : 0;
    sgemm(row_major, turned, plain, l->in, l->out, n, 1, x, l->in, l->dy, l->out, 0, l->dw, l->out);
    memset(l->db, 0, (size_t)l->out * sizeof *l->db);
    for (int r = 0; r < n; r++)
        for (int j = 0; j < l->out; j++) l->db[j] += l->dy[r * l->out + j];
    if (dx)
        sgemm(row_major, plain, turned, n, l->in, l->out, 1, l->dy, l->out, l->w, l->out, 0, dx,
              l->in);
}

static void adam(float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
                 int n, float alpha)
{
    for (int i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * 0.1F;
        v[i] += (g[i] * g[i] - v[i]) * 0.001F;
        w[i] -= m[i] * alpha / (sqrtf(v[i]) + 1e-7F);
    }
}

static double step(dense *l, const float *x, const uint8_t *y, int n, int64_t number)
{
    for (int i = 0; i < n_layers; i++) forward(&l[i], i ? l[i - 1].y : x, n, i + 1 < n_layers);
    double loss = softmax_loss(&l[n_layers - 1], y, n);
    for (int i = n_layers - 1; i >= 0; i--)
        backward(&l[i], i ? l[i - 1].y : x, i ? l[i - 1].dy : NULL, n, i + 1 < n_layers);
    double t = (double)number;
    float alpha = (float)(1e-3 * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t)));
    for (int i = 0; i < n_layers; i++) {
        adam(l[i].w, l[i].mw, l[i].vw, l[i].dw, l[i].in * l[i].out, alpha);
        adam(l[i].b, l[i].mb, l[i].vb, l[i].db, l[i].out, alpha);
    }
    return loss;
}

static void shuffle(int64_t *order, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = (int64_t)((double)rand() / ((double)RAND_MAX + 1) * (double)(i + 1));
        int64_t kept = order[i];
        order[i] = order[j], order[j] = kept;
    }
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void filled(void *p, size_t size, size_t n, FILE *f)
{
    if (fread(p, size, n, f) == n) return;
    fputs("openblas_loop: a file is cut off\n", stderr);
    exit(1);
}
static FILE *opened(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) perror(path), exit(1);
    return f;
}

int main(int n_args, char **args)
{
    if (n_args != 6) return 2;
    find_sgemm(args[1]);
    if (!sgemm) {
        fprintf(stderr, "openblas_loop: %s has no cblas_sgemm\n", args[1]);
        return 1;
    }
#if defined(__SSE2__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
    int64_t head[2];
    FILE *f = opened(args[2]);
    filled(head, sizeof *head, 2, f);
    int64_t n = head[0], width = head[1];
    float *x = floats((size_t)(n * width)), *part = floats((size_t)(batch * width));
    uint8_t *y = taken((size_t)n), part_y[batch];
    filled(x, sizeof *x, (size_t)(n * width), f);
    filled(y, 1, (size_t)n, f);
    fclose(f);
    dense l[n_layers];
    f = opened(args[3]);
    for (int i = 0; i < n_layers; i++) {
        l[i] = dense_of(i ? 200 : (int)width, i + 1 < n_layers ? 200 : 2);
        filled(l[i].w, sizeof(float), (size_t)l[i].in * (size_t)l[i].out, f);
        filled(l[i].b, sizeof(float), (size_t)l[i].out, f);
    }
    fclose(f);
    int epochs = atoi(args[4]), shuffled = strcmp(args[5], "file") != 0;
    double *losses = taken((size_t)epochs * sizeof *losses);
    int64_t *order = taken((size_t)n * sizeof *order), number = 0;
    for (int64_t i = 0; i < n; i++) order[i] = i;

    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int e = 0; e < epochs; e++) {
        if (shuffled) shuffle(order, n);
        for (int64_t at = 0; at < n; at += batch) {
            int some = n - at < batch ? (int)(n - at) : batch;
            for (int r = 0; r < some; r++) {
                memcpy(part + r * width, x + order[at + r] * width, (size_t)width * sizeof *x);
                part_y[r] = y[order[at + r]];
            }
            losses[e] += step(l, part, part_y, some, ++number);
        }
        losses[e] /= (double)n;
    }
    wall = now(CLOCK_MONOTONIC) - wall, cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"losses\": [", wall, cpu);
    for (int e = 0; e < epochs; e++) printf("%s%.7f", e ? ", " : "", losses[e]);
    printf("]}\n");
    return 0;
}
