/* Rows of the training file answered by the members that left them out.
 * Leaves the folds to ensemble.c and the answers to pipeline.c.
 * Read unseen.h and ensemble.h first. */
#include "unseen.h"

#include <stdatomic.h>

#include "split.h"

/* The rows in the order in which training dealt them to the folds. */
static status dealt_rows(int64_t **at, const model *m, const dataset *d, arena *mem,
                         propense_error *err)
{
    const card *c = &m->card;
    uint8_t *y;
    split s;
    TRY(dataset_targets(&y, d, d->known, d->n_known, mem, err));
    TRY(split_rows(&s, d->n_known, 0, (uint32_t)c->split_seed, c->stratify, y, mem, err));
    for (int64_t i = 0; i < s.n_train; i++) s.train[i] = d->known[s.train[i]];
    *at = s.train;
    return PROPENSE_OK;
}

status unseen_members(uint8_t **member, const model *m, const dataset *d, arena *mem,
                      propense_error *err)
{
    const card *c = &m->card;
    int64_t n = d->n_known, *at;
    *member = NULL;
    if (!m->n_members || c->n_train != n || c->balancing.kind || card_is_grouped(c) ||
        m->n_members != ensemble_members(n))
        return PROPENSE_OK;
    uint8_t *out = TAKE(mem, uint8_t, d->n_rows);
    int64_t *fold_at = TAKE(mem, int64_t, (int64_t)m->n_members + 1);
    if (!out || !fold_at) return fail_memory(err);
    memset(out, unseen_by_all, (size_t)d->n_rows);
    TRY(dealt_rows(&at, m, d, mem, err));
    TRY(ensemble_folds(at, fold_at, m->n_members, n, d->y, NULL, 0, (uint64_t)c->seed, mem, err));
    for (int32_t f = 0; f < m->n_members; f++)
        for (int64_t i = fold_at[f]; i < fold_at[f + 1]; i++) out[at[i]] = (uint8_t)f;
    *member = out;
    return PROPENSE_OK;
}

/* One member's rows, or those of the whole model: taken together, answered, put back in their
 * places. */
static status member_logits(float *logit, const model *m, int32_t number, const struct kernels *k,
                            const dataset *d, row_set r, const uint8_t *member, arena *tmp,
                            propense_error *err)
{
    int64_t *rows = TAKE(tmp, int64_t, r.n), *place = TAKE(tmp, int64_t, r.n), n = 0;
    float *z = TAKE(tmp, float, r.n);
    if (!rows || !place || !z) return fail_memory(err);
    for (int64_t i = 0; i < r.n; i++) {
        if (member[r.at[i]] != number) continue;
        place[n] = i;
        rows[n++] = r.at[i];
    }
    model alone = *m; /* a view: its arena stays the model's */
    if (number != unseen_by_all) {
        alone.n_members = 1;
        alone.params = m->params + number * m->network.n_params;
    }
    TRY(pipeline_logits(z, &alone, k, d, (row_set){ rows, n }, tmp, err));
    for (int64_t i = 0; i < n; i++) logit[place[i]] = z[i];
    return PROPENSE_OK;
}

status unseen_logits(float *logit, const model *m, const struct kernels *k, const dataset *d,
                     row_set r, const uint8_t *member, arena *tmp, propense_error *err)
{
    if (!member) return pipeline_logits(logit, m, k, d, r, tmp, err);
    for (int32_t f = 0; f <= m->n_members; f++) {
        arena_mark mark = arena_here(tmp);
        int32_t number = f < m->n_members ? f : unseen_by_all;
        TRY(member_logits(logit, m, number, k, d, r, member, tmp, err));
        arena_rewind(tmp, mark);
    }
    return PROPENSE_OK;
}

/* ---- On all workers */

enum { piece = 4096 };

typedef struct answering {
    float *logit;
    double *probability;
    const model *m;
    const struct kernels *k;
    const dataset *d;
    row_set r;
    const uint8_t *member;
    int n_workers;
    status *code; /* [n_workers] */
    propense_error *error;
    _Atomic int64_t next; /* row that nobody has taken yet */
} answering;

/* Whoever is free takes the next piece: no answer depends on who gives it. */
static void answer_share(void *user, int worker)
{
    answering *g = user;
    arena tmp = { 0 };
    status code = PROPENSE_OK;
    int64_t from;
    while (code == PROPENSE_OK && (from = atomic_fetch_add(&g->next, piece)) < g->r.n) {
        int64_t left = g->r.n - from;
        row_set some = { g->r.at + from, left < piece ? left : piece };
        arena_mark mark = arena_here(&tmp);
        code = unseen_logits(g->logit + from, g->m, g->k, g->d, some, g->member, &tmp,
                             &g->error[worker]);
        for (int64_t i = from; i < from + some.n && code == PROPENSE_OK; i++)
            g->probability[i] = model_believe(g->m, (double)g->logit[i]).probability;
        arena_rewind(&tmp, mark);
    }
    g->code[worker] = code;
    arena_free(&tmp);
}

static status answer_all(answering *g, arena *mem, pool *workers, propense_error *err)
{
    g->code = TAKE(mem, status, g->n_workers);
    g->error = TAKE(mem, propense_error, g->n_workers);
    if (!g->code || !g->error) return fail_memory(err);
    for (int i = 0; i < g->n_workers; i++) {
        g->error[i] = (propense_error)PROPENSE_ERROR_INIT;
        g->error[i].language = error_language(err);
    }
    pool_run(workers, g->n_workers, answer_share, g);
    for (int i = 0; i < g->n_workers; i++) {
        if (g->code[i] == PROPENSE_OK) continue;
        error_copy(err, &g->error[i]);
        return g->code[i];
    }
    return PROPENSE_OK;
}

status unseen_answers(float *logit, double *probability, const model *m, const struct kernels *k,
                      const dataset *d, row_set r, const uint8_t *member, pool *workers,
                      propense_error *err)
{
    arena mem = { 0 };
    answering g = { logit, probability, m, k, d, r, member, pool_size(workers), NULL, NULL, 0 };
    status code = answer_all(&g, &mem, workers, err);
    arena_free(&mem);
    return code;
}
