/* How often a plan's 95 % interval of the profit holds what then happens: customers whose true
 * probabilities are known, a model whose level was estimated from rows of its own, the list as a
 * plan chooses it, and the answers drawn. Prints one JSON line. Leaves the choice of cases to
 * sections.py. Read first: src/decide/forecast.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "forecast.h"
#include "maths.h"
#include "random.h"

static const double level = -2.4, slope = 1.4; /* some 14 % convert */

static double true_logit(uint64_t draw, uint32_t stream, uint64_t i)
{
    double u = draw_double((draw_key){ draw, DRAW_NOISE, stream }, 0, i);
    return level + slope * m_normal_quantile(u > 0 ? u : 0x1p-54);
}

/* The shift of the logit that a calibration on n rows arrives at: Newton's steps to where as many
 * conversions are expected as were seen. */
static double estimated_shift(uint64_t draw, int64_t n, double *z)
{
    double seen = 0, shift = 0;
    for (int64_t i = 0; i < n; i++) {
        z[i] = true_logit(draw, 1, (uint64_t)i);
        seen += draw_double((draw_key){ draw, DRAW_NOISE, 1 }, 1, (uint64_t)i) < m_sigmoid(z[i]);
    }
    for (int step = 0; step < 8; step++) {
        double expected = 0, slope_of_it = 0;
        for (int64_t i = 0; i < n; i++) {
            double p = m_sigmoid(z[i] + shift);
            expected += p;
            slope_of_it += p * (1 - p);
        }
        shift += (seen - expected) / slope_of_it;
    }
    return shift;
}

/* As scored.c has it: the intercept's standard error, with the mean of p q of the customers. */
static double level_error(const double *p, int64_t n, int64_t evidence)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += p[i] * (1 - p[i]);
    return 1 / sqrt(sum / (double)n * (double)evidence);
}

typedef struct tally {
    int64_t held, low, high; /* the profit lies inside, below, above */
} tally;

static void one_campaign(tally *t, uint64_t draw, int64_t n, int64_t evidence, double *z, double *p,
                         int32_t *rows)
{
    campaign c = { .n = n, .p = p, .margin = 12, .unit_cost = 2 * money_unit, .incentive = 2 };
    double shift = estimated_shift(draw, evidence, z), profit = 0;
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++) {
        double truth = true_logit(draw, 2, (uint64_t)i);
        p[i] = m_sigmoid(truth + shift);
        if (campaign_profit(&c, i) <= 0) continue;
        rows[k++] = (int32_t)i;
        profit += draw_double((draw_key){ draw, DRAW_NOISE, 2 }, 1, (uint64_t)i) < m_sigmoid(truth)
                      ? 8
                      : -2;
    }
    forecast f;
    double error = level_error(p, n, evidence);
    if (forecast_rows(&f, rows, k, &c, error, draw, NULL) != PROPENSE_OK) exit(1);
    t->low += profit < f.profit.low;
    t->high += profit > f.profit.high;
    t->held += profit >= f.profit.low && profit <= f.profit.high;
}

int main(int n_args, char **args)
{
    if (n_args != 4) {
        fputs("usage: profit CUSTOMERS EVIDENCE DRAWS\n", stderr);
        return 2;
    }
    int64_t n = atoll(args[1]), evidence = atoll(args[2]), draws = atoll(args[3]);
    double *z = malloc((size_t)evidence * sizeof *z), *p = malloc((size_t)n * sizeof *p);
    int32_t *rows = malloc((size_t)n * sizeof *rows);
    tally t = { 0 };
    for (int64_t i = 0; z && p && rows && i < draws; i++)
        one_campaign(&t, (uint64_t)i, n, evidence, z, p, rows);
    printf("{\"covered\": %.4f, \"below\": %.4f, \"above\": %.4f}\n",
           (double)t.held / (double)draws, (double)t.low / (double)draws,
           (double)t.high / (double)draws);
    return 0;
}
