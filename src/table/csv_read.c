/* The whole file as one table: chunks joined in file order, with levels, counts and fingerprint.
 * Leaves the chunks to csv_each.c.
 * Read csv.h first. */
#include "csv_reader.h"

/* A whole column as it grows. Capacities count items. */
typedef struct whole {
    int64_t valid_capacity, number_capacity, code_capacity, offset_capacity, bytes_capacity;
    csv_words words;   /* until there are too many */
    csv_hashes hashes; /* from then on */
} whole;

/* Behind table.owner. */
typedef struct csv_owner {
    arena keep; /* names, columns, levels */
    whole *columns;
    int32_t n_columns;
} csv_owner;

/* What map leaves for deliver, by slot. */
typedef struct slot_hash {
    uint64_t *rows; /* hash of each row */
    int64_t capacity;
    rows_hash all;
} slot_hash;

typedef struct joining {
    table *t;
    csv_owner *owner;
    const csv_reader *r;
    slot_hash *hashes; /* [n_slots] */
    int32_t *codes;    /* of a chunk's levels in the whole dictionary */
    int64_t codes_capacity;
    int64_t bytes_seen;
} joining;

void table_free(table *t)
{
    csv_owner *o = t->owner;
    if (!o) return;
    for (int32_t i = 0; i < o->n_columns; i++) {
        column *k = &t->columns[i];
        mem_free(k->valid);
        mem_free(k->number);
        mem_free(k->code);
        mem_free(k->offset);
        mem_free(k->bytes);
        csv_words_free(&o->columns[i].words);
        csv_hashes_free(&o->columns[i].hashes);
    }
    arena_free(&o->keep);
    mem_free(o);
    *t = (table){ 0 };
}

/* ---- Fingerprint, on the workers */

static void hash_numbers(uint64_t *sum, const column *k, uint32_t at, int64_t n)
{
    for (int64_t i = 0; i < n; i++) sum[i] += hash_cell_number(at, k->number[i]);
}

/* A level's hash is computed once; level_hash has room for all levels of a chunk's column. */
static void hash_words(uint64_t *sum, const column *k, uint32_t at, int64_t n, uint64_t *level_hash)
{
    uint64_t missing = hash_cell_missing(at);
    for (int32_t i = 0; i < k->n_levels; i++) level_hash[i] = hash_cell_text(at, k->level[i]);
    for (int64_t i = 0; i < n; i++) sum[i] += k->code[i] < 0 ? missing : level_hash[k->code[i]];
}

static void hash_text(uint64_t *sum, const column *k, uint32_t at, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        str s = { k->bytes + k->offset[i], k->offset[i + 1] - k->offset[i] };
        sum[i] += s.n ? hash_cell_text(at, s) : hash_cell_missing(at);
    }
}

static status hash_chunk(void *user, int worker, int slot, const table *chunk, propense_error *err)
{
    joining *j = user;
    slot_hash *h = &j->hashes[slot];
    int64_t n = chunk->n_rows;
    (void)worker;
    /* one half for the sums, one for the hashes of levels: never more of them than rows */
    if (!csv_room(&h->rows, &h->capacity, 2 * n, (int64_t)sizeof *h->rows)) return fail_memory(err);
    memset(h->rows, 0, (size_t)n * sizeof *h->rows);
    for (int32_t i = 0; i < chunk->n_columns; i++) {
        const column *k = &chunk->columns[i];
        if (k->kind == COLUMN_NUMBER) hash_numbers(h->rows, k, (uint32_t)i, n);
        if (k->kind == COLUMN_WORDS) hash_words(h->rows, k, (uint32_t)i, n, h->rows + n);
        if (k->kind == COLUMN_TEXT) hash_text(h->rows, k, (uint32_t)i, n);
    }
    h->all = (rows_hash){ 0 };
    for (int64_t i = 0; i < n; i++) rows_hash_add(&h->all, h->rows[i]);
    return PROPENSE_OK;
}

/* ---- Joining, in file order */

