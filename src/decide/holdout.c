/* The control group by HMAC, and sample sizes.
 * Leaves SHA-256 to base/hash.c and what is said to report/. Read holdout.h first. */
#include "holdout.h"

#include <math.h>

enum { block_bytes = 64, digest_bytes = 32 };

static void digest(unsigned char out[digest_bytes], sha256 *s)
{
    char hex[2 * digest_bytes + 1];
    sha256_hex(s, hex);
    for (int i = 0; i < digest_bytes; i++) {
        unsigned char high = (unsigned char)hex[2 * i], low = (unsigned char)hex[2 * i + 1];
        out[i] = (unsigned char)((high <= '9' ? high - '0' : high - 'a' + 10) << 4 |
                                 (low <= '9' ? low - '0' : low - 'a' + 10));
    }
}

holdout_key holdout_key_of(str salt)
{
    holdout_key k;
    unsigned char key[block_bytes] = { 0 }, pad[block_bytes];
    if (salt.n > block_bytes) {
        sha256 s;
        sha256_begin(&s);
        sha256_add(&s, salt.p, salt.n);
        digest(key, &s);
    } else if (salt.n) {
        memcpy(key, salt.p, (size_t)salt.n);
    }
    for (int i = 0; i < block_bytes; i++) pad[i] = key[i] ^ 0x36;
    sha256_begin(&k.inner);
    sha256_add(&k.inner, pad, block_bytes);
    for (int i = 0; i < block_bytes; i++) pad[i] = key[i] ^ 0x5C;
    sha256_begin(&k.outer);
    sha256_add(&k.outer, pad, block_bytes);
    return k;
}

double holdout_place(const holdout_key *key, str id)
{
    unsigned char bytes[digest_bytes];
    sha256 s = key->inner;
    sha256_add(&s, id.p, id.n);
    digest(bytes, &s);
    s = key->outer;
    sha256_add(&s, bytes, digest_bytes);
    digest(bytes, &s);
    uint64_t first = 0;
    for (int i = 0; i < 8; i++) first = first << 8 | bytes[i];
    return (double)(first >> 11) * 0x1p-53;
}

typedef struct marking {
    uint8_t *control;
    const campaign *c;
    const holdout_key *key;
    double share;
    int n_workers;
} marking;

static void mark_share(void *user, int worker)
{
    const marking *m = user;
    int64_t from = m->c->n / m->n_workers * worker;
    int64_t to = worker + 1 == m->n_workers ? m->c->n : m->c->n / m->n_workers * (worker + 1);
    for (int64_t i = from; i < to; i++)
        m->control[i] = holdout_place(m->key, campaign_id(m->c, i)) < m->share;
}

void holdout_mark(uint8_t *control, const campaign *c, const holdout_key *key, double share,
                  pool *workers)
{
    marking m = { control, c, key, share, pool_size(workers) };
    pool_run(workers, m.n_workers, mark_share, &m);
}

/* ---- Power */

static const double z_two_sided = 1.959963984540054; /* normal quantile of 0.975 */
static const double z_power = 0.8416212335729143;    /* of 0.8 */

double holdout_needed(double r1, double r0, double ratio)
{
    double difference = r1 - r0, k = ratio;
    if (difference == 0) return (double)INFINITY;
    double r = (r0 + k * r1) / (1 + k);
    double root = z_two_sided * sqrt((1 + 1 / k) * r * (1 - r)) +
                  z_power * sqrt(r1 * (1 - r1) / k + r0 * (1 - r0));
    return root * root / (difference * difference);
}

double holdout_least_lift(double r1, double n1, double n0)
{
    double low = 0, high = r1;
    if (!(n1 > 0) || !(n0 > 0) || holdout_needed(r1, 0, n1 / n0) > n0) return (double)NAN;
    for (int i = 0; i < 60; i++) {
        double lift = (low + high) / 2;
        if (holdout_needed(r1, r1 - lift, n1 / n0) > n0)
            low = lift;
        else
            high = lift;
    }
    return high;
}

double holdout_least_share(double r1, double r0, double n)
{
    double low = 0, high = 0.5;
    if (holdout_needed(r1, r0, 1) > n / 2) return (double)NAN;
    for (int i = 0; i < 60; i++) {
        double share = (low + high) / 2;
        if (holdout_needed(r1, r0, (1 - share) / share) > n * share)
            low = share;
        else
            high = share;
    }
    return high;
}
