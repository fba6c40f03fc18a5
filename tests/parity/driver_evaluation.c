/* Evaluation for test_evaluation.py. The first argument says what; standard input holds the arrays,
 * each as int64 length and float64 items, little-endian. Prints lines of a name and numbers. */
#include "calibration.h"
#include "compare.h"
#include "curves.h"
#include "intervals.h"
#include "logistic.h"
#include "maths.h"
#include "num.h"
#include "power.h"
#include "probability.h"
#include "roc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct array {
    int64_t n;
    double *x;
    uint8_t *y; /* x != 0 */
} array;

static array read_array(void)
{
    array a = { 0 };
    if (fread(&a.n, sizeof a.n, 1, stdin) != 1 || a.n < 0) exit(1);
    a.x = malloc(((size_t)a.n + 1) * sizeof *a.x);
    a.y = malloc((size_t)a.n + 1);
    if (!a.x || !a.y || fread(a.x, sizeof *a.x, (size_t)a.n, stdin) != (size_t)a.n) exit(1);
    for (int64_t i = 0; i < a.n; i++) a.y[i] = a.x[i] != 0;
    return a;
}

static void drop(array *a)
{
    free(a->x);
    free(a->y);
}

static void numbers(const char *name, const double *x, int64_t n)
{
    char digits[num_buffer];
    printf("%s", name);
    for (int64_t i = 0; i < n; i++) {
        num_repr(digits, x[i]);
        printf(" %s", digits);
    }
    printf("\n");
}

static void number(const char *name, double x)
{
    numbers(name, &x, 1);
}

static void print_curve(const char *x, const char *y, const char *threshold, const curve *c)
{
    numbers(x, c->x, c->n);
    numbers(y, c->y, c->n);
    numbers(threshold, c->threshold, c->n);
}

static void print_curves(const ranked *r, arena *mem)
{
    curve c;
    auc_interval a;
    if (!roc_curve(&c, r, 0, mem)) exit(1);
    print_curve("fpr", "tpr", "roc_threshold", &c);
    if (!roc_curve(&c, r, 1, mem)) exit(1);
    print_curve("fpr_corners", "tpr_corners", "roc_threshold_corners", &c);
    if (!precision_recall_curve(&c, r, mem)) exit(1);
    print_curve("recall", "precision", "pr_threshold", &c);
    if (!auc_delong_ranking(&a, &r->steps, 0.95, mem)) exit(1);
    numbers("auc", (double[]){ a.auc, a.variance, a.low, a.high }, 4);
    number("average_precision", average_precision(r));
    ks_figures k = ks_of(r);
    numbers("ks", (double[]){ k.distance, k.threshold }, 2);
}

static void print_gains(const ranked *r)
{
    gain_bin bins[25];
    int64_t n = gains_table(bins, 10, r, 0.95);
    for (int64_t i = 0; i < n; i++) numbers("gain", &bins[i].rows, sizeof bins[i] / sizeof(double));
    gain_bin top = gain_at(r, 0.1, 0.95);
    numbers("gain_at", &top.rows, sizeof top / sizeof(double));
}

static void print_probability(const ranked *r, arena *mem)
{
    number("log_loss", log_loss(r));
    number("base_loss", log_loss_of_base_rate(r));
    brier_parts b = brier_parts_of(r, brier_bins);
    numbers("brier", &b.brier, 6);
    ece_figures e = ece_of(r, ece_bins);
    numbers("ece", (double[]){ e.ece, e.largest_gap, e.noise_floor, (double)e.n_bins }, 4);
    reliability_bin bins[20];
    int64_t n = reliability_table(bins, 20, r, 0.95);
    for (int64_t i = 0; i < n; i++) {
        const reliability_bin *t = &bins[i];
        numbers("reliability",
                (double[]){ (double)t->rows, (double)t->positives, t->mean_p, t->least_p, t->most_p,
                            t->rate, t->low, t->high },
                8);
    }
    slope_figures s;
    if (!slope_of(&s, r, 0.95, NULL, mem)) exit(1);
    numbers("slope", &s.slope, sizeof s / sizeof(double));
}

