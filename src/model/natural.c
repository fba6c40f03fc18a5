/* Rows that are balanced for training, and what that does to the figures.
 * Leaves which negatives stay to balance.c, and the sentences to report/console_balance.c.
 * Read natural.h first. */
#include "natural.h"

#include <math.h>

#include "calibration.h"
#include "judge.h"
#include "maths.h"
#include "num.h"
#include "probability.h"

/* ---- Rows */

/* The rows of `train` in file order. */
static status in_file_order(int64_t **rows, const dataset *d, row_set train, arena *mem,
                            propense_error *err)
{
    uint8_t *is_there = TAKE(mem, uint8_t, d->n_rows);
    int64_t n = 0;
    *rows = TAKE(mem, int64_t, train.n);
    if (!is_there || !*rows) return fail_memory(err);
    for (int64_t i = 0; i < train.n; i++) is_there[train.at[i]] = 1;
    for (int64_t i = 0; i < d->n_rows; i++)
        if (is_there[i]) (*rows)[n++] = i;
    return PROPENSE_OK;
}

/* The negatives among `rows`, encoded, and which of them stay. */
static status judge_kept(balancing *out, const dataset *d, const int64_t *rows, const uint8_t *y,
                         const uint8_t *keep, int64_t n, const struct kernels *k, arena *mem,
                         propense_error *err)
{
    encoder e;
    auc_interval apart;
    int64_t at = 0;
    int64_t *zeros = TAKE(mem, int64_t, n);
    uint8_t *kept = TAKE(mem, uint8_t, n);
    if (!zeros || !kept) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        if (y[i]) continue;
        zeros[at] = rows[i];
        kept[at++] = keep[i];
    }
    TRY(encoder_fit(&e, &d->schema, &d->data, zeros, at, mem, NULL, err));
    int32_t *columns = TAKE(mem, int32_t, e.n_columns);
    float *x = at <= INT64_MAX / (e.n_inputs + 1) ? TAKE_WIDE(mem, float, at *e.n_inputs) : NULL;
    if (!columns || !x) return fail_memory(err);
    for (int32_t c = 0; c < e.n_columns; c++)
        columns[c] = d->schema.columns[e.columns[c].schema_column].position;
    TRY(encoder_transform(&e, columns, &d->data, zeros, at, x, 0, d->name, NULL, mem, err));
    TRY(balance_told_apart(&apart, x, kept, at, e.n_inputs, 1, k, mem, err));
    out->told_apart = apart.auc;
    out->told_apart_low = apart.low;
    out->told_apart_high = apart.high;
    out->is_skewed = balance_is_skewed(&apart);
    return PROPENSE_OK;
}

static status keep_rows(row_set *learned, const dataset *d, row_set train, const int64_t *rows,
                        const uint8_t *keep, int64_t n_kept, arena *mem, propense_error *err)
{
    uint8_t *stays = TAKE(mem, uint8_t, d->n_rows);
    int64_t *at = TAKE(mem, int64_t, n_kept), n = 0;
    if (!stays || !at) return fail_memory(err);
    for (int64_t i = 0; i < train.n; i++) stays[rows[i]] = keep[i];
    for (int64_t i = 0; i < train.n; i++)
        if (stays[train.at[i]]) at[n++] = train.at[i];
    *learned = (row_set){ at, n };
    return PROPENSE_OK;
}

static void tell_skew(const balancing *b, int64_t n_kept, const propense_callbacks *cb)
{
    char apart[num_buffer];
    (void)num_local(apart, b->told_apart, 2, callbacks_language(cb));
    if (b->is_skewed)
        say(cb, PROPENSE_WARNING,
            "the %lld rows without a conversion that are learned from do not stand for all %lld of "
            "the training part: a model tells them apart with ROC AUC %s, where 0.5 would be "
            "chance. --balance random draws them from the whole file",
            (long long)(n_kept - b->n_positive), (long long)(b->n_rows - b->n_positive), apart);
}

/* keep: [train.n] of `rows`, which is `train` in file order. */
static status choose(uint8_t **keep, int64_t *n_kept, int64_t **rows, uint8_t **y, const dataset *d,
                     row_set train, balance_kind kind, uint64_t seed, arena *mem,
                     propense_error *err)
{
    TRY(in_file_order(rows, d, train, mem, err));
    *keep = TAKE(mem, uint8_t, train.n);
    if (!*keep) return fail_memory(err);
    TRY(dataset_targets(y, d, *rows, train.n, mem, err));
    *n_kept = balance_rows(*keep, *y, train.n, kind, seed, mem);
    return *n_kept < 0 ? fail_memory(err) : PROPENSE_OK;
}

status natural_rows(row_set *learned, const dataset *d, row_set train, balance_kind kind,
                    uint64_t seed, arena *mem, propense_error *err)
{
    uint8_t *keep, *y;
    int64_t *rows, n_kept;
    *learned = train;
    if (kind == BALANCE_NONE) return PROPENSE_OK;
    TRY(choose(&keep, &n_kept, &rows, &y, d, train, kind, seed, mem, err));
    return n_kept == train.n ? PROPENSE_OK
                             : keep_rows(learned, d, train, rows, keep, n_kept, mem, err);
}

