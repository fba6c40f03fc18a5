/* From out-of-fold scores to a calibrator. Leaves the maps to metrics/calibration.c and their use
 * to model/calibrator.c. Read calibrate.h first. */
#include "calibrate.h"

#include <math.h>

#include "crossfit.h"
#include "folds.h"
#include "maths.h"
#include "natural.h"
#include "num.h"
#include "probability.h"
#include "roc.h"
#include "sorting.h"
#include "words.h"

/* Mean of log(1 + exp(-+z)), in row order. */
static double mean_loss(const double *z, const uint8_t *y, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double a = y[i] ? -z[i] : z[i];
        sum += a > 0 ? a + m_log1p(m_exp(-a)) : m_log1p(m_exp(a));
    }
    return sum / (double)n;
}

/* ---- Cross-fitting a map */

typedef struct scratch {
    double *z, *part; /* [n] */
    uint8_t *part_y;  /* [n] */
} scratch;

/* out: [n] logits by maps of `kind` fitted without the row's fold. */
static status cross_map(double *out, const fold_scores *s, calibration_kind kind, scratch *w,
                        arena *tmp, propense_error *err)
{
    for (int32_t f = 0; f < s->n_folds; f++) {
        arena_mark mark = arena_here(tmp);
        calibration_map map;
        int64_t n = 0;
        for (int64_t i = 0; i < s->n; i++) {
            if (s->fold[i] == f) continue;
            w->part[n] = w->z[i];
            w->part_y[n++] = s->y[i];
        }
        TRY(calibration_fit(&map, (int32_t)kind, w->part, w->part_y, NULL, n, tmp, err));
        for (int64_t i = 0; i < s->n; i++)
            if (s->fold[i] == f) out[i] = calibration_apply(&map, w->z[i]);
        arena_rewind(tmp, mark);
    }
    return PROPENSE_OK;
}

static calibration_kind kind_asked(const char *how)
{
    return strcmp(how, "platt") == 0      ? CALIBRATION_PLATT
           : strcmp(how, "beta") == 0     ? CALIBRATION_BETA
           : strcmp(how, "isotonic") == 0 ? CALIBRATION_ISOTONIC
                                          : CALIBRATION_NONE;
}

/* best: [n] the cross-fitted logits of the kind chosen. Of equals the simpler one. */
static status choose(calibration_kind *kind, double *best, const fold_scores *s, const char *how,
                     scratch *w, arena *tmp, propense_error *err)
{
    calibration_kind asked = kind_asked(how);
    double *now = TAKE(tmp, double, s->n);
    if (!now) return fail_memory(err);
    *kind = CALIBRATION_NONE;
    for (int64_t i = 0; i < s->n; i++) best[i] = w->z[i] + s->shift;
    double least = mean_loss(best, s->y, s->n);
    if (strcmp(how, "none") == 0) return PROPENSE_OK;
    for (int k = CALIBRATION_PLATT; k <= CALIBRATION_ISOTONIC; k++) {
        if (asked != CALIBRATION_NONE && k != (int)asked) continue;
        TRY(cross_map(now, s, (calibration_kind)k, w, tmp, err));
        double loss = mean_loss(now, s->y, s->n);
        if (asked == CALIBRATION_NONE && !(loss < least)) continue;
        least = loss;
        *kind = (calibration_kind)k;
        for (int64_t i = 0; i < s->n; i++) best[i] = now[i];
    }
    return PROPENSE_OK;
}

/* ---- What is kept */

static status judge(double *loss, ece_figures *ece, const double *z, const fold_scores *s,
                    arena *tmp, propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    ranked r;
    double *p = TAKE(tmp, double, s->n);
    if (!p) return fail_memory(err);
    for (int64_t i = 0; i < s->n; i++) p[i] = m_sigmoid(z[i]);
    if (!ranked_of(&r, s->y, p, s->n, tmp)) return fail_memory(err);
    *loss = mean_loss(z, s->y, s->n);
    *ece = ece_of(&r, ece_bins);
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

/* Decile k ends with the score of rank ceil(n k / 10). */
static status cut_deciles(calibrator *c, const scratch *w, int64_t n, arena *tmp,
                          propense_error *err)
{
    double *sorted = TAKE(tmp, double, n), *spare = TAKE(tmp, double, n);
    if (!sorted || !spare) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) sorted[i] = w->z[i];
    sort_numbers(sorted, spare, n);
    for (int k = 1; k < calibrator_deciles; k++) {
        int64_t rank = (n * k + calibrator_deciles - 1) / calibrator_deciles;
        c->decile_at[k - 1] = sorted[n - rank];
    }
    c->has_deciles = 1;
    return PROPENSE_OK;
}

