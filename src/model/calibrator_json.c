/* The calibrator in propense.json, both ways; every number unrounded, every number checked.
 * Leaves what the numbers mean to calibrator.c and metrics/calibration.h.
 * Read calibrator_json.h first. */
#include "calibrator_json.h"

#include <math.h>

/* By calibration_kind; files live for ever: append only. */
static const char *const kind_words[] = { "none", "platt", "beta", "isotonic" };
enum { n_kinds = sizeof kind_words / sizeof *kind_words };
static const char base_rate_word[] = "base_rate";

/* ---- Writing */

static int is_nothing(const calibrator *c)
{
    return c->map.kind == CALIBRATION_NONE && !c->is_base_rate && c->logit_shift == 0 &&
           c->venn.n == 0 && !c->has_deciles && c->n == 0;
}

static void write_numbers(json_writer *w, const char *key, const double *x, int64_t n)
{
    json_open(w, key, '[');
    for (int64_t i = 0; i < n; i++) json_number(w, NULL, x[i]);
    json_close(w, ']');
}

static void write_map(json_writer *w, const calibrator *c)
{
    json_str(w, "kind", str_of(c->is_base_rate ? base_rate_word : kind_words[c->map.kind]));
    if (c->is_base_rate) json_number(w, "base_logit", c->base_logit);
    if (c->map.kind == CALIBRATION_PLATT || c->map.kind == CALIBRATION_BETA)
        json_number(w, "a", c->map.a);
    if (c->map.kind == CALIBRATION_BETA) json_number(w, "b", c->map.b);
    if (c->map.kind == CALIBRATION_PLATT || c->map.kind == CALIBRATION_BETA)
        json_number(w, "c", c->map.c);
    if (c->map.kind == CALIBRATION_ISOTONIC) {
        write_numbers(w, "from", c->map.x, c->map.n_knots);
        write_numbers(w, "to", c->map.y, c->map.n_knots);
    }
    json_number(w, "logit_shift", c->logit_shift);
}

static void write_venn(json_writer *w, const venn_abers *v)
{
    if (v->n == 0) return;
    json_open(w, "venn_abers", '{');
    write_numbers(w, "low", v->low, v->n);
    write_numbers(w, "high", v->high, v->n);
    write_numbers(w, "p0", v->p0, v->n);
    write_numbers(w, "p1", v->p1, v->n);
    json_close(w, '}');
}

static void write_judgement(json_writer *w, const calibrator *c)
{
    if (c->n == 0) return;
    json_open(w, "out_of_fold", '{');
    json_int(w, "rows", c->n);
    json_int(w, "folds", c->n_folds);
    json_number(w, "log_loss_before", c->loss_before);
    json_number(w, "log_loss_after", c->loss_after);
    json_number(w, "ece_before", c->ece_before);
    json_number(w, "ece_after", c->ece_after);
    json_number(w, "ece_noise_floor", c->ece_floor);
    json_number(w, "roc_auc", c->auc);
    json_number(w, "roc_auc_low", c->auc_low);
    json_number(w, "roc_auc_high", c->auc_high);
    json_close(w, '}');
}

void calibrator_json_write(json_writer *w, const calibrator *c)
{
    if (is_nothing(c)) return;
    json_open(w, "calibration", '{');
    write_map(w, c);
    write_venn(w, &c->venn);
    if (c->has_deciles) write_numbers(w, "deciles", c->decile_at, calibrator_deciles - 1);
    write_judgement(w, c);
    json_close(w, '}');
}

/* ---- Reading */

typedef struct place {
    const char *name; /* of the file */
    arena *mem;
    propense_error *err;
} place;

static status wrong(const place *at, const char *what)
{
    return fail(at->err, PROPENSE_E_FORMAT, "%s: propense.json: '%s' is missing or not valid",
                at->name, what);
}

static int finite_number(double *out, const json_value *o, const char *key)
{
    return json_as_number(json_get(o, key), out) && *out > -HUGE_VAL && *out < HUGE_VAL;
}

static status read_numbers(double **out, int64_t *n, const json_value *o, const char *key,
                           int64_t most, const place *at)
{
    const json_value *list = json_get(o, key);
    int64_t state = 0;
    *n = json_length(list);
    if (!json_is_array(list) || *n > most) return wrong(at, key);
    *out = TAKE(at->mem, double, *n);
    if (!*out) return fail_memory(at->err);
    for (int64_t i = 0; i < *n; i++)
        if (!json_as_number(json_next(list, &state, NULL), &(*out)[i])) return wrong(at, key);
    return PROPENSE_OK;
}

