/* Rows to columns: numbers, words, text.
 * Leaves finding the rows to csv_rows.c, joining chunks to csv_read.c.
 * Read csv_chunk.h first. */
#include "csv_chunk.h"

#include <math.h>

#include "csv_number.h"
#include "num.h"

enum {
    batch_rows = 256,   /* their text and marks stay in the L1 cache for all columns */
    csv_short_text = 16 /* bytes that are copied for a shorter text too; at most csv_pad */
};

/* ---- Fields */

str csv_unquote(csv_chunk *c, str s)
{
    str within = { s.p + 1, s.n - 2 };
    if (s.n >= 2 && s.p[s.n - 1] == '"' && !memchr(within.p, '"', (size_t)within.n)) return within;
    if (!csv_room(&c->scratch, &c->scratch_capacity, s.n, 1)) return (str){ 0 };
    char *to = (char *)c->scratch;
    int64_t i = 1;
    while (i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"'))) {
        *to++ = s.p[i];
        i += s.p[i] == '"' ? 2 : 1;
    }
    for (i++; i < s.n; i++) *to++ = s.p[i]; /* behind the quote that closes: as it stands */
    return (str){ (const char *)c->scratch, to - (char *)c->scratch };
}

int csv_is_missing(const csv_layout *l, str s)
{
    s = str_trim(s);
    if (s.n == 0) return 1;
    for (int32_t i = 0; i < l->n_missing; i++)
        if (str_eq_nocase(s, l->missing[i])) return 1;
    return 0;
}

const char *csv_show(char out[csv_shown], str s)
{
    enum { longest = 60 };
    int64_t n = s.n < longest ? s.n : longest;
    while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    for (int64_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)s.p[i];
        out[i] = b < ' ' || b == 0x7F ? ' ' : (char)b;
    }
    memcpy(out + n, n < s.n ? "..." : "", n < s.n ? 4 : 1);
    return out;
}

/* The table's column that the file's column `at` is. */
static inline column *column_at(csv_chunk *c, const csv_layout *l, int32_t at)
{
    return &c->out.columns[l->order ? l->order[at] : at];
}

/* ---- Columns. Each fills rows [from, to) and returns the first row that it cannot take (`to`
 * without one), or -1 when memory runs out. */

static csv_fields fields_of(const csv_chunk *c, int32_t n_columns, int32_t at)
{
    csv_fields f = { (const char *)c->block.bytes, c->starts, c->marks.ends + at, 1, n_columns };
    if (at) {
        f.before = f.end - 1;
        f.before_step = n_columns;
    }
    return f;
}

static inline void set_missing(column *k, uint8_t *valid, int64_t row)
{
    valid[row >> 3] &= (uint8_t) ~(1u << (row & 7));
    k->n_missing++;
}

/* What is no short number. 1 a number, 0 missing, -1 neither, -2 no memory. */
static int odd_number(csv_chunk *c, const csv_layout *l, str s, double *x)
{
    if (l->decimal == '.' && num_parse(s, x)) return 1;
    if (s.n && s.p[0] == '"') s = csv_unquote(c, s);
    if (!s.p) return -2;
    if (csv_number(str_trim(s), l->decimal, x)) return 1;
    *x = (double)NAN;
    return csv_is_missing(l, s) ? 0 : -1;
}

static int64_t take_numbers(csv_chunk *c, const csv_layout *l, int32_t at, int64_t from, int64_t to)
{
    column *k = column_at(c, l, at);
    double *x = c->stores[at].number;
    csv_fields f = fields_of(c, l->n_columns, at);
    for (int64_t first = from; first < to; first += csv_group) {
        int64_t n = to - first < csv_group ? to - first : csv_group;
        uint64_t odd = l->level->numbers(x + first, &f, first, n, l->decimal);
        for (; odd; odd &= odd - 1) {
            int64_t row = first + __builtin_ctzll(odd);
            int got = odd_number(c, l, csv_field_at(&f, row), &x[row]);
            if (got < 0) return got == -1 ? row : -1;
            if (got == 0) set_missing(k, c->stores[at].valid, row);
        }
    }
    return to;
}

