/* propense.json, reading: everything is checked, since the file may come from anywhere.
 * Leaves JSON's grammar to json.h. The mirror of card_json.c; read bundle.h first. */
#include <math.h>

#include "bundle.h"
#include "calibrator_json.h"
#include "card_words.h"
#include "ensemble.h"
#include "json.h"
#include "balancing_json.h"
#include "learning_json.h"
#include "rich_json.h"

enum { most_columns = 100000, most_levels = 1000000, most_epochs = 1000000 };

/* The first thing that is wrong, and where; all readers below do nothing once it is set. */
typedef struct reader {
    model *m;
    const char *name; /* of the file */
    propense_error *err;
    status bad;
} reader;

static void wrong(reader *r, const char *what)
{
    if (r->bad == PROPENSE_OK)
        r->bad = fail(r->err, PROPENSE_E_FORMAT, "%s: propense.json: '%s' is missing or not valid",
                      r->name, what);
}

static int64_t get_int(reader *r, const json_value *o, const char *key, int64_t low, int64_t high)
{
    int64_t value = 0;
    if (!json_as_int(json_get(o, key), &value) || value < low || value > high) wrong(r, key);
    return r->bad ? low : value;
}

static int get_bool(reader *r, const json_value *o, const char *key)
{
    int value = 0;
    if (!json_as_bool(json_get(o, key), &value)) wrong(r, key);
    return value;
}

/* A number; null and nothing are NaN. */
static double get_number(const json_value *o, const char *key)
{
    double value;
    return json_as_number(json_get(o, key), &value) ? value : (double)NAN;
}

static str keep_str(reader *r, const json_value *v, const char *what)
{
    str s = { 0 };
    if (!json_as_str(v, &s)) wrong(r, what);
    if (r->bad) return STR("");
    s = str_keep(&r->m->mem, s);
    if (!s.p) r->bad = fail_memory(r->err);
    return s;
}

static int get_word(reader *r, const json_value *o, const char *key, const char *const *words,
                    int n)
{
    str s = { 0 };
    (void)json_as_str(json_get(o, key), &s);
    for (int i = 0; i < n; i++)
        if (str_eq(s, str_of(words[i]))) return i;
    wrong(r, key);
    return 0;
}

/* The length of an array that must be there. */
static int64_t get_length(reader *r, const json_value *array, const char *what, int64_t most)
{
    int64_t n = json_length(array);
    if (!json_is_array(array) || n > most) wrong(r, what);
    return r->bad ? 0 : n;
}

static void read_column(reader *r, schema_column *c, const json_value *o, int32_t position)
{
    c->name = keep_str(r, json_get(o, "name"), "name");
    c->role = (column_role)get_word(r, o, "role", card_role_words, card_n_roles);
    c->type = (column_type)get_word(r, o, "type", card_type_words, card_n_types);
    c->why = (schema_reason)get_int(r, o, "why", 0, 1000);
    c->position = position;
    c->n_missing = get_int(r, o, "missing", 0, INT64_MAX);
    c->n_distinct = get_int(r, o, "distinct", 0, INT64_MAX);
    c->low = get_number(o, "low");
    c->high = get_number(o, "high");
}

static void read_schema(reader *r, const json_value *o)
{
    schema *s = &r->m->schema;
    const json_value *columns = json_get(o, "columns");
    s->n_columns = (int32_t)get_length(r, columns, "columns", most_columns);
    s->columns = TAKE(&r->m->mem, schema_column, s->n_columns);
    if (!s->columns) r->bad = fail_memory(r->err);
    int64_t state = 0;
    for (int32_t i = 0; i < s->n_columns && !r->bad; i++)
        read_column(r, &s->columns[i], json_next(columns, &state, NULL), i);
    s->target = (int32_t)get_int(r, o, "target", 0, s->n_columns - 1);
    s->id = (int32_t)get_int(r, o, "id", -1, s->n_columns - 1);
    s->positive = keep_str(r, json_get(o, "positive"), "positive");
    s->negative = keep_str(r, json_get(o, "negative"), "negative");
    s->target_is_number = get_bool(r, o, "target_is_number");
    s->n_rows = get_int(r, o, "rows", 0, INT64_MAX);
    s->n_positive = get_int(r, o, "positive_rows", 0, INT64_MAX);
    s->n_no_target = get_int(r, o, "rows_without_target", 0, INT64_MAX);
}

