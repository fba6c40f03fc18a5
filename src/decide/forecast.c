/* Expected figures with intervals: closed form and bootstrap, and the top of the profit curve.
 * Leaves who is contacted to choose.c and the words to report/. Read forecast.h first. */
#include "forecast.h"

#include <math.h>

#include "maths.h"
#include "random.h"
#include "sorting.h"

static const double z95 = 1.959963984540054; /* normal quantile of 0.975 */

void forecast_add(forecast_sums *s, const campaign *c, int64_t row, double weight)
{
    double p = c->p[row], v = campaign_value(c, row), pq = p * (1 - p);
    double profit = campaign_profit(c, row);
    s->n += weight;
    s->p += weight * p;
    s->vp += weight * v * p;
    s->cost += weight * (double)campaign_cost(c, row) / money_unit;
    s->pq += weight * pq;
    s->vpq += weight * v * pq;
    s->vvpq += weight * v * v * pq;
    s->profit += weight * profit;
    s->profit2 += weight * profit * profit;
}

void forecast_join(forecast_sums *s, const forecast_sums *more, double weight)
{
    s->n += weight * more->n;
    s->p += weight * more->p;
    s->vp += weight * more->vp;
    s->cost += weight * more->cost;
    s->pq += weight * more->pq;
    s->vpq += weight * more->vpq;
    s->vvpq += weight * more->vvpq;
    s->profit += weight * more->profit;
    s->profit2 += weight * more->profit2;
}

/* Variance of sum (v - b) y over independent y, and the move of its mean by a shift of the logit:
 * d p / d logit = p q. */
static double spread(const forecast_sums *s, double b, double level_error)
{
    double chance = s->vvpq - 2 * b * s->vpq + b * b * s->pq;
    double level = (s->vpq - b * s->pq) * level_error;
    return sqrt((chance > 0 ? chance : 0) + level * level);
}

static estimate around(double value, double sd)
{
    return (estimate){ value, value - z95 * sd, value + z95 * sd };
}

static estimate at_least_0(estimate e)
{
    if (e.low < 0) e.low = 0;
    return e;
}

static forecast means(const forecast_sums *s, const campaign *c)
{
    double i = c->incentive, cost = s->cost + i * s->p, profit = s->vp - cost;
    forecast f = { .n = s->n };
    f.conversions.value = s->p;
    f.revenue.value = s->vp;
    f.cost.value = cost;
    f.profit.value = profit;
    f.roi.value = cost > 0 ? profit / cost : (double)NAN;
    return f;
}

forecast forecast_of(const forecast_sums *s, const campaign *c, double level_error)
{
    double i = c->incentive;
    forecast f = means(s, c);
    double level = s->pq * level_error, sd = sqrt(s->pq + level * level), roi = f.roi.value;
    f.conversions = at_least_0(around(f.conversions.value, sd));
    if (f.conversions.high > s->n) f.conversions.high = s->n;
    f.revenue = around(f.revenue.value, spread(s, 0, level_error));
    if (!c->value) f.revenue = at_least_0(f.revenue);
    f.cost = around(f.cost.value, i * sd);
    if (f.cost.low < s->cost) f.cost.low = s->cost;
    f.profit = around(f.profit.value, spread(s, i, level_error));
    if (!c->value && f.profit.low < -s->cost) f.profit.low = -s->cost; /* nobody converts */
    /* delta method: roi = profit / cost moves with profit - roi cost */
    f.roi = around(roi,
                   isnan(roi) ? (double)NAN : spread(s, i * (1 + roi), level_error) / f.cost.value);
    if (!c->value && f.roi.low < -1) f.roi.low = -1;
    return f;
}

forecast forecast_random(const forecast_sums *all, double k, const campaign *c, double level_error)
{
    double share = all->n > 0 ? k / all->n : 0;
    forecast_sums s = { 0 };
    forecast_join(&s, all, share);
    forecast f = forecast_of(&s, c, level_error);
    if (all->n < 2) return f;
    /* who is drawn: k (1 - k / n) times the variance of the expected profits */
    double mean = all->profit / all->n;
    double between = (all->profit2 - all->n * mean * mean) / (all->n - 1);
    double drawn = between > 0 ? k * (1 - share) * between : 0,
           sd = spread(&s, c->incentive, level_error);
    f.profit = around(f.profit.value, sqrt(sd * sd + drawn));
    if (!c->value && f.profit.low < -s.cost && !c->cost) f.profit.low = -s.cost;
    return f;
}

/* ---- Bootstrap */

typedef struct drawing {
    double *conversions, *revenue; /* [forecast_draws] */
    double *scratch;
} drawing;

/* Percentiles 2.5 and 97.5, by linear interpolation between order statistics. */
static void percentiles(estimate *e, double *x, double *scratch)
{
    sort_numbers(x, scratch, forecast_draws);
    double at = 0.025 * (forecast_draws - 1);
    int64_t i = (int64_t)at;
    double part = at - (double)i;
    int64_t j = forecast_draws - 1 - i;
    e->low = x[i] + part * (x[i + 1] - x[i]);
    e->high = x[j] - part * (x[j] - x[j - 1]);
}