status natural_choose(row_set *learned, balancing *out, const dataset *d, row_set train,
                      const options *o, const struct kernels *k, const propense_callbacks *cb,
                      arena *mem, propense_error *err)
{
    balance_kind kind = balance_of(option_text(o, OPT_balance));
    int64_t *rows, n_kept;
    uint8_t *keep, *y;
    *out = (balancing){ .n_rows = train.n };
    *learned = train;
    if (kind == BALANCE_NONE) return PROPENSE_OK;
    TRY(choose(&keep, &n_kept, &rows, &y, d, train, kind, (uint64_t)option_int(o, OPT_seed), mem,
               err));
    for (int64_t i = 0; i < train.n; i++) out->n_positive += y[i];
    if (n_kept == train.n) return PROPENSE_OK;
    out->kind = (int32_t)kind;
    TRY(keep_rows(learned, d, train, rows, keep, n_kept, mem, err));
    arena_mark mark = arena_here(mem);
    TRY(judge_kept(out, d, rows, y, keep, train.n, k, mem, err));
    arena_rewind(mem, mark);
    tell_skew(out, n_kept, cb);
    return PROPENSE_OK;
}

/* ---- The way back */

/* Rows, and the weights of them, by class. */
typedef struct class_sums {
    double n[2], weight[2];
} class_sums;

static class_sums sums_of(const dataset *d, row_set r)
{
    class_sums s = { 0 };
    for (int64_t i = 0; i < r.n; i++) {
        int64_t row = r.at[i];
        s.n[d->y[row]] += 1;
        s.weight[d->y[row]] += d->weight ? (double)d->weight[row] : 1;
    }
    return s;
}

/* log of the odds that the loss saw over those of the rows: of the classes' weights, and of the
 * mean weight of a row of each. 0 where a class counts nothing. */
static double weights_logit(const fit_options *fit, const class_sums *s)
{
    double w[2] = { 1, 1 };
    if (fit->balanced)
        w[0] = s->n[1], w[1] = s->n[0];
    else if (fit->class_weight[0] != 0 || fit->class_weight[1] != 0)
        w[0] = fit->class_weight[0], w[1] = fit->class_weight[1];
    for (int i = 0; i < 2; i++) w[i] *= s->weight[i] / s->n[i];
    return w[0] > 0 && w[1] > 0 ? m_log(w[1] / w[0]) : 0;
}

double natural_shift(const pipeline_plan *plan, const dataset *d, row_set learned, row_set train)
{
    class_sums from = sums_of(d, learned), all = sums_of(d, train);
    if (!(from.n[0] > 0 && from.n[1] > 0)) return 0;
    double shift = -weights_logit(&plan->fit, &from);
    if (learned.n == train.n) return shift;
    return shift + calibration_prior(0, from.n[1] / (double)learned.n, all.n[1] / (double)train.n);
}

void natural_correct(model *m, double shift, const propense_callbacks *cb)
{
    calibrator *c = &m->calibrator;
    if (shift == 0 || c->map.kind != CALIBRATION_NONE || c->is_base_rate) return;
    c->logit_shift += shift;
    say(cb, PROPENSE_NOTE,
        "what balancing and weights did to the share of conversions is taken back out of the "
        "probabilities, which hold for customers as they are; the ranking is the same");
}

/* ---- Another prior */

/* The share that the model's probabilities stand for: --prior of its training, the rows as they
 * were before balancing, or those it learned from. */
static double standing_prior(const model *m)
{
    const card *c = &m->card;
    double asked;
    for (int32_t i = 0; i < c->n_options; i++)
        if (str_eq(c->options[i].name, STR("prior")) && num_parse(c->options[i].value, &asked) &&
            asked > 0)
            return asked;
    if (c->balancing.kind) return (double)c->balancing.n_positive / (double)c->balancing.n_rows;
    return c->n_train > 0 ? (double)c->n_positive_train / (double)c->n_train : 0;
}

status natural_prior(model *out, const model *m, const options *o, propense_error *err)
{
    double asked = option_number(o, OPT_prior), standing = 0;
    if (m) *out = *m;
    if (!(asked > 0)) return PROPENSE_OK;
    if (m && !m->is_foreign) standing = standing_prior(m);
    if (!(standing > 0 && standing < 1))
        return fail(err, PROPENSE_E_ARG,
                    "--prior: what share of conversions the probabilities stand for is not known "
                    "without a model of propense");
    out->calibrator.logit_shift += calibration_prior(0, standing, asked);
    return PROPENSE_OK;
}

/* ---- Side by side */

