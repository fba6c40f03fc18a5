/* Lines of scores with bounds, deciles, segments, what made a row hard, and columns carried over.
 * Leaves the plain line to score_lines.c and what is believed to calibrator.c.
 * Read score_columns.h first. */
#include "score_columns.h"

#include <math.h>

#include "csv.h"
#include "names.h"
#include "num.h"
#include "pipeline_options.h"
#include "verdict.h"

enum { WIDE_ID, WIDE_PROBABILITY, WIDE_LOWER, WIDE_UPPER, WIDE_DECILE, WIDE_SEGMENT, WIDE_WHY };
static const char *const column_names[] = { "id",     "probability", "lower", "upper",
                                            "decile", "segment",     "why" };
enum { n_names = sizeof column_names / sizeof *column_names };

/* ---- What is asked for */

static int name_of(str word)
{
    for (int i = 0; i < n_names; i++)
        if (str_eq(word, str_of(column_names[i]))) return i;
    return -1;
}

static status take_columns(score_columns *out, const char *list, arena *tmp, propense_error *err)
{
    str *words;
    int32_t n;
    TRY(words_of_option(&words, &n, *list ? list : "id,probability", tmp, err));
    if (n > score_most_columns)
        return fail(err, PROPENSE_E_ARG, "--columns: met %d columns, expected at most %d", (int)n,
                    (int)score_most_columns);
    for (int32_t i = 0; i < n; i++) {
        out->which[i] = name_of(words[i]);
        if (out->which[i] < 0)
            return fail(err, PROPENSE_E_ARG,
                        "--columns: met '%.*s', expected some of id, probability, lower, upper, "
                        "decile, segment, why",
                        STR_ARG(words[i]));
    }
    out->n = (int)n;
    return PROPENSE_OK;
}

static status keep_column(score_columns *out, str word, const str *names, column_kind *kinds,
                          int32_t n, const char *file, propense_error *err)
{
    for (int32_t i = 0; i < n; i++) {
        if (!str_eq(names[i], word)) continue;
        if (kinds[i] == COLUMN_SKIPPED) kinds[i] = COLUMN_TEXT;
        out->kept[out->n_kept++] = i;
        return PROPENSE_OK;
    }
    text quoted = { 0 };
    name_quote_nearest(&quoted, word, names, n, error_language(err));
    status code =
        quoted.bad ? fail_memory(err)
                   : fail(err, PROPENSE_E_ARG, "%s: --keep: there is no column %s", file, quoted.p);
    text_free(&quoted);
    return code;
}

static status take_kept(score_columns *out, const char *list, const str *names, column_kind *kinds,
                        int32_t n, const char *file, arena *tmp, propense_error *err)
{
    str *words;
    int32_t n_words;
    TRY(words_of_option(&words, &n_words, list, tmp, err));
    if (n_words > score_most_kept)
        return fail(err, PROPENSE_E_ARG, "--keep: met %d columns, expected at most %d",
                    (int)n_words, (int)score_most_kept);
    for (int32_t i = 0; i < n_words; i++)
        TRY(keep_column(out, words[i], names, kinds, n, file, err));
    return PROPENSE_OK;
}

status score_columns_plan(score_columns *out, const options *o, const str *names,
                          column_kind *kinds, int32_t n, const char *file, propense_error *err)
{
    const char *columns = option_text(o, OPT_columns), *keep = option_text(o, OPT_keep);
    arena tmp = { 0 };
    *out = (score_columns){ 0 };
    if (!*columns && !*keep) return PROPENSE_OK;
    status code = take_columns(out, columns, &tmp, err);
    if (code == PROPENSE_OK) code = take_kept(out, keep, names, kinds, n, file, &tmp, err);
    arena_free(&tmp);
    return code;
}

/* ---- What made a row hard */

/* known[c][code]: 1 where the encoder's column c knows the chunk's level; NULL for numbers. */
static int knows(const encoder_column *e, str level)
{
    int32_t low = 0, high = e->n_levels;
    while (low < high) {
        int32_t half = low + (high - low) / 2;
        int order = str_order(e->level[half], level);
        if (order == 0) return 1;
        if (order < 0)
            low = half + 1;
        else
            high = half;
    }
    return 0;
}

static status known_levels(uint8_t ***out, const score_wide_rows *r, arena *tmp,
                           propense_error *err)
{
    uint8_t **known = TAKE(tmp, uint8_t *, r->e->n_columns);
    if (!known) return fail_memory(err);
    for (int32_t c = 0; c < r->e->n_columns; c++) {
        const encoder_column *e = &r->e->columns[c];
        const column *k = &r->chunk->columns[r->at[c]];
        if (e->is_number || k->kind != COLUMN_WORDS) continue;
        known[c] = TAKE(tmp, uint8_t, k->n_levels);
        if (!known[c]) return fail_memory(err);
        for (int32_t i = 0; i < k->n_levels; i++) known[c][i] = (uint8_t)knows(e, k->level[i]);
    }
    *out = known;
    return PROPENSE_OK;
}

