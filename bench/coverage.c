/* How often the 95 % intervals of an evaluation hold the truth: seeded draws from a population
 * whose area, lift and log-loss are known. Prints one JSON line. Leaves the choice
 * of cases to bench.py. Read first: src/metrics/intervals.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intervals.h"
#include "maths.h"
#include "random.h"

/* A million customers, best first, drawn with replacement; so the figures of all of them are the
 * truth, and a draw costs a look-up. x is normal; P(y = 1 | x) = sigmoid(level + slope x); the
 * model says sigmoid(level + slope x / 1.3 + 0.1): somewhat too moderate, as models are. */
enum { size_bits = 20, size = 1 << size_bits };
typedef struct population {
    double truth[size], said[size];
} population;

static void make(population *p, double level, double slope)
{
    for (int i = 0; i < size; i++) {
        double x = -m_normal_quantile((i + 0.5) / size);
        p->truth[i] = m_sigmoid(level + slope * x);
        p->said[i] = m_sigmoid(level + slope * x / 1.3 + 0.1);
    }
}

/* The figures of the population, in one walk from the best. */
static void integrate(double out[figure_count], const population *of, double depth)
{
    double positives = 0, top = 0, area = 0, loss = 0, square = 0, above = 0;
    double precision = 0, ks = 0, negatives = 0, all = 0;
    for (int i = 0; i < size; i++) all += of->truth[i];
    for (int i = 0; i < size; i++) {
        double t = of->truth[i], s = of->said[i];
        area += (1 - t) * (positives + t / 2); /* this negative lies below all of those */
        positives += t;
        negatives += 1 - t;
        precision += t * positives / (i + 1);
        double distance = positives / all - negatives / (size - all);
        if (distance > ks) ks = distance;
        if (i < depth * size) top += t;
        loss -= t * m_log(s) + (1 - t) * m_log1p(-s);
        square += t * (1 - s) * (1 - s) + (1 - t) * s * s;
        above += s > 0.5 ? t : 1 - t;
    }
    out[FIGURE_AUC] = area / (positives * (size - positives));
    out[FIGURE_PR_AUC] = precision / positives;
    out[FIGURE_KS] = ks;
    out[FIGURE_LIFT] = top / (depth * positives);
    out[FIGURE_GAIN] = top / positives;
    out[FIGURE_LOG_LOSS] = loss / size;
    out[FIGURE_BRIER] = square / size;
    out[FIGURE_ACCURACY] = above / size;
}

/* Rows of one draw from the population: a word for the customer, a word for what he did. */
static void sample(uint8_t *y, double *p, int64_t n, const population *of, uint64_t draw)
{
    const draw_key key = { draw, DRAW_NOISE, 77 };
    uint32_t words[4] = { 0 };
    for (int64_t i = 0; i < n; i++) {
        if (i % 2 == 0) draw_block(words, key, 0, (uint64_t)i / 2);
        const uint32_t *mine = words + 2 * (i % 2);
        uint32_t who = mine[0] >> (32 - size_bits);
        p[i] = of->said[who];
        y[i] = (mine[1] + 0.5) * 0x1p-32 < of->truth[who];
    }
}

typedef struct tally {
    int64_t held, low, high, small; /* the truth lies inside, below, above; said to be too small */
} tally;

static int holds(const interval *i, double truth)
{
    return truth >= i->low && truth <= i->high;
}

static void count(tally *t, const interval *i, double truth)
{
    t->low += truth < i->low;
    t->high += truth > i->high;
    t->held += holds(i, truth);
}

/* With the last two a sample takes half as long again: "main" leaves them out. */
static const struct {
    int figure;
    const char *name;
} judged[] = { { FIGURE_AUC, "auc" },           { FIGURE_LIFT, "lift" },
               { FIGURE_LOG_LOSS, "log_loss" }, { FIGURE_BRIER, "brier" },
               { FIGURE_GAIN, "gain" },         { FIGURE_ACCURACY, "accuracy" },
               { FIGURE_PR_AUC, "pr_auc" },     { FIGURE_KS, "ks" } };
enum { n_judged = sizeof judged / sizeof *judged, n_main = n_judged - 2 };

typedef struct study {
    population people;
    double truth[figure_count];
    tally tallies[figure_count];
    int n_judged;
    int32_t draws;
    pool *threads;
} study;

