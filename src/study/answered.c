/* Targets and scores of a file's rows. Leaves reading to csv.h and every step of a row to the
 * functions that training and scoring use too; what the scores are worth is evaluate.c's.
 * Read answered.h and csv.h first. */
#include "answered.h"

#include <math.h>

#include "csv.h"
#include "judge.h"
#include "names.h"
#include "npz_table.h"
#include "num.h"
#include "pipeline_options.h"
#include "score_foreign.h"
#include "table_options.h"

/* Encoded at once: at most so many floats, so that wide models stay in constant memory. */
enum { piece_floats = 1 << 20 };

typedef struct slot {
    uint8_t *y;                    /* [n]; 255 where the target is missing */
    float *logit[answered_models]; /* [n] */
    int64_t n, room[1 + answered_models];
} slot;

/* Whose name and words the target has. */
typedef struct question {
    str target, positive, negative; /* negative empty: one against the rest */
    int is_number;
} question;

typedef struct reading {
    answered *out;
    question asked;
    const model *const *models;
    int n_models;
    const struct kernels *k;
    const char *name;
    const encoder *e[answered_models]; /* the model's, or one made up for a foreign model */
    encoder made_up[answered_models];
    int32_t *at[answered_models]; /* encoder column -> column of the file */
    int32_t target;               /* column of the file */
    double positive, negative;    /* of a numeric target; NaN: one against the rest */
    arena *scratch;               /* [workers] */
    slot *slots;
    arena mem;
} reading;

/* ---- Columns */

static status plan_model(reading *r, int which, column_kind *kinds, const str *names, int32_t n,
                         propense_error *err)
{
    const encoder *e = r->e[which] = &r->models[which]->encoder;
    r->at[which] = TAKE(&r->mem, int32_t, e->n_columns);
    if (!r->at[which]) return fail_memory(err);
    TRY(encoder_find(r->at[which], e, names, n, r->name, err));
    for (int32_t c = 0; c < e->n_columns; c++) {
        int32_t at = r->at[which][c];
        column_kind kind = e->columns[c].is_number ? COLUMN_NUMBER : COLUMN_WORDS;
        if (kinds[at] != COLUMN_SKIPPED && kinds[at] != kind)
            return fail(err, PROPENSE_E_ARG,
                        "column '%.*s' is a number for one of the models and words for the other; "
                        "evaluate them apart",
                        STR_ARG(names[at]));
        kinds[at] = kind;
    }
    return PROPENSE_OK;
}

static status find_target(reading *r, column_kind *kinds, const str *names, int32_t n,
                          propense_error *err)
{
    const question *q = &r->asked;
    for (r->target = 0; r->target < n; r->target++)
        if (str_eq(names[r->target], q->target)) break;
    if (r->target == n)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: there is no column '%.*s', the model's target; a model can be judged only "
                    "on rows whose answer is known",
                    r->name, STR_ARG(q->target));
    if (kinds) kinds[r->target] = q->is_number ? COLUMN_NUMBER : COLUMN_WORDS;
    r->positive = r->negative = (double)NAN;
    if (q->is_number) {
        (void)num_parse(q->positive, &r->positive);
        (void)num_parse(q->negative, &r->negative);
    }
    return PROPENSE_OK;
}

/* A Keras model without propense.json: its inputs are the file's numbers but for the target. */
static status find_foreign(reading *r, csv_reader *csv, const str *names, int32_t n,
                           const propense_callbacks *cb, propense_error *err)
{
    int32_t id;
    TRY(find_target(r, NULL, names, n, err));
    r->asked.is_number = csv_columns(csv)[r->target].guess == COLUMN_NUMBER;
    if (!r->asked.is_number && r->asked.negative.n)
        return fail(err, PROPENSE_E_ARG,
                    "%s: column '%.*s' holds words; --positive says which of them is a conversion",
                    r->name, STR_ARG(r->asked.target));
    TRY(find_target(r, NULL, names, n, err)); /* its numbers, now */
    if (r->asked.is_number && isnan(r->positive))
        return fail(err, PROPENSE_E_ARG,
                    "%s: column '%.*s' holds numbers, and --positive '%.*s' is none", r->name,
                    STR_ARG(r->asked.target), STR_ARG(r->asked.positive));
    r->e[0] = &r->made_up[0];
    return foreign_columns(&r->made_up[0], &r->at[0], &id, r->target, r->models[0], csv, cb,
                           &r->mem, err);
}