/* A normal draw by inversion. */
static double normal_draw(draw_key key, uint32_t step)
{
    double u = draw_double(key, step, 0);
    return u > 0 ? m_normal_quantile(u) : -8.3;
}

static void draw_all(drawing *d, const int32_t *rows, int64_t n, const campaign *c,
                     double level_error, uint64_t seed)
{
    draw_key level = { seed, DRAW_BOOTSTRAP, 0 }, answers = { seed, DRAW_BOOTSTRAP, 1 };
    for (uint32_t b = 0; b < forecast_draws; b++) {
        double odds = level_error > 0 ? m_exp(level_error * normal_draw(level, b)) : 1;
        double conversions = 0, revenue = 0;
        for (int64_t i = 0; i < n; i += 4) {
            uint32_t words[4];
            draw_block(words, answers, b, (uint64_t)i / 4);
            for (int64_t k = i; k < i + 4 && k < n; k++) {
                double p = c->p[rows[k]];
                if (level_error > 0) p = p * odds / (1 - p + p * odds);
                if ((double)words[k - i] * 0x1p-32 >= p) continue;
                conversions += 1;
                revenue += campaign_value(c, rows[k]);
            }
        }
        d->conversions[b] = conversions;
        d->revenue[b] = revenue;
    }
}

/* Profit and roi of every draw follow from its conversions and revenue. */
static void intervals(forecast *f, drawing *d, const forecast_sums *s, const campaign *c)
{
    double *profit = d->scratch, *scratch = d->scratch + forecast_draws;
    double *roi = scratch + forecast_draws;
    for (int b = 0; b < forecast_draws; b++) {
        double cost = s->cost + c->incentive * d->conversions[b];
        profit[b] = d->revenue[b] - cost;
        roi[b] = cost > 0 ? profit[b] / cost : 0;
    }
    percentiles(&f->profit, profit, scratch);
    percentiles(&f->roi, roi, scratch);
    if (isnan(f->roi.value)) f->roi.low = f->roi.high = (double)NAN;
    percentiles(&f->conversions, d->conversions, scratch);
    percentiles(&f->revenue, d->revenue, scratch);
    f->cost.low = s->cost + c->incentive * f->conversions.low;
    f->cost.high = s->cost + c->incentive * f->conversions.high;
}

status forecast_rows(forecast *out, const int32_t *rows, int64_t n, const campaign *c,
                     double level_error, uint64_t seed, propense_error *err)
{
    forecast_sums s = { 0 };
    for (int64_t i = 0; i < n; i++) {
        campaign_prefetch(c, rows, i, n);
        forecast_add(&s, c, rows[i], 1);
    }
    *out = forecast_of(&s, c, level_error);
    if (n == 0 || n > forecast_most_drawn) return PROPENSE_OK;
    double *all = mem_resize_array(NULL, 5 * forecast_draws, (int64_t)sizeof *all);
    if (!all) return fail_memory(err);
    drawing d = { all, all + forecast_draws, all + (ptrdiff_t)2 * forecast_draws };
    draw_all(&d, rows, n, c, level_error, seed);
    intervals(out, &d, &s, c);
    mem_free(all);
    return PROPENSE_OK;
}

/* ---- The curve */

profit_peak peak_of(const int32_t *ordered, int64_t n, const campaign *c)
{
    profit_peak k = { .p_from = (double)NAN, .p_to = (double)NAN };
    double sum = 0;
    int64_t contacts = 0;
    for (int64_t i = 0; i < n; i++) {
        campaign_prefetch(c, ordered, i, n);
        if (c->control && c->control[ordered[i]]) continue;
        double profit = campaign_profit(c, ordered[i]);
        if (profit <= 0) break; /* in this order nobody behind pays */
        contacts++;
        sum += profit;
    }
    k.best = contacts;
    k.profit = sum;
    double least = PEAK_SHARE * sum;
    contacts = 0, sum = 0;
    for (int64_t i = 0; i < n && k.best > 0; i++) {
        campaign_prefetch(c, ordered, i, n);
        if (c->control && c->control[ordered[i]]) continue;
        contacts++;
        sum += campaign_profit(c, ordered[i]);
        if (sum < least && contacts > k.best) break;
        if (sum < least) continue;
        if (!k.from) k.from = contacts, k.p_from = c->p[ordered[i]];
        k.to = contacts, k.p_to = c->p[ordered[i]];
    }
    return k;
}

void profit_curve_of(profit_curve *out, const int32_t *ordered, int64_t n, const campaign *c,
                     double level_error)
{
    forecast_sums sums = { 0 };
    int64_t at = 0;
    for (int k = 0; k < profit_points; k++) {
        for (; at < n * k / (profit_points - 1); at++) {
            campaign_prefetch(c, ordered, at, n);
            if (c->control && c->control[ordered[at]]) continue;
            forecast_add(&sums, c, ordered[at], 1);
        }
        out->contacts[k] = (int64_t)sums.n;
        out->profit[k] = forecast_of(&sums, c, level_error).profit;
    }
}
