/* A dictionary of distinct values in order of first appearance, and a set of hashes for columns
 * that have too many. */
#ifndef PROPENSE_CSV_WORDS_H
#define PROPENSE_CSV_WORDS_H

#include <string.h>

#include "str.h"

/* One place of the open-addressed table. Values of up to eight bytes are their own key: the last
 * byte the highest, zeros below the first. */
typedef struct csv_place {
    uint64_t key;
    int32_t n;    /* bytes, INT32_MAX for more */
    int32_t code; /* -1: free */
} csv_place;

/* All-zero is empty. Codes count from 0 in order of first appearance. */
typedef struct csv_words {
    csv_place *places;
    int64_t n_places; /* a power of two, at least twice n */
    int shift;        /* 64 - log2(n_places) */
    str *level;       /* [n] */
    int64_t *rows;    /* [n] */
    int64_t level_capacity, rows_capacity;
    int32_t n;
} csv_words;

/* The code of s, added when new (with 0 rows; the bytes are copied into `keep` unless that is NULL:
 * then they must outlive the dictionary's use). -1 on exhaustion. */
int32_t csv_words_code(csv_words *w, str s, arena *keep);

/* Every bit of key and length reaches the highest ones. */
static inline int64_t csv_words_place(const csv_words *w, uint64_t key, int32_t n)
{
    return (int64_t)((key ^ (uint32_t)n) * UINT64_C(0x9E3779B97F4A7C15) >> w->shift);
}
/* The code of one to eight bytes if it is there already, -1 if not. Eight bytes are read. */
static inline int32_t csv_words_short(const csv_words *w, str s)
{
    uint64_t key;
    if (!w->n) return -1;
    memcpy(&key, s.p, sizeof key);
    key <<= 64 - 8 * s.n;
    int64_t at = csv_words_place(w, key, (int32_t)s.n);
    while (w->places[at].code >= 0) {
        if (w->places[at].key == key && w->places[at].n == s.n) return w->places[at].code;
        at = (at + 1) & (w->n_places - 1);
    }
    return -1;
}
/* Empty again, with its memory. */
void csv_words_clear(csv_words *w);
void csv_words_free(csv_words *w);

/* Distinct values by 64-bit hash. All-zero is empty. */
typedef struct csv_hashes {
    uint64_t *places; /* 0: free */
    int64_t n_places, n;
} csv_hashes;
/* 0 on exhaustion. */
int csv_hashes_add(csv_hashes *h, const str *values, int64_t n);
void csv_hashes_free(csv_hashes *h);

#endif
