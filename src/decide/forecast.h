/* What contacting some customers is expected to bring, and how far chance may move it.
 *
 * Outcomes are independent coin tosses with the customers' probabilities; the level of all
 * probabilities together may be off by a shift of the logit with a standard error that comes from
 * the model's own rows (0 where nobody knows: then the interval covers chance alone).
 */
#ifndef PROPENSE_FORECAST_H
#define PROPENSE_FORECAST_H

#include "campaign.h"

/* A figure and its 95 % interval. */
typedef struct estimate {
    double value, low, high;
} estimate;

/* Sums over customers, each with a weight (1, or the share of a tie that is contacted). q = 1 - p;
 * v is the value before the incentive. Everything below follows from them. */
typedef struct forecast_sums {
    double n, p, vp, cost;  /* cost of the contacts, without incentives */
    double pq, vpq, vvpq;   /* of p q, v p q, v^2 p q */
    double profit, profit2; /* of the expected profit and its square */
} forecast_sums;
void forecast_add(forecast_sums *s, const campaign *c, int64_t row, double weight);
void forecast_join(forecast_sums *s, const forecast_sums *more, double weight);

typedef struct forecast {
    double n; /* contacts; not whole where chance decides */
    estimate conversions, revenue;
    estimate cost; /* of contacts, and of incentives paid */
    estimate profit;
    estimate roi; /* profit / cost; NaN without cost */
} forecast;

/* From the sums alone: normal intervals. */
forecast forecast_of(const forecast_sums *s, const campaign *c, double level_error);
/* k of the customers that `all` sums up, drawn at random. */
forecast forecast_random(const forecast_sums *all, double k, const campaign *c, double level_error);
/* The same figures for rows: [n], intervals from 2,000 bootstrap campaigns: the percentiles of what
 * these customers do when every answer is drawn anew. Above forecast_most_drawn rows the normal
 * intervals of forecast_of, which cannot be told from them there. */
enum { forecast_most_drawn = 10000, forecast_draws = 2000 };
status forecast_rows(forecast *out, const int32_t *rows, int64_t n, const campaign *c,
                     double level_error, uint64_t seed, propense_error *err);

/* ---- How flat the top of the profit curve is */
typedef struct profit_peak {
    int64_t best;        /* contacts with the highest expected profit, taken in order */
    double profit;       /* there */
    int64_t from, to;    /* contacts that bring at least 98 % of it */
    double p_from, p_to; /* probability of the last customer contacted at each; NaN at 0 */
} profit_peak;
#define PEAK_SHARE 0.98
profit_peak peak_of(const int32_t *ordered, int64_t n, const campaign *c);

/* The curve itself: the expected profit of the first 0, n/50, 2n/50 ... customers, each with the
 * normal interval of forecast_of. Those of the control group are passed over. */
enum { profit_points = 51 };
typedef struct profit_curve {
    int64_t contacts[profit_points];
    estimate profit[profit_points];
} profit_curve;
void profit_curve_of(profit_curve *out, const int32_t *ordered, int64_t n, const campaign *c,
                     double level_error);

#endif
