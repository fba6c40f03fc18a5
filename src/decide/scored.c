/* Reading a file of customers: finding its columns, checking every value, setting up the campaign.
 * Leaves repeated and suppressed ids to scored_select.c, the model's part to scored_predict.c.
 * Read scored.h first. */
#include "scored.h"

#include <math.h>

#include "names.h"
#include "num.h"
#include "outcomes.h"
#include "plan_groups.h"
#include "problems.h"
#include "score.h"
#include "table_options.h"
#include "words.h"

/* ---- Columns */

static const char score_names[] =
    "probability probabilidad score scores p prob proba puntuacion prediction prediccion";

static status no_column(str wanted, option_id option, const str *names, int32_t n, const char *file,
                        propense_error *err)
{
    text quoted = { 0 };
    name_quote_nearest(&quoted, wanted, names, n, error_language(err));
    status code = quoted.bad ? fail_memory(err)
                             : fail(err, PROPENSE_E_ARG, "%s: --%s: there is no column %s", file,
                                    option_table[option].name, quoted.p);
    text_free(&quoted);
    return code;
}

/* The column that an option names: -1 when it names none. */
static status asked_column(int32_t *out, str wanted, option_id option, const str *names, int32_t n,
                           const char *file, propense_error *err)
{
    *out = -1;
    if (!wanted.n) return PROPENSE_OK;
    for (int32_t i = 0; i < n; i++)
        if (str_eq(names[i], wanted)) return *out = i, PROPENSE_OK;
    return no_column(wanted, option, names, n, file, err);
}

/* The best known name wins; of two columns with one, the first. */
static int32_t score_column(const str *names, int32_t n)
{
    int32_t found = -1;
    int best = 1000, which;
    for (int32_t i = 0; i < n; i++) {
        plain_name plain = name_plain(names[i]);
        if (name_among(&plain, score_names, &which) && which < best) best = which, found = i;
    }
    return found;
}

static status find_score(scored *s, const plan_options *po, const str *names, int32_t n,
                         propense_error *err)
{
    TRY(asked_column(&s->at_score, po->score_column, OPT_score_column, names, n, s->name, err));
    if (s->at_score < 0) s->at_score = score_column(names, n);
    if (s->at_score >= 0) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "%s: no column 'probability' or 'score'; --score_column NAME says which one holds "
                "the scores, and propense plan MODEL.keras DATA.csv scores a file itself",
                s->name);
}

/* Asked for, the model's, one with the name of an id, or the first column of a score file. */
static status find_id(scored *s, const model *m, const plan_options *po, const str *names,
                      int32_t n, propense_error *err)
{
    s->at_id = -1;
    if (str_eq(po->id, STR("none"))) return PROPENSE_OK;
    if (po->id.n) return asked_column(&s->at_id, po->id, OPT_id, names, n, s->name, err);
    if (m && m->schema.id >= 0)
        for (int32_t i = 0; i < n; i++)
            if (str_eq(names[i], m->schema.columns[m->schema.id].name)) s->at_id = i;
    for (int32_t i = 0; i < n && s->at_id < 0; i++)
        if (name_is_id(names[i])) s->at_id = i;
    if (!m && s->at_id < 0 && s->at_score != 0) s->at_id = 0;
    return PROPENSE_OK;
}

static status kind_for_model(column_kind *kinds, const model *m, const str *names, int32_t n,
                             const char *file, propense_error *err)
{
    arena tmp = { 0 };
    const encoder *e = &m->encoder;
    int32_t *at = TAKE(&tmp, int32_t, e->n_columns);
    status code = at ? encoder_find(at, e, names, n, file, err) : fail_memory(err);
    for (int32_t i = 0; code == PROPENSE_OK && i < e->n_columns; i++)
        kinds[at[i]] = e->columns[i].is_number ? COLUMN_NUMBER : COLUMN_WORDS;
    arena_free(&tmp);
    return code;
}

/* What --drop left out of the training is not read here either, unless plan_groups.h asks for it:
 * then the fingerprint of a training file is that of the training. */
static void skip_dropped(column_kind *kinds, const model *m, const str *names, int32_t n)
{
    for (int32_t c = 0; c < m->schema.n_columns; c++) {
        const schema_column *one = &m->schema.columns[c];
        if (one->type != TYPE_UNREAD || plan_groups_want(one->name)) continue;
        for (int32_t i = 0; i < n; i++)
            if (str_eq(names[i], one->name)) kinds[i] = COLUMN_SKIPPED;
    }
}

