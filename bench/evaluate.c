/* Evaluates many scored rows: every figure, table and interval of src/metrics, timed. Prints one
 * JSON line. Leaves the goal to bench.py. Read first: src/metrics/intervals.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "calibration.h"
#include "compare.h"
#include "curves.h"
#include "intervals.h"
#include "maths.h"
#include "probability.h"
#include "random.h"

typedef struct rows {
    int64_t n;
    uint8_t *y;
    double *p;
} rows;

/* Distinct float32 scores, one in eight positive. */
static void fill(rows *r)
{
    const draw_key key = { 1, DRAW_NOISE, 78 };
    for (int64_t i = 0; i < r->n; i++) {
        uint32_t word[4];
        draw_block(word, key, 0, (uint64_t)i);
        double u = ((double)word[0] + 0.5) * 0x1p-32, v = ((double)word[1] + 0.5) * 0x1p-32;
        r->p[i] = (double)(float)m_sigmoid(1.6 * m_normal_quantile(u) - 2.6);
        r->y[i] = v < r->p[i];
    }
}

static double seconds(int64_t from)
{
    return (double)(clock_ns() - from) * 1e-9;
}

/* Everything an evaluation tells; 0 when memory ends. The sum keeps the compiler from leaving
 * anything out. */
static int evaluate(double *sum, const rows *r, pool *threads, double parts[3])
{
    arena mem = { 0 };
    ranked k;
    interval f[figure_count];
    slope_figures s;
    gain_bin g[10];
    reliability_bin b[20];
    const interval_options o = { .threshold = 0.5 };
    int64_t start = clock_ns();
    int ok = ranked_of(&k, r->y, r->p, r->n, &mem);
    parts[0] = seconds(start);
    start = clock_ns();
    ok = ok && slope_of(&s, &k, 0.95, threads, &mem);
    if (ok) {
        int64_t n = gains_table(g, 10, &k, 0.95) + reliability_table(b, 20, &k, 0.95);
        *sum +=
            s.slope + (double)n + ks_of(&k).distance + brier_parts_of(&k, brier_bins).resolution;
        *sum += ece_of(&k, ece_bins).ece;
    }
    parts[1] = seconds(start);
    start = clock_ns();
    ok = ok && figures_with_intervals(f, &k, &o, threads, &mem, NULL) == PROPENSE_OK;
    parts[2] = seconds(start);
    for (int i = 0; ok && i < figure_count; i++) *sum += f[i].value + f[i].low + f[i].high;
    arena_free(&mem);
    return ok;
}

int main(int n_args, char **args)
{
    if (n_args != 3) {
        fputs("usage: evaluate ROWS THREADS\n", stderr);
        return 2;
    }
    rows r = { .n = atoll(args[1]) };
    double sum = 0, parts[3];
    struct rusage used;
    r.y = malloc((size_t)r.n);
    r.p = malloc((size_t)r.n * sizeof *r.p);
    pool *threads = pool_new(atoi(args[2]));
    if (!r.y || !r.p) return 1;
    fill(&r);
    int64_t start = clock_ns();
    int ok = evaluate(&sum, &r, threads, parts);
    double all = seconds(start);
    getrusage(RUSAGE_SELF, &used);
    if (ok)
        printf("{\"rows\": %lld, \"seconds\": %.3f, \"sorting\": %.3f, \"figures\": %.3f, "
               "\"intervals\": %.3f, "
               "\"peak_mb\": %.1f, \"sum\": %.17g}\n",
               (long long)r.n, all, parts[0], parts[1], parts[2], (double)used.ru_maxrss * 1024e-6,
               sum);
    pool_free(threads);
    free(r.y);
    free(r.p);
    return ok ? 0 : 1;
}
