/* Sorts scores and counts the classes by distinct score.
 * Leaves areas and intervals to roc.c.
 * Read ranking.h first. */
#include "ranking.h"

#include <string.h>

enum { digit_bits = 11, n_digits = 3, n_values = 1 << digit_bits };

/* A row as one number: the score's order, turned so that the best comes first, above its class.
 * 33 bits, so three digits of 11 sort it. */
static uint64_t word_of(float score, uint8_t y)
{
    uint32_t bits;
    float plain = score == 0.0f ? 0.0f : score; /* -0 equals 0 */
    memcpy(&bits, &plain, sizeof bits);
    uint32_t ascending = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (uint64_t)(uint32_t)~ascending << 1 | (y != 0);
}

static int64_t digit_of(uint64_t word, int digit)
{
    return (int64_t)(word >> (digit * digit_bits)) & (n_values - 1);
}

/* One stable counting pass on one digit; 0 when all words share it and nothing was moved. */
static int move_by_digit(uint64_t *to, const uint64_t *from, int64_t n, int digit,
                         int64_t counts[n_values])
{
    int64_t at = 0;
    for (int v = 0; v < n_values; v++) {
        if (counts[v] == n) return 0;
        int64_t here = counts[v];
        counts[v] = at;
        at += here;
    }
    for (int64_t i = 0; i < n; i++) to[counts[digit_of(from[i], digit)]++] = from[i];
    return 1;
}

/* Least significant digit first. Returns whichever of the two arrays holds the result. */
static uint64_t *sort_words(uint64_t *words, uint64_t *spare, int64_t n,
                            int64_t (*counts)[n_values])
{
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < n_digits; d++) counts[d][digit_of(words[i], d)]++;
    for (int d = 0; d < n_digits; d++) {
        if (!move_by_digit(spare, words, n, d, counts[d])) continue;
        uint64_t *sorted = spare;
        spare = words;
        words = sorted;
    }
    return words;
}

/* The steps overwrite the words they are counted from: a step is written when its last row was
 * read, so never ahead of the reading. (int64_t and uint64_t may share memory.) */
static void count_steps(ranking *r, uint64_t *words, uint64_t *spare, int64_t n)
{
    r->negatives = (int64_t *)words;
    r->positives = (int64_t *)spare;
    int64_t positives = 0;
    for (int64_t i = 0; i < n; i++) {
        uint64_t word = words[i];
        positives += (int64_t)(word & 1);
        if (i + 1 < n && words[i + 1] >> 1 == word >> 1) continue;
        r->negatives[r->n_steps] = i + 1 - positives;
        r->positives[r->n_steps] = positives;
        r->n_steps++;
    }
    r->n_positive = positives;
    r->n_negative = n - positives;
}

int ranking_of(ranking *out, const uint8_t *y, const float *score, int64_t n, arena *mem)
{
    *out = (ranking){ 0 };
    uint64_t *words = TAKE(mem, uint64_t, n), *spare = TAKE(mem, uint64_t, n);
    int64_t(*counts)[n_values] = arena_take(mem, n_digits, sizeof *counts, _Alignof(int64_t));
    if (!words || !spare || !counts) return 0;
    for (int64_t i = 0; i < n; i++) {
        out->has_nan |= score[i] != score[i];
        words[i] = word_of(score[i], y[i]);
    }
    uint64_t *sorted = sort_words(words, spare, n, counts);
    if (!out->has_nan) count_steps(out, sorted, sorted == words ? spare : words, n);
    return 1;
}
