/* An evaluation's frame: threshold and words, a model on rows of a file, freeing. Leaves figures to
 * appraise.c and cross-validation to evaluate_folds.c. Read evaluate.h first. */
#include "evaluate.h"

#include <math.h>

#include "bundle.h"
#include "evaluate_parts.h"
#include "files.h"
#include "maths.h"
#include "natural.h"
#include "npz_table.h"
#include "num.h"
#include "answered.h"

/* ---- Threshold */

/* An amount, or the middle of a span as 35..45. */
static status read_money(double *out, const options *o, option_id id, const char *name,
                         propense_error *err)
{
    str word = str_trim(str_of(option_text(o, id))), low = word, high = word;
    double a, b;
    for (int64_t i = 0; i + 1 < word.n; i++)
        if (word.p[i] == '.' && word.p[i + 1] == '.') {
            low = (str){ word.p, i };
            high = (str){ word.p + i + 2, word.n - i - 2 };
            break;
        }
    if (!num_parse(str_trim(low), &a) || !num_parse(str_trim(high), &b) || a < 0 || b < a)
        return fail(err, PROPENSE_E_ARG,
                    "--%s: met '%.*s', expected an amount as 12.50, or a span as 10..15", name,
                    STR_ARG(word));
    *out = (a + b) / 2;
    return PROPENSE_OK;
}

status evaluation_begin(evaluation *e, const options *o, propense_error *err)
{
    int has_margin = *option_text(o, OPT_margin) != 0, has_cost = *option_text(o, OPT_cost) != 0;
    e->threshold = option_number(o, OPT_threshold);
    e->margin = e->cost = (double)NAN;
    if (has_margin != has_cost)
        return fail(err, PROPENSE_E_ARG,
                    "--margin and --cost belong together: contact where probability x margin is "
                    "above the cost");
    if (!has_margin) return PROPENSE_OK;
    TRY(read_money(&e->margin, o, OPT_margin, "margin", err));
    TRY(read_money(&e->cost, o, OPT_cost, "cost", err));
    if (!(e->cost < e->margin))
        return fail(err, PROPENSE_E_ARG,
                    "--cost is not below --margin: no contact can pay, whoever it goes to");
    e->is_economic = 1;
    e->threshold = e->cost / e->margin;
    return PROPENSE_OK;
}

status evaluation_words(evaluation *e, const schema *s, propense_error *err)
{
    e->positive = str_keep(&e->mem, s->positive);
    e->negative = str_keep(&e->mem, s->negative);
    e->target = str_keep(&e->mem, s->columns[s->target].name);
    return e->positive.p && e->negative.p && e->target.p ? PROPENSE_OK : fail_memory(err);
}

evaluation *evaluation_new(evaluation_mode mode)
{
    evaluation *e = mem_resize(NULL, (int64_t)sizeof *e);
    if (!e) return NULL;
    memset(e, 0, sizeof *e);
    e->mode = mode;
    return e;
}

void evaluation_free(evaluation *e)
{
    if (!e) return;
    arena_free(&e->mem);
    mem_free(e);
}

/* ---- A model on rows of a file */

static status load_model(model **out, const char *path, propense_error *err)
{
    unsigned char *bytes;
    int64_t n;
    *out = NULL;
    TRY(file_read_all(path, BUNDLE_MOST_BYTES, &bytes, &n, err));
    status s = bundle_read(out, (str){ (const char *)bytes, n }, path, err);
    mem_free(bytes);
    return s;
}

/* Logits and probabilities as doubles. */
static status believe(double **rank, double **p, const model *m, const float *logit, int64_t n,
                      arena *mem, propense_error *err)
{
    double *z = TAKE(mem, double, n), *q = TAKE(mem, double, n);
    if (!z || !q) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) {
        z[i] = (double)logit[i];
        q[i] = m_sigmoid(calibrator_logit(&m->calibrator, z[i]));
    }
    *rank = z;
    *p = q;
    return PROPENSE_OK;
}

status evaluation_base_rival(evaluation *e, const model *m, pool *threads, propense_error *err)
{
    const card *c = &m->card;
    int64_t n = e->model.n;
    double all = (double)c->n_train + 1, rate = ((double)c->n_positive_train + 0.5) / all;
    double *rank = TAKE(&e->mem, double, n), *p = TAKE(&e->mem, double, n);
    if (!rank || !p) return fail_memory(err);
    if (c->n_train <= 0) return PROPENSE_OK;
    for (int64_t i = 0; i < n; i++) {
        rank[i] = m_logit(rate);
        p[i] = rate;
    }
    rivalry *r = &e->rivals[CONTENDER_BASE];
    r->of = (appraisal){ .rank = rank, .p = p };
    return rival_of(r, &e->model, e->threshold, 0, threads, &e->mem, err);
}