/* Room for `need` items in all; `expected` saves growing step by step. */
static int extend(void *holder, int64_t *capacity, int64_t need, int64_t expected, int64_t size)
{
    if (need <= *capacity) return 1;
    int64_t n = need > expected ? need + need / 2 : expected;
    void *items;
    memcpy(&items, holder, sizeof items);
    void *moved = mem_resize_array(items, n, size);
    if (!moved) return 0;
    memcpy(holder, &moved, sizeof moved);
    *capacity = n;
    return 1;
}

/* Rows the file will have in all, going by its size and what was read so far, and a little more. */
static int64_t expected_rows(const joining *j, int64_t so_far)
{
    if (!j->r->size || !j->bytes_seen) return 0;
    double share = (double)j->r->size / (double)j->bytes_seen;
    return share > 1 ? (int64_t)((double)so_far * share * 1.02) + 64 : so_far;
}

/* The bitmap appears with the first missing value. */
static int join_valid(column *k, whole *w, const column *part, int64_t first, int64_t n,
                      int64_t expected)
{
    if (!k->valid && !part->n_missing) return 1;
    int64_t had = k->valid ? w->valid_capacity : 0;
    if (!extend(&k->valid, &w->valid_capacity, (first + n + 7) / 8, expected / 8 + 1, 1)) return 0;
    memset(k->valid + had, 0xFF, (size_t)(w->valid_capacity - had));
    for (int64_t row = 0; part->n_missing && row < n; row++)
        if (column_is_missing(part, row))
            k->valid[(first + row) >> 3] &= (uint8_t) ~(1u << ((first + row) & 7));
    k->n_missing += part->n_missing;
    return 1;
}

static int join_numbers(column *k, whole *w, const column *part, int64_t first, int64_t n,
                        int64_t expected)
{
    int64_t size = (int64_t)sizeof *k->number;
    if (!extend(&k->number, &w->number_capacity, first + n, expected, size)) return 0;
    memcpy(k->number + first, part->number, (size_t)(n * size));
    return 1;
}

/* From here on only distinct values are counted. */
static int overflow(column *k, whole *w)
{
    if (!csv_hashes_add(&w->hashes, w->words.level, w->words.n)) return 0;
    csv_words_free(&w->words);
    mem_free(k->code);
    k->code = NULL;
    k->overflow = 1;
    return 1;
}

static int join_levels(joining *j, whole *w, const column *part)
{
    int64_t size = (int64_t)sizeof *j->codes;
    if (!csv_room(&j->codes, &j->codes_capacity, part->n_levels, size)) return 0;
    for (int32_t i = 0; i < part->n_levels && w->words.n <= column_level_limit; i++) {
        j->codes[i] = csv_words_code(&w->words, part->level[i], &j->owner->keep);
        if (j->codes[i] < 0) return 0;
        w->words.rows[j->codes[i]] += part->level_rows[i];
    }
    return 1;
}

static int join_words(joining *j, column *k, whole *w, const column *part, int64_t first, int64_t n,
                      int64_t expected)
{
    if (!k->overflow && !join_levels(j, w, part)) return 0;
    if (!k->overflow && w->words.n > column_level_limit && !overflow(k, w)) return 0;
    if (k->overflow) return csv_hashes_add(&w->hashes, part->level, part->n_levels);
    int64_t size = (int64_t)sizeof *k->code;
    if (!extend(&k->code, &w->code_capacity, first + n, expected, size)) return 0;
    for (int64_t i = 0; i < n; i++)
        k->code[first + i] = part->code[i] < 0 ? -1 : j->codes[part->code[i]];
    return 1;
}

static int join_text(column *k, whole *w, const column *part, int64_t first, int64_t n,
                     int64_t expected)
{
    int64_t size = (int64_t)sizeof *k->offset, used = first ? k->offset[first] : 0;
    int64_t more = part->offset[n];
    if (!extend(&k->offset, &w->offset_capacity, first + n + 1, expected + 1, size) ||
        !extend(&k->bytes, &w->bytes_capacity, used + more, 0, 1))
        return 0;
    k->offset[0] = 0;
    for (int64_t i = 1; i <= n; i++) k->offset[first + i] = used + part->offset[i];
    if (more) memcpy(k->bytes + used, part->bytes, (size_t)more);
    return 1;
}

