/* Dictionaries of words, and sets of hashes.
 * Leaves counting rows to the callers.
 * Read csv_words.h first. */
#include "csv_words.h"

#include "hash.h"

enum { first_places = 64 };

/* At most eight bytes as a number, without reading behind them. */
static inline uint64_t short_key(str s)
{
    uint64_t key = 0;
    for (int64_t i = 0; i < s.n; i++)
        key |= (uint64_t)(unsigned char)s.p[i] << (64 - 8 * (s.n - i));
    return key;
}

static inline csv_place place_of(str s)
{
    csv_place p = { 0, s.n > INT32_MAX ? INT32_MAX : (int32_t)s.n, -1 };
    p.key = s.n <= 8 ? short_key(s) : hash_bytes(s.p, s.n, 0);
    return p;
}

static void put(csv_words *w, csv_place p)
{
    int64_t at = csv_words_place(w, p.key, p.n);
    while (w->places[at].code >= 0) at = (at + 1) & (w->n_places - 1);
    w->places[at] = p;
}

static int grow(csv_words *w)
{
    csv_words bigger = *w;
    bigger.n_places = w->n_places ? w->n_places * 4 : first_places;
    bigger.shift = 64 - __builtin_ctzll((uint64_t)bigger.n_places);
    bigger.places = mem_resize_array(NULL, bigger.n_places, (int64_t)sizeof(csv_place));
    if (!bigger.places) return 0;
    memset(bigger.places, 0xFF, (size_t)bigger.n_places * sizeof(csv_place));
    for (int64_t i = 0; i < w->n_places; i++)
        if (w->places[i].code >= 0) put(&bigger, w->places[i]);
    mem_free(w->places);
    *w = bigger;
    return 1;
}

static int32_t add(csv_words *w, csv_place p, str s, arena *keep)
{
    int full = 2 * ((int64_t)w->n + 1) > w->n_places;
    if (w->n == INT32_MAX || (full && !grow(w))) return -1;
    void *level = w->level, *rows = w->rows;
    int fits = mem_reserve(&level, &w->level_capacity, w->n + 1, (int64_t)sizeof(str));
    w->level = level;
    fits = fits && mem_reserve(&rows, &w->rows_capacity, w->n + 1, (int64_t)sizeof(int64_t));
    w->rows = rows;
    if (fits && keep) s = str_keep(keep, s);
    if (!fits || !s.p) return -1;
    p.code = w->n++;
    w->level[p.code] = s;
    w->rows[p.code] = 0;
    put(w, p);
    return p.code;
}

int32_t csv_words_code(csv_words *w, str s, arena *keep)
{
    csv_place p = place_of(s);
    if (w->n_places)
        for (int64_t at = csv_words_place(w, p.key, p.n); w->places[at].code >= 0;
             at = (at + 1) & (w->n_places - 1)) {
            const csv_place *there = &w->places[at];
            if (there->key == p.key && there->n == p.n &&
                (s.n <= 8 || str_eq(w->level[there->code], s)))
                return there->code;
        }
    return add(w, p, s, keep);
}

void csv_words_clear(csv_words *w)
{
    if (w->n) memset(w->places, 0xFF, (size_t)w->n_places * sizeof(csv_place));
    w->n = 0;
}

void csv_words_free(csv_words *w)
{
    mem_free(w->places);
    mem_free(w->level);
    mem_free(w->rows);
    *w = (csv_words){ 0 };
}

static void put_hash(csv_hashes *h, uint64_t x)
{
    int64_t at = (int64_t)(x & (uint64_t)(h->n_places - 1));
    while (h->places[at] && h->places[at] != x) at = (at + 1) & (h->n_places - 1);
    h->n += h->places[at] == 0;
    h->places[at] = x;
}

static int hash_room(csv_hashes *h, int64_t n)
{
    csv_hashes bigger = { NULL, h->n_places ? h->n_places : first_places, 0 };
    while (bigger.n_places < 2 * n) {
        if (bigger.n_places > INT64_MAX / 4) return 0;
        bigger.n_places *= 2;
    }
    if (bigger.n_places == h->n_places) return 1;
    bigger.places = mem_resize_array(NULL, bigger.n_places, (int64_t)sizeof(uint64_t));
    if (!bigger.places) return 0;
    memset(bigger.places, 0, (size_t)bigger.n_places * sizeof(uint64_t));
    for (int64_t i = 0; i < h->n_places; i++)
        if (h->places[i]) put_hash(&bigger, h->places[i]);
    mem_free(h->places);
    *h = bigger;
    return 1;
}

int csv_hashes_add(csv_hashes *h, const str *values, int64_t n)
{
    enum { ahead = 16 }; /* the table is far larger than a cache: places are fetched early */
    uint64_t next[ahead];
    if (!hash_room(h, h->n + n)) return 0;
    for (int64_t first = 0; first < n; first += ahead) {
        int64_t count = n - first < ahead ? n - first : ahead;
        for (int64_t i = 0; i < count; i++) {
            uint64_t x = hash_bytes(values[first + i].p, values[first + i].n, 0);
            next[i] = x ? x : 1;
            __builtin_prefetch(&h->places[next[i] & (uint64_t)(h->n_places - 1)], 1);
        }
        for (int64_t i = 0; i < count; i++) put_hash(h, next[i]);
    }
    return 1;
}

void csv_hashes_free(csv_hashes *h)
{
    mem_free(h->places);
    *h = (csv_hashes){ 0 };
}
