/* The best preset's network, folds and gate.
 * Leaves the encoding to features/, the steps to network/members.c and judging to judge.c.
 * Read ensemble.h and members.h first. */
#include "ensemble.h"

#include <math.h>

#include "bundle.h"
#include "folds.h"
#include "maths.h"
#include "random.h"
#include "threads.h"

enum { most_members = 8, level_parts = 1000 };

ensemble_plan ensemble_plan_of(const options *o, const struct kernels *k)
{
    return (ensemble_plan){ .units = 8,
                            .hidden = 128,
                            .dropout = 0.3F,
                            .fit = { .n_members = most_members,
                                     .epochs = 24,
                                     .patience = 6,
                                     .batch_size = 256,
                                     .learning_rate = 5e-3,
                                     .beta1 = 0.9,
                                     .beta2 = 0.99,
                                     .epsilon = 1e-8,
                                     .weight_decay = 0.3,
                                     .seed = (uint64_t)option_int(o, OPT_seed),
                                     .threads = (int)option_int(o, OPT_threads),
                                     .kernels = k } };
}

/* ---- Folds */

int32_t ensemble_members(int64_t n)
{
    return n >= 2 * most_members ? most_members : n >= 4 ? (int32_t)(n / 2) : 2;
}

/* Rows of one class in random order, dealt to the folds in turn; the next class goes on where this
 * one stopped, so that no fold is larger than another by more than one row. */
static int64_t deal(int32_t *fold, int64_t dealt, int32_t n_folds, const int64_t *at, int64_t n,
                    const uint8_t *y, uint8_t class, uint64_t seed, int64_t *order)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += y[at[i]] == class;
    draw_permutation((draw_key){ seed, DRAW_FOLD, 2 + (uint32_t) class }, 0, order, count);
    count = 0;
    for (int64_t i = 0; i < n; i++)
        if (y[at[i]] == class) fold[i] = (int32_t)((dealt + order[count++]) % n_folds);
    return dealt + count;
}

static status deal_groups(int32_t *fold, int32_t n_folds, const int64_t *at, int64_t n,
                          const int32_t *group, int32_t n_groups, uint64_t seed, arena *tmp,
                          propense_error *err)
{
    int32_t *here = TAKE(tmp, int32_t, n);
    uint8_t *of = TAKE(tmp, uint8_t, n);
    if (!here || !of) return fail_memory(err);
    for (int64_t i = 0; i < n; i++) here[i] = group[at[i]];
    TRY(folds_of_groups(of, here, n, n_groups, n_folds, 1, seed, tmp, err));
    for (int64_t i = 0; i < n; i++) fold[i] = of[i];
    return PROPENSE_OK;
}