static int64_t take_words(csv_chunk *c, const csv_layout *l, int32_t at, int64_t from, int64_t to)
{
    column *k = column_at(c, l, at);
    csv_store *store = &c->stores[at];
    csv_fields f = fields_of(c, l->n_columns, at);
    for (int64_t row = from; row < to; row++) {
        str s = csv_field_at(&f, row);
        if (s.n >= 1 && s.n <= 8 && s.p[0] != '"') { /* nearly all */
            int32_t known = csv_words_short(&store->words, s);
            if (known >= 0) {
                store->words.rows[known]++;
                store->code[row] = known;
                continue;
            }
        }
        if (s.n && s.p[0] == '"') s = csv_unquote(c, s);
        if (!s.p) return -1;
        store->code[row] = -1;
        if (s.n == 0) {
            set_missing(k, store->valid, row);
            continue;
        }
        int copied = s.p == (const char *)c->scratch;
        int32_t code = csv_words_code(&store->words, s, copied ? &c->words : NULL);
        if (code < 0) return -1;
        store->words.rows[code]++;
        store->code[row] = code;
    }
    return to;
}

static int64_t take_text(csv_chunk *c, const csv_layout *l, int32_t at, int64_t from, int64_t to)
{
    column *k = column_at(c, l, at);
    csv_store *store = &c->stores[at];
    csv_fields f = fields_of(c, l->n_columns, at);
    int64_t used = store->offset[from];
    for (int64_t row = from; row < to; row++) {
        str s = csv_field_at(&f, row);
        if (s.n && s.p[0] == '"') s = csv_unquote(c, s);
        if (!s.p) return -1;
        if (s.n == 0) set_missing(k, store->valid, row);
        if (s.n <= csv_short_text && s.p != (const char *)c->scratch) /* nearly all */
            memcpy(store->bytes + used, s.p, csv_short_text);
        else
            memcpy(store->bytes + used, s.p, (size_t)s.n);
        used += s.n;
        store->offset[row + 1] = used;
    }
    return to;
}

/* ---- Chunks */

static int open_column(csv_chunk *c, const csv_layout *l, int32_t at)
{
    csv_store *s = &c->stores[at];
    int64_t n = c->n_rows, n_valid = n / 8 + 1;
    *column_at(c, l, at) = (column){ .name = l->names[at], .kind = l->kinds[at] };
    if (l->kinds[at] == COLUMN_SKIPPED) return 1;
    if (!csv_room(&s->valid, &s->valid_capacity, n_valid, 1)) return 0;
    memset(s->valid, 0xFF, (size_t)n_valid);
    if (l->kinds[at] == COLUMN_NUMBER)
        return csv_room(&s->number, &s->number_capacity, n + csv_lanes, (int64_t)sizeof *s->number);
    if (l->kinds[at] == COLUMN_WORDS) {
        csv_words_clear(&s->words);
        return csv_room(&s->code, &s->code_capacity, n, (int64_t)sizeof *s->code);
    }
    if (!csv_room(&s->offset, &s->offset_capacity, n + 1, (int64_t)sizeof *s->offset)) return 0;
    s->offset[0] = 0;
    return csv_room(&s->bytes, &s->bytes_capacity, c->block.n + csv_short_text, 1);
}

static int open_columns(csv_chunk *c, const csv_layout *l)
{
    int64_t n = l->n_columns;
    if (!c->out.columns) {
        void *columns = mem_resize_array(NULL, n, (int64_t)sizeof(column));
        void *stores = columns ? mem_resize_array(NULL, n, (int64_t)sizeof(csv_store)) : NULL;
        if (!stores) {
            mem_free(columns);
            return 0;
        }
        memset(stores, 0, (size_t)n * sizeof(csv_store));
        c->out.columns = columns;
        c->stores = stores;
    }
    arena_free(&c->words);
    c->out.owner = c; /* for csv_read.c; nobody frees a chunk's table */
    c->out.n_columns = l->n_columns;
    c->out.n_rows = c->n_rows;
    for (int32_t at = 0; at < l->n_columns; at++)
        if (!open_column(c, l, at)) return 0;
    return 1;
}

static void close_columns(csv_chunk *c, const csv_layout *l)
{
    for (int32_t at = 0; at < l->n_columns; at++) {
        column *k = column_at(c, l, at);
        csv_store *s = &c->stores[at];
        if (k->n_missing) k->valid = s->valid;
        if (k->kind == COLUMN_NUMBER) k->number = s->number;
        if (k->kind == COLUMN_TEXT) k->offset = s->offset, k->bytes = s->bytes;
        if (k->kind != COLUMN_WORDS) continue;
        k->code = s->code;
        k->n_levels = s->words.n;
        k->level = s->words.level;
        k->level_rows = s->words.rows;
        k->n_distinct = s->words.n;
    }
}

typedef struct refusal {
    int64_t row; /* -1: memory ran out */
    int32_t column;
} refusal;

