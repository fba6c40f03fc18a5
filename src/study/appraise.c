/* One set of scores: all its figures, and beside another on the same rows. Leaves every formula to
 * metrics/. Read evaluate.h first. */
#include <math.h>

#include "evaluate.h"
#include "power.h"

/* Above so many rows draws are Poisson weights on bins: beyond it the plain bootstrap takes longer
 * than a person waits, and the two agree (tests of metrics/). */
enum { plain_rows = 20000, bootstrap_draws = 1000 };

static interval_options interval_options_at(double threshold)
{
    return (interval_options){ .level = 0.95,
                               .draws = bootstrap_draws,
                               .seed = 1,
                               .threshold = threshold,
                               .depth = 0.1,
                               .most_plain = plain_rows };
}

static confusion count_calls(const appraisal *a, double threshold)
{
    confusion c = { 0 };
    for (int64_t i = 0; i < a->n; i++) {
        int called = a->p[i] > threshold;
        if (a->y[i])
            called ? c.true_positive++ : c.false_negative++;
        else
            called ? c.false_positive++ : c.true_negative++;
    }
    return c;
}

/* All figures of one order of the rows; `fully`: with intervals. */
static status figures_at(interval f[figure_count], const ranked *r, double threshold, int fully,
                         pool *threads, arena *tmp, propense_error *err)
{
    interval_options o = interval_options_at(threshold);
    double value[figure_count];
    if (fully) return figures_with_intervals(f, r, &o, threads, tmp, err);
    if (!figures_of(value, r, o.threshold, o.depth, tmp)) return fail_memory(err);
    for (int i = 0; i < figure_count; i++)
        f[i] = (interval){ value[i], (double)NAN, (double)NAN, INTERVAL_NONE, 0 };
    return PROPENSE_OK;
}

static void judge_ranking(appraisal *a, const ranked *r, const interval f[figure_count])
{
    static const figure kinds[] = { FIGURE_AUC, FIGURE_PR_AUC, FIGURE_KS, FIGURE_LIFT,
                                    FIGURE_GAIN };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) a->figures[kinds[i]] = f[kinds[i]];
    a->ks = ks_of(r);
    a->n_gains = gains_table(a->gains, appraisal_deciles, r, 0.95);
}

/* f: at the threshold. */
static status judge_probabilities(appraisal *a, const ranked *r, const interval f[figure_count],
                                  double threshold, int fully, pool *threads, arena *tmp,
                                  propense_error *err)
{
    if (!fully || threshold == 0.5)
        memcpy(a->at_half, f, figure_count * sizeof *f);
    else
        TRY(figures_at(a->at_half, r, 0.5, 1, threads, tmp, err));
    static const figure kinds[] = { FIGURE_LOG_LOSS,  FIGURE_BRIER,  FIGURE_ACCURACY,
                                    FIGURE_PRECISION, FIGURE_RECALL, FIGURE_F1 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) a->figures[kinds[i]] = f[kinds[i]];
    a->called = count_calls(a, threshold);
    a->called_at_half = count_calls(a, 0.5);
    a->base_loss = log_loss_of_base_rate(r);
    a->brier = brier_parts_of(r, brier_bins);
    a->ece = ece_of(r, ece_bins);
    a->n_bins = reliability_table(a->bins, ece_bins, r, 0.95);
    return slope_of(&a->slope, r, 0.95, threads, tmp) ? PROPENSE_OK : fail_memory(err);
}

/* DeLong's interval wants float32; the ranking of the figures is that of the doubles. */
static status judge_area(appraisal *a, arena *tmp, propense_error *err)
{
    float *score = TAKE(tmp, float, a->n);
    if (!score) return fail_memory(err);
    for (int64_t i = 0; i < a->n; i++) score[i] = (float)a->rank[i];
    if (!auc_delong(&a->auc, a->y, score, a->n, 0.95, tmp)) return fail_memory(err);
    a->verdict = verdict_of(&a->auc);
    return PROPENSE_OK;
}

/* Without a calibrator, or with one that keeps the order, ranks and probabilities order the rows
 * alike: one set of draws does for both. */
static int same_order(const ranked *a, const ranked *b)
{
    int64_t n = a->steps.n_steps;
    if (n != b->steps.n_steps) return 0;
    for (int64_t i = 0; i < n; i++)
        if (a->steps.positives[i] != b->steps.positives[i] ||
            a->steps.negatives[i] != b->steps.negatives[i])
            return 0;
    return 1;
}