static status find_columns(reading *r, csv_reader *csv, const propense_callbacks *cb,
                           propense_error *err)
{
    int32_t n = csv_n_columns(csv);
    str *names = TAKE(&r->mem, str, n);
    column_kind *kinds = TAKE(&r->mem, column_kind, n);
    if (!names || !kinds) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) {
        names[c] = csv_columns(csv)[c].name;
        kinds[c] = COLUMN_SKIPPED;
    }
    if (r->models[0]->is_foreign) return find_foreign(r, csv, names, n, cb, err);
    for (int i = 0; i < r->n_models; i++) TRY(plan_model(r, i, kinds, names, n, err));
    TRY(find_target(r, kinds, names, n, err));
    csv_plan(csv, kinds);
    return PROPENSE_OK;
}

/* ---- Targets */

int answered_same(str a, str b)
{
    double x, y;
    if (str_eq(a, b)) return 1;
    if (num_parse(a, &x) && num_parse(b, &y)) return x == y;
    return str_eq_nocase(a, b);
}

static status unknown_answer(const reading *r, const table *t, int64_t row, str met,
                             propense_error *err)
{
    const question *q = &r->asked;
    if (r->models[0]->is_foreign && !q->target.n)
        return fail(err, PROPENSE_E_PARSE, "%s: targets: row %lld is neither 0 nor 1", r->name,
                    (long long)(t->first_row + row + 1));
    if (r->models[0]->is_foreign)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: row %lld: target '%.*s' is '%.*s'; 0 or 1 was expected, or --positive to "
                    "say what a conversion is",
                    r->name, (long long)(t->first_row + row + 1), STR_ARG(q->target), STR_ARG(met));
    return fail(err, PROPENSE_E_PARSE,
                "%s: row %lld: target '%.*s' is '%.*s'; the model knows '%.*s' and '%.*s'", r->name,
                (long long)(t->first_row + row + 1), STR_ARG(q->target), STR_ARG(met),
                STR_ARG(q->positive), STR_ARG(q->negative));
}

static status number_targets(const reading *r, const table *t, uint8_t *y, propense_error *err)
{
    const double *x = t->columns[r->target].number;
    for (int64_t i = 0; i < t->n_rows; i++) {
        y[i] = isnan(x[i]) ? 255 : x[i] == r->positive;
        if (y[i] == 0 && !isnan(r->negative) && x[i] != r->negative) {
            char digits[num_buffer];
            int64_t n = num_repr(digits, x[i]);
            if (n > 2 && memcmp(digits + n - 2, ".0", 2) == 0) n -= 2;
            return unknown_answer(r, t, i, (str){ digits, n }, err);
        }
    }
    return PROPENSE_OK;
}

static status word_targets(const reading *r, const table *t, uint8_t *y, arena *tmp,
                           propense_error *err)
{
    const question *s = &r->asked;
    const column *c = &t->columns[r->target];
    uint8_t *of = TAKE(tmp, uint8_t, c->n_levels + 1); /* 2: neither word */
    if (!of) return fail_memory(err);
    for (int32_t k = 0; k < c->n_levels; k++)
        of[k] = answered_same(c->level[k], s->positive)                     ? 1
                : !s->negative.n || answered_same(c->level[k], s->negative) ? 0
                                                                            : 2;
    for (int64_t i = 0; i < t->n_rows; i++) {
        y[i] = c->code[i] < 0 ? 255 : of[c->code[i]];
        if (y[i] == 2) return unknown_answer(r, t, i, c->level[c->code[i]], err);
    }
    return PROPENSE_OK;
}

/* ---- Chunks */

static status slot_reserve(slot *s, int n_models, int64_t n, propense_error *err)
{
    if (!mem_reserve((void **)&s->y, &s->room[0], n, 1)) return fail_memory(err);
    for (int i = 0; i < n_models; i++)
        if (!mem_reserve((void **)&s->logit[i], &s->room[1 + i], n, (int64_t)sizeof(float)))
            return fail_memory(err);
    s->n = n;
    return PROPENSE_OK;
}