static void figures(void)
{
    array y = read_array(), p = read_array();
    arena mem = { 0 };
    ranked r;
    if (!ranked_of(&r, y.y, p.x, y.n, &mem)) exit(1);
    print_curves(&r, &mem);
    print_gains(&r);
    print_probability(&r, &mem);
    arena_free(&mem);
    drop(&y);
    drop(&p);
}

static void print_map(int32_t kind, const array *z, const array *y, const array *w, const array *at,
                      arena *mem)
{
    calibration_map m;
    if (calibration_fit(&m, kind, z->x, y->y, w->n ? w->x : NULL, z->n, mem, NULL) != 0) exit(1);
    numbers("map", (double[]){ (double)m.kind, m.a, m.b, m.c }, 4);
    numbers("x", m.x, m.n_knots);
    numbers("y", m.y, m.n_knots);
    double *out = malloc(((size_t)at->n + 1) * sizeof *out);
    for (int64_t i = 0; out && i < at->n; i++) out[i] = calibration_apply(&m, at->x[i]);
    numbers("applied", out, out ? at->n : 0);
    free(out);
}

static void print_bounds(const array *z, const array *y, const array *w, const array *at,
                         arena *mem)
{
    venn_abers v;
    if (venn_abers_fit(&v, z->x, y->y, w->n ? w->x : NULL, z->n, mem, NULL) != 0) exit(1);
    number("points", (double)v.n);
    for (int64_t i = 0; i < at->n; i++) {
        venn_abers_bounds b = venn_abers_apply(&v, at->x[i]);
        numbers("bounds", (double[]){ b.p0, b.p1, b.p }, 3);
    }
}

/* kind 50: Venn-Abers */
static void calibrate(int32_t kind)
{
    array z = read_array(), y = read_array(), w = read_array(), at = read_array();
    arena mem = { 0 };
    if (kind == 50)
        print_bounds(&z, &y, &w, &at, &mem);
    else
        print_map(kind, &z, &y, &w, &at, &mem);
    arena_free(&mem);
    drop(&z);
    drop(&y);
    drop(&w);
    drop(&at);
}

static void power(void)
{
    array a = read_array(); /* positives, negatives, area, base, alpha, power */
    int64_t m = (int64_t)a.x[0], n = (int64_t)a.x[1];
    number("least", power_least_area(m, n, a.x[4]));
    number("area", power_area(m, n, a.x[4], a.x[5]));
    number("power", power_of_area(m, n, a.x[2], a.x[4]));
    number("conversions", (double)power_conversions(a.x[2], a.x[3], a.x[4], a.x[5]));
    drop(&a);
}

/* options: k, ridge, threads, 1 for float32 */
static void regress(void)
{
    array o = read_array(), x = read_array(), y = read_array(), w = read_array();
    arena mem = { 0 };
    logistic m;
    logistic_matrix matrix = { .f64 = x.x, .n = y.n, .k = (int64_t)o.x[0] };
    float *narrow = malloc(((size_t)x.n + 1) * sizeof *narrow);
    if (!narrow) exit(1);
    for (int64_t i = 0; i < x.n; i++) narrow[i] = (float)x.x[i];
    if (o.x[3] > 0) matrix = (logistic_matrix){ .f32 = narrow, .n = y.n, .k = matrix.k };
    pool *threads = pool_new((int)o.x[2]);
    propense_error err = PROPENSE_ERROR_INIT;
    logistic_options options = { .ridge = o.x[1] };
    if (logistic_fit(&m, &matrix, y.y, w.n ? w.x : NULL, &options, threads, &mem, &err) != 0) {
        printf("%s\n", err.message);
    } else {
        numbers("coefficients", m.coefficients, m.k + 1);
        numbers("errors", m.errors, m.k + 1);
        numbers("low", m.low, m.k + 1);
        numbers("high", m.high, m.k + 1);
        numbers("loss", (double[]){ m.loss, (double)m.steps }, 2);
    }
    pool_free(threads);
    arena_free(&mem);
    free(narrow);
    drop(&o);
    drop(&x);
    drop(&y);
    drop(&w);
}

static void print_interval(const interval *i)
{
    numbers("interval",
            (double[]){ i->value, i->low, i->high, (double)i->method, (double)i->too_small }, 5);
}