/* Stretches whose bounds differ by less than anybody sees become one, with the lower p0 and the
 * higher p1: a model file stays small, and the bounds hold. */
static void join_close(venn_abers *v)
{
    const double close = 1e-3;
    int64_t n = 0;
    for (int64_t i = 0; i < v->n; n++) {
        int64_t last = i;
        while (last + 1 < v->n && v->p0[last + 1] - v->p0[i] < close &&
               v->p1[last + 1] - v->p1[i] < close)
            last++;
        v->low[n] = v->low[i];
        v->p0[n] = v->p0[i];
        v->high[n] = v->high[last];
        v->p1[n] = v->p1[last];
        i = last + 1;
    }
    v->n = n;
}

/* The bounds come from rows as they are; model_believe adds the shift to them as to the logit. */
static void shift_back(venn_abers *v, double shift)
{
    for (int64_t i = 0; shift != 0 && i < v->n; i++) {
        double *const at[] = { &v->p0[i], &v->p1[i] };
        for (int k = 0; k < 2; k++)
            if (*at[k] > 0 && *at[k] < 1) *at[k] = m_sigmoid(m_logit(*at[k]) - shift);
    }
}

static double base_logit(const fold_scores *s)
{
    double positive = 0.5;
    for (int64_t i = 0; i < s->n; i++) positive += s->y[i];
    return m_logit(positive / ((double)s->n + 1));
}

static status describe(calibrator *c, const double *best, const fold_scores *s, const scratch *w,
                       arena *tmp, propense_error *err)
{
    ece_figures before, after;
    c->n = s->n;
    c->n_folds = s->n_folds;
    double *plain = TAKE(tmp, double, s->n);
    if (!plain) return fail_memory(err);
    for (int64_t i = 0; i < s->n; i++) plain[i] = w->z[i] + s->shift;
    TRY(judge(&c->loss_before, &before, plain, s, tmp, err));
    TRY(judge(&c->loss_after, &after, best, s, tmp, err));
    c->ece_before = before.ece;
    c->ece_after = after.ece;
    c->ece_floor = after.noise_floor;
    return PROPENSE_OK;
}

static status fit_steps(calibrator *out, double *cross, const fold_scores *s, const char *how,
                        arena *mem, arena *tmp, propense_error *err)
{
    scratch w = { TAKE(tmp, double, s->n), TAKE(tmp, double, s->n), TAKE(tmp, uint8_t, s->n) };
    double *best = cross ? cross : TAKE(tmp, double, s->n);
    auc_interval auc;
    calibration_kind kind = CALIBRATION_NONE;
    if (!w.z || !w.part || !w.part_y || !best) return fail_memory(err);
    for (int64_t i = 0; i < s->n; i++) w.z[i] = (double)s->logit[i];
    if (!auc_delong(&auc, s->y, s->logit, s->n, 0.95, tmp)) return fail_memory(err);
    out->auc = auc.auc;
    out->auc_low = auc.low;
    out->auc_high = auc.high;
    if (strcmp(how, "auto") == 0 && !(auc.low > 0.5)) {
        out->is_base_rate = 1;
        out->base_logit = base_logit(s);
        for (int64_t i = 0; i < s->n; i++) best[i] = out->base_logit;
        return describe(out, best, s, &w, tmp, err);
    }
    TRY(choose(&kind, best, s, how, &w, tmp, err));
    TRY(describe(out, best, s, &w, tmp, err));
    TRY(calibration_fit(&out->map, (int32_t)kind, w.z, s->y, NULL, s->n, mem, err));
    TRY(venn_abers_fit(&out->venn, w.z, s->y, NULL, s->n, mem, err));
    join_close(&out->venn);
    if (kind == CALIBRATION_NONE) shift_back(&out->venn, s->shift);
    return cut_deciles(out, &w, s->n, tmp, err);
}

status calibrate_fit(calibrator *out, double *cross, const fold_scores *s, const char *how,
                     arena *mem, propense_error *err)
{
    arena tmp = { 0 };
    *out = (calibrator){ 0 };
    status code = fit_steps(out, cross, s, how, mem, &tmp, err);
    arena_free(&tmp);
    return code;
}

/* ---- For training */

static int needs_a_way_back(const options *o)
{
    return strcmp(option_text(o, OPT_balance), "none") != 0 ||
           strcmp(option_text(o, OPT_class_weight), "none") != 0 ||
           *option_text(o, OPT_weight_column) != '\0';
}

int calibrate_is_asked(const options *o)
{
    static const option_id spelt[] = { OPT_hidden, OPT_epochs,     OPT_batch_size,
                                       OPT_lr,     OPT_activation, OPT_dropout };
    const char *how = option_text(o, OPT_calibrate);
    if (strcmp(how, "none") == 0) return 0;
    if (strcmp(how, "auto") != 0 || needs_a_way_back(o)) return 1;
    for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++)
        if (o->value[spelt[i]]) return 0;
    return 1;
}

