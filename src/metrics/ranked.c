/* Sorts double scores within each class and merges the classes into steps.
 * Leaves every figure to curves.c, probability.c and roc.c.
 * Read ranked.h first. */
#include "ranked.h"

#include "ordering.h"

/* words: the positives', then the negatives'; each ascending, which is best score first. */
static void merge_steps(ranked *r, const uint64_t *words)
{
    int64_t m = r->steps.n_positive, n = r->n, p = 0, q = m, step = 0;
    while (p < m || q < n) {
        uint64_t word = q == n || (p < m && words[p] < words[q]) ? words[p] : words[q];
        while (p < m && words[p] == word) p++;
        while (q < n && words[q] == word) q++;
        r->score[step] = of_ascending_word(~word);
        r->steps.positives[step] = p;
        r->steps.negatives[step++] = q - m;
    }
    r->steps.n_steps = step;
}

/* Positives to the front of words; 1 when a score is NaN. */
static int lay_out(uint64_t *words, ranked *r, const uint8_t *y, const double *score)
{
    int64_t m = 0, at[2];
    int has_nan = 0;
    for (int64_t i = 0; i < r->n; i++) m += y[i] != 0;
    at[0] = m;
    at[1] = 0;
    for (int64_t i = 0; i < r->n; i++) {
        has_nan |= score[i] != score[i];
        words[at[y[i] != 0]++] = ~ascending_word(score[i]);
    }
    r->steps.n_positive = m;
    r->steps.n_negative = r->n - m;
    return has_nan;
}

int ranked_of(ranked *out, const uint8_t *y, const double *score, int64_t n, arena *mem)
{
    *out = (ranked){ .n = n };
    out->score = TAKE(mem, double, n);
    out->steps.positives = TAKE(mem, int64_t, n);
    out->steps.negatives = TAKE(mem, int64_t, n);
    arena_mark mark = arena_here(mem);
    uint64_t *words = TAKE(mem, uint64_t, n);
    int ok = out->score && out->steps.positives && out->steps.negatives && words;
    if (ok) {
        out->steps.has_nan = lay_out(words, out, y, score);
        if (!out->steps.has_nan) {
            int64_t m = out->steps.n_positive;
            uint64_t *spare = (uint64_t *)out->steps.positives; /* not yet in use */
            sort_words(words, spare, m);
            sort_words(words + m, spare, n - m);
            merge_steps(out, words);
        }
    }
    arena_rewind(mem, mark);
    return ok;
}

int64_t ranked_above(const ranked *r, double threshold)
{
    int64_t low = 0, high = r->steps.n_steps;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (r->score[middle] > threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? r->steps.positives[low - 1] + r->steps.negatives[low - 1] : 0;
}
