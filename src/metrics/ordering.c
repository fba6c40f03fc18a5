/* Radix sorts of doubles as words, alone or with a row number.
 * Leaves the meaning of an order to its callers.
 * Read ordering.h first; ranking.c has the same for float32 scores with their class in one word. */
#include "ordering.h"

enum { digit_bits = 11, n_digits = 6, n_values = 1 << digit_bits };

typedef struct digit_counts {
    int64_t of[n_digits][n_values];
} digit_counts;

static int64_t digit_of(uint64_t word, int digit)
{
    return (int64_t)(word >> (digit * digit_bits)) & (n_values - 1);
}

/* Counts to first places; 0 when all n words share the digit, so that nothing has to move. */
static int places_of(int64_t counts[n_values], int64_t n)
{
    int64_t at = 0;
    for (int v = 0; v < n_values; v++) {
        if (counts[v] == n) return 0;
        int64_t here = counts[v];
        counts[v] = at;
        at += here;
    }
    return 1;
}

void sort_words(uint64_t *words, uint64_t *spare, int64_t n)
{
    digit_counts c = { 0 };
    uint64_t *from = words, *to = spare;
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < n_digits; d++) c.of[d][digit_of(words[i], d)]++;
    for (int d = 0; d < n_digits; d++) {
        if (!places_of(c.of[d], n)) continue;
        for (int64_t i = 0; i < n; i++) to[c.of[d][digit_of(from[i], d)]++] = from[i];
        uint64_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != words && n > 0) memcpy(words, from, (size_t)n * sizeof *words);
}

typedef struct keyed {
    uint64_t word;
    int64_t row;
} keyed;

static keyed *sort_keyed(keyed *from, keyed *to, int64_t n, digit_counts *c)
{
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < n_digits; d++) c->of[d][digit_of(from[i].word, d)]++;
    for (int d = 0; d < n_digits; d++) {
        if (!places_of(c->of[d], n)) continue;
        for (int64_t i = 0; i < n; i++) to[c->of[d][digit_of(from[i].word, d)]++] = from[i];
        keyed *sorted = to;
        to = from;
        from = sorted;
    }
    return from;
}

int order_by(int64_t *order, const double *key, int64_t n, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    keyed *items = TAKE(tmp, keyed, n), *spare = TAKE(tmp, keyed, n);
    int ok = items && spare;
    if (ok) {
        digit_counts c = { 0 };
        for (int64_t i = 0; i < n; i++)
            items[i] = (keyed){ ascending_word(key[order[i]]), order[i] };
        const keyed *sorted = sort_keyed(items, spare, n, &c);
        for (int64_t i = 0; i < n; i++) order[i] = sorted[i].row;
    }
    arena_rewind(tmp, mark);
    return ok;
}

int order_by_target(int64_t *order, const uint8_t *y, int64_t n, arena *tmp)
{
    arena_mark mark = arena_here(tmp);
    int64_t *negatives = TAKE(tmp, int64_t, n), m = 0, k = 0;
    if (negatives) {
        for (int64_t i = 0; i < n; i++) {
            if (y[order[i]])
                order[m++] = order[i];
            else
                negatives[k++] = order[i];
        }
        if (k > 0) memcpy(order + m, negatives, (size_t)k * sizeof *order);
    }
    arena_rewind(tmp, mark);
    return negatives != NULL;
}