/* options: draws, stratified, seed, threshold, depth, most_plain, bins, bootstrap_all */
static interval_options options_of(const double *x)
{
    return (interval_options){ .draws = (int32_t)x[0],
                               .stratified = x[1] != 0,
                               .seed = (uint64_t)x[2],
                               .threshold = x[3],
                               .depth = x[4],
                               .most_plain = (int64_t)x[5],
                               .bins = (int32_t)x[6],
                               .bootstrap_all = x[7] != 0 };
}

static void estimate(void)
{
    array o = read_array(), y = read_array(), p = read_array();
    arena mem = { 0 };
    ranked r;
    interval f[figure_count];
    interval_options options = options_of(o.x);
    pool *threads = pool_new(2);
    if (!ranked_of(&r, y.y, p.x, y.n, &mem)) exit(1);
    if (figures_with_intervals(f, &r, &options, threads, &mem, NULL) != PROPENSE_OK) exit(1);
    for (int k = 0; k < figure_count; k++) print_interval(&f[k]);
    pool_free(threads);
    arena_free(&mem);
    drop(&o);
    drop(&y);
    drop(&p);
}

/* Counts by rank of the first draws, and one draw's figures as an interval of a single draw shows
 * them. */
static void draws(void)
{
    array o = read_array(), y = read_array(), p = read_array();
    arena mem = { 0 };
    ranked r;
    if (!ranked_of(&r, y.y, p.x, y.n, &mem)) exit(1);
    int32_t *counts = TAKE(&mem, int32_t, y.n), *scratch = TAKE(&mem, int32_t, y.n);
    double *wide = TAKE(&mem, double, y.n);
    interval_options options = options_of(o.x);
    const bootstrap_plan plan = { &r, options.seed, options.stratified };
    if (!counts || !scratch || !wide) exit(1);
    for (uint32_t d = 0; d < (uint32_t)options.draws; d++) {
        bootstrap_counts(counts, scratch, &plan, d);
        for (int64_t i = 0; i < y.n; i++) wide[i] = (double)counts[i];
        numbers("counts", wide, y.n);
    }
    options.draws = 1;
    options.bootstrap_all = 1;
    interval f[figure_count];
    if (figures_with_intervals(f, &r, &options, NULL, &mem, NULL) != PROPENSE_OK) exit(1);
    for (int k = 0; k < figure_count; k++) print_interval(&f[k]);
    arena_free(&mem);
    drop(&o);
    drop(&y);
    drop(&p);
}

static void compare(void)
{
    array o = read_array(), y = read_array(), a = read_array(), b = read_array();
    arena mem = { 0 };
    auc_comparison c;
    figure_difference d[figure_count];
    interval_options options = options_of(o.x);
    pool *threads = pool_new(2);
    if (!auc_compare(&c, y.y, a.x, b.x, y.n, 0.95, &mem)) exit(1);
    numbers("delong", &c.auc_a, 11);
    if (figures_compare(d, y.y, a.x, b.x, y.n, &options, threads, &mem, NULL) != PROPENSE_OK)
        exit(1);
    for (int k = 0; k < figure_count; k++) numbers("difference", &d[k].a, 6);
    pool_free(threads);
    arena_free(&mem);
    drop(&o);
    drop(&y);
    drop(&a);
    drop(&b);
}

static void helpers(void)
{
    array x = read_array(), means = read_array(), u = read_array();
    arena mem = { 0 };
    double ends[2];
    if (!percentile_interval(&ends[0], &ends[1], x.x, x.n, 1, 0.95, &mem)) exit(1);
    numbers("percentiles", ends, 2);
    for (int64_t i = 0; i < means.n; i++) number("poisson", poisson_quantile(means.x[i], u.x[i]));
    arena_free(&mem);
    drop(&x);
    drop(&means);
    drop(&u);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 1;
    if (strcmp(argv[1], "figures") == 0) figures();
    if (strcmp(argv[1], "power") == 0) power();
    if (strcmp(argv[1], "estimate") == 0) estimate();
    if (strcmp(argv[1], "draws") == 0) draws();
    if (strcmp(argv[1], "compare") == 0) compare();
    if (strcmp(argv[1], "helpers") == 0) helpers();
    if (strcmp(argv[1], "regress") == 0) regress();
    if (strcmp(argv[1], "calibrate") == 0 && argc > 2) calibrate((int32_t)atoi(argv[2]));
    return 0;
}