/* Mean cross-entropy and share of right answers, as Keras has them: of the network's own logits. */
static void keras_figures(evaluation *e, const answered *s)
{
    double loss = 0;
    int64_t right = 0;
    for (int64_t i = 0; i < s->n; i++) {
        double z = (double)s->logit[0][i];
        loss += (z > 0 ? z : 0) - z * s->y[i] + m_log1p(m_exp(z > 0 ? -z : z));
        right += (z > 0) == s->y[i];
    }
    e->is_of_arrays = s->n > 0;
    if (!s->n) return;
    e->keras_loss = loss / (double)s->n;
    e->keras_accuracy = (double)right / (double)s->n;
}

static status judge_rows(evaluation *e, const answered *s, const model *const *models, int n_models,
                         pool *threads, propense_error *err)
{
    double *rank, *p;
    uint8_t *y = TAKE(&e->mem, uint8_t, s->n);
    if (!y) return fail_memory(err);
    if (s->n) memcpy(y, s->y, (size_t)s->n);
    e->n_rows = s->n_rows;
    TRY(believe(&rank, &p, models[0], s->logit[0], s->n, &e->mem, err));
    e->model = (appraisal){ .n = s->n, .y = y, .rank = rank, .p = p };
    TRY(appraise(&e->model, e->threshold, 1, threads, &e->mem, err));
    evaluation_power(e);
    TRY(evaluation_base_rival(e, models[0], threads, err));
    if (n_models < 2) return PROPENSE_OK;
    TRY(believe(&rank, &p, models[1], s->logit[1], s->n, &e->mem, err));
    e->against.of = (appraisal){ .rank = rank, .p = p };
    return rival_of(&e->against, &e->model, e->threshold, 1, threads, &e->mem, err);
}

static status evaluate_rows(evaluation *e, const model *m, const model *other, const char *path,
                            const options *o, const propense_callbacks *cb, propense_error *err)
{
    answered s;
    const model *models[answered_models] = { m, other };
    int n_models = other ? 2 : 1;
    TRY(answered_read(&s, models, n_models, path, o, cb, err));
    pool *threads = pool_new(threads_asked(o));
    progress_watch(threads, cb);
    if (npz_is_named(path) || m->is_foreign) keras_figures(e, &s);
    status code = threads ? judge_rows(e, &s, models, n_models, threads, err) : fail_memory(err);
    if (code == PROPENSE_OK) code = evaluate_race(e, m, path, o, cb, threads, err);
    pool_free(threads);
    answered_free(&s);
    return code;
}

/* What is asked of a way of training cannot be asked of a model that is there. */
static status refuse_training(const options *o, propense_error *err)
{
    static const option_id asked[] = { OPT_repeats, OPT_permutations, OPT_full_permutations,
                                       OPT_time, OPT_ordered };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (o->value[asked[i]])
            return fail(err, PROPENSE_E_ARG,
                        "--%s judges a way of training, which takes data alone: propense evaluate "
                        "DATA.csv --%s ...; a model that is trained is judged as it is",
                        option_table[asked[i]].name, option_table[asked[i]].name);
    return PROPENSE_OK;
}

static status model_steps(evaluation *e, const model *m, const char *path, const options *o,
                          const propense_callbacks *cb, propense_error *err)
{
    const char *against = option_text(o, OPT_against);
    model *other = NULL;
    TRY(refuse_training(o, err));
    TRY(evaluation_begin(e, o, err));
    e->prior = option_number(o, OPT_prior);
    schema_column target = { .name = STR("target") };
    schema told = { .columns = &target, .positive = STR("1"), .negative = STR("0") };
    if (m->is_foreign && !npz_is_named(path))
        TRY(answered_words(&target.name, &told.positive, &told.negative, o, err));
    TRY(evaluation_words(e, m->is_foreign ? &told : &m->schema, err));
    if (*against) {
        TRY(load_model(&other, against, err));
        e->against_name = str_keep(&e->mem, str_of(against));
    }
    status s = *against && !e->against_name.p ? fail_memory(err)
                                              : evaluate_rows(e, m, other, path, o, cb, err);
    model_free(other);
    return s;
}

int threads_asked(const options *o)
{
    int64_t asked = option_int(o, OPT_threads);
    return asked > 0 ? (int)asked : threads_available();
}

status evaluate_model(evaluation **out, const model *m, const char *path, const options *o,
                      const propense_callbacks *cb, propense_error *err)
{
    model moved;
    *out = NULL;
    TRY(natural_prior(&moved, m, o, err));
    evaluation *e = evaluation_new(EVALUATION_OF_MODEL);
    if (!e) return fail_memory(err);
    status s = model_steps(e, &moved, path, o, cb, err);
    if (s != PROPENSE_OK)
        evaluation_free(e);
    else
        *out = e;
    return s;
}