static void read_levels(reader *r, encoder_column *c, const json_value *o)
{
    const json_value *levels = json_get(o, "levels");
    c->n_levels = (int32_t)get_length(r, levels, "levels", most_levels);
    c->level = TAKE(&r->m->mem, str, c->n_levels);
    if (!c->level) r->bad = fail_memory(r->err);
    int64_t state = 0;
    for (int32_t i = 0; i < c->n_levels && !r->bad; i++) {
        c->level[i] = keep_str(r, json_next(levels, &state, NULL), "levels");
        if (i && str_order(c->level[i - 1], c->level[i]) >= 0) wrong(r, "levels");
    }
    int other = get_bool(r, o, "other"), missing = get_bool(r, o, "missing");
    c->other_input = other ? c->n_levels : -1;
    c->missing_input = missing ? c->n_levels + other : -1;
    c->n_inputs = c->n_levels + other + missing;
}

static void read_encoder_column(reader *r, encoder_column *c, const json_value *o)
{
    c->schema_column = (int32_t)get_int(r, o, "column", 0, r->m->schema.n_columns - 1);
    if (r->bad) return;
    c->name = r->m->schema.columns[c->schema_column].name;
    c->is_number = json_get(o, "levels") == NULL;
    if (c->is_number) {
        c->mean = get_number(o, "mean");
        c->scale = get_number(o, "scale");
        c->n_inputs = 1;
        c->other_input = c->missing_input = -1;
        if (!isfinite(c->mean) || !isfinite(c->scale) || c->scale <= 0) wrong(r, "scale");
        const char *bad = rich_json_read(&c->rich, o, &r->m->mem);
        if (bad && !*bad && !r->bad) r->bad = fail_memory(r->err);
        if (bad) wrong(r, bad);
        if (c->rich) c->n_inputs = rich_number_inputs(c->rich);
    } else {
        read_levels(r, c, o);
    }
}

static void read_encoder(reader *r, const json_value *o)
{
    encoder *e = &r->m->encoder;
    const json_value *columns = json_get(o, "columns");
    e->n_columns = (int32_t)get_length(r, columns, "columns", r->m->schema.n_columns);
    e->columns = TAKE(&r->m->mem, encoder_column, e->n_columns);
    if (!e->columns) r->bad = fail_memory(r->err);
    int64_t state = 0, inputs = 0;
    for (int32_t i = 0; i < e->n_columns && !r->bad; i++) {
        encoder_column *c = &e->columns[i];
        c->first_input = (int32_t)inputs;
        read_encoder_column(r, c, json_next(columns, &state, NULL));
        inputs += c->n_inputs;
        if (inputs > INT32_MAX / 8 || (i && c->is_number && !e->columns[i - 1].is_number))
            wrong(r, "encoder");
    }
    e->n_inputs = (int32_t)inputs;
    if (get_int(r, o, "inputs", 0, INT32_MAX) != inputs) wrong(r, "inputs");
}

/* The network of an ensemble; its weights are in Keras' part. */
static void read_ensemble(reader *r, const json_value *o)
{
    enum { most_members = 64, most_units = 4096 };
    model *m = r->m;
    double rate = get_number(o, "dropout");
    if (!o) return;
    m->n_members = (int32_t)get_int(r, o, "members", 1, most_members);
    int32_t units = (int32_t)get_int(r, o, "units", 1, most_units);
    int32_t hidden = (int32_t)get_int(r, o, "hidden", 1, most_units);
    m->card.history.best_epoch = (int32_t)get_int(r, o, "best_epoch", 0, most_epochs);
    m->gain = get_number(o, "gain");
    m->gain_error = get_number(o, "gain_error");
    m->levelled = get_bool(r, o, "levelled");
    if (!(rate >= 0 && rate < 1)) wrong(r, "dropout");
    if (m->encoder.n_columns < 1) wrong(r, "ensemble");
    if (r->bad) return;
    r->bad = ensemble_network(m, units, hidden, (float)rate, r->err);
}

