/* The headline figures with their intervals.
 * Leaves draws to bootstrap.c and figures to figure_cells.c, curves.c, probability.c, roc.c.
 * Read intervals.h first. */
#include "intervals.h"

#include <math.h>

#include "compensated.h"
#include "curves.h"
#include "figure_cells.h"
#include "figure_draws.h"
#include "maths.h"
#include "probability.h"
#include "roc.h"
#include "words.h"

const char *interval_method_text(interval_method method)
{
    switch (method) {
    case INTERVAL_DELONG:
        return N_("DeLong's variance, on the logit scale");
    case INTERVAL_WILSON:
        return N_("Wilson's interval of a share");
    case INTERVAL_NORMAL:
        return N_("normal interval of the logarithm, from the variance of the mean");
    case INTERVAL_BOOTSTRAP:
        return N_("percentiles of resampled customers");
    case INTERVAL_BINNED:
        return N_("percentiles of resampled bins of scores");
    default:
        return N_("no interval");
    }
}

/* ---- The figures */

typedef struct called {
    double p, q; /* positives and negatives above the threshold */
} called;

static called called_of(const ranked *r, double threshold)
{
    int64_t rows = ranked_above(r, threshold), low = 0, high = r->steps.n_steps;
    while (low < high) { /* the step behind those rows */
        int64_t middle = low + (high - low) / 2;
        if (r->steps.positives[middle] + r->steps.negatives[middle] <= rows)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low) return (called){ 0, 0 };
    return (called){ (double)r->steps.positives[low - 1], (double)r->steps.negatives[low - 1] };
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void set_called(double out[figure_count], const ranked *r, called c)
{
    double m = (double)r->steps.n_positive, n = (double)r->steps.n_negative;
    int usable = r->n > 0 && !r->steps.has_nan;
    out[FIGURE_ACCURACY] = usable ? (c.p + n - c.q) / (m + n) : (double)NAN;
    out[FIGURE_PRECISION] = usable ? ratio(c.p, c.p + c.q) : (double)NAN;
    out[FIGURE_RECALL] = usable ? ratio(c.p, m) : (double)NAN;
    out[FIGURE_F1] = usable ? ratio(2 * c.p, m + c.p + c.q) : (double)NAN;
}

static void set_figures(double out[figure_count], const ranked *r, double threshold, double depth,
                        double area)
{
    gain_bin top = gain_at(r, depth, 0.95);
    out[FIGURE_AUC] = area;
    out[FIGURE_PR_AUC] = average_precision(r);
    out[FIGURE_LOG_LOSS] = log_loss(r);
    out[FIGURE_BRIER] = brier_score(r);
    out[FIGURE_KS] = ks_of(r).distance;
    out[FIGURE_LIFT] = top.lift;
    out[FIGURE_GAIN] = top.gain;
    set_called(out, r, called_of(r, threshold));
}

int figures_of(double out[figure_count], const ranked *r, double threshold, double depth,
               arena *tmp)
{
    auc_interval a;
    if (!auc_delong_ranking(&a, &r->steps, 0.95, tmp)) return 0;
    set_figures(out, r, threshold, depth, a.auc);
    return 1;
}

/* ---- Formulas */

/* The variance of a mean of losses: the sample variance over n. `loss` of a step's class. */
static double mean_deviation(const ranked *r, double mean, double (*loss)(double p, int y))
{
    compensated sum = { 0, 0 };
    for (int64_t i = 0; i < r->steps.n_steps; i++) {
        double m = (double)ranked_positives(r, i), n = (double)ranked_negatives(r, i);
        double one = m > 0 ? loss(r->score[i], 1) - mean : 0;
        double zero = n > 0 ? loss(r->score[i], 0) - mean : 0;
        compensated_add(&sum, m * one * one);
        compensated_add(&sum, n * zero * zero);
    }
    double n = (double)r->n;
    return n > 1 ? sqrt(compensated_value(sum) / (n - 1) / n) : (double)NAN;
}

static double one_log_loss(double p, int y)
{
    const double eps = 0x1p-52;
    double q = p < eps ? eps : p > 1 - eps ? 1 - eps : p;
    return y ? -m_log(q) : -m_log1p(-q);
}

static double one_brier(double p, int y)
{
    return (p - y) * (p - y);
}

/* On the logarithmic scale: means of losses are skewed to the right, and none is below 0. */
static void set_normal(interval *i, double deviation, double level)
{
    double half = m_normal_quantile(0.5 + level / 2) * deviation, v = i->value;
    if (deviation != deviation) return;
    i->low = v > 0 ? v * m_exp(-half / v) : v;
    i->high = v > 0 ? v * m_exp(half / v) : v;
    i->method = INTERVAL_NORMAL;
}

static void set_share(interval *i, double hits, double n, double level)
{
    share_interval s = wilson(hits, n, level);
    i->low = s.low;
    i->high = s.high;
    i->method = n > 0 ? INTERVAL_WILSON : INTERVAL_NONE;
}

static void set_formulas(interval out[figure_count], const ranked *r, const auc_interval *a,
                         double threshold, double level)
{
    called c = called_of(r, threshold);
    double m = (double)r->steps.n_positive, n = (double)r->steps.n_negative;
    out[FIGURE_AUC].low = a->low;
    out[FIGURE_AUC].high = a->high;
    out[FIGURE_AUC].method = a->auc == a->auc ? INTERVAL_DELONG : INTERVAL_NONE;
    if (probabilities_usable(r)) {
        set_normal(&out[FIGURE_LOG_LOSS],
                   mean_deviation(r, out[FIGURE_LOG_LOSS].value, one_log_loss), level);
        set_normal(&out[FIGURE_BRIER], mean_deviation(r, out[FIGURE_BRIER].value, one_brier),
                   level);
    }
    if (r->n == 0 || r->steps.has_nan) return;
    set_share(&out[FIGURE_ACCURACY], c.p + n - c.q, m + n, level);
    set_share(&out[FIGURE_PRECISION], c.p, c.p + c.q, level);
    set_share(&out[FIGURE_RECALL], c.p, m, level);
}

/* ---- All together */

interval_options interval_options_complete(const interval_options *o)
{
    interval_options all = *o;
    if (!(all.level > 0 && all.level < 1)) all.level = 0.95;
    if (all.draws <= 0) all.draws = 1000;
    if (!(all.depth > 0)) all.depth = 0.1;
    if (all.most_plain <= 0) all.most_plain = 1000000;
    if (all.bins <= 0) all.bins = 10000;
    return all;
}

/* The mean of draws (by `step`, NaN left out) less the figure of the cells themselves. */
static double bias_of(const figure_draws *d, int f, int32_t draws)
{
    compensated sum = { 0, 0 };
    double n = 0;
    for (int64_t i = 0; i < draws; i++) {
        double x = d->values[i * figure_count + f];
        if (x != x) continue;
        compensated_add(&sum, x);
        n += 1;
    }
    return n > 0 ? compensated_value(sum) / n - d->figures[f] : 0;
}

/* Cells of binned scores have figures a little off the exact ones: the interval is moved by that. A
 * largest distance and an average precision come out too high on few rows, and higher again on rows
 * drawn from those: their intervals are moved down by both biases, of which the draws show one
 * (Efron & Tibshirani 1993, chapter 10). */
static void move_interval(interval *i, const figure_draws *d, int f, int32_t draws)
{
    double shift = d->cells_are_scores ? 0 : i->value - d->figures[f];
    if (f == FIGURE_KS || f == FIGURE_PR_AUC) shift -= 2 * bias_of(d, f, draws);
    i->low += shift;
    i->high += shift;
    if (f == FIGURE_LIFT) return;
    i->low = i->low < 0 ? 0 : i->low > i->value ? i->value : i->low;
    i->high = i->high > 1 && f != FIGURE_LOG_LOSS ? 1 : i->high < i->value ? i->value : i->high;
}

/* A share of nobody has a value by convention, and no interval. */
static int wants_percentiles(const interval *i, int f, int all)
{
    if (i->value != i->value) return 0;
    if (i->method != INTERVAL_NONE) return all;
    return f != FIGURE_PRECISION && f != FIGURE_RECALL;
}

static int set_percentiles(interval out[figure_count], const figure_draws *d,
                           const interval_options *o, arena *tmp)
{
    for (int f = 0; f < figure_count; f++) {
        interval *i = &out[f];
        if (!wants_percentiles(i, f, o->bootstrap_all)) continue;
        if (!percentile_interval(&i->low, &i->high, d->values + f, o->draws, figure_count, o->level,
                                 tmp))
            return 0;
        i->method = INTERVAL_NONE;
        if (i->low != i->low) continue;
        i->method = d->binned ? INTERVAL_BINNED : INTERVAL_BOOTSTRAP;
        move_interval(i, d, f, o->draws);
    }
    return 1;
}

static status fill(interval out[figure_count], const ranked *r, const interval_options *o,
                   pool *threads, arena *tmp, propense_error *err)
{
    auc_interval a;
    double values[figure_count];
    figure_draws d;
    if (!auc_delong_ranking(&a, &r->steps, o->level, tmp)) return fail_memory(err);
    set_figures(values, r, o->threshold, o->depth, a.auc);
    for (int f = 0; f < figure_count; f++)
        out[f] = (interval){ values[f], (double)NAN, (double)NAN, INTERVAL_NONE, 0 };
    set_formulas(out, r, &a, o->threshold, o->level);
    if (r->n == 0 || r->steps.has_nan) return PROPENSE_OK;
    TRY(figure_draws_of(&d, r, o, threads, tmp, err));
    if (!set_percentiles(out, &d, o, tmp)) return fail_memory(err);
    for (int f = 0; f < figure_count; f++) out[f].too_small = figure_too_small(f, r, o);
    return PROPENSE_OK;
}

status figures_with_intervals(interval out[figure_count], const ranked *r,
                              const interval_options *o, pool *threads, arena *tmp,
                              propense_error *err)
{
    interval_options all = interval_options_complete(o);
    arena_mark mark = arena_here(tmp);
    status s = fill(out, r, &all, threads, tmp, err);
    arena_rewind(tmp, mark);
    return s;
}