static status out_of_fold(fold_scores *s, crossfit *scores, folds *f, const dataset *d,
                          row_set train, const pipeline_plan *plan, const options *o,
                          const propense_callbacks *cb, arena *tmp, propense_error *err)
{
    uint8_t *y;
    int32_t *group, n_folds = (int32_t)option_int(o, OPT_folds);
    TRY(dataset_targets(&y, d, train.at, train.n, tmp, err));
    TRY(dataset_groups(&group, d, train.at, train.n, tmp, err));
    uint32_t seed = (uint32_t)option_int(o, OPT_split_seed);
    TRY(group ? folds_grouped(f, y, group, train.n, d->n_groups, n_folds, 1, seed, tmp, err)
              : folds_stratified(f, y, train.n, n_folds, 1, seed, tmp, err));
    crossfit_set set = { .fold = f->of, .n_folds = n_folds, .seed = plan->fit.seed };
    int threads = plan->fit.threads > 0 ? plan->fit.threads : threads_available();
    pool *p = pool_new(threads < n_folds ? threads : n_folds);
    if (!p) return fail_memory(err);
    crossfit_job job = { .d = d,
                         .rows = train,
                         .plan = plan,
                         .sets = &set,
                         .n_sets = 1,
                         .contenders = 1u << CONTENDER_NETWORK,
                         .threads = p,
                         .cb = cb };
    status code = crossfit_run(scores, &job, tmp, err);
    pool_free(p);
    *s = (fold_scores){ scores->score[CONTENDER_NETWORK], y, f->of, train.n, n_folds, 0 };
    return code;
}

static int enough_for(const dataset *d, row_set train, int64_t n_folds)
{
    int64_t positive = 0;
    for (int64_t i = 0; i < train.n; i++) positive += d->y[train.at[i]] == 1;
    return positive >= n_folds && train.n - positive >= n_folds;
}

/* What was chosen, and what it is worth; numbers as text, since messages take no others. */
static void tell(const calibrator *c, const propense_callbacks *cb)
{
    static const char *const kinds[] = { N_("left as they are"), "Platt", "beta", "isotonic" };
    propense_language l = callbacks_language(cb);
    char before[num_buffer], after[num_buffer], ece[num_buffer];
    if (c->n == 0) return;
    if (c->is_base_rate) {
        (void)num_local(before, 100 * m_sigmoid(c->base_logit), 1, l);
        say(cb, PROPENSE_WARNING,
            "judged out of fold on the training rows, the scores cannot be told from chance: every "
            "customer gets the base rate, %s%%, as probability (--calibrate none keeps the "
            "network's own)",
            before);
        return;
    }
    (void)num_local(before, c->loss_before, 4, l);
    (void)num_local(after, c->loss_after, 4, l);
    (void)num_local(ece, c->ece_after, 3, l);
    say(cb, PROPENSE_NOTE,
        "probabilities calibrated on out-of-fold scores of the training rows (%s): log-loss %s, "
        "before %s; calibration error %s",
        tr(l, kinds[c->map.kind]), after, before, ece);
}

/* Without scores nothing is calibrated; a prior can be asked for all the same. */
static void shift_prior(calibrator *c, const dataset *d, row_set train, double prior)
{
    double positive = 0;
    for (int64_t i = 0; i < train.n; i++) positive += d->y[train.at[i]] == 1;
    if (prior > 0 && positive > 0 && positive < (double)train.n)
        c->logit_shift = calibration_prior(0, positive / (double)train.n, prior);
}

static status calibrate_rows(calibrator *out, const dataset *d, row_set train, double shift,
                             const pipeline_plan *plan, const options *o,
                             const propense_callbacks *cb, arena *mem, propense_error *err)
{
    arena tmp = { 0 };
    fold_scores s = { 0 };
    crossfit scores;
    folds f;
    status code = out_of_fold(&s, &scores, &f, d, train, plan, o, cb, &tmp, err);
    s.shift = shift;
    if (code == PROPENSE_OK)
        code = calibrate_fit(out, NULL, &s, option_text(o, OPT_calibrate), mem, err);
    if (code == PROPENSE_OK) tell(out, cb);
    arena_free(&tmp);
    return code;
}

static status members_scores(fold_scores *s, const pipeline *p, arena *mem, propense_error *err)
{
    uint8_t *fold = TAKE(mem, uint8_t, p->n_train);
    if (!fold) return fail_memory(err);
    for (int32_t f = 0; f < p->n_folds; f++)
        for (int64_t i = p->fold_at[f]; i < p->fold_at[f + 1]; i++) fold[i] = (uint8_t)f;
    *s = (fold_scores){ p->out_of_fold, p->y, fold, p->n_train, p->n_folds, 0 };
    return PROPENSE_OK;
}