static status find_columns(scored *s, csv_reader *r, const model *m, const plan_options *po,
                           propense_error *err)
{
    int32_t n = csv_n_columns(r);
    str *names = TAKE(&s->mem, str, n);
    column_kind *kinds = TAKE(&s->mem, column_kind, n);
    if (!names || !kinds) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        names[i] = csv_columns(r)[i].name;
        kinds[i] = csv_columns(r)[i].guess;
    }
    s->at_score = -1;
    if (!m) TRY(find_score(s, po, names, n, err));
    TRY(find_id(s, m, po, names, n, err));
    TRY(asked_column(&s->at_value, po->value_column, OPT_value_column, names, n, s->name, err));
    TRY(asked_column(&s->at_cost, po->cost_column, OPT_cost_column, names, n, s->name, err));
    TRY(asked_column(&s->at_group, po->segment_by, OPT_segment_by, names, n, s->name, err));
    if (m) skip_dropped(kinds, m, names, n);
    if (m) TRY(kind_for_model(kinds, m, names, n, s->name, err));
    const int32_t numbers[] = { s->at_score, s->at_value, s->at_cost };
    for (int i = 0; i < 3; i++)
        if (numbers[i] >= 0) kinds[numbers[i]] = COLUMN_NUMBER;
    if (s->at_group >= 0 && kinds[s->at_group] != COLUMN_TEXT) kinds[s->at_group] = COLUMN_WORDS;
    if (s->at_id >= 0) kinds[s->at_id] = COLUMN_TEXT;
    csv_plan(r, kinds);
    return PROPENSE_OK;
}

/* ---- Values */

static void bad_value(problems *list, const scored *s, int32_t at, int64_t row,
                      const char *expected)
{
    propense_error *err = problem_next(list);
    if (!err) return;
    char number[num_buffer];
    const column *k = &s->t.columns[at];
    propense_language l = error_language(err);
    (void)num_repr(number, k->number[row]);
    (void)fail_at(err, PROPENSE_E_PARSE, row + 1, at + 1,
                  "%s, row %lld, column '%.*s': met %s, expected %s", s->name, (long long)row + 1,
                  STR_ARG(k->name), isnan(k->number[row]) ? tr(l, "no value") : number,
                  tr(l, expected));
    problem_told(list);
}

static void no_id(problems *list, const scored *s, int64_t row)
{
    propense_error *err = problem_next(list);
    if (!err) return;
    (void)fail_at(err, PROPENSE_E_PARSE, row + 1, s->at_id + 1,
                  "%s, row %lld: no id in column '%.*s'; without one the customer can "
                  "neither be contacted nor be kept from it",
                  s->name, (long long)row + 1, STR_ARG(s->t.columns[s->at_id].name));
    problem_told(list);
}

/* A column of numbers that a plan reckons with. */
typedef struct amount_column {
    int32_t at; /* -1: there is none */
    double low, high;
    const char *expected;
} amount_column;
enum { n_amounts = 3 };

static int is_in_range(const amount_column *a, double x)
{
    return x >= a->low && x <= a->high;
}

static int amounts_are_fine(const scored *s, const amount_column *of)
{
    for (int k = 0; k < n_amounts; k++) {
        const double *x = of[k].at < 0 ? NULL : s->t.columns[of[k].at].number;
        for (int64_t i = 0; x && i < s->c.n; i++)
            if (!is_in_range(&of[k], x[i])) return 0;
    }
    return 1;
}

/* All that is wrong is told at once, row by row. */
static status check_values(const scored *s, const propense_callbacks *cb, propense_error *err)
{
    const amount_column of[n_amounts] = {
        { s->at_score, 0, 1, N_("a probability from 0 to 1") },
        { s->at_value, -MONEY_MOST, MONEY_MOST, N_("an amount") },
        { s->at_cost, 0, COST_MOST, N_("a cost, 0 or more") },
    };
    const campaign *c = &s->c;
    problems list = problems_of(cb, err);
    int fine = amounts_are_fine(s, of);
    for (int64_t i = 0; i < c->n && !(fine && s->at_id < 0); i++) {
        if (s->at_id >= 0 && c->id_offset[i] == c->id_offset[i + 1]) no_id(&list, s, i);
        for (int k = 0; k < n_amounts && !fine; k++)
            if (of[k].at >= 0 && !is_in_range(&of[k], s->t.columns[of[k].at].number[i]))
                bad_value(&list, s, of[k].at, i, of[k].expected);
    }
    return problems_end(&list);
}

/* The row's number stands for the id that the file does not have. */
static status number_rows(scored *s, propense_error *err)
{
    int64_t n = s->t.n_rows;
    int64_t *offset = TAKE(&s->mem, int64_t, n + 1);
    char *bytes = TAKE(&s->mem, char, 10 * n); /* row numbers are below 2^31 */
    if (!offset || !bytes) return fail_memory(err);
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        char digits[10];
        int k = 0;
        for (int64_t x = i + 1; x; x /= 10) digits[k++] = (char)('0' + x % 10);
        offset[i] = at;
        while (k) bytes[at++] = digits[--k];
    }
    offset[n] = at;
    s->c.id_offset = offset;
    s->c.id_bytes = bytes;
    return PROPENSE_OK;
}

