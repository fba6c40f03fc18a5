/* Tables by hand: columns from arrays of texts, as the CSV reader would make them. Test use only.
 */
#ifndef PROPENSE_HAND_TABLE_H
#define PROPENSE_HAND_TABLE_H

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "table.h"

typedef struct hand_table {
    arena mem;
    table t;
} hand_table;

static inline hand_table hand_table_new(int32_t n_columns, int64_t n_rows)
{
    hand_table h = { 0 };
    h.t.n_rows = n_rows;
    h.t.columns = TAKE(&h.mem, column, n_columns);
    return h;
}

static inline void hand_table_free(hand_table *h)
{
    arena_free(&h->mem);
}

static inline column *hand_add(hand_table *h, const char *name, column_kind kind)
{
    column *c = &h->t.columns[h->t.n_columns++];
    c->name = str_keep(&h->mem, str_of(name));
    c->kind = kind;
    return c;
}

static inline void hand_missing(hand_table *h, column *c, int64_t row)
{
    if (!c->valid) {
        int64_t bytes = (h->t.n_rows + 7) / 8;
        c->valid = TAKE(&h->mem, uint8_t, bytes);
        memset(c->valid, 255, (size_t)bytes);
    }
    c->valid[row >> 3] &= (uint8_t) ~(1u << (row & 7));
    c->n_missing++;
}

/* NaN is missing. */
static inline void hand_numbers(hand_table *h, const char *name, const double *x)
{
    column *c = hand_add(h, name, COLUMN_NUMBER);
    c->number = TAKE(&h->mem, double, h->t.n_rows);
    for (int64_t i = 0; i < h->t.n_rows; i++) {
        c->number[i] = x[i];
        if (isnan(x[i])) hand_missing(h, c, i);
    }
}

/* "" is missing. */
static inline void hand_words(hand_table *h, const char *name, const char *const *words)
{
    column *c = hand_add(h, name, COLUMN_WORDS);
    c->code = TAKE(&h->mem, int32_t, h->t.n_rows);
    c->level = TAKE(&h->mem, str, h->t.n_rows);
    c->level_rows = TAKE(&h->mem, int64_t, h->t.n_rows);
    for (int64_t i = 0; i < h->t.n_rows; i++) {
        int32_t k = 0;
        c->code[i] = -1;
        if (!words[i][0]) {
            hand_missing(h, c, i);
            continue;
        }
        while (k < c->n_levels && !str_eq(c->level[k], str_of(words[i]))) k++;
        if (k == c->n_levels) c->level[c->n_levels++] = str_keep(&h->mem, str_of(words[i]));
        c->code[i] = k;
        c->level_rows[k]++;
    }
    c->n_distinct = c->n_levels;
}

#endif