status ensemble_folds(int64_t *at, int64_t *fold_at, int32_t n_folds, int64_t n, const uint8_t *y,
                      const int32_t *group, int32_t n_groups, uint64_t seed, arena *tmp,
                      propense_error *err)
{
    arena_mark mark = arena_here(tmp);
    int32_t *fold = TAKE(tmp, int32_t, n);
    int64_t *order = TAKE(tmp, int64_t, n), filled = 0;
    if (!fold || !order) return fail_memory(err);
    if (group) {
        TRY(deal_groups(fold, n_folds, at, n, group, n_groups, seed, tmp, err));
    } else {
        int64_t dealt = deal(fold, 0, n_folds, at, n, y, 1, seed, order);
        (void)deal(fold, dealt, n_folds, at, n, y, 0, seed, order);
    }
    for (int64_t i = 0; i < n; i++) order[i] = at[i];
    for (int32_t f = 0; f < n_folds; f++) {
        fold_at[f] = filled;
        for (int64_t i = 0; i < n; i++)
            if (fold[i] == f) at[filled++] = order[i];
    }
    fold_at[n_folds] = filled;
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

/* ---- The network */

status ensemble_network(model *m, int32_t units, int32_t hidden, float dropout, propense_error *err)
{
    const encoder *e = &m->encoder;
    int32_t *at = TAKE(&m->mem, int32_t, (int64_t)e->n_columns + 1);
    if (!at) return fail_memory(err);
    for (int32_t c = 0; c < e->n_columns; c++) at[c] = e->columns[c].first_input;
    at[e->n_columns] = e->n_inputs;
    const layer_spec dense = { .kind = LAYER_DENSE, .units = hidden, .act = ACT_RELU };
    const layer_spec drop = { .kind = LAYER_DROPOUT, .rate = dropout };
    const layer_spec specs[] = {
        { .kind = LAYER_GROUPS,
          .units = units,
          .act = ACT_RELU,
          .n_groups = e->n_columns,
          .group_at = at },
        dense,
        drop,
        dense,
        drop,
        { .kind = LAYER_DENSE, .units = 1, .act = ACT_SIGMOID },
    };
    return network_plan(&m->network, e->n_inputs, specs, sizeof specs / sizeof *specs, &m->mem,
                        err);
}

/* The groups are written with their zeros, as Keras needs them, so the file grows with the square
 * of the columns: said before the training. A sixteenth is left for propense.json. */
static status check_file_fits(const model *m, propense_error *err)
{
    double bytes = 0, most = (double)BUNDLE_MOST_BYTES / 16 * 15;
    for (int32_t i = 0; i < m->network.n_layers; i++) {
        const layer *l = &m->network.layers[i];
        if (l->kernel >= 0) bytes += 4.0 * m->n_members * ((double)l->n_in + 1) * l->n_out;
    }
    if (bytes <= most) return PROPENSE_OK;
    return fail(
        err, PROPENSE_E_ARG,
        "%d columns are too many for the best preset: its file would have %lld MB, at most %lld "
        "are written; leave columns out (--drop), or train one network (--hidden 64,32)",
        (int)m->encoder.n_columns, (long long)(bytes / 1e6), (long long)(most / 1e6));
}

/* ---- The gate */

static double loss_of(double z, int y)
{
    return (z > 0 ? z : 0) - z * y + m_log1p(m_exp(z > 0 ? -z : z));
}

ensemble_gain ensemble_gain_of(const float *z, const uint8_t *y, int64_t n)
{
    double positive = 0.5, sum = 0, squares = 0, count = (double)n;
    for (int64_t i = 0; i < n; i++) positive += y[i];
    ensemble_gain g = { .base = m_logit(positive / (count + 1)) };
    double loss[2] = { loss_of(g.base, 0), loss_of(g.base, 1) };
    for (int64_t i = 0; i < n; i++) sum += loss[y[i]] - loss_of((double)z[i], y[i]);
    g.mean = sum / count;
    for (int64_t i = 0; i < n; i++) {
        double off = loss[y[i]] - loss_of((double)z[i], y[i]) - g.mean;
        squares += off * off;
    }
    g.error = n > 1 ? sqrt(squares / (count - 1) / count) : 0;
    return g;
}

/* Each logit z becomes base + (z - base) / level_parts, in the last layer: nothing else in the
 * house, nor Keras, has to know of it. */
static void level(model *m, double base)
{
    const layer *last = &m->network.layers[m->network.n_layers - 1];
    for (int32_t i = 0; i < m->n_members; i++) {
        float *params = m->params + i * m->network.n_params;
        for (int32_t k = 0; k < last->n_in; k++) params[last->kernel + k] /= level_parts;
        params[last->bias] = (float)(base + ((double)params[last->bias] - base) / level_parts);
    }
}

/* Half a standard error of the gain: simulated sets of 200 to 2,000 rows with weak signals lose
 * more at one, and noise that passes costs next to nothing (docs/quality.md). */
static const double gate_errors = 0.5;

static void gate(model *m, float *held, const uint8_t *y, int64_t n)
{
    ensemble_gain g = ensemble_gain_of(held, y, n);
    m->gain = g.mean;
    m->gain_error = g.error;
    if (g.mean > gate_errors * g.error) return;
    m->levelled = 1;
    level(m, g.base);
    for (int64_t i = 0; i < n; i++)
        held[i] = (float)(g.base + ((double)held[i] - g.base) / level_parts);
}

/* ---- Training */

status ensemble_fit(model *m, const ensemble_plan *plan, const float *x, const uint8_t *y,
                    const int64_t *fold_at, int32_t n_folds, float *held,
                    const propense_callbacks *cb, propense_error *err)
{
    members_options o = plan->fit;
    int64_t n = fold_at[n_folds];
    members_data data = { x, y, fold_at, n };
    int some = plan->most_members > 0 && plan->most_members < n_folds;
    if (n < 4)
        return fail(err, PROPENSE_E_PARSE,
                    "%lld rows to learn from; the best preset needs at least 4", (long long)n);
    TRY(ensemble_network(m, plan->units, plan->hidden, plan->dropout, err));
    m->n_members = o.n_members = some ? plan->most_members : n_folds;
    TRY(check_file_fits(m, err));
    m->params = TAKE_WIDE(&m->mem, float, m->n_members * m->network.n_params);
    if (!m->params) return fail_memory(err);
    TRY(members_fit(&m->network, m->params, held, &m->card.history, &data, &o, &m->mem, cb, err));
    m->optimiser.iteration = m->card.history.n_epochs;
    m->optimiser.learning_rate = o.learning_rate;
    gate(m, held, y, fold_at[m->n_members]);
    return PROPENSE_OK;
}

status ensemble_rehearse(double *seconds, model *m, const ensemble_plan *plan, const float *x,
                         const uint8_t *y, int64_t n, int32_t n_folds, arena *tmp,
                         propense_error *err)
{
    const int64_t most_rows = 8192;
    int64_t tried = n < most_rows ? n : most_rows, fold_at[2] = { 0, tried / n_folds };
    members_options o = plan->fit;
    members_data data = { x, y, fold_at, tried };
    int cores = o.threads > 0 && o.threads < threads_available() ? o.threads : threads_available();
    history h = { 0 };
    if (n < 4) return fail(err, PROPENSE_E_PARSE, "there are no rows to train on");
    TRY(ensemble_network(m, plan->units, plan->hidden, plan->dropout, err));
    m->n_members = n_folds;
    TRY(check_file_fits(m, err));
    o.n_members = o.epochs = 1;
    o.threads = 1;
    float *params = TAKE_WIDE(tmp, float, m->network.n_params), *held = TAKE(tmp, float, n);
    if (!params || !held) return fail_memory(err);
    int64_t start = clock_ns();
    status s = members_fit(&m->network, params, held, &h, &data, &o, tmp, NULL, err);
    double took = (double)(clock_ns() - start) / 1e9 * (double)n / (double)tried;
    int32_t rounds = (n_folds + cores - 1) / cores; /* whole members to a thread */
    *seconds = s == PROPENSE_OK ? took * rounds * plan->fit.epochs : 0;
    return s == PROPENSE_E_NUMERIC ? PROPENSE_OK : s; /* the training itself is to say that */
}
