/* Reading a file into a dataset: the reader is planned by names and options, the schema inferred,
 * the rows with a target listed. Leaves the meaning of columns to features/ and parts, folds and
 * matrices to the callers. Read dataset.h first. */
#include "dataset.h"

#include <math.h>

#include "csv.h"
#include "num.h"
#include "npz_table.h"
#include "row_columns.h"
#include "table_options.h"

static schema_options schema_options_of(const dataset *d, const options *o)
{
    return (schema_options){ .target = str_of(option_text(o, OPT_target)),
                             .positive = str_of(option_text(o, OPT_positive)),
                             .id = str_of(option_text(o, OPT_id)),
                             .drop = str_of(option_text(o, OPT_drop)),
                             .weight = str_of(option_text(o, OPT_weight_column)),
                             .types = str_of(option_text(o, OPT_types)),
                             .to_judge = d->judged != NULL };
}

/* Told by the file's name, before options that nobody wrote are said not to fit it. */
static status find_judged(const dataset *d, const csv_reader *r, str target, propense_error *err)
{
    int32_t n = csv_n_columns(r), has_target = 0;
    arena tmp = { 0 };
    str *names = TAKE(&tmp, str, n);
    int32_t *at = TAKE(&tmp, int32_t, d->judged->n_columns);
    for (int32_t i = 0; names && i < n; i++) {
        names[i] = csv_columns(r)[i].name;
        has_target |= str_eq(names[i], target);
    }
    status s =
        names && at ? encoder_find(at, d->judged, names, n, csv_name(r), err) : fail_memory(err);
    arena_free(&tmp);
    if (s != PROPENSE_OK || has_target) return s;
    return fail(err, PROPENSE_E_PARSE,
                "%s: there is no column '%.*s', the model's target; a model can be judged only on "
                "rows whose answer is known",
                csv_name(r), STR_ARG(target));
}

/* The file as a table whose columns are of the kinds that names, options and the sample ask for. */
static status read_with(dataset *d, csv_reader *r, const options *o, const propense_callbacks *cb,
                        propense_error *err)
{
    schema_options so = schema_options_of(d, o);
    int32_t n = csv_n_columns(r);
    column_kind *kinds = TAKE(&d->mem, column_kind, n);
    if (!kinds) return fail_memory(err);
    if (d->judged) TRY(find_judged(d, r, so.target, err));
    TRY(schema_plan(kinds, csv_columns(r), n, &so, err));
    csv_plan(r, kinds);
    return csv_read(r, &d->data, cb, err);
}

static status read_table(dataset *d, const char *path, const options *o,
                         const propense_callbacks *cb, propense_error *err)
{
    csv_options co;
    TRY(csv_options_of(&co, o, option_text(o, OPT_missing), &d->mem, err));
    co.types_are_fixed = d->judged != NULL;
    csv_reader *r;
    TRY(csv_open(&r, path, &co, err));
    csv_tell(r, cb);
    str name = str_keep(&d->mem, str_of(csv_name(r)));
    status s = name.p ? read_with(d, r, o, cb, err) : fail_memory(err);
    csv_close(r);
    d->name = name.p;
    return s;
}

static status list_known(dataset *d, propense_error *err)
{
    d->n_rows = d->data.n_rows;
    d->known = TAKE(&d->mem, int64_t, d->n_rows);
    if (!d->known) return fail_memory(err);
    for (int64_t i = 0; i < d->n_rows; i++)
        if (d->y[i] <= 1) d->known[d->n_known++] = i;
    return PROPENSE_OK;
}

/* ---- Weights of rows */

static const schema_column *weight_column(const schema *s)
{
    for (int32_t i = 0; i < s->n_columns; i++)
        if (s->columns[i].role == ROLE_WEIGHT) return &s->columns[i];
    return NULL;
}

static status bad_weight(const dataset *d, const schema_column *c, int64_t row, double x,
                         propense_error *err)
{
    char met[num_buffer];
    (void)num_repr(met, x);
    if (isnan(x))
        return fail_at(
            err, PROPENSE_E_PARSE, row + 1, c->position + 1,
            "%s: data row %lld, column '%.*s': the weight is missing; a number from 0 to "
            "1000000 was expected",
            d->name, (long long)row + 1, STR_ARG(c->name));
    return fail_at(
        err, PROPENSE_E_PARSE, row + 1, c->position + 1,
        "%s: data row %lld, column '%.*s': met the weight %s; a number from 0 to 1000000 "
        "was expected",
        d->name, (long long)row + 1, STR_ARG(c->name), met);
}

