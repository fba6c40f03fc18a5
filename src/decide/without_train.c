/* The plan's model trained anew, with all its columns and without some, on rows whose outcome is
 * known. Leaves the steps of a training to model/ and study/, the comparison to without.c.
 * Read without.h first. */
#include "calibrate.h"
#include "judge.h"
#include "maths.h"
#include "names.h"
#include "natural.h"
#include "table_options.h"
#include "without.h"
#include "words.h"

/* ---- Which columns */

static status check_name(str name, const model *m, int *n_used, propense_error *err)
{
    const schema *s = &m->schema;
    int32_t at = 0;
    arena tmp = { 0 };
    while (at < s->n_columns && !str_eq(s->columns[at].name, name)) at++;
    if (at < s->n_columns) {
        if (at == s->target || at == s->id)
            return fail(err, PROPENSE_E_ARG,
                        "--without: '%.*s' is not what the model decides by, but its %s",
                        STR_ARG(name),
                        tr(error_language(err), at == s->id ? N_("id") : N_("target")));
        *n_used += s->columns[at].role == ROLE_FEATURE;
        return PROPENSE_OK;
    }
    str *names = TAKE(&tmp, str, s->n_columns);
    text quoted = { 0 };
    for (int32_t i = 0; names && i < s->n_columns; i++) names[i] = s->columns[i].name;
    if (names) name_quote_nearest(&quoted, name, names, s->n_columns, error_language(err));
    status code = !names || quoted.bad ? fail_memory(err)
                                       : fail(err, PROPENSE_E_ARG,
                                              "--without: the model has no column %s", quoted.p);
    text_free(&quoted);
    arena_free(&tmp);
    return code;
}

static status check_names(const without *w, const model *m, propense_error *err)
{
    int n_used = 0;
    for (int32_t i = 0; i < w->n_names; i++) TRY(check_name(w->names[i], m, &n_used, err));
    if (n_used == 0)
        return fail(err, PROPENSE_E_ARG,
                    "--without: the model does not use '%.*s' anyway: plan with it as it is",
                    STR_ARG(w->names[0]));
    if (m->card.balancing.kind)
        return fail(err, PROPENSE_E_ARG,
                    "--without: the model was trained on balanced rows (--balance), on which no "
                    "profit can be counted; train it on all rows");
    return PROPENSE_OK;
}

/* ---- Which rows */

/* Without --train_data the plan's own file has to say who converted. */
static status check_target(const char *path, const model *m, const options *o, propense_error *err)
{
    arena tmp = { 0 };
    csv_options co;
    csv_reader *r = NULL;
    str target = m->schema.columns[m->schema.target].name;
    int found = 0;
    if (strcmp(path, "-") == 0)
        return fail(err, PROPENSE_E_ARG,
                    "--without trains anew, and standard input can be read but once: name the rows "
                    "to train on with --train_data FILE");
    status code = csv_options_of(&co, o, option_text(o, OPT_missing), &tmp, err);
    if (code == PROPENSE_OK) code = csv_open(&r, path, &co, err);
    for (int32_t i = 0; code == PROPENSE_OK && i < csv_n_columns(r); i++)
        found |= str_eq(csv_columns(r)[i].name, target);
    if (code == PROPENSE_OK && !found)
        code =
            fail(err, PROPENSE_E_ARG,
                 "--without trains anew, and %s does not say who converted (column '%.*s'): name "
                 "the rows to train on with --train_data FILE",
                 csv_name(r), STR_ARG(target));
    csv_close(r);
    arena_free(&tmp);
    return code;
}

/* ---- The options of the training */

static status set(options *o, option_id id, str value, propense_error *err)
{
    return value.n ? options_set(o, str_of(option_table[id].name), value, err) : PROPENSE_OK;
}

/* What the model remembers of its making, and from the command line how files are read. */
static status copy_options(options *to, const model *m, const options *o, int is_plans_file,
                           propense_error *err)
{
    static const option_id reading[] = { OPT_separator, OPT_decimal, OPT_header,  OPT_names,
                                         OPT_encoding,  OPT_threads, OPT_kernels, OPT_missing };
    const schema *s = &m->schema;
    for (int32_t i = 0; i < m->card.n_options; i++)
        TRY(options_set(to, m->card.options[i].name, m->card.options[i].value, err));
    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
        if (option_given(o, reading[i]))
            TRY(set(to, reading[i], str_of(option_text(o, reading[i])), err));
    if (is_plans_file) TRY(set(to, OPT_also, str_of(option_text(o, OPT_also)), err));
    TRY(set(to, OPT_target, s->columns[s->target].name, err));
    TRY(set(to, OPT_positive, s->positive, err));
    return set(to, OPT_id, s->id >= 0 ? s->columns[s->id].name : STR("none"), err);
}

