/* Training: the way of the data from a file to a judged model, once, in order.
 * Leaves each step to its room; here is only who gets what from whom. Read design of the row's way
 * in ARCHITECTURE.md and train.h first. */
#include "train.h"

#include "judge.h"
#include "pipeline_options.h"
#include "split.h"
#include "table_options.h"

/* What training holds while it runs. The model's own parts are taken from m->mem, the rest from
 * `run`. */
typedef struct training {
    const char *path;
    const options *o;
    const propense_callbacks *cb;
    model *m;
    arena run;
    table data;
    uint8_t *y;         /* [data.n_rows]; 255 where the target is missing */
    split parts;        /* rows of data */
    layer_spec *layers; /* what the options ask for */
    int32_t n_layers;
    int32_t *at;       /* encoder column -> column of data */
    float *x, *x_test; /* [n_train][n_inputs], [n_test][n_inputs] */
    uint8_t *y_train, *y_test;
} training;

static schema_options schema_options_of(const options *o)
{
    return (schema_options){ .target = str_of(option_text(o, OPT_target)),
                             .positive = str_of(option_text(o, OPT_positive)),
                             .id = str_of(option_text(o, OPT_id)),
                             .drop = str_of(option_text(o, OPT_drop)),
                             .types = str_of(option_text(o, OPT_types)) };
}

/* The file as a table whose columns are of the kinds that names, options and the sample ask for. */
static status read_with(training *t, csv_reader *r, propense_error *err)
{
    schema_options so = schema_options_of(t->o);
    int32_t n = csv_n_columns(r);
    column_kind *kinds = TAKE(&t->run, column_kind, n);
    if (!kinds) return fail_memory(err);
    TRY(schema_plan(kinds, csv_columns(r), n, &so, err));
    csv_plan(r, kinds);
    return csv_read(r, &t->data, t->cb, err);
}

static status read_data(training *t, propense_error *err)
{
    csv_options co;
    TRY(csv_options_of(&co, t->o, option_text(t->o, OPT_missing), &t->run, err));
    csv_reader *r;
    TRY(csv_open(&r, t->path, &co, err));
    csv_tell(r, t->cb);
    status s = read_with(t, r, err);
    csv_close(r);
    TRY(s);
    schema_options so = schema_options_of(t->o);
    return schema_infer(&t->m->schema, &t->y, &t->data, &so, t->path, &t->m->mem, t->cb, err);
}

/* The inferred schema, before the training that it decides. */
static status tell_schema(const training *t, propense_error *err)
{
    if (!t->cb || !t->cb->message) return PROPENSE_OK;
    text table_text = { 0 };
    schema_print(&table_text, &t->m->schema, t->cb->language);
    while (table_text.n && table_text.p[table_text.n - 1] == '\n')
        table_text.p[--table_text.n] = '\0';
    int bad = table_text.bad || !table_text.p;
    if (!bad) t->cb->message(t->cb->user, PROPENSE_NOTE, table_text.p);
    text_free(&table_text);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

/* Rows whose target is known, in file order. */
static status rows_with_target(int64_t **rows, int64_t *n, training *t, propense_error *err)
{
    *n = 0;
    *rows = TAKE(&t->run, int64_t, t->data.n_rows);
    if (!*rows) return fail_memory(err);
    for (int64_t i = 0; i < t->data.n_rows; i++)
        if (t->y[i] <= 1) (*rows)[(*n)++] = i;
    return PROPENSE_OK;
}

static status targets_of(uint8_t **out, const training *t, const int64_t *rows, int64_t n,
                         arena *mem, propense_error *err)
{
    *out = TAKE(mem, uint8_t, n);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) (*out)[i] = t->y[rows[i]];
    return PROPENSE_OK;
}

static status split_data(training *t, propense_error *err)
{
    int64_t *rows, n;
    uint8_t *known;
    TRY(rows_with_target(&rows, &n, t, err));
    TRY(targets_of(&known, t, rows, n, &t->run, err));
    TRY(split_rows(&t->parts, n, option_number(t->o, OPT_test_size),
                   (uint32_t)option_number(t->o, OPT_split_seed), option_flag(t->o, OPT_stratify),
                   known, &t->run, err));
    for (int64_t i = 0; i < t->parts.n_train; i++) t->parts.train[i] = rows[t->parts.train[i]];
    for (int64_t i = 0; i < t->parts.n_test; i++) t->parts.test[i] = rows[t->parts.test[i]];
    return PROPENSE_OK;
}

static status raise_alarms(training *t, propense_error *err)
{
    alarms *a = &t->m->card.alarms;
    const schema *s = &t->m->schema;
    TRY(alarms_find(a, &t->data, s, t->y, &t->parts, &t->m->mem, err));
    return alarms_tell(a, s, t->cb, err);
}