/* The best preset's members have scored each other's rows already. Means of eight need no map
 * (docs/quality.md); one is fitted where it is asked for by name. Deciles and bounds are always
 * known. */
static status calibrate_members(calibrator *out, const pipeline *p, const char *how, arena *mem,
                                propense_error *err)
{
    arena tmp = { 0 };
    fold_scores s;
    status code = members_scores(&s, p, &tmp, err);
    if (code == PROPENSE_OK)
        code = calibrate_fit(out, NULL, &s, strcmp(how, "auto") ? how : "none", mem, err);
    arena_free(&tmp);
    return code;
}

static int has_both(const pipeline *p)
{
    int64_t positive = 0;
    for (int64_t i = 0; i < p->n_train; i++) positive += p->y[i];
    return positive > 0 && positive < p->n_train;
}

status calibrate_training(calibrator *out, const dataset *d, row_set train, row_set learned,
                          const pipeline_plan *plan, const pipeline *p, const options *o,
                          const propense_callbacks *cb, arena *mem, propense_error *err)
{
    if (p->out_of_fold) {
        if (has_both(p)) TRY(calibrate_members(out, p, option_text(o, OPT_calibrate), mem, err));
        shift_prior(out, d, train, option_number(o, OPT_prior));
        return PROPENSE_OK;
    }
    int64_t n_folds = option_int(o, OPT_folds);
    int enough = enough_for(d, train, n_folds);
    if (calibrate_is_asked(o) && !enough)
        say(cb, PROPENSE_WARNING,
            "the probabilities are not calibrated: %lld folds need as many rows of each kind",
            (long long)n_folds);
    if (calibrate_is_asked(o) && enough)
        TRY(calibrate_rows(out, d, train, natural_shift(plan, d, learned, train), plan, o, cb, mem,
                           err));
    shift_prior(out, d, train, option_number(o, OPT_prior));
    return PROPENSE_OK;
}

/* ---- For comparing trainings */

/* `how` without calibration asked for: the scores as they are. */
static status keep(calibrator *out, kept_scores *kept, const fold_scores *s, const int64_t *row,
                   const char *how, arena *mem, propense_error *err)
{
    *kept = (kept_scores){ .n = s->n, .row = row, .y = s->y, .logit = s->logit };
    kept->believed = TAKE(mem, double, s->n);
    if (!kept->believed) return fail_memory(err);
    return calibrate_fit(out, kept->believed, s, how, mem, err);
}

static status keep_members(calibrator *out, kept_scores *kept, const pipeline *p, const options *o,
                           arena *mem, propense_error *err)
{
    fold_scores s;
    const char *how = option_text(o, OPT_calibrate);
    TRY(members_scores(&s, p, mem, err));
    return keep(out, kept, &s, p->rows, strcmp(how, "auto") ? how : "none", mem, err);
}

static status keep_folds(calibrator *out, kept_scores *kept, const dataset *d, row_set train,
                         const pipeline_plan *plan, const options *o, const propense_callbacks *cb,
                         arena *mem, propense_error *err)
{
    fold_scores s = { 0 };
    crossfit scores;
    folds f;
    TRY(out_of_fold(&s, &scores, &f, d, train, plan, o, cb, mem, err));
    s.shift = natural_shift(plan, d, train, train);
    return keep(out, kept, &s, train.at,
                calibrate_is_asked(o) ? option_text(o, OPT_calibrate) : "none", mem, err);
}

status calibrate_keeping(calibrator *out, kept_scores *kept, const dataset *d, row_set train,
                         const pipeline_plan *plan, const pipeline *p, const options *o,
                         const propense_callbacks *cb, arena *mem, propense_error *err)
{
    int64_t n_folds = plan->is_best ? 1 : option_int(o, OPT_folds);
    if (!enough_for(d, train, n_folds))
        return fail(err, PROPENSE_E_ARG,
                    "%s: too few rows to compare two trainings on; %lld with a conversion are "
                    "needed, and as many without",
                    d->name, (long long)n_folds);
    TRY(plan->is_best ? keep_members(out, kept, p, o, mem, err)
                      : keep_folds(out, kept, d, train, plan, o, cb, mem, err));
    shift_prior(out, d, train, option_number(o, OPT_prior));
    return PROPENSE_OK;
}

void calibrate_tell_export(const calibrator *c, const propense_callbacks *cb)
{
    if (calibrator_is_plain(c)) return;
    say(cb, PROPENSE_NOTE,
        "Keras reads the network alone, from .keras and .h5 alike: its scores are those before "
        "calibration; propense score applies it");
}