/* The first row, in file order, that a column cannot take; n_rows without one. */
static refusal fill_columns(csv_chunk *c, const csv_layout *l)
{
    refusal bad = { c->n_rows, 0 };
    for (int64_t from = 0; from < bad.row; from += batch_rows) {
        int64_t to = from + batch_rows < bad.row ? from + batch_rows : bad.row;
        for (int32_t at = 0; at < l->n_columns; at++) {
            int64_t good = to;
            if (l->kinds[at] == COLUMN_NUMBER) good = take_numbers(c, l, at, from, to);
            if (l->kinds[at] == COLUMN_WORDS) good = take_words(c, l, at, from, to);
            if (l->kinds[at] == COLUMN_TEXT) good = take_text(c, l, at, from, to);
            if (good < 0) return (refusal){ -1, 0 };
            if (good == to) continue;
            bad = (refusal){ good, at };
            to = good; /* only rows in front of it can be refused first */
        }
    }
    return bad;
}

/* It would be one with the other decimal sign. */
static status other_sign(const csv_layout *l, int64_t line, int32_t at, const char *name,
                         const char *met, propense_error *err)
{
    if (l->decimal == '.')
        return fail_at(err, PROPENSE_E_PARSE, line, at + 1,
                       "%s, line %lld, column %d '%s': met '%s', a number with a decimal comma, "
                       "but the file is read with a decimal point; try --decimal comma",
                       l->file, (long long)line, (int)at + 1, name, met);
    return fail_at(err, PROPENSE_E_PARSE, line, at + 1,
                   "%s, line %lld, column %d '%s': met '%s', a number with a decimal point, but "
                   "the file is read with a decimal comma; try --decimal point",
                   l->file, (long long)line, (int)at + 1, name, met);
}

int csv_is_number(csv_chunk *c, const csv_layout *l, int64_t row, int32_t at)
{
    double x;
    return odd_number(c, l, csv_field(c, l->n_columns, row, at), &x) >= 0;
}

status csv_not_a_number(csv_chunk *c, const csv_layout *l, int64_t row, int32_t at,
                        propense_error *err)
{
    char met[csv_shown], name[csv_shown];
    str s = csv_field(c, l->n_columns, row, at), title = l->names[at];
    int64_t line = csv_chunk_line(c, (int64_t)(uint32_t)(c->starts[row] + 1));
    if (s.n && s.p[0] == '"') s = csv_unquote(c, s);
    if (!s.p) return fail_memory(err);
    if (csv_number_signs(str_trim(s)))
        return other_sign(l, line, at, csv_show(name, title), csv_show(met, str_trim(s)), err);
    if (l->types_are_fixed)
        return fail_at(err, PROPENSE_E_PARSE, line, at + 1,
                       "%s, line %lld, column %d '%s': met '%s', expected a number as in training",
                       l->file, (long long)line, at + 1, csv_show(name, title),
                       csv_show(met, str_trim(s)));
    int plain = !memchr(title.p, ' ', (size_t)title.n) && !memchr(title.p, ',', (size_t)title.n);
    return fail_at(err, PROPENSE_E_PARSE, line, at + 1,
                   "%s, line %lld, column %d '%s': met '%s', expected a number; --types "
                   "%s%s=categorical%s reads the column as words",
                   l->file, (long long)line, at + 1, csv_show(name, title),
                   csv_show(met, str_trim(s)), plain ? "" : "'", name, plain ? "" : "'");
}

status csv_chunk_columns(csv_chunk *c, const csv_layout *l, propense_error *err)
{
    if (!open_columns(c, l)) return fail_memory(err);
    refusal bad = fill_columns(c, l);
    status code = PROPENSE_OK;
    if (bad.row >= 0 && bad.row < c->n_rows) {
        code = csv_not_a_number(c, l, bad.row, bad.column, err);
        c->n_rows = bad.row;
        /* again without it: counts and levels are those of the rows in front */
        if (!open_columns(c, l)) return fail_memory(err);
        bad = fill_columns(c, l);
    }
    if (bad.row < 0) return fail_memory(err);
    close_columns(c, l);
    return code;
}

void csv_chunk_free(csv_chunk *c, int32_t n_columns)
{
    for (int32_t at = 0; c->stores && at < n_columns; at++) {
        csv_store *s = &c->stores[at];
        mem_free(s->valid);
        mem_free(s->number);
        mem_free(s->code);
        mem_free(s->offset);
        mem_free(s->bytes);
        csv_words_free(&s->words);
    }
    mem_free(c->stores);
    mem_free(c->out.columns);
    mem_free(c->block.bytes);
    mem_free(c->marks.ends);
    mem_free(c->marks.records);
    mem_free(c->starts);
    mem_free(c->scratch);
    arena_free(&c->words);
    *c = (csv_chunk){ 0 };
}
