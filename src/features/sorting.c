/* Radix sort of doubles and merge sort of numbered items.
 * Leaves what is compared to the callers.
 * Read sorting.h first. */
#include "sorting.h"

#include <string.h>

enum { n_passes = 8, n_bins = 256 };

/* Bits that order as the numbers do: negative ones are turned over, the others get the top bit. */
static uint64_t key_of(double x)
{
    uint64_t bits;
    x += 0.0; /* -0 */
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double number_of(uint64_t key)
{
    uint64_t bits = key >> 63 ? key ^ (uint64_t)1 << 63 : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t load(const double *slot)
{
    uint64_t key;
    memcpy(&key, slot, sizeof key);
    return key;
}

static void store(double *slot, uint64_t key)
{
    memcpy(slot, &key, sizeof key);
}

static void scatter(double *to, const double *from, int64_t n, int64_t *at, int shift)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = load(from + i);
        store(to + at[key >> shift & (n_bins - 1)]++, key);
    }
}

void sort_numbers(double *x, double *scratch, int64_t n)
{
    int64_t count[n_passes][n_bins] = { { 0 } };
    double *from = x, *to = scratch;
    if (n < 1) return;
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = key_of(x[i]);
        store(x + i, key);
        for (int p = 0; p < n_passes; p++) count[p][key >> (8 * p) & (n_bins - 1)]++;
    }
    for (int p = 0; p < n_passes; p++) {
        if (count[p][load(from) >> (8 * p) & (n_bins - 1)] == n) continue;
        int64_t at = 0;
        for (int b = 0; b < n_bins; b++) {
            int64_t here = count[p][b];
            count[p][b] = at;
            at += here;
        }
        scatter(to, from, n, count[p], 8 * p);
        double *swap = from;
        from = to;
        to = swap;
    }
    for (int64_t i = 0; i < n; i++) x[i] = number_of(load(from + i));
}

static void merge(int32_t *out, const int32_t *a, int64_t n_a, const int32_t *b, int64_t n_b,
                  sort_order order, const void *user)
{
    while (n_a && n_b) {
        if (order(user, *b, *a) < 0)
            *out++ = *b++, n_b--;
        else
            *out++ = *a++, n_a--;
    }
    for (; n_a; n_a--) *out++ = *a++;
    for (; n_b; n_b--) *out++ = *b++;
}

void sort_items(int32_t *items, int32_t *scratch, int64_t n, sort_order order, const void *user)
{
    int32_t *from = items, *to = scratch;
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t i = 0; i < n; i += 2 * width) {
            int64_t n_a = n - i < width ? n - i : width;
            int64_t n_b = n - i - n_a < width ? n - i - n_a : width;
            merge(to + i, from + i, n_a, from + i + n_a, n_b, order, user);
        }
        int32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) memcpy(items, from, (size_t)n * sizeof *items);
}
