/* Sorting customers: radix passes over the bits of the key, then each run of equal keys by
 * probability and id.
 * Leaves limits to choose.c. Read order.h first. */
#include "order.h"

#include <math.h>

enum {
    n_bins = 256,
    few = 48,       /* rows that merging sorts faster than counting */
    many = 1 << 16, /* rows that several workers sort faster than one */
    most_workers = 16,
    chunk_bytes = 8,    /* of ids, looked at at once */
    most_chunk_at = 256 /* ids longer than this are merged from there on */
};

/* ---- The key */

double order_key(const campaign *c, int64_t row, order_by by)
{
    double profit = campaign_profit(c, row) + 0.0; /* -0 */
    if (by == ORDER_BY_CONTACT || profit <= 0) return profit;
    int64_t cost = campaign_cost(c, row);
    /* costless: above every ratio, which is at most 1e12 * 1e6; a power of two keeps the order */
    return cost > 0 ? profit / ((double)cost / money_unit) : ldexp(profit, 300);
}

/* Bits that count downwards as the number goes up. */
static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? bits : ~(bits | (uint64_t)1 << 63);
}

int order_compare(const campaign *c, order_by by, int64_t a, int64_t b)
{
    double x = order_key(c, a, by), y = order_key(c, b, by);
    if (x != y) return x > y ? -1 : 1;
    if (c->p[a] != c->p[b]) return c->p[a] > c->p[b] ? -1 : 1;
    int ids = str_order(campaign_id(c, a), campaign_id(c, b));
    return ids ? ids : (a > b) - (a < b);
}

/* ---- Radix sort of (key, row), stable */

typedef struct keyed {
    uint64_t *key, *key_to;
    int32_t *row, *row_to; /* [n] each, from and to */
} keyed;

/* One pass by the byte at shift: every worker counts its share of the rows, then writes it behind
 * those of the workers before it. */
typedef struct radix_pass {
    const keyed *k;
    int64_t n;
    int shift, n_workers;
    int64_t at[most_workers][n_bins]; /* counts, then places */
} radix_pass;

static int64_t share_from(const radix_pass *r, int worker)
{
    return r->n * worker / r->n_workers;
}

static void count_share(void *user, int worker)
{
    radix_pass *r = user;
    int64_t *count = r->at[worker], to = share_from(r, worker + 1);
    memset(count, 0, sizeof r->at[worker]);
    for (int64_t i = share_from(r, worker); i < to; i++)
        count[r->k->key[i] >> r->shift & (n_bins - 1)]++;
}

static void write_share(void *user, int worker)
{
    const keyed *k = ((radix_pass *)user)->k;
    radix_pass *r = user;
    int64_t *at = r->at[worker], end = share_from(r, worker + 1);
    for (int64_t i = share_from(r, worker); i < end; i++) {
        int64_t to = at[k->key[i] >> r->shift & (n_bins - 1)]++;
        k->key_to[to] = k->key[i];
        k->row_to[to] = k->row[i];
    }
}

/* From counts to places. 0 when all rows have the same byte: nothing would move. */
static int place_shares(radix_pass *r)
{
    int64_t sum = 0;
    for (int bin = 0; bin < n_bins; bin++) {
        int64_t before = sum;
        for (int w = 0; w < r->n_workers; w++) {
            int64_t count = r->at[w][bin];
            r->at[w][bin] = sum;
            sum += count;
        }
        if (sum - before == r->n) return 0;
    }
    return 1;
}

/* The result stands in k->key, k->row: after an odd number of passes these are the others. */
static void radix(keyed *k, int64_t n, pool *workers)
{
    int n_workers = n < many ? 1 : pool_size(workers);
    radix_pass r = { .k = k,
                     .n = n,
                     .n_workers = n_workers < most_workers ? n_workers : most_workers };
    for (r.shift = 0; r.shift < 64; r.shift += 8) {
        pool_run(workers, r.n_workers, count_share, &r);
        if (!place_shares(&r)) continue;
        pool_run(workers, r.n_workers, write_share, &r);
        keyed turned = { k->key_to, k->key, k->row_to, k->row };
        *k = turned;
    }
}

/* ---- Ties: rows[n] have equal keys and stand by row */

typedef struct ties {
    const campaign *c;
    int64_t from, to; /* of the rows: this worker's share */
    keyed all;
    const uint64_t *key; /* of the sorted rows; NULL within a run */
} ties;

/* Level 0 compares probabilities, level k the bytes of ids from 8 (k - 1) on. */
static uint64_t level_key(const campaign *c, int32_t row, int64_t level)
{
    if (level == 0) return bits_of(c->p[row] + 0.0);
    str id = campaign_id(c, row);
    int64_t at = chunk_bytes * (level - 1);
    uint64_t key = 0;
    for (int64_t i = at; i < at + chunk_bytes; i++)
        key = key << 8 | (i < id.n ? (unsigned char)id.p[i] : 0);
    return key;
}

static int in_order(const campaign *c, int32_t a, int32_t b)
{
    if (c->p[a] != c->p[b]) return c->p[a] > c->p[b];
    int ids = str_order(campaign_id(c, a), campaign_id(c, b));
    return ids ? ids < 0 : a <= b;
}

