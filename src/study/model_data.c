/* Reading a file as a model understands it. Leaves reading to dataset.c. Read model_data.h first.
 */
#include "model_data.h"

#include "answered.h"
#include "num.h"

static status copy_options(options *to, const options *from, propense_error *err)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (from->value[i])
            TRY(options_set(to, str_of(option_table[i].name), str_of(from->value[i]), err));
    return PROPENSE_OK;
}

static int can_be_listed(str name)
{
    for (int64_t i = 0; i < name.n; i++)
        if (name.p[i] == ',' || name.p[i] == '=') return 0;
    return name.n > 0;
}

static void list_add(text *list, str name, const char *more)
{
    if (list->n) text_char(list, ',');
    text_str(list, name);
    text_z(list, more);
}

/* As the encoder takes it: 0 and 1 are numbers, whatever they mean. */
static int is_number(const encoder *e, int32_t which)
{
    for (int32_t c = 0; c < e->n_columns; c++)
        if (e->columns[c].schema_column == which) return e->columns[c].is_number;
    return 0;
}

/* "age=numeric,zip=categorical", and the columns that training did not look at. */
static void list_columns(text *types, text *dropped, const model *m)
{
    const schema *s = &m->schema;
    for (int32_t c = 0; c < s->n_columns; c++) {
        const schema_column *one = &s->columns[c];
        if (!can_be_listed(one->name)) continue;
        if (one->type == TYPE_UNREAD) list_add(dropped, one->name, "");
        if (one->role == ROLE_FEATURE)
            list_add(types, one->name, is_number(&m->encoder, c) ? "=numeric" : "=categorical");
    }
}

/* The model's target, types and dropped columns in place of what would be inferred. */
static status set_schema(options *to, const model *m, propense_error *err)
{
    const schema *s = &m->schema;
    text types = { 0 }, dropped = { 0 };
    list_columns(&types, &dropped, m);
    status code = types.bad || dropped.bad ? fail_memory(err) : PROPENSE_OK;
    if (code == PROPENSE_OK) code = options_set(to, STR("target"), s->columns[s->target].name, err);
    if (code == PROPENSE_OK && s->positive.n)
        code = options_set(to, STR("positive"), s->positive, err);
    if (code == PROPENSE_OK && types.n)
        code = options_set(to, STR("types"), text_view(&types), err);
    if (code == PROPENSE_OK && dropped.n)
        code = options_set(to, STR("drop"), text_view(&dropped), err);
    text_free(&types);
    text_free(&dropped);
    return code;
}

static status set_missing(options *to, const model *m, propense_error *err)
{
    for (int32_t i = 0; !to->value[OPT_missing] && i < m->card.n_options; i++)
        if (str_eq(m->card.options[i].name, STR("missing")))
            TRY(options_set(to, STR("missing"), m->card.options[i].value, err));
    return PROPENSE_OK;
}

static int is_feature_of(const schema *s, str name)
{
    for (int32_t c = 0; c < s->n_columns; c++)
        if (str_eq(s->columns[c].name, name)) return s->columns[c].role == ROLE_FEATURE;
    return 0;
}

/* What was inferred is not news here; what is wrong with the file is. */
static void tell_problems(void *user, int32_t level, const char *said)
{
    const propense_callbacks *cb = user;
    if (level == PROPENSE_PROBLEM && cb->message) cb->message(cb->user, level, said);
}

static int pass_progress(void *user, const propense_progress *p)
{
    const propense_callbacks *cb = user;
    return cb->progress ? cb->progress(cb->user, p) : 0;
}

static status unknown_answer(const dataset *d, const model *m, int64_t row, str met,
                             propense_error *err)
{
    return fail(err, PROPENSE_E_PARSE,
                "%s: row %lld: target '%.*s' is '%.*s'; the model knows '%.*s' and '%.*s'", d->name,
                (long long)row + 1, STR_ARG(d->schema.columns[d->schema.target].name), STR_ARG(met),
                STR_ARG(m->schema.positive), STR_ARG(m->schema.negative));
}

static status check_numbers(const dataset *d, const model *m, propense_error *err)
{
    const double *x = d->data.columns[d->schema.columns[d->schema.target].position].number;
    double no;
    if (!num_parse(m->schema.negative, &no)) return PROPENSE_OK; /* words once, numbers now */
    for (int64_t i = 0; i < d->n_rows; i++) {
        char digits[num_buffer];
        if (d->y[i] != 0 || x[i] == no) continue;
        int64_t n = num_repr(digits, x[i]);
        if (n > 2 && memcmp(digits + n - 2, ".0", 2) == 0) n -= 2;
        return unknown_answer(d, m, i, (str){ digits, n }, err);
    }
    return PROPENSE_OK;
}

/* Whoever learned to tell two answers apart judges no third one: it would count as a no. */
static status check_answers(const dataset *d, const model *m, propense_error *err)
{
    const column *c = &d->data.columns[d->schema.columns[d->schema.target].position];
    if (!m->schema.negative.n) return PROPENSE_OK; /* one against all the rest */
    if (c->kind == COLUMN_NUMBER) return check_numbers(d, m, err);
    for (int64_t i = 0; c->level && i < d->n_rows; i++)
        if (d->y[i] == 0 && !answered_same(c->level[c->code[i]], m->schema.negative))
            return unknown_answer(d, m, i, c->level[c->code[i]], err);
    return PROPENSE_OK;
}

static status read_as(dataset *out, options *mine, const model *m, const char *path,
                      const options *o, const propense_callbacks *cb, propense_error *err)
{
    propense_callbacks own = cb ? *cb : (propense_callbacks)PROPENSE_CALLBACKS_INIT, quiet = own;
    quiet.user = &own;
    quiet.message = tell_problems;
    quiet.progress = pass_progress;
    TRY(copy_options(mine, o, err));
    TRY(set_missing(mine, m, err));
    TRY(set_schema(mine, m, err));
    TRY(dataset_read_to_judge(out, &m->encoder, path, mine, &quiet, err));
    TRY(check_answers(out, m, err));
    for (int32_t c = 0; c < out->schema.n_columns; c++) {
        schema_column *one = &out->schema.columns[c];
        if (one->role == ROLE_FEATURE && !is_feature_of(&m->schema, one->name))
            one->role = ROLE_LEFT_OUT;
    }
    return PROPENSE_OK;
}

status model_data_read(dataset *out, const model *m, const char *path, const options *o,
                       const propense_callbacks *cb, propense_error *err)
{
    *out = (dataset){ 0 };
    options *mine = options_new();
    if (!mine) return fail_memory(err);
    status s = read_as(out, mine, m, path, o, cb, err);
    options_free(mine);
    return s;
}

int model_data_is_own(const model *m, const dataset *d)
{
    char hex[33];
    rows_hash_hex(&d->data.hash, hex);
    return str_eq(str_of(hex), m->card.fingerprint);
}
