/* Two lists of the same customers, with what really happened: which one would have earned more.
 * Leaves training to without_train.c and who is contacted to choose.c. Read without.h first. */
#include "without.h"

#include <math.h>

#include "compare.h"
#include "maths.h"
#include "random.h"
#include "sorting.h"

/* ---- One list */

/* What a contact with a row brought. */
static double brought(const campaign *c, const uint8_t *y, int64_t row)
{
    double earned = y[row] ? campaign_value(c, row) - c->incentive : 0;
    return earned - (double)campaign_cost(c, row) / money_unit;
}

static int64_t in_proportion(int64_t limit, double share)
{
    return limit < 0 ? limit : (int64_t)ceil((double)limit * share);
}

/* Quotas and the control group are left out: they are about the customers of the plan. */
static status choose_side(without_side *side, uint8_t *arm, const campaign *c, const uint8_t *y,
                          double share, const plan_options *po, pool *workers, arena *tmp,
                          propense_error *err)
{
    limits l = { .budget = in_proportion(po->budget, share),
                 .max_contacts = in_proportion(po->max_contacts, share) };
    choice chosen;
    int32_t *ordered = TAKE(tmp, int32_t, c->n);
    if (!ordered) return fail_memory(err);
    for (int64_t i = 0; i < c->n; i++) ordered[i] = (int32_t)i;
    TRY(order_rows(ordered, c->n, c, ORDER_BY_EURO, workers, err));
    TRY(choose_rows(&chosen, arm, ordered, c->n, c, &l, err));
    side->contacts = chosen.n_contacts;
    side->promised = chosen.profit;
    side->brought = 0;
    for (int64_t i = 0; i < c->n; i++)
        if (arm[i] == ARM_CONTACT) side->brought += brought(c, y, i);
    return PROPENSE_OK;
}

/* ---- The difference */

enum { most_weight = 15 }; /* beyond it lies less than 2^-32 of Poisson(1) */

static int weight(const double *below, double u)
{
    int k = 0;
    while (k < most_weight && u >= below[k]) k++;
    return k;
}

/* Sums of the differences under Poisson(1) weights, one draw a bootstrap of the rows: rows that
 * both lists treat alike add nothing. */
static status bootstrap(estimate *e, const double *d, int64_t n, uint64_t seed, arena *tmp,
                        propense_error *err)
{
    const draw_key key = { seed, DRAW_BOOTSTRAP, 2 };
    double *sums = TAKE(tmp, double, forecast_draws), *spare = TAKE(tmp, double, forecast_draws);
    double below[most_weight], term = m_exp(-1), sum = 0;
    if (!sums || !spare) return fail_memory(err);
    for (int k = 0; k < most_weight; k++) {
        below[k] = sum += term;
        term /= k + 1;
    }
    for (uint32_t b = 0; b < forecast_draws; b++) {
        uint32_t words[4];
        for (int64_t i = 0; i < n; i++) {
            if (i % 4 == 0) draw_block(words, key, b, (uint64_t)i / 4);
            sums[b] += d[i] * weight(below, ((double)words[i % 4] + 0.5) * 0x1p-32);
        }
    }
    sort_numbers(sums, spare, forecast_draws);
    e->low = sums[forecast_draws / 40];
    e->high = sums[forecast_draws - 1 - forecast_draws / 40];
    return PROPENSE_OK;
}

static void around(estimate *e, const double *d, int64_t n, int64_t n_rows)
{
    double square = 0;
    for (int64_t i = 0; i < n; i++) square += d[i] * d[i];
    square -= e->value * e->value / (double)n_rows;
    double sd = square > 0 ? sqrt(square) : 0;
    e->low = e->value - 1.959963984540054 * sd;
    e->high = e->value + 1.959963984540054 * sd;
}

/* arm: [2][n], with the columns and without. */
static status compare_money(estimate *e, const campaign *c, const uint8_t *y,
                            const uint8_t *const arm[2], uint64_t seed, arena *tmp,
                            propense_error *err)
{
    int64_t n = 0;
    double *d = TAKE(tmp, double, c->n);
    if (!d) return fail_memory(err);
    *e = (estimate){ 0, 0, 0 };
    for (int64_t i = 0; i < c->n; i++) {
        int more = (arm[1][i] == ARM_CONTACT) - (arm[0][i] == ARM_CONTACT);
        if (more) e->value += d[n++] = more * brought(c, y, i);
    }
    if (n <= forecast_most_drawn) return bootstrap(e, d, n, seed, tmp, err);
    around(e, d, n, c->n);
    return PROPENSE_OK;
}

static status compare_areas(without *out, const without_rows *r, arena *tmp, propense_error *err)
{
    auc_comparison a;
    if (!auc_compare(&a, r->y, r->rank[1], r->rank[0], r->n, 0.95, tmp)) return fail_memory(err);
    out->less.auc = a.auc_a;
    out->with.auc = a.auc_b;
    out->auc = (estimate){ a.difference, a.low, a.high };
    return PROPENSE_OK;
}

/* ---- Both */

/* Ties are broken by the row's place: any fixed order will do. */
static status compare(without *out, const without_rows *r, int64_t n_customers,
                      const plan_options *po, pool *workers, arena *tmp, propense_error *err)
{
    without_side *const sides[2] = { &out->with, &out->less };
    int64_t *no_ids = TAKE(tmp, int64_t, r->n + 1);
    uint8_t *arm[2] = { TAKE(tmp, uint8_t, r->n), TAKE(tmp, uint8_t, r->n) };
    double share = n_customers > 0 ? (double)r->n / (double)n_customers : 1;
    campaign c = { .n = r->n,
                   .value = r->value,
                   .cost = r->cost,
                   .margin = po->margin.middle,
                   .unit_cost = money_of(po->cost.middle),
                   .incentive = po->incentive,
                   .id_offset = no_ids,
                   .id_bytes = "" };
    if (!no_ids || !arm[0] || !arm[1]) return fail_memory(err);
    for (int k = 0; k < 2; k++) {
        c.p = r->p[k];
        TRY(choose_side(sides[k], arm[k], &c, r->y, share, po, workers, tmp, err));
    }
    TRY(compare_areas(out, r, tmp, err));
    return compare_money(&out->profit, &c, r->y, (const uint8_t *const[2]){ arm[0], arm[1] },
                         po->seed, tmp, err);
}

status without_compare(without *out, without_rows *rows, int64_t n_customers,
                       const plan_options *po, pool *workers, propense_error *err)
{
    arena tmp = { 0 };
    out->n = rows->n;
    out->n_converted = 0;
    for (int64_t i = 0; i < rows->n; i++) out->n_converted += rows->y[i];
    status code = compare(out, rows, n_customers, po, workers, &tmp, err);
    arena_free(&tmp);
    return code;
}

void without_rows_free(without_rows *rows)
{
    arena_free(&rows->mem);
    *rows = (without_rows){ 0 };
}