static status score_model(const reading *r, int which, const table *t, float *logit, arena *tmp,
                          propense_error *err)
{
    const model *m = r->models[which];
    const encoder *e = r->e[which];
    int64_t piece = piece_floats / (e->n_inputs + 1) + 1;
    if (piece > t->n_rows) piece = t->n_rows;
    float *x = TAKE_WIDE(tmp, float, piece * e->n_inputs), *p = TAKE(tmp, float, piece);
    int64_t *rows = TAKE(tmp, int64_t, piece);
    if (!x || !p || !rows) return fail_memory(err);
    for (int64_t from = 0; from < t->n_rows; from += piece) {
        int64_t n = t->n_rows - from < piece ? t->n_rows - from : piece;
        for (int64_t i = 0; i < n; i++) rows[i] = from + i;
        TRY(encoder_transform(e, r->at[which], t, rows, n, x, 0, r->name, NULL, tmp, err));
        TRY(predict_rows(m, r->k, x, n, p, logit + from, tmp, err));
    }
    return PROPENSE_OK;
}

static status read_chunk(void *user, int worker, int number, const table *t, propense_error *err)
{
    reading *r = user;
    slot *s = &r->slots[number];
    arena *tmp = &r->scratch[worker];
    arena_mark mark = arena_here(tmp);
    TRY(slot_reserve(s, r->n_models, t->n_rows, err));
    if (r->models[0]->is_foreign && r->asked.target.n)
        TRY(foreign_check_values(r->e[0], r->at[0], t, 0, t->n_rows, t->file ? t->file : r->name,
                                 err));
    if (r->asked.is_number)
        TRY(number_targets(r, t, s->y, err));
    else
        TRY(word_targets(r, t, s->y, tmp, err));
    for (int i = 0; i < r->n_models; i++) TRY(score_model(r, i, t, s->logit[i], tmp, err));
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

static status deliver_chunk(void *user, int number, const table *t, propense_error *err)
{
    reading *r = user;
    answered *out = r->out;
    const slot *s = &r->slots[number];
    if (!mem_reserve((void **)&out->y, &out->room[0], out->n + s->n, 1)) return fail_memory(err);
    for (int m = 0; m < r->n_models; m++)
        if (!mem_reserve((void **)&out->logit[m], &out->room[1 + m], out->n + s->n,
                         (int64_t)sizeof(float)))
            return fail_memory(err);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->y[i] > 1) continue;
        out->y[out->n] = s->y[i];
        for (int m = 0; m < r->n_models; m++) out->logit[m][out->n] = s->logit[m][i];
        out->n++;
    }
    out->n_rows += t->n_rows;
    return PROPENSE_OK;
}

/* ---- The file */

static status each_chunk(reading *r, csv_reader *csv, const propense_callbacks *cb,
                         propense_error *err)
{
    r->name = csv_name(csv);
    TRY(find_columns(r, csv, cb, err));
    int workers = csv_n_workers(csv), slots = csv_n_slots(csv);
    r->scratch = TAKE(&r->mem, arena, workers);
    r->slots = TAKE(&r->mem, slot, slots);
    status s = r->scratch && r->slots ? csv_each(csv, read_chunk, deliver_chunk, r, cb, err)
                                      : fail_memory(err);
    for (int i = 0; r->scratch && i < workers; i++) arena_free(&r->scratch[i]);
    for (int i = 0; r->slots && i < slots; i++) {
        mem_free(r->slots[i].y);
        for (int m = 0; m < answered_models; m++) mem_free(r->slots[i].logit[m]);
    }
    return s;
}

/* ---- The arrays of an .npz */

static status find_arrays(reading *r, const table *t, const propense_callbacks *cb,
                          propense_error *err)
{
    int32_t n = t->n_columns - 1;
    str *names = TAKE(&r->mem, str, n);
    if (!names) return fail_memory(err);
    for (int32_t c = 0; c < n; c++) names[c] = t->columns[c].name;
    for (int i = 0; i < r->n_models; i++) {
        const model *m = r->models[i];
        r->e[i] = m->is_foreign ? &r->made_up[i] : &m->encoder;
        if (m->is_foreign) {
            TRY(foreign_arrays(&r->made_up[i], &r->at[i], m, t, n, r->name, cb, &r->mem, err));
            continue;
        }
        r->at[i] = TAKE(&r->mem, int32_t, m->encoder.n_columns);
        if (!r->at[i]) return fail_memory(err);
        TRY(encoder_find(r->at[i], &m->encoder, names, n, r->name, err));
    }
    r->target = n;
    r->asked.is_number = 1;
    r->positive = 1;
    r->negative = 0;
    return PROPENSE_OK;
}