static status drop_names(options *to, const without *w, propense_error *err)
{
    text all = { 0 };
    text_z(&all, option_text(to, OPT_drop));
    for (int32_t i = 0; i < w->n_names; i++) {
        if (all.n) text_char(&all, ',');
        text_str(&all, w->names[i]);
    }
    status code = all.bad ? fail_memory(err) : set(to, OPT_drop, text_view(&all), err);
    text_free(&all);
    return code;
}

/* A model of one network whose options were all the defaults of its day: the card does not tell it
 * from the default of today. */
static status keep_kind(options *to, const model *m, propense_error *err)
{
    arena tmp = { 0 };
    pipeline_plan plan;
    status code = pipeline_plan_of(&plan, to, &tmp, err);
    if (code == PROPENSE_OK && plan.is_best && m->n_members == 0)
        code = set(to, OPT_preset, STR("campaign"), err);
    arena_free(&tmp);
    return code;
}

/* ---- One training */

typedef struct one_training {
    const options *o;
    const propense_callbacks *cb;
    dataset d;
    pipeline_plan plan;
    pipeline p;
    kept_scores kept;
    arena run;
} one_training;

/* All rows take part: they judge each other out of fold. */
static status learn(one_training *t, propense_error *err)
{
    row_set all = { t->d.known, t->d.n_known };
    TRY(pipeline_encode_for(&t->p, &t->plan, &t->d, NULL, all, (row_set){ 0 }, NULL, err));
    model *m = t->p.m;
    if (!t->plan.is_best)
        TRY(calibrate_keeping(&m->calibrator, &t->kept, &t->d, all, &t->plan, &t->p, t->o, t->cb,
                              &m->mem, err));
    natural_correct(m, natural_shift(&t->plan, &t->d, all, all), NULL);
    TRY(pipeline_learn(&t->p, &t->plan, t->cb, err));
    if (!t->plan.is_best) return PROPENSE_OK;
    TRY(calibrate_keeping(&m->calibrator, &t->kept, &t->d, all, &t->plan, &t->p, t->o, t->cb,
                          &m->mem, err));
    return judge_out_of_fold(m, t->p.out_of_fold, t->p.y, t->p.n_train, &t->run, err);
}

static status train_one(one_training *t, const char *path, propense_error *err)
{
    TRY(pipeline_plan_of(&t->plan, t->o, &t->run, err));
    TRY(dataset_read(&t->d, path, t->o, t->cb, err));
    return learn(t, err);
}

static void end_one(one_training *t)
{
    pipeline_free(&t->p);
    dataset_free(&t->d);
    arena_free(&t->run);
}

/* ---- What is kept of it */

/* By row of the file, so that both trainings stand side by side. */
static status keep_scores(without_rows *rows, int side, const one_training *t, propense_error *err)
{
    int64_t n = t->d.n_rows;
    rows->rank[side] = TAKE(&rows->mem, double, n);
    rows->p[side] = TAKE(&rows->mem, double, n);
    if (!rows->rank[side] || !rows->p[side]) return fail_memory(err);
    for (int64_t i = 0; i < t->kept.n; i++) {
        int64_t row = t->kept.row[i];
        rows->rank[side][row] = (double)t->kept.logit[i];
        rows->p[side][row] = m_sigmoid(t->kept.believed[i]);
    }
    return PROPENSE_OK;
}

static status numbers_of(const double **out, str name, const dataset *d, option_id id,
                         propense_error *err)
{
    int32_t at = name.n ? table_find(&d->data, name) : -1;
    *out = NULL;
    if (!name.n) return PROPENSE_OK;
    if (at < 0 || d->data.columns[at].kind != COLUMN_NUMBER)
        return fail(err, PROPENSE_E_ARG,
                    "--without compares in money, and %s has no numbers in column '%.*s' "
                    "(--%s)",
                    d->name, STR_ARG(name), option_table[id].name);
    *out = d->data.columns[at].number;
    return PROPENSE_OK;
}

static int in_bounds(const double *x, int64_t row, double low, double high)
{
    return !x || (x[row] >= low && x[row] <= high);
}

