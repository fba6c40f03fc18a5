/* Segments: the bands, those at risk, and three traits of each.
 * Leaves cutting by probability to bands.c and the words to report/.
 * Read traits.h first. */
#include "traits.h"

#include <math.h>

#include "curves.h"
#include "sorting.h"
#include "words.h"

static const double z95 = 1.959963984540054, z_shared = 3.3;
enum { least_at_risk = 10, least_of_segment = 20, most_levels = 1000 };

/* ---- At risk */

int segment_of(const segments *s, const bands *b, const campaign *c, int64_t row)
{
    int at = band_of(b, c->p[row]);
    if (!s->has_risk || at + 1 < b->n) return at;
    return s->value[row] >= s->risk_value ? s->n - 1 : at;
}

/* The value from which on the highest quarter lies; NaN when all are alike. */
static status quarter(double *out, const double *value, const int32_t *rows, int64_t n,
                      propense_error *err)
{
    double *x = mem_resize_array(NULL, 2 * n + 1, (int64_t)sizeof *x);
    int64_t m = 0;
    if (!x) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        if (!isnan(value[rows[i]])) x[m++] = value[rows[i]];
    sort_numbers(x, x + n, m);
    *out = m > 3 && x[m / 2] < x[m - 1] ? x[m - 1 - m / 4] : (double)NAN;
    mem_free(x);
    return PROPENSE_OK;
}

static estimate rate_of(double p, double n)
{
    double rate = n > 0 ? p / n : 0, half = n > 0 ? z95 * sqrt(rate * (1 - rate) / n) : 0;
    return (estimate){ rate, rate - half > 0 ? rate - half : 0, rate + half < 1 ? rate + half : 1 };
}

/* Takes them out of the lowest band. */
static status part_risk(segments *s, const bands *b, const double *value, const int32_t *rows,
                        int64_t n, const campaign *c, propense_error *err)
{
    double cut = (double)NAN, sum[2] = { 0 };
    int64_t count[2] = { 0 };
    if (!value || b->n < 2) return PROPENSE_OK;
    TRY(quarter(&cut, value, rows, n, err));
    if (isnan(cut)) return PROPENSE_OK;
    for (int64_t i = 0; i < n; i++) {
        if (band_of(b, c->p[rows[i]]) + 1 < b->n) continue;
        int risk = value[rows[i]] >= cut;
        sum[risk] += c->p[rows[i]];
        count[risk]++;
    }
    if (count[1] < least_at_risk || count[0] < least_at_risk) return PROPENSE_OK;
    band *low = &s->segment[b->n - 1].band, *risk = &s->segment[b->n].band;
    *risk = *low;
    risk->name = N_("at risk");
    risk->n = count[1], risk->rate = rate_of(sum[1], (double)count[1]);
    low->n = count[0], low->rate = rate_of(sum[0], (double)count[0]);
    s->has_risk = 1;
    s->risk_value = cut;
    s->value = value;
    s->n = b->n + 1;
    return PROPENSE_OK;
}

/* ---- Traits */

typedef struct moments {
    double n, x, xx;
} moments;

/* Keeps the three largest, each of another column. */
static void offer(segment *s, const trait *t)
{
    int at = 0;
    for (int i = 0; i < s->n_traits; i++) {
        if (s->traits[i].column != t->column) continue;
        if (fabs(s->traits[i].effect) >= fabs(t->effect)) return;
        for (int k = i; k + 1 < s->n_traits; k++) s->traits[k] = s->traits[k + 1];
        s->n_traits--;
    }
    while (at < s->n_traits && fabs(s->traits[at].effect) >= fabs(t->effect)) at++;
    if (at == most_traits) return;
    if (s->n_traits < most_traits) s->n_traits++;
    for (int k = s->n_traits - 1; k > at; k--) s->traits[k] = s->traits[k - 1];
    s->traits[at] = *t;
}

static double variance(const moments *m)
{
    double v = m->n > 1 ? (m->xx - m->x * m->x / m->n) / (m->n - 1) : 0;
    return v > 0 ? v : 0;
}

