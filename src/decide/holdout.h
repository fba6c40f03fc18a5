/* The control group, and what a comparison with it can prove.
 *
 * A customer's place is HMAC-SHA256(salt, id) (RFC 2104) as a number in [0, 1): he is in the
 * control group when it lies below the share. So he stays there over campaigns as long as salt and
 * share stay, a larger share keeps the old group within the new one, and nobody without the salt
 * can tell who is in it.
 */
#ifndef PROPENSE_HOLDOUT_H
#define PROPENSE_HOLDOUT_H

#include "campaign.h"
#include "hash.h"
#include "threads.h"

typedef struct holdout_key {
    sha256 inner, outer; /* behind the key's two pads */
} holdout_key;
holdout_key holdout_key_of(str salt);
/* [0, 1), from the first 53 bits. */
double holdout_place(const holdout_key *key, str id);
/* control[n]: 1 where the place of the row's id is below the share. */
void holdout_mark(uint8_t *control, const campaign *c, const holdout_key *key, double share,
                  pool *workers);

/* Two proportions, two-sided 5 %, 80 % power (Fleiss, Levin & Paik, Statistical Methods for Rates
 * and Proportions, 4.2, without continuity correction):
 *   n_0 = (z_a sqrt((1 + 1/k) r (1 - r)) + z_b sqrt(r_1 (1 - r_1) / k + r_0 (1 - r_0)))^2 /
 *         (r_1 - r_0)^2,   k = n_1 / n_0,  r = (r_0 + k r_1) / (1 + k).
 * Customers of the control group, not rounded; infinite without a difference. */
double holdout_needed(double r_contacted, double r_control, double ratio);
/* The smallest lift (points below r_contacted) that n_1 contacted and n_0 others would prove; NaN
 * where even r_control = 0 would not do. */
double holdout_least_lift(double r_contacted, double n_contacted, double n_control);
/* The smallest share of a list of n that proves r_contacted against r_control, at most one half;
 * NaN where one half is not enough. */
double holdout_least_share(double r_contacted, double r_control, double n);

#endif