/* Rows whose outcome, value and cost are known, moved to the front. */
static status keep_rows(without_rows *rows, const dataset *d, const plan_options *po,
                        propense_error *err)
{
    const double *value, *cost;
    TRY(numbers_of(&value, po->value_column, d, OPT_value_column, err));
    TRY(numbers_of(&cost, po->cost_column, d, OPT_cost_column, err));
    rows->y = TAKE(&rows->mem, uint8_t, d->n_known);
    rows->value = value ? TAKE(&rows->mem, double, d->n_known) : NULL;
    rows->cost = cost ? TAKE(&rows->mem, int64_t, d->n_known) : NULL;
    if (!rows->y || (value && !rows->value) || (cost && !rows->cost)) return fail_memory(err);
    for (int64_t i = 0; i < d->n_known; i++) {
        int64_t row = d->known[i];
        if (!in_bounds(value, row, -MONEY_MOST, MONEY_MOST) || !in_bounds(cost, row, 0, COST_MOST))
            continue;
        int64_t k = rows->n++;
        rows->y[k] = d->y[row];
        if (value) rows->value[k] = value[row];
        if (cost) rows->cost[k] = money_of(cost[row]);
        for (int side = 0; side < 2; side++) {
            rows->rank[side][k] = rows->rank[side][row];
            rows->p[side][k] = rows->p[side][row];
        }
    }
    return PROPENSE_OK;
}

/* ---- Both trainings */

/* For the plan, which may be passed on: it names no folder of this machine. */
static str without_folder(str path)
{
    for (int64_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/') return (str){ path.p + i, path.n - i };
    return path;
}

static status train_with(without *out, without_rows *rows, const model *m, const char *path,
                         const options *o, const propense_callbacks *cb, arena *mem,
                         propense_error *err)
{
    one_training t = { .o = o, .cb = cb };
    char hex[33];
    status code = train_one(&t, path, err);
    if (code == PROPENSE_OK) code = keep_scores(rows, 0, &t, err);
    if (code == PROPENSE_OK) {
        rows_hash_hex(&t.d.data.hash, hex);
        out->is_other_file = !str_eq(str_of(hex), m->card.fingerprint);
        out->file = str_keep(mem, without_folder(str_of(t.d.name))).p;
        if (!out->file) code = fail_memory(err);
    }
    end_one(&t);
    return code;
}

/* What study/unseen.h and --prior ask of a model. */
static status describe(model *less, const one_training *t, propense_error *err)
{
    card *c = &less->card;
    c->n_train = t->p.n_train;
    for (int64_t i = 0; i < t->p.n_train; i++) c->n_positive_train += t->p.y[i];
    return remember_options(c, t->o, &less->mem, err);
}

static status train_without(model **less, without_rows *rows, const char *path,
                            const plan_options *po, const options *o, const propense_callbacks *cb,
                            propense_error *err)
{
    one_training t = { .o = o, .cb = cb };
    status code = train_one(&t, path, err);
    if (code == PROPENSE_OK) code = keep_scores(rows, 1, &t, err);
    if (code == PROPENSE_OK) code = keep_rows(rows, &t.d, po, err);
    if (code == PROPENSE_OK) code = describe(t.p.m, &t, err);
    if (code == PROPENSE_OK) {
        *less = t.p.m;
        t.p.m = NULL;
    }
    end_one(&t);
    return code;
}

/* The training's own messages were said when the model was made. */
static propense_callbacks without_words(const propense_callbacks *cb)
{
    propense_callbacks quiet = PROPENSE_CALLBACKS_INIT;
    if (cb) quiet = *cb;
    quiet.message = NULL;
    return quiet;
}

static status train_both(without *out, model **less, without_rows *rows, options *own,
                         const model *m, const char *path, const plan_options *po, const options *o,
                         const propense_callbacks *cb, arena *mem, propense_error *err)
{
    const char *train = option_text(o, OPT_train_data);
    propense_callbacks quiet = without_words(cb);
    TRY(check_names(out, m, err));
    if (!*train) TRY(check_target(path, m, o, err));
    TRY(copy_options(own, m, o, !*train, err));
    TRY(keep_kind(own, m, err));
    say(cb, PROPENSE_NOTE, "training twice on %s, with and without what --without names",
        *train ? train : path);
    TRY(train_with(out, rows, m, *train ? train : path, own, &quiet, mem, err));
    TRY(drop_names(own, out, err));
    return train_without(less, rows, *train ? train : path, po, own, &quiet, err);
}

status without_train(without *out, model **less, without_rows *rows, const model *m,
                     const char *path, const plan_options *po, const options *o,
                     const propense_callbacks *cb, arena *mem, propense_error *err)
{
    *out = (without){ .n_names = po->n_without, .names = po->without };
    *less = NULL;
    *rows = (without_rows){ 0 };
    if (!m)
        return fail(err, PROPENSE_E_ARG,
                    "--without trains anew, and scores do not say how: propense plan MODEL.keras "
                    "DATA.csv --without ...");
    options *own = options_new();
    if (!own) return fail_memory(err);
    status code = train_both(out, less, rows, own, m, path, po, o, cb, mem, err);
    options_free(own);
    if (code != PROPENSE_OK) without_rows_free(rows);
    return code;
}