/* Only of rows that have a target: the others are not learned from. */
static status read_weights(dataset *d, propense_error *err)
{
    enum { most = 1000000 };
    const schema_column *c = weight_column(&d->schema);
    int any = 0;
    if (!c) return PROPENSE_OK;
    const double *x = d->data.columns[c->position].number;
    d->weight = TAKE(&d->mem, float, d->n_rows);
    if (!d->weight) return fail_memory(err);
    for (int64_t i = 0; i < d->n_known; i++) {
        double w = x[d->known[i]];
        if (!(w >= 0 && w <= most)) return bad_weight(d, c, d->known[i], w, err);
        d->weight[d->known[i]] = (float)w;
        any |= w > 0;
    }
    if (any) return PROPENSE_OK;
    return fail(err, PROPENSE_E_PARSE,
                "%s: every weight in column '%.*s' is 0, so there is nothing to learn from",
                d->name, STR_ARG(c->name));
}

/* An .npz: arrays that somebody prepared, used as they are. */
static status read_arrays(dataset *d, const char *path, const options *o, propense_error *err)
{
    int has_target;
    TRY(npz_table_read(&d->data, &has_target, path, &d->mem, err));
    if (!has_target)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: the file holds no 'targets', so there is nothing to learn from or to "
                    "judge by",
                    path);
    schema_options so = schema_options_of(d, o);
    TRY(schema_of_arrays(&d->schema, &d->y, &d->data, &so, path, &d->mem, err));
    TRY(list_known(d, err));
    return read_weights(d, err);
}

static status read_steps(dataset *d, const char *path, const options *o,
                         const propense_callbacks *cb, propense_error *err)
{
    if (npz_is_named(path)) return read_arrays(d, path, o, err);
    TRY(read_table(d, path, o, cb, err));
    schema_options so = schema_options_of(d, o);
    TRY(schema_infer(&d->schema, &d->y, &d->data, &so, d->name, &d->mem, cb, err));
    TRY(list_known(d, err));
    return read_weights(d, err);
}

static status read_as(dataset *out, const encoder *e, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err)
{
    *out = (dataset){ .name = path, .judged = e };
    str group = str_of(option_text(o, OPT_group));
    status s = read_steps(out, path, o, cb, err);
    if (s == PROPENSE_OK && group.n) s = column_groups(out, group, err);
    if (s != PROPENSE_OK) dataset_free(out);
    return s;
}

status dataset_read(dataset *out, const char *path, const options *o, const propense_callbacks *cb,
                    propense_error *err)
{
    return read_as(out, NULL, path, o, cb, err);
}

status dataset_read_to_judge(dataset *out, const encoder *e, const char *path, const options *o,
                             const propense_callbacks *cb, propense_error *err)
{
    return read_as(out, e, path, o, cb, err);
}

status dataset_tell(const dataset *d, const propense_callbacks *cb, propense_error *err)
{
    if (!cb || !cb->message) return PROPENSE_OK;
    text table_text = { 0 };
    schema_print(&table_text, &d->schema, cb->language);
    while (table_text.n && table_text.p[table_text.n - 1] == '\n')
        table_text.p[--table_text.n] = '\0';
    int bad = table_text.bad || !table_text.p;
    if (!bad) cb->message(cb->user, PROPENSE_NOTE, table_text.p);
    text_free(&table_text);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

status dataset_targets(uint8_t **out, const dataset *d, const int64_t *rows, int64_t n, arena *mem,
                       propense_error *err)
{
    *out = TAKE(mem, uint8_t, n);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) (*out)[i] = d->y[rows[i]];
    return PROPENSE_OK;
}

status dataset_groups(int32_t **out, const dataset *d, const int64_t *rows, int64_t n, arena *mem,
                      propense_error *err)
{
    *out = NULL;
    if (!d->group) return PROPENSE_OK;
    *out = TAKE(mem, int32_t, n);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) (*out)[i] = d->group[rows[i]];
    return PROPENSE_OK;
}

void dataset_free_table(dataset *d)
{
    table_free(&d->data);
}

void dataset_free(dataset *d)
{
    table_free(&d->data);
    arena_free(&d->mem);
    *d = (dataset){ 0 };
}