static status read_knots(calibration_map *m, const json_value *o, const place *at)
{
    int64_t n_to;
    TRY(read_numbers(&m->x, &m->n_knots, o, "from", calibration_most_knots, at));
    TRY(read_numbers(&m->y, &n_to, o, "to", calibration_most_knots, at));
    return n_to == m->n_knots ? PROPENSE_OK : wrong(at, "to");
}

static status read_map(calibrator *c, const json_value *o, const place *at)
{
    str kind = { 0 };
    int which = 0;
    (void)json_as_str(json_get(o, "kind"), &kind);
    c->is_base_rate = str_eq(kind, str_of(base_rate_word));
    while (which < n_kinds && !str_eq(kind, str_of(kind_words[which]))) which++;
    if (which == n_kinds && !c->is_base_rate) return wrong(at, "kind");
    c->map.kind = c->is_base_rate ? CALIBRATION_NONE : which;
    if (c->is_base_rate && !finite_number(&c->base_logit, o, "base_logit"))
        return wrong(at, "base_logit");
    if (c->map.kind == CALIBRATION_PLATT || c->map.kind == CALIBRATION_BETA)
        if (!finite_number(&c->map.a, o, "a") || !finite_number(&c->map.c, o, "c"))
            return wrong(at, "a");
    if (c->map.kind == CALIBRATION_BETA && !finite_number(&c->map.b, o, "b")) return wrong(at, "b");
    if (c->map.kind == CALIBRATION_ISOTONIC) TRY(read_knots(&c->map, o, at));
    if (!calibration_valid(&c->map)) return wrong(at, "calibration");
    return finite_number(&c->logit_shift, o, "logit_shift") ? PROPENSE_OK
                                                            : wrong(at, "logit_shift");
}

static status read_venn(venn_abers *v, const json_value *o, const place *at)
{
    int64_t n[3];
    if (!o) return PROPENSE_OK;
    TRY(read_numbers(&v->low, &v->n, o, "low", venn_abers_most_points, at));
    TRY(read_numbers(&v->high, &n[0], o, "high", venn_abers_most_points, at));
    TRY(read_numbers(&v->p0, &n[1], o, "p0", venn_abers_most_points, at));
    TRY(read_numbers(&v->p1, &n[2], o, "p1", venn_abers_most_points, at));
    for (int i = 0; i < 3; i++)
        if (n[i] != v->n) return wrong(at, "venn_abers");
    return venn_abers_valid(v) ? PROPENSE_OK : wrong(at, "venn_abers");
}

static status read_deciles(calibrator *c, const json_value *o, const place *at)
{
    double *x;
    int64_t n;
    if (!json_get(o, "deciles")) return PROPENSE_OK;
    TRY(read_numbers(&x, &n, o, "deciles", calibrator_deciles - 1, at));
    if (n != calibrator_deciles - 1) return wrong(at, "deciles");
    for (int64_t i = 0; i < n; i++) {
        if (!(x[i] > -HUGE_VAL && x[i] < HUGE_VAL) || (i && x[i] > x[i - 1]))
            return wrong(at, "deciles");
        c->decile_at[i] = x[i];
    }
    c->has_deciles = 1;
    return PROPENSE_OK;
}

static double number_or_nan(const json_value *o, const char *key)
{
    double value;
    return json_as_number(json_get(o, key), &value) ? value : (double)NAN;
}

static status read_judgement(calibrator *c, const json_value *o, const place *at)
{
    int64_t folds = 0;
    if (!o) return PROPENSE_OK;
    if (!json_as_int(json_get(o, "rows"), &c->n) || c->n < 1) return wrong(at, "rows");
    if (!json_as_int(json_get(o, "folds"), &folds) || folds < 2 || folds > INT32_MAX)
        return wrong(at, "folds");
    c->n_folds = (int32_t)folds;
    c->loss_before = number_or_nan(o, "log_loss_before");
    c->loss_after = number_or_nan(o, "log_loss_after");
    c->ece_before = number_or_nan(o, "ece_before");
    c->ece_after = number_or_nan(o, "ece_after");
    c->ece_floor = number_or_nan(o, "ece_noise_floor");
    c->auc = number_or_nan(o, "roc_auc");
    c->auc_low = number_or_nan(o, "roc_auc_low");
    c->auc_high = number_or_nan(o, "roc_auc_high");
    return PROPENSE_OK;
}

status calibrator_json_read(calibrator *out, const json_value *member, const char *name, arena *mem,
                            propense_error *err)
{
    place at = { name, mem, err };
    *out = (calibrator){ 0 };
    if (!member) return PROPENSE_OK;
    if (!json_is_object(member)) return wrong(&at, "calibration");
    TRY(read_map(out, member, &at));
    TRY(read_venn(&out->venn, json_get(member, "venn_abers"), &at));
    TRY(read_deciles(out, member, &at));
    return read_judgement(out, json_get(member, "out_of_fold"), &at);
}