static void read_options(reader *r, card *c, const json_value *o)
{
    int64_t n = json_length(o), state = 0;
    if (!json_is_object(o) || n > 1000) wrong(r, "options");
    if (r->bad) return;
    c->options = TAKE(&r->m->mem, card_option, n);
    if (!c->options) r->bad = fail_memory(r->err);
    for (int64_t i = 0; i < n && !r->bad; i++) {
        str key = { 0 };
        const json_value *value = json_next(o, &state, &key);
        c->options[i].value = keep_str(r, value, "options");
        c->options[i].name = str_keep(&r->m->mem, key);
        if (!c->options[i].name.p) r->bad = fail_memory(r->err);
        c->n_options++;
    }
}

static void read_training(reader *r, const json_value *o)
{
    card *c = &r->m->card;
    c->n_rows = get_int(r, o, "rows", 0, INT64_MAX);
    c->n_train = get_int(r, o, "train_rows", 0, INT64_MAX);
    c->n_test = get_int(r, o, "test_rows", 0, INT64_MAX);
    c->n_positive_train = get_int(r, o, "train_positive", 0, INT64_MAX);
    c->n_positive_test = get_int(r, o, "test_positive", 0, INT64_MAX);
    c->test_size = get_number(o, "test_size");
    c->stratify = get_bool(r, o, "stratify");
    c->split_seed = get_int(r, o, "split_seed", 0, INT64_MAX);
    c->seed = get_int(r, o, "seed", 0, INT64_MAX);
    c->epochs = (int32_t)get_int(r, o, "epochs", 0, most_epochs);
    c->batch_size = (int32_t)get_int(r, o, "batch_size", 1, INT32_MAX);
    c->learning_rate = get_number(o, "learning_rate");
    read_options(r, c, json_get(o, "options"));
}

static void read_metrics(reader *r, const json_value *o)
{
    card *c = &r->m->card;
    c->verdict = (verdict_kind)get_word(r, o, "verdict", card_verdict_words, card_n_verdicts);
    if (json_get(o, "out_of_fold")) c->out_of_fold = get_bool(r, o, "out_of_fold");
    int64_t n = card_n_judged(c);
    if (n == 0) return;
    c->test.true_negative = get_int(r, o, "true_negative", 0, n);
    c->test.false_positive = get_int(r, o, "false_positive", 0, n);
    c->test.false_negative = get_int(r, o, "false_negative", 0, n);
    c->test.true_positive = get_int(r, o, "true_positive", 0, n);
    c->test_loss = get_number(o, "loss");
    c->auc = (auc_interval){ .auc = get_number(o, "roc_auc"),
                             .variance = get_number(o, "roc_auc_variance"),
                             .low = get_number(o, "roc_auc_low"),
                             .high = get_number(o, "roc_auc_high"),
                             .n_positive = card_n_judged_positive(c),
                             .n_negative = n - card_n_judged_positive(c) };
}

static void read_history(reader *r, const json_value *o)
{
    history *h = &r->m->card.history;
    h->n_epochs = (int32_t)json_length(json_get(o, card_series_words[0]));
    if (h->n_epochs > most_epochs) wrong(r, "history");
    if (r->bad) return;
    h->epochs = TAKE(&r->m->mem, epoch_figures, h->n_epochs);
    if (!h->epochs) r->bad = fail_memory(r->err);
    for (int s = 0; s < card_n_series && !r->bad; s++) {
        const json_value *series = json_get(o, card_series_words[s]);
        int64_t state = 0;
        if (json_length(series) != h->n_epochs) wrong(r, card_series_words[s]);
        for (int32_t i = 0; i < h->n_epochs && !r->bad; i++) {
            double value;
            int there = json_as_number(json_next(series, &state, NULL), &value);
            *card_series(&h->epochs[i], s) = there ? value : (double)NAN;
        }
    }
}