/* Beyond the percentiles 0.1 and 99.9 of the training file. */
static int out_of_range(const model *m, const encoder_column *e, double x)
{
    if (e->schema_column < 0 || e->schema_column >= m->schema.n_columns) return 0;
    const schema_column *s = &m->schema.columns[e->schema_column];
    return x < s->low || x > s->high;
}

static const char *hard_cell(const score_wide_rows *r, int32_t c, const uint8_t *known, int64_t row)
{
    const encoder_column *e = &r->e->columns[c];
    const column *k = &r->chunk->columns[r->at[c]];
    if (column_is_missing(k, row)) return "missing";
    if (e->is_number) return out_of_range(r->m, e, k->number[row]) ? "out of range" : NULL;
    if (!known || k->code[row] < 0) return "missing";
    return known[k->code[row]] || e->other_input >= 0 ? NULL : "unseen level";
}

static void put_why(text *t, const score_wide_rows *r, uint8_t *const *known, int64_t row)
{
    text why = { 0 };
    for (int32_t c = 0; c < r->e->n_columns; c++) {
        const char *word = hard_cell(r, c, known[c], row);
        if (!word) continue;
        text_f(&why, "%s%s: %.*s", why.n ? "; " : "", word, STR_ARG(r->e->columns[c].name));
    }
    t->bad |= why.bad;
    if (why.n) csv_write_field(t, text_view(&why), ',');
    text_free(&why);
}

/* ---- Lines */

static void put_float(text *t, double x)
{
    char number[num_buffer];
    if (isnan(x)) return;
    text_add(t, number, num_repr_float(number, (float)x));
}

/* The model's own tenths in words; a file's own segments are the plan's. */
static const char *segment_name(int32_t decile)
{
    static const char *const names[] = { "",       "very high", "high", "high", "medium", "medium",
                                         "medium", "low",       "low",  "low",  "low" };
    return names[decile];
}

static void put_id(text *t, const score_wide_rows *r, int64_t row)
{
    const column *c = r->id >= 0 ? &r->chunk->columns[r->id] : NULL;
    if (c)
        csv_write_field(t, (str){ c->bytes + c->offset[row], c->offset[row + 1] - c->offset[row] },
                        ',');
    else
        text_f(t, "%lld", (long long)(r->chunk->first_row + row + 1));
}

static void put_kept(text *t, const column *k, int64_t row)
{
    char number[num_buffer];
    if (k->kind == COLUMN_TEXT) {
        csv_write_field(t, (str){ k->bytes + k->offset[row], k->offset[row + 1] - k->offset[row] },
                        ',');
    } else if (k->kind == COLUMN_WORDS) {
        if (k->code[row] >= 0) csv_write_field(t, k->level[k->code[row]], ',');
    } else if (!column_is_missing(k, row)) {
        int64_t n = num_repr(number, k->number[row]);
        if (n > 2 && number[n - 1] == '0' && number[n - 2] == '.') n -= 2;
        text_add(t, number, n);
    }
}

static void put_value(text *t, int which, const believed *b, const score_wide_rows *r,
                      uint8_t *const *known, int64_t row)
{
    switch (which) {
    case WIDE_ID:
        put_id(t, r, row);
        break;
    case WIDE_PROBABILITY:
        put_float(t, b->probability);
        break;
    case WIDE_LOWER:
        put_float(t, b->lower);
        break;
    case WIDE_UPPER:
        put_float(t, b->upper);
        break;
    case WIDE_DECILE:
        if (b->decile) text_f(t, "%d", (int)b->decile);
        break;
    case WIDE_SEGMENT:
        text_z(t, segment_name(b->decile));
        break;
    default:
        put_why(t, r, known, row);
    }
}

void score_wide_header(text *t, const score_columns *c, const str *names, int32_t id)
{
    for (int i = 0; i < c->n; i++) {
        if (i) text_char(t, ',');
        if (c->which[i] == WIDE_ID && id >= 0)
            csv_write_field(t, names[id], ',');
        else
            text_z(t, c->which[i] == WIDE_ID ? "row" : column_names[c->which[i]]);
    }
    for (int i = 0; i < c->n_kept; i++) {
        text_char(t, ',');
        csv_write_field(t, names[c->kept[i]], ',');
    }
    text_char(t, '\n');
}

status score_wide_lines(text *t, const score_columns *c, const score_wide_rows *r, arena *tmp,
                        propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    uint8_t **known = NULL;
    TRY(known_levels(&known, r, tmp, err));
    for (int64_t i = 0; i < r->n; i++) {
        believed b = model_believe(r->m, (double)r->logit[i]);
        int64_t row = r->first + i;
        for (int k = 0; k < c->n; k++) {
            if (k) text_char(t, ',');
            put_value(t, c->which[k], &b, r, known, row);
        }
        for (int k = 0; k < c->n_kept; k++) {
            text_char(t, ',');
            put_kept(t, &r->chunk->columns[c->kept[k]], row);
        }
        text_char(t, '\n');
    }
    arena_rewind(tmp, mark);
    return t->bad ? fail_memory(err) : PROPENSE_OK;
}