static status judge_orders(appraisal *a, double threshold, int fully, pool *threads, arena *tmp,
                           propense_error *err)
{
    enum { most_both = 2000000 }; /* rows whose two orders are held at once */
    ranked r, q;
    interval f[figure_count] = { 0 };
    arena_mark mark = arena_here(tmp);
    int both = a->p && a->n <= most_both;
    if (!ranked_of(&r, a->y, a->rank, a->n, tmp)) return fail_memory(err);
    if (both && !ranked_of(&q, a->y, a->p, a->n, tmp)) return fail_memory(err);
    int same = both && same_order(&r, &q);
    if (!same) TRY(figures_at(f, &r, 0.5, fully, threads, tmp, err));
    if (same) TRY(figures_at(f, &q, threshold, fully, threads, tmp, err));
    judge_ranking(a, &r, f);
    if (!a->p) return PROPENSE_OK;
    if (!both) {
        arena_rewind(tmp, mark);
        if (!ranked_of(&q, a->y, a->p, a->n, tmp)) return fail_memory(err);
    }
    if (!same) TRY(figures_at(f, &q, threshold, fully, threads, tmp, err));
    return judge_probabilities(a, &q, f, threshold, fully, threads, tmp, err);
}

static status appraise_steps(appraisal *a, double threshold, int fully, pool *threads, arena *tmp,
                             propense_error *err)
{
    a->n_positive = 0;
    for (int64_t i = 0; i < a->n; i++) a->n_positive += a->y[i];
    for (int i = 0; i < figure_count; i++)
        a->figures[i] = a->at_half[i] =
            (interval){ (double)NAN, (double)NAN, (double)NAN, INTERVAL_NONE, 0 };
    TRY(judge_area(a, tmp, err));
    return judge_orders(a, threshold, fully, threads, tmp, err);
}

status appraise(appraisal *a, double threshold, int fully, pool *threads, arena *tmp,
                propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    status s = appraise_steps(a, threshold, fully, threads, tmp, err);
    arena_rewind(tmp, mark);
    return s;
}

/* ---- Two of them */

/* Ranking figures are compared on the ranks, the others on the probabilities. */
static status compare_figures(rivalry *r, const appraisal *a, double threshold, pool *threads,
                              arena *tmp, propense_error *err)
{
    interval_options o = interval_options_at(threshold);
    static const figure ranks[] = { FIGURE_AUC, FIGURE_PR_AUC, FIGURE_KS, FIGURE_LIFT,
                                    FIGURE_GAIN };
    figure_difference by_rank[figure_count];
    TRY(figures_compare(by_rank, a->y, a->rank, r->of.rank, a->n, &o, threads, tmp, err));
    if (a->p && r->of.p)
        TRY(figures_compare(r->difference, a->y, a->p, r->of.p, a->n, &o, threads, tmp, err));
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        r->difference[ranks[i]] = by_rank[ranks[i]];
    return PROPENSE_OK;
}

status rival_of(rivalry *r, const appraisal *a, double threshold, int fully, pool *threads,
                arena *tmp, propense_error *err)
{
    r->is_there = 1;
    r->of.y = a->y;
    r->of.n = a->n;
    TRY(appraise(&r->of, threshold, fully, threads, tmp, err));
    arena_mark mark = arena_here(tmp);
    if (!auc_compare(&r->area, a->y, a->rank, r->of.rank, a->n, 0.95, tmp)) return fail_memory(err);
    status s = fully ? compare_figures(r, a, threshold, threads, tmp, err) : PROPENSE_OK;
    arena_rewind(tmp, mark);
    return s;
}

int evaluation_simple_will_do(const evaluation *e)
{
    const rivalry *r = &e->rivals[CONTENDER_LOGISTIC];
    return r->is_there && !(r->area.low > 0);
}

/* ---- What the counts can show */

void evaluation_power(evaluation *e)
{
    static const double areas[evaluation_goals] = { 0.55, 0.60 };
    const appraisal *a = &e->model;
    int64_t m = a->n_positive, n = a->n - a->n_positive;
    e->least_area = power_least_area(m, n, 0.05);
    e->power_area = power_area(m, n, 0.05, 0.8);
    for (int i = 0; i < evaluation_goals; i++) {
        double base = a->n > 0 ? (double)m / (double)a->n : (double)NAN;
        e->goals[i] = (goal){ areas[i], power_conversions(areas[i], base, 0.05, 0.8) };
    }
}
