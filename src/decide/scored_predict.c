/* A model's probabilities for every row of a table; on its own training file each from the member
 * that had not learned from the row, where the model has such members.
 * Leaves encoding, network and threads to study/unseen.c. Read scored.h first. */
#include "evaluate_parts.h"
#include "outcomes.h"
#include "pipeline_options.h"
#include "scored.h"
#include "threads.h"
#include "unseen.h"

static status predict(double *p, const model *m, const dataset *d, const uint8_t *member,
                      const options *o, arena *mem, propense_error *err)
{
    const struct kernels *k;
    TRY(kernels_of_options(&k, o, err));
    int64_t *at = TAKE(mem, int64_t, d->n_rows);
    float *logit = TAKE(mem, float, d->n_rows);
    if (!at || !logit) return fail_memory(err);
    for (int64_t i = 0; i < d->n_rows; i++) at[i] = i;
    pool *workers = pool_new(threads_asked(o));
    if (!workers) return fail_memory(err);
    row_set all = { at, d->n_rows };
    status code = unseen_answers(logit, p, m, k, d, all, member, workers, err);
    pool_free(workers);
    /* the digits of a score file, no more: both ways lead to one list */
    for (int64_t i = 0; i < d->n_rows; i++) p[i] = (double)(float)p[i];
    return code;
}

/* Who learned from which row, when this is the training file; y: [n_rows] as a dataset has it. */
static status find_members(uint8_t **member, dataset *d, const model *m, const scored *s,
                           arena *mem, propense_error *err)
{
    uint8_t *y = s->outcome;
    *member = NULL;
    if (!y || (!s->is_own && !outcomes_are_own(&d->data, m))) return PROPENSE_OK;
    d->y = y;
    d->known = TAKE(mem, int64_t, d->n_rows);
    if (!d->known) return fail_memory(err);
    for (int64_t i = 0; i < d->n_rows; i++)
        if (y[i] <= 1) d->known[d->n_known++] = i;
    return unseen_members(member, m, d, mem, err);
}

status scored_predict(double *p, scored *s, const model *m, const options *o, propense_error *err)
{
    const table *t = &s->t;
    arena mem = { 0 };
    uint8_t *member;
    schema_column *columns = TAKE(&mem, schema_column, t->n_columns);
    if (!columns) return fail_memory(err);
    for (int32_t i = 0; i < t->n_columns; i++)
        columns[i] = (schema_column){ .name = t->columns[i].name, .position = i };
    dataset d = { .name = s->name,
                  .data = *t,
                  .n_rows = t->n_rows,
                  .schema = {
                      .n_columns = t->n_columns, .columns = columns, .target = -1, .id = -1 } };
    status code = find_members(&member, &d, m, s, &mem, err);
    if (code == PROPENSE_OK) code = predict(p, m, &d, member, o, &mem, err);
    s->is_out_of_fold = code == PROPENSE_OK && member;
    arena_free(&mem);
    return code;
}

int64_t scored_level_rows(const model *m)
{
    return m->calibrator.n > 0 ? m->calibrator.n : m->card.n_test;
}