static int join_column(joining *j, int32_t at, const table *chunk, int64_t expected)
{
    column *k = &j->t->columns[at];
    const column *part = &chunk->columns[at];
    whole *w = &j->owner->columns[at];
    int64_t first = j->t->n_rows, n = chunk->n_rows;
    if (!join_valid(k, w, part, first, n, expected)) return 0;
    if (k->kind == COLUMN_NUMBER) return join_numbers(k, w, part, first, n, expected);
    if (k->kind == COLUMN_WORDS) return join_words(j, k, w, part, first, n, expected);
    if (k->kind == COLUMN_TEXT) return join_text(k, w, part, first, n, expected);
    return 1;
}

static status join_chunk(void *user, int slot, const table *chunk, propense_error *err)
{
    joining *j = user;
    const csv_chunk *c = (const csv_chunk *)chunk->owner;
    j->bytes_seen += c->partial;
    int64_t expected = expected_rows(j, j->t->n_rows + chunk->n_rows);
    for (int32_t i = 0; i < chunk->n_columns; i++)
        if (!join_column(j, i, chunk, expected)) return fail_memory(err);
    j->t->n_rows += chunk->n_rows;
    j->t->hash = rows_hash_join(j->t->hash, j->hashes[slot].all);
    return PROPENSE_OK;
}

/* ---- The table */

static status begin_table(joining *j, propense_error *err)
{
    const csv_layout *l = &j->r->layout;
    csv_owner *o = mem_resize(NULL, (int64_t)sizeof *o);
    if (!o) return fail_memory(err);
    *o = (csv_owner){ 0 };
    *j->t = (table){ .owner = o };
    j->owner = o;
    j->t->columns = TAKE(&o->keep, column, l->n_columns);
    o->columns = TAKE(&o->keep, whole, l->n_columns);
    if (!j->t->columns || !o->columns) return fail_memory(err);
    for (int32_t i = 0; i < l->n_columns; i++) {
        column *k = &j->t->columns[i];
        *k = (column){ .name = str_keep(&o->keep, l->names[i]), .kind = l->kinds[i] };
        if (!k->name.p) return fail_memory(err);
    }
    j->t->n_columns = o->n_columns = l->n_columns;
    int64_t n = j->r->n_slots;
    j->hashes = mem_resize_array(NULL, n, (int64_t)sizeof *j->hashes);
    if (!j->hashes) return fail_memory(err);
    memset(j->hashes, 0, (size_t)n * sizeof *j->hashes);
    return PROPENSE_OK;
}

static void end_table(const joining *j)
{
    for (int32_t i = 0; i < j->t->n_columns; i++) {
        column *k = &j->t->columns[i];
        whole *w = &j->owner->columns[i];
        if (k->kind != COLUMN_WORDS) continue;
        k->n_distinct = k->overflow ? w->hashes.n : w->words.n;
        k->n_levels = w->words.n;
        k->level = w->words.level;
        k->level_rows = w->words.rows;
        csv_hashes_free(&w->hashes);
    }
}

status csv_read(csv_reader *r, table *out, const propense_callbacks *cb, propense_error *err)
{
    joining j = { .t = out, .r = r };
    *out = (table){ 0 };
    status code = begin_table(&j, err);
    if (code == PROPENSE_OK) code = csv_each(r, hash_chunk, join_chunk, &j, cb, err);
    if (code == PROPENSE_OK)
        end_table(&j);
    else
        table_free(out);
    for (int i = 0; j.hashes && i < r->n_slots; i++) mem_free(j.hashes[i].rows);
    mem_free(j.hashes);
    mem_free(j.codes);
    return code;
}