/* One part of the rows through the encoder into a matrix of its own. */
static status encode_part(float **x, uint8_t **y, training *t, const int64_t *rows, int64_t n,
                          propense_error *err)
{
    const encoder *e = &t->m->encoder;
    encode_counts counts = { 0 };
    *x = TAKE_WIDE(&t->run, float, n * e->n_inputs);
    if (!*x) return fail_memory(err);
    TRY(encoder_transform(e, t->at, &t->data, rows, n, *x, 0, t->path, &counts, &t->run, err));
    return targets_of(y, t, rows, n, &t->run, err);
}

static status encode_data(training *t, propense_error *err)
{
    encoder *e = &t->m->encoder;
    TRY(encoder_fit(e, &t->m->schema, &t->data, t->parts.train, t->parts.n_train, &t->m->mem, t->cb,
                    err));
    t->at = TAKE(&t->run, int32_t, e->n_columns);
    if (!t->at) return fail_memory(err);
    for (int32_t c = 0; c < e->n_columns; c++)
        t->at[c] = t->m->schema.columns[e->columns[c].schema_column].position;
    TRY(encode_part(&t->x, &t->y_train, t, t->parts.train, t->parts.n_train, err));
    TRY(encode_part(&t->x_test, &t->y_test, t, t->parts.test, t->parts.n_test, err));
    return PROPENSE_OK;
}

static status make_network(training *t, propense_error *err)
{
    model *m = t->m;
    TRY(network_plan(&m->network, m->encoder.n_inputs, t->layers, t->n_layers, &m->mem, err));
    m->params = TAKE_WIDE(&m->mem, float, m->network.n_params);
    m->optimiser.m = TAKE_WIDE(&m->mem, float, m->network.n_params);
    m->optimiser.v = TAKE_WIDE(&m->mem, float, m->network.n_params);
    if (!m->params || !m->optimiser.m || !m->optimiser.v) return fail_memory(err);
    network_init(&m->network, m->params, (uint64_t)option_int(t->o, OPT_seed));
    return PROPENSE_OK;
}

static status fit_network(training *t, const struct kernels *k, propense_error *err)
{
    model *m = t->m;
    fit_data data = { .x = t->x,
                      .y = t->y_train,
                      .n = t->parts.n_train,
                      .x_val = t->x_test,
                      .y_val = t->y_test,
                      .n_val = t->parts.n_test };
    fit_options fo = { .epochs = (int32_t)option_int(t->o, OPT_epochs),
                       .batch_size = (int32_t)option_int(t->o, OPT_batch_size),
                       .learning_rate = option_number(t->o, OPT_lr),
                       .seed = (uint64_t)option_int(t->o, OPT_seed),
                       .shuffle = 1,
                       .dropout = 1,
                       .threads = (int)option_int(t->o, OPT_threads),
                       .kernels = k };
    return network_fit(&m->network, m->params, &m->optimiser, &m->card.history, &data, &fo, &m->mem,
                       t->cb, err);
}

static status describe(training *t, propense_error *err)
{
    card *c = &t->m->card;
    char hex[33];
    rows_hash_hex(&t->data.hash, hex);
    c->fingerprint = str_keep(&t->m->mem, str_of(hex));
    c->version = str_keep(&t->m->mem, STR(PROPENSE_VERSION));
    c->date = str_keep(&t->m->mem, str_of(option_text(t->o, OPT_date)));
    if (!c->fingerprint.p || !c->version.p || !c->date.p) return fail_memory(err);
    c->n_rows = t->data.n_rows;
    c->n_train = t->parts.n_train;
    c->n_test = t->parts.n_test;
    for (int64_t i = 0; i < c->n_train; i++) c->n_positive_train += t->y_train[i];
    for (int64_t i = 0; i < c->n_test; i++) c->n_positive_test += t->y_test[i];
    return remember_options(c, t->o, &t->m->mem, err);
}

static status train_steps(training *t, propense_error *err)
{
    const struct kernels *k;
    TRY(kernels_of_options(&k, t->o, err));
    TRY(layers_of_options(&t->layers, &t->n_layers, t->o, &t->run, err)); /* before any data */
    TRY(read_data(t, err));
    TRY(tell_schema(t, err));
    TRY(split_data(t, err));
    TRY(raise_alarms(t, err));
    TRY(encode_data(t, err));
    TRY(describe(t, err));
    table_free(&t->data); /* the matrices hold all that is needed from here on */
    TRY(make_network(t, err));
    TRY(fit_network(t, k, err));
    return judge_model(t->m, k, t->x_test, t->y_test, t->parts.n_test, &t->run, err);
}

status train_file(model **out, const char *path, const options *o, const propense_callbacks *cb,
                  propense_error *err)
{
    *out = NULL;
    training t = { .path = path, .o = o, .cb = cb, .m = model_new() };
    if (!t.m) return fail_memory(err);
    status s = train_steps(&t, err);
    table_free(&t.data);
    arena_free(&t.run);
    if (s != PROPENSE_OK)
        model_free(t.m);
    else
        *out = t.m;
    return s;
}