static void number_traits(segments *s, int32_t place, const double *x, const int32_t *rows,
                          const uint8_t *segment_at, int64_t n)
{
    moments m[most_segments] = { { 0 } }, all = { 0 };
    double shift = 0; /* near the mean, so that squares keep their digits */
    for (int64_t i = 0; i < n && shift == 0; i++)
        if (!isnan(x[rows[i]])) shift = x[rows[i]];
    for (int64_t i = 0; i < n; i++) {
        double v = x[rows[i]] - shift;
        if (isnan(v)) continue;
        moments *k = &m[segment_at[i]];
        *k = (moments){ k->n + 1, k->x + v, k->xx + v * v };
        all = (moments){ all.n + 1, all.x + v, all.xx + v * v };
    }
    double sd = sqrt(variance(&all));
    for (int i = 0; i < s->n && sd > 0; i++) {
        moments rest = { all.n - m[i].n, all.x - m[i].x, all.xx - m[i].xx };
        if (m[i].n < least_of_segment || rest.n < least_of_segment) continue;
        double here = m[i].x / m[i].n, there = rest.x / rest.n;
        double se = sqrt(variance(&m[i]) / m[i].n + variance(&rest) / rest.n);
        double half = z95 * sqrt(variance(&m[i]) / m[i].n);
        if (!(fabs(here - there) > z_shared * se)) continue;
        here += shift, there += shift;
        trait t = { place, -1, { here, here - half, here + half }, there, (here - there) / sd };
        offer(&s->segment[i], &t);
    }
}

static void level_trait(segments *s, int i, int32_t place, int32_t level, double hits, double n,
                        double all_hits, double all_n)
{
    double m = all_n - n, here = hits / n, there = (all_hits - hits) / m, both = all_hits / all_n;
    double sd = sqrt(both * (1 - both));
    if (n < least_of_segment || m < least_of_segment || sd == 0) return;
    if (!(fabs(here - there) > z_shared * sd * sqrt(1 / n + 1 / m))) return;
    share_interval w = wilson(hits, n, 0.95);
    trait t = { place, level, { here, w.low, w.high }, there, (here - there) / sd };
    offer(&s->segment[i], &t);
}

static status word_traits(segments *s, int32_t place, const struct column *k, const int32_t *rows,
                          const uint8_t *segment_at, int64_t n, propense_error *err)
{
    int32_t n_levels = k->n_levels;
    if (k->overflow || n_levels < 2 || n_levels > most_levels) return PROPENSE_OK;
    int64_t cells = (int64_t)n_levels * (most_segments + 1);
    double *count = mem_resize_array(NULL, cells, (int64_t)sizeof *count);
    double size[most_segments] = { 0 };
    if (!count) return fail_memory(err);
    memset(count, 0, (size_t)cells * sizeof *count);
    double *all = count + (ptrdiff_t)n_levels * most_segments;
    for (int64_t i = 0; i < n; i++) {
        int32_t code = k->code[rows[i]];
        size[segment_at[i]]++;
        if (code < 0) continue;
        count[(ptrdiff_t)n_levels * segment_at[i] + code]++;
        all[code]++;
    }
    for (int i = 0; i < s->n; i++)
        for (int32_t j = 0; j < n_levels; j++)
            level_trait(s, i, place, j, count[(ptrdiff_t)n_levels * i + j], size[i], all[j],
                        (double)n);
    mem_free(count);
    return PROPENSE_OK;
}

status segments_of(segments *out, const bands *b, const double *value, const int32_t *rows,
                   int64_t n, const campaign *c, const table *t, const uint8_t *use,
                   propense_error *err)
{
    *out = (segments){ .n = b->n };
    for (int i = 0; i < b->n; i++) out->segment[i].band = b->band[i];
    TRY(part_risk(out, b, value, rows, n, c, err));
    uint8_t *at = mem_resize(NULL, n + 1);
    if (!at) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) at[i] = (uint8_t)segment_of(out, b, c, rows[i]);
    status code = PROPENSE_OK;
    for (int32_t i = 0; i < t->n_columns && code == PROPENSE_OK; i++) {
        const column *k = &t->columns[i];
        if (!use[i]) continue;
        if (k->kind == COLUMN_NUMBER) number_traits(out, i, k->number, rows, at, n);
        if (k->kind == COLUMN_WORDS) code = word_traits(out, i, k, rows, at, n, err);
    }
    mem_free(at);
    return code;
}
