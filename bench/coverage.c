/* How often the 95 % intervals of an evaluation hold the truth: seeded draws from a population
 * whose area, lift and log-loss are known by integration. Prints one JSON line. Leaves the choice
 * of cases to bench.py. Read first: src/metrics/intervals.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intervals.h"
#include "maths.h"
#include "random.h"

/* x is normal; P(y = 1 | x) = sigmoid(level + slope x); the model says sigmoid(level + slope x
 * / 1.3 + 0.1): somewhat too moderate, as models are. */
typedef struct population {
    double level, slope;
} population;

static double truth_at(const population *p, double x)
{
    return m_sigmoid(p->level + p->slope * x);
}

static double said_at(const population *p, double x)
{
    return m_sigmoid(p->level + p->slope * x / 1.3 + 0.1);
}

enum { nodes = 200000 };

/* The figures of the population, by the midpoint rule over quantiles of x, best first. */
static void integrate(double out[figure_count], const population *p, double depth)
{
    double positives = 0, top = 0, area = 0, loss = 0, square = 0, above = 0;
    double precision = 0, ks = 0, negatives = 0, all = 0;
    for (int i = 0; i < nodes; i++) all += truth_at(p, m_normal_quantile((i + 0.5) / nodes));
    for (int i = 0; i < nodes; i++) {
        double x = m_normal_quantile(1 - (i + 0.5) / nodes), t = truth_at(p, x), s = said_at(p, x);
        area += (1 - t) * (positives + t / 2); /* this negative lies below all of those */
        positives += t;
        negatives += 1 - t;
        precision += t * positives / (i + 1);
        double distance = positives / all - negatives / (nodes - all);
        if (distance > ks) ks = distance;
        if (i < depth * nodes) top += t;
        loss -= t * m_log(s) + (1 - t) * m_log1p(-s);
        square += t * (1 - s) * (1 - s) + (1 - t) * s * s;
        above += s > 0.5 ? t : 1 - t;
    }
    out[FIGURE_AUC] = area / (positives * (nodes - positives));
    out[FIGURE_PR_AUC] = precision / positives;
    out[FIGURE_KS] = ks;
    out[FIGURE_LIFT] = top / depth / positives;
    out[FIGURE_GAIN] = top / positives;
    out[FIGURE_LOG_LOSS] = loss / nodes;
    out[FIGURE_BRIER] = square / nodes;
    out[FIGURE_ACCURACY] = above / nodes;
}

/* Rows of one draw from the population. */
static void sample(uint8_t *y, double *p, int64_t n, const population *of, uint64_t draw)
{
    const draw_key key = { draw, DRAW_NOISE, 77 };
    for (int64_t i = 0; i < n; i++) {
        double u = draw_double(key, 0, (uint64_t)i), v = draw_double(key, 1, (uint64_t)i);
        double x = m_normal_quantile(u > 0 ? u : 0x1p-54);
        p[i] = said_at(of, x);
        y[i] = v < truth_at(of, x);
    }
}

typedef struct tally {
    int64_t held, low, high, small; /* the truth lies inside, below, above; said to be too small */
} tally;

static void count(tally *t, const interval *i, double truth)
{
    t->low += truth < i->low;
    t->high += truth > i->high;
    t->held += truth >= i->low && truth <= i->high;
    t->small += i->too_small;
}

static const struct {
    int figure;
    const char *name;
} judged[] = { { FIGURE_AUC, "auc" },           { FIGURE_LIFT, "lift" },
               { FIGURE_LOG_LOSS, "log_loss" }, { FIGURE_BRIER, "brier" },
               { FIGURE_GAIN, "gain" },         { FIGURE_ACCURACY, "accuracy" },
               { FIGURE_PR_AUC, "pr_auc" },     { FIGURE_KS, "ks" } };
enum { n_judged = sizeof judged / sizeof *judged };

static void print(const tally *tallies, const double *truth, double draws)
{
    printf("{");
    for (int k = 0; k < n_judged; k++) {
        const tally *t = &tallies[judged[k].figure];
        printf("%s\"%s\": {\"truth\": %.6f, \"covered\": %.4f, \"below\": %.4f, \"above\": %.4f, "
               "\"too_small\": %.4f}",
               k ? ", " : "", judged[k].name, truth[judged[k].figure], t->held / draws,
               t->low / draws, t->high / draws, t->small / draws);
    }
    printf("}\n");
}

int main(int n_args, char **args)
{
    if (n_args != 6 && n_args != 7) {
        fputs("usage: coverage ROWS SAMPLES DRAWS BASE THREADS [FIRST]\n", stderr);
        return 2;
    }
    int64_t n = atoll(args[1]), samples = atoll(args[2]), first = n_args == 7 ? atoll(args[6]) : 0;
    double base = atof(args[4]), truth[figure_count] = { 0 };
    const population of = { m_logit(base) - 0.7, 1.7 };
    tally tallies[figure_count] = { { 0 } };
    uint8_t *y = malloc((size_t)n);
    double *p = malloc((size_t)n * sizeof *p);
    pool *threads = pool_new(atoi(args[5]));
    integrate(truth, &of, 0.1);
    for (int64_t s = first; y && p && s < first + samples; s++) {
        arena mem = { 0 };
        ranked r;
        interval f[figure_count];
        const interval_options o = { .threshold = 0.5,
                                     .draws = atoi(args[3]),
                                     .seed = (uint64_t)s };
        sample(y, p, n, &of, (uint64_t)s);
        if (!ranked_of(&r, y, p, n, &mem) ||
            figures_with_intervals(f, &r, &o, threads, &mem, NULL) != PROPENSE_OK)
            return 1;
        for (int k = 0; k < n_judged; k++)
            count(&tallies[judged[k].figure], &f[judged[k].figure], truth[judged[k].figure]);
        arena_free(&mem);
    }
    pool_free(threads);
    print(tallies, truth, (double)samples);
    return 0;
}