/* The first draws of a bootstrap are those of a shorter one. Where already the middle three
 * quarters of 64 hold the truth, or the middle 89 % of 256, all of them do within their 95 %: it
 * fails in one sample of 10,000, and saves three quarters of the draws. */
static const struct {
    int32_t draws;
    double level;
} stages[] = { { 64, 0.75 }, { 256, 0.89 } };
enum { n_stages = sizeof stages / sizeof *stages };

static int intervals(interval f[figure_count], const study *t, const ranked *r, uint64_t seed,
                     int32_t draws, double level)
{
    arena tmp = { 0 };
    const interval_options o = { .threshold = 0.5, .draws = draws, .seed = seed, .level = level };
    status s = figures_with_intervals(f, r, &o, t->threads, &tmp, NULL);
    arena_free(&tmp);
    return s == PROPENSE_OK;
}

/* Formulas need no draws. Returns how many figures wait for them, -1 without memory. */
static int judge_formulas(int waits[n_judged], study *t, const ranked *r, uint64_t seed)
{
    interval f[figure_count];
    int n = 0;
    if (!intervals(f, t, r, seed, 1, 0.95)) return -1;
    for (int k = 0; k < t->n_judged; k++) {
        int which = judged[k].figure;
        t->tallies[which].small += f[which].too_small;
        waits[k] = f[which].method == INTERVAL_BOOTSTRAP || f[which].method == INTERVAL_BINNED;
        n += waits[k];
        if (!waits[k]) count(&t->tallies[which], &f[which], t->truth[which]);
    }
    return n;
}

static int judge(study *t, const ranked *r, uint64_t seed)
{
    interval f[figure_count];
    int waits[n_judged], open = judge_formulas(waits, t, r, seed);
    for (int s = 0; s < n_stages && open > 0; s++) {
        if (stages[s].draws >= t->draws) break;
        if (!intervals(f, t, r, seed, stages[s].draws, stages[s].level)) return 0;
        for (int k = 0; k < t->n_judged; k++) {
            int which = judged[k].figure;
            if (!waits[k] || !holds(&f[which], t->truth[which])) continue;
            t->tallies[which].held++;
            waits[k] = 0;
            open--;
        }
    }
    if (open > 0 && !intervals(f, t, r, seed, t->draws, 0.95)) return 0;
    for (int k = 0; open > 0 && k < t->n_judged; k++) {
        int which = judged[k].figure;
        if (waits[k]) count(&t->tallies[which], &f[which], t->truth[which]);
    }
    return open >= 0;
}

static void print(const study *t, double samples)
{
    printf("{");
    for (int k = 0; k < t->n_judged; k++) {
        const tally *c = &t->tallies[judged[k].figure];
        printf("%s\"%s\": {\"truth\": %.6f, \"covered\": %.4f, \"below\": %.4f, \"above\": %.4f, "
               "\"too_small\": %.4f}",
               k ? ", " : "", judged[k].name, t->truth[judged[k].figure], (double)c->held / samples,
               (double)c->low / samples, (double)c->high / samples, (double)c->small / samples);
    }
    printf("}\n");
}

int main(int n_args, char **args)
{
    if (n_args != 7 && n_args != 8) {
        fputs("usage: coverage ROWS SAMPLES DRAWS BASE THREADS all|main [FIRST]\n", stderr);
        return 2;
    }
    int64_t n = atoll(args[1]), samples = atoll(args[2]), first = n_args == 8 ? atoll(args[7]) : 0;
    uint8_t *y = malloc((size_t)n);
    double *p = malloc((size_t)n * sizeof *p);
    study *t = calloc(1, sizeof *t);
    if (!y || !p || !t) return 1;
    t->draws = atoi(args[3]);
    t->threads = pool_new(atoi(args[5]));
    t->n_judged = strcmp(args[6], "main") == 0 ? n_main : n_judged;
    make(&t->people, m_logit(atof(args[4])) - 0.7, 1.7);
    integrate(t->truth, &t->people, 0.1);
    for (int64_t s = first; s < first + samples; s++) {
        arena mem = { 0 };
        ranked r;
        sample(y, p, n, &t->people, (uint64_t)s);
        if (!ranked_of(&r, y, p, n, &mem) || !judge(t, &r, (uint64_t)s)) return 1;
        arena_free(&mem);
    }
    pool_free(t->threads);
    print(t, (double)samples);
    return 0;
}