/* One that a later version knows is passed over. */
static void read_alarm(reader *r, alarms *all, const json_value *o)
{
    str kind = { 0 };
    data_alarm a = { .column = -1 };
    if (!json_as_str(json_get(o, "kind"), &kind)) wrong(r, "alarms");
    for (int i = 1; i < card_n_alarms; i++)
        if (str_eq(kind, str_of(card_alarm_words[i]))) a.kind = (alarm_kind)i;
    if (json_get(o, "column"))
        a.column = (int32_t)get_int(r, o, "column", 0, r->m->schema.n_columns - 1);
    if ((int)a.kind && (a.column >= 0) == (a.kind != ALARM_TWINS)) all->items[all->n++] = a;
}

/* Models of before there were alarms have none. */
static void read_alarms(reader *r, const json_value *list)
{
    alarms *a = &r->m->card.alarms;
    if (!list) return;
    int64_t n = get_length(r, list, "alarms", most_columns), state = 0;
    a->items = TAKE(&r->m->mem, data_alarm, n);
    if (!a->items) r->bad = fail_memory(r->err);
    for (int64_t i = 0; i < n && !r->bad; i++) read_alarm(r, a, json_next(list, &state, NULL));
}

static void read_all(reader *r, const json_value *root)
{
    int64_t format = 0;
    if (!json_as_int(json_get(root, "format"), &format) || format < 1) wrong(r, "format");
    if (!r->bad && format > card_format)
        r->bad = fail(r->err, PROPENSE_E_FORMAT,
                      "%s: written by a newer propense (format %lld, this one reads up to %d)",
                      r->name, (long long)format, (int)card_format);
    if (r->bad) return;
    r->m->card.version = keep_str(r, json_get(root, "propense"), "propense");
    r->m->card.fingerprint = keep_str(r, json_get(root, "data_fingerprint"), "data_fingerprint");
    if (json_get(root, "date")) r->m->card.date = keep_str(r, json_get(root, "date"), "date");
    if (!r->bad) read_schema(r, json_get(root, "schema"));
    if (!r->bad) read_encoder(r, json_get(root, "encoder"));
    if (!r->bad) read_ensemble(r, json_get(root, "ensemble"));
    if (!r->bad) read_training(r, json_get(root, "training"));
    if (!r->bad) read_alarms(r, json_get(root, "alarms"));
    if (!r->bad) read_metrics(r, json_get(root, "metrics"));
    if (!r->bad) read_history(r, json_get(root, "history"));
    if (!r->bad)
        r->bad = learning_json_read(&r->m->card, json_get(root, "learning"), r->m->network.n_layers,
                                    r->name, &r->m->mem, r->err);
    if (!r->bad)
        r->bad = balancing_json_read(&r->m->card.balancing, json_get(root, "balancing"), r->name,
                                     r->err);
    if (!r->bad)
        r->bad = calibrator_json_read(&r->m->calibrator, json_get(root, "calibration"), r->name,
                                      &r->m->mem, r->err);
}

static status open_card(json_doc **doc, str json, const char *name, propense_error *err)
{
    text what = { 0 };
    text_f(&what, "%s: propense.json", name);
    status s = what.bad ? fail_memory(err) : json_read(doc, json, what.p, err);
    text_free(&what);
    return s;
}

status card_json_read(model *m, str json, const char *name, propense_error *err)
{
    json_doc *d;
    reader r = { .m = m, .name = name, .err = err };
    TRY(open_card(&d, json, name, err));
    read_all(&r, json_root(d));
    json_free(d);
    return r.bad;
}
