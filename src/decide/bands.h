/* Deciles of a file's probabilities, and segments from very high to low, cut where the difference
 * is real.
 *
 * Decile 1 has the best tenth. Equal probabilities are never parted: a customer's decile follows
 * from how many have a higher probability than he. The segments are the deciles, neighbours merged
 * (the pair that is most alike first) until their conversion rates differ at the 5 % level and at
 * most four are left.
 */
#ifndef PROPENSE_BANDS_H
#define PROPENSE_BANDS_H

#include "campaign.h"
#include "forecast.h"

enum { n_deciles = 10, most_bands = 4 };

typedef struct band {
    const char *name; /* "very high", "high", "medium", "low"; "all alike" when there is but one */
    int64_t n;
    double p_from, p_to; /* highest and lowest probability in it */
    estimate rate;       /* expected share that converts, if contacted */
} band;

typedef struct bands {
    double decile_at[n_deciles - 1]; /* decile d or better: p >= decile_at[d - 1] */
    int32_t n;
    band band[most_bands]; /* best first */
} bands;

/* rows: [n]. evidence: rows that the probabilities were judged on (a difference needs as many), 0 =
 * not known: then the rows of the file count. */
status bands_of(bands *out, const int32_t *rows, int64_t n, const campaign *c, int64_t evidence,
                propense_error *err);
int decile_of(const bands *b, double p); /* 1 .. 10 */
int band_of(const bands *b, double p);   /* index */

#endif