static status read_arrays(reading *r, const char *path, const propense_callbacks *cb,
                          propense_error *err)
{
    table t;
    int has_target;
    arena scratch = { 0 };
    slot one = { 0 };
    r->name = path;
    r->scratch = &scratch;
    r->slots = &one;
    TRY(npz_table_read(&t, &has_target, path, &r->mem, err));
    if (!has_target)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: the file holds no 'targets', so there is nothing to learn from or to "
                    "judge by",
                    path);
    TRY(find_arrays(r, &t, cb, err));
    status s = read_chunk(r, 0, 0, &t, err);
    if (s == PROPENSE_OK) s = deliver_chunk(r, 0, &t, err);
    arena_free(&scratch);
    mem_free(one.y);
    for (int m = 0; m < answered_models; m++) mem_free(one.logit[m]);
    return s;
}

/* The words that meant missing in training mean it here too, unless others are asked for. */
static const char *missing_words(const model *m, const options *o)
{
    const char *asked = option_text(o, OPT_missing);
    if (strcmp(asked, option_table[OPT_missing].initial) != 0) return asked;
    for (int32_t i = 0; i < m->card.n_options; i++)
        if (str_eq(m->card.options[i].name, STR("missing"))) return m->card.options[i].value.p;
    return asked;
}

static status read_file(reading *r, const char *path, const options *o,
                        const propense_callbacks *cb, propense_error *err)
{
    csv_options co;
    csv_reader *csv;
    TRY(kernels_of_options(&r->k, o, err));
    if (npz_is_named(path)) return read_arrays(r, path, cb, err);
    TRY(csv_options_of(&co, o, missing_words(r->models[0], o), &r->mem, err));
    co.types_are_fixed = 1;
    TRY(csv_open(&csv, path, &co, err));
    csv_tell(csv, cb);
    status s = each_chunk(r, csv, cb, err);
    csv_close(csv);
    return s;
}

static status ask(question *q, const model *const *models, int n_models, int is_of_arrays,
                  const options *o, propense_error *err)
{
    const model *m = models[0];
    const schema *s = &m->schema;
    if (n_models > 1 && !is_of_arrays && (m->is_foreign || models[1]->is_foreign))
        return fail(err, PROPENSE_E_ARG,
                    "--against: a model without propense.json can be compared on the arrays of an "
                    ".npz alone");
    if (m->is_foreign) return answered_words(&q->target, &q->positive, &q->negative, o, err);
    *q = (question){ s->columns[s->target].name, s->positive, s->negative, s->target_is_number };
    return PROPENSE_OK;
}

status answered_words(str *target, str *positive, str *negative, const options *o,
                      propense_error *err)
{
    *target = str_of(option_text(o, OPT_target));
    *positive = str_of(option_text(o, OPT_positive));
    *negative = positive->n ? (str){ "", 0 } : STR("0");
    if (!positive->n) *positive = STR("1");
    if (target->n) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "the model has no propense.json, so its target is not known: --target names the "
                "column that tells who converted");
}

status answered_read(answered *out, const model *const *models, int n_models, const char *path,
                     const options *o, const propense_callbacks *cb, propense_error *err)
{
    *out = (answered){ 0 };
    reading r = { .out = out, .models = models, .n_models = n_models };
    if (!models[0]->is_foreign || !npz_is_named(path))
        TRY(ask(&r.asked, models, n_models, npz_is_named(path), o, err));
    status s = read_file(&r, path, o, cb, err);
    arena_free(&r.mem);
    const schema *known = &models[0]->schema;
    if (s == PROPENSE_OK && out->n == 0 && !models[0]->is_foreign)
        s = fail(err, PROPENSE_E_PARSE, "%s: target '%.*s' has no value in any row", path,
                 STR_ARG(known->columns[known->target].name));
    if (s != PROPENSE_OK)
        answered_free(out);
    else if (out->n < out->n_rows)
        say(cb, PROPENSE_WARNING, "%lld of %lld rows have no value in the target and are left out",
            (long long)(out->n_rows - out->n), (long long)out->n_rows);
    return s;
}

void answered_free(answered *s)
{
    mem_free(s->y);
    for (int i = 0; i < answered_models; i++) mem_free(s->logit[i]);
    *s = (answered){ 0 };
}
