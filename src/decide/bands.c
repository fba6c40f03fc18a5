/* Deciles and segments by probability.
 * Leaves what sets segments apart to traits.c.
 * Read bands.h first. */
#include "bands.h"

#include <math.h>

#include "sorting.h"
#include "words.h"

typedef struct bin {
    double n, p, pq; /* sums */
    double from, to;
} bin;

static bin joined(bin a, bin b)
{
    return (bin){ a.n + b.n, a.p + b.p, a.pq + b.pq, a.from, b.to };
}

/* Square of the two-proportion z statistic; counts are scaled down to the evidence. */
static double apart(const bin *a, const bin *b, double scale)
{
    double n = a->n * scale, m = b->n * scale, x = a->p / a->n, y = b->p / b->n;
    double both = (a->p + b->p) / (a->n + b->n), variance = both * (1 - both) * (1 / n + 1 / m);
    return variance > 0 ? (x - y) * (x - y) / variance : 0;
}

/* The bins of the deciles, best first; empty ones (ties may swallow them) are left out. */
static int fill_bins(bin *bins, const bands *b, const double *ascending, int64_t n)
{
    int count = 0, last = -1;
    for (int64_t i = n - 1; i >= 0; i--) {
        double p = ascending[i];
        int decile = decile_of(b, p);
        if (decile != last) bins[count++] = (bin){ .from = p };
        bin *x = &bins[count - 1];
        *x = (bin){ x->n + 1, x->p + p, x->pq + p * (1 - p), x->from, p };
        last = decile;
    }
    return count;
}

static int merge(bin *bins, int n, double scale)
{
    static const double z95_squared = 3.841458820694124;
    while (n > 1) {
        int least = 0;
        for (int i = 1; i + 1 < n; i++)
            if (apart(&bins[i], &bins[i + 1], scale) < apart(&bins[least], &bins[least + 1], scale))
                least = i;
        if (n <= most_bands && apart(&bins[least], &bins[least + 1], scale) >= z95_squared) break;
        bins[least] = joined(bins[least], bins[least + 1]);
        for (int i = least + 1; i + 1 < n; i++) bins[i] = bins[i + 1];
        n--;
    }
    return n;
}

static void name_bands(bands *b, const bin *bins, int n, double scale)
{
    static const char *const names[most_bands][most_bands] = {
        { N_("all alike") },
        { N_("high"), N_("low") },
        { N_("high"), N_("medium"), N_("low") },
        { N_("very high"), N_("high"), N_("medium"), N_("low") }
    };
    b->n = n;
    for (int i = 0; i < n; i++) {
        double rate = bins[i].p / bins[i].n;
        double sd = sqrt(rate * (1 - rate) / (bins[i].n * scale)), half = 1.959963984540054 * sd;
        b->band[i] = (band){ names[n - 1][i],
                             (int64_t)bins[i].n,
                             bins[i].from,
                             bins[i].to,
                             { rate, rate - half > 0 ? rate - half : 0,
                               rate + half < 1 ? rate + half : 1 } };
    }
}

status bands_of(bands *out, const int32_t *rows, int64_t n, const campaign *c, int64_t evidence,
                propense_error *err)
{
    bin bins[n_deciles];
    *out = (bands){ 0 };
    if (n == 0) return PROPENSE_OK;
    double *p = mem_resize_array(NULL, 2 * n, (int64_t)sizeof *p);
    if (!p) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) p[i] = c->p[rows[i]];
    sort_numbers(p, p + n, n);
    /* p[n - 1 - k] is the (k + 1)-th best; decile <= d when fewer than d n / 10 are better */
    for (int d = 1; d < n_deciles; d++)
        out->decile_at[d - 1] = p[n - (d * n + n_deciles - 1) / n_deciles];
    double scale = evidence > 0 && evidence < n ? (double)evidence / (double)n : 1;
    int count = fill_bins(bins, out, p, n);
    name_bands(out, bins, merge(bins, count, scale), scale);
    mem_free(p);
    return PROPENSE_OK;
}

int decile_of(const bands *b, double p)
{
    int decile = 1;
    while (decile < n_deciles && p < b->decile_at[decile - 1]) decile++;
    return decile;
}

int band_of(const bands *b, double p)
{
    int i = 0;
    while (i + 1 < b->n && p < b->band[i].p_to) i++;
    return i;
}