static status figures_of(balanced_figures *out, const double *z, const uint8_t *y, int64_t n,
                         arena *tmp, propense_error *err)
{
    int64_t right = 0;
    double loss = 0;
    ranked r;
    arena_mark mark = arena_here(tmp);
    double *p = TAKE(tmp, double, n);
    if (!p) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        right += (z[i] > 0) == y[i];
        loss += (z[i] > 0 ? z[i] : 0) - z[i] * y[i] + m_log1p(m_exp(-fabs(z[i])));
        p[i] = m_sigmoid(z[i]);
    }
    if (!ranked_of(&r, y, p, n, tmp)) return fail_memory(err);
    ece_figures ece = ece_of(&r, ece_bins);
    arena_rewind(tmp, mark);
    *out = (balanced_figures){ (double)right / (double)n, loss / (double)n, ece.ece };
    return PROPENSE_OK;
}

/* What the network says of a model's held rows. */
static status logits_of(double *z, const model *m, const pipeline *p, const struct kernels *k,
                        arena *tmp, propense_error *err)
{
    float *logit = TAKE(tmp, float, p->n_held), *unused = TAKE(tmp, float, p->n_held);
    if (!logit || !unused) return fail_memory(err);
    TRY(predict_rows(m, k, p->x_held, p->n_held, unused, logit, tmp, err));
    for (int64_t i = 0; i < p->n_held; i++) z[i] = (double)logit[i];
    return PROPENSE_OK;
}

/* As many negatives as positives of the held rows, drawn. */
static status on_balanced(balancing *out, const double *z, const uint8_t *y, int64_t n,
                          const options *o, arena *tmp, propense_error *err)
{
    int64_t right = 0;
    uint8_t *keep = TAKE(tmp, uint8_t, n);
    if (!keep) return fail_memory(err);
    int64_t n_kept =
        balance_rows(keep, y, n, BALANCE_RANDOM, (uint64_t)option_int(o, OPT_seed), tmp);
    if (n_kept < 0) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) right += keep[i] && (z[i] > 0) == y[i];
    out->n_balanced = n_kept;
    out->balanced_accuracy = n_kept ? (double)right / (double)n_kept : 0;
    return PROPENSE_OK;
}

/* The same plan on all training rows. */
static status learn_all(balancing *out, const pipeline_plan *plan, const dataset *d, row_set train,
                        row_set held, const dataset *held_from, arena *tmp, propense_error *err)
{
    pipeline all;
    TRY(pipeline_encode_for(&all, plan, d, NULL, train, held, NULL, err));
    status s = held_from ? pipeline_hold(&all, held_from, err) : PROPENSE_OK;
    if (s == PROPENSE_OK) s = pipeline_learn(&all, plan, NULL, err);
    double *z = TAKE(tmp, double, all.n_held), shift = natural_shift(plan, d, train, train);
    if (s == PROPENSE_OK && !z) s = fail_memory(err);
    if (s == PROPENSE_OK) s = logits_of(z, all.m, &all, plan->fit.kernels, tmp, err);
    for (int64_t i = 0; s == PROPENSE_OK && i < all.n_held; i++) z[i] += shift;
    if (s == PROPENSE_OK) s = figures_of(&out->all, z, all.y_held, all.n_held, tmp, err);
    pipeline_free(&all);
    return s;
}

/* The network as it is, corrected by the prior alone, and as it is believed. */
static status compare_steps(balancing *out, const pipeline *p, const pipeline_plan *plan,
                            double shift, const options *o, arena *tmp, propense_error *err)
{
    int64_t n = p->n_held, ones = 0;
    double *z = TAKE(tmp, double, n), *other = TAKE(tmp, double, n);
    if (!z || !other) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) ones += p->y_held[i];
    out->n_held = n;
    out->always_accuracy = (double)(2 * ones > n ? ones : n - ones) / (double)n;
    TRY(logits_of(z, p->m, p, plan->fit.kernels, tmp, err));
    TRY(figures_of(&out->raw, z, p->y_held, n, tmp, err));
    TRY(on_balanced(out, z, p->y_held, n, o, tmp, err));
    for (int64_t i = 0; i < n; i++) other[i] = z[i] + shift;
    TRY(figures_of(&out->shifted, other, p->y_held, n, tmp, err));
    for (int64_t i = 0; i < n; i++) other[i] = calibrator_logit(&p->m->calibrator, z[i]);
    return figures_of(&out->corrected, other, p->y_held, n, tmp, err);
}

status natural_compare(balancing *out, const pipeline *p, const pipeline_plan *plan,
                       const dataset *d, row_set learned, row_set train, row_set held,
                       const dataset *held_from, const options *o, arena *tmp, propense_error *err)
{
    if (!out->kind || !p->n_held) return PROPENSE_OK;
    out->is_calibrated = p->m->calibrator.map.kind != CALIBRATION_NONE;
    TRY(compare_steps(out, p, plan, natural_shift(plan, d, learned, train), o, tmp, err));
    return learn_all(out, plan, d, train, held, held_from, tmp, err);
}