static status take_costs(scored *s, propense_error *err)
{
    if (s->at_cost < 0) return PROPENSE_OK;
    const double *x = s->t.columns[s->at_cost].number;
    int64_t *cost = TAKE(&s->mem, int64_t, s->t.n_rows);
    if (!cost) return fail_memory(err);
    for (int64_t i = 0; i < s->t.n_rows; i++) cost[i] = money_of(x[i]);
    s->c.cost = cost;
    return PROPENSE_OK;
}

static status take_groups(scored *s, propense_error *err)
{
    if (s->at_group < 0) return PROPENSE_OK;
    const column *k = &s->t.columns[s->at_group];
    if (k->overflow)
        return fail(err, PROPENSE_E_ARG,
                    "--segment_by: column '%.*s' has %lld different values; segments need a column "
                    "with few",
                    STR_ARG(k->name), (long long)k->n_distinct);
    if (k->kind == COLUMN_WORDS) s->c.group = k->code;
    return PROPENSE_OK;
}

/* The intercept of a logistic calibration on n rows has the variance 1 / sum p q; the rows' mean of
 * p q is taken from this file. */
static double level_error(const campaign *c, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < c->n; i++) sum += c->p[i] * (1 - c->p[i]);
    return n > 0 && sum > 0 ? 1 / sqrt(sum / (double)c->n * (double)n) : 0;
}

static status set_up(scored *s, const model *m, const plan_options *po, const options *o,
                     const propense_callbacks *cb, propense_error *err)
{
    const table *t = &s->t;
    if (t->n_rows > INT32_MAX - 1)
        return fail(err, PROPENSE_E_ARG, "%s has %lld rows; a plan takes at most %lld", s->name,
                    (long long)t->n_rows, (long long)INT32_MAX - 1);
    s->c = (campaign){ .n = t->n_rows,
                       .margin = po->margin.middle,
                       .unit_cost = money_of(po->cost.middle),
                       .incentive = po->incentive };
    if (s->at_value >= 0) s->c.value = t->columns[s->at_value].number;
    if (s->at_id >= 0) {
        s->c.id_offset = t->columns[s->at_id].offset;
        s->c.id_bytes = t->columns[s->at_id].bytes;
    } else {
        TRY(number_rows(s, err));
    }
    TRY(check_values(s, cb, err));
    TRY(take_costs(s, err));
    TRY(take_groups(s, err));
    if (!m) return s->c.p = t->columns[s->at_score].number, PROPENSE_OK;
    TRY(outcomes_take(&s->outcome, t, m, &s->mem, err));
    double *p = TAKE(&s->mem, double, t->n_rows);
    if (!p) return fail_memory(err);
    s->c.p = p;
    TRY(scored_predict(p, s, m, o, err));
    s->level_error = level_error(&s->c, scored_level_rows(m));
    return PROPENSE_OK;
}

/* ---- All together */

static status open_and_read(scored *s, const model *m, const char *path, const plan_options *po,
                            const options *o, const propense_callbacks *cb, propense_error *err)
{
    csv_options co;
    csv_reader *r;
    TRY(csv_options_of(&co, o, option_text(o, OPT_missing), &s->mem, err));
    co.types_are_fixed = 1;
    TRY(csv_open(&r, path, &co, err));
    csv_tell(r, cb);
    s->name = str_keep(&s->mem, str_of(csv_name(r))).p;
    status code = s->name ? find_columns(s, r, m, po, err) : fail_memory(err);
    if (code == PROPENSE_OK) code = csv_read(r, &s->t, cb, err);
    csv_close(r);
    return code;
}

status scored_read(scored *out, const model *m, const char *path, const plan_options *po,
                   const options *o, const propense_callbacks *cb, propense_error *err)
{
    *out = (scored){ .is_own = po->n_without > 0 && !*option_text(o, OPT_train_data) };
    if (m && m->is_foreign)
        return fail(
            err, PROPENSE_E_ARG,
            "a Keras model without propense.json does not say which columns it reads; score "
            "the file first and plan with the scores");
    status code = open_and_read(out, m, path, po, o, cb, err);
    if (code == PROPENSE_OK) code = set_up(out, m, po, o, cb, err);
    if (code == PROPENSE_OK) code = scored_select(out, po, o, cb, err);
    if (code != PROPENSE_OK) scored_free(out);
    return code;
}

void scored_free(scored *s)
{
    id_index_free(&s->ids);
    mem_free(s->rows);
    table_free(&s->t);
    arena_free(&s->mem);
    *s = (scored){ 0 };
}