static void merge_sort(const campaign *c, int32_t *rows, int32_t *scratch, int64_t n)
{
    if (n < 2) return;
    int64_t half = n / 2, a = 0, b = half;
    merge_sort(c, rows, scratch, half);
    merge_sort(c, rows + half, scratch, n - half);
    if (in_order(c, rows[half - 1], rows[half])) return;
    memcpy(scratch, rows, (size_t)half * sizeof *rows);
    for (int64_t to = 0; a < half; to++) {
        int left = b == n || in_order(c, scratch[a], rows[b]);
        rows[to] = left ? scratch[a++] : rows[b++];
    }
}

/* rows[n], scratch of keys and rows as long. Ends: from most_chunk_at on ids are merged. */
static void sort_run(const campaign *c, int32_t *rows, int32_t *row_scratch, uint64_t *key,
                     uint64_t *key_scratch, int64_t n, int64_t level)
{
    if (n < 2) return;
    if (n <= few || chunk_bytes * (level - 1) >= most_chunk_at) {
        merge_sort(c, rows, row_scratch, n);
        return;
    }
    int all_used = level > 0;
    for (int64_t i = 0; i < n; i++) {
        key[i] = level_key(c, rows[i], level);
        str id = campaign_id(c, rows[i]);
        if (level == 0 || id.n > chunk_bytes * (level - 1)) all_used = 0;
    }
    if (all_used) { /* only ids that a zero byte makes alike are left: all of them are short */
        merge_sort(c, rows, row_scratch, n);
        return;
    }
    keyed k = { key, key_scratch, rows, row_scratch };
    radix(&k, n, NULL);
    if (k.row != rows) {
        memcpy(rows, k.row, (size_t)n * sizeof *rows);
        memcpy(key, k.key, (size_t)n * sizeof *key);
    }
    for (int64_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && key[to] == key[from];) to++;
        sort_run(c, rows + from, row_scratch + from, key + from, key_scratch + from, to - from,
                 level + 1);
    }
}

/* The runs that begin within this worker's share. Keys of a run are overwritten, but its first and
 * last are read before: runs are found first to last. */
static void order_ties(void *user, int worker)
{
    ties *t = (ties *)user + worker;
    for (int64_t from = t->from, to; from < t->to; from = to) {
        for (to = from + 1; to < t->to && t->key[to] == t->key[from];) to++;
        sort_run(t->c, t->all.row + from, t->all.row_to + from, t->all.key + from,
                 t->all.key_to + from, to - from, 0);
    }
}

/* Shares that end where a run does. */
static void share_ties(const campaign *c, const keyed *k, int64_t n, pool *workers)
{
    enum { most = 64 };
    ties share[most];
    int n_shares = pool_size(workers) < most ? pool_size(workers) : most;
    int64_t from = 0;
    for (int i = 0; i < n_shares; i++) {
        int64_t to = i + 1 == n_shares ? n : n * (i + 1) / n_shares;
        if (to < from) to = from;
        while (to > 0 && to < n && k->key[to] == k->key[to - 1]) to++;
        share[i] = (ties){ .c = c, .from = from, .to = to, .all = *k, .key = k->key };
        from = to;
    }
    pool_run(workers, n_shares, order_ties, share);
}

typedef struct keying {
    const keyed *k;
    int64_t n;
    const campaign *c;
    order_by by;
    int n_workers;
} keying;

static void key_share(void *user, int worker)
{
    const keying *g = user;
    int64_t to = g->n * (worker + 1) / g->n_workers;
    for (int64_t i = g->n * worker / g->n_workers; i < to; i++)
        g->k->key[i] = bits_of(order_key(g->c, g->k->row[i], g->by));
}

static void key_all(const keyed *k, int64_t n, const campaign *c, order_by by, pool *workers)
{
    keying g = { k, n, c, by, n < many ? 1 : pool_size(workers) };
    pool_run(workers, g.n_workers, key_share, &g);
}

status order_rows(int32_t *rows, int64_t n, const campaign *c, order_by by, pool *workers,
                  propense_error *err)
{
    if (n < 2) return PROPENSE_OK;
    keyed k = { mem_resize_array(NULL, n, (int64_t)sizeof(uint64_t)),
                mem_resize_array(NULL, n, (int64_t)sizeof(uint64_t)), rows,
                mem_resize_array(NULL, n, (int64_t)sizeof(int32_t)) };
    int32_t *scratch = k.row_to;
    uint64_t *keys[] = { k.key, k.key_to };
    status code = PROPENSE_OK;
    if (!k.key || !k.key_to || !k.row_to) {
        code = fail_memory(err);
    } else {
        key_all(&k, n, c, by, workers);
        radix(&k, n, workers);
        share_ties(c, &k, n, workers);
        if (k.row != rows) memcpy(rows, k.row, (size_t)n * sizeof *rows);
    }
    mem_free(keys[0]);
    mem_free(keys[1]);
    mem_free(scratch);
    return code;
}
