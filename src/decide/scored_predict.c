/* A model's probabilities for every row of a table, on all workers.
 * Leaves encoding and the network to model/pipeline.c, the probability to model_believe.
 * Read scored.h first. */
#include "pipeline.h"
#include "pipeline_options.h"
#include "scored.h"
#include "threads.h"

typedef struct predicting {
    double *p;
    const model *m;
    const struct kernels *k;
    const dataset *d;
    int64_t n_rows;
    int n_workers;
    status *code; /* [n_workers] */
    propense_error *error;
} predicting;

enum { piece = 4096 };

static status predict_piece(const predicting *g, int64_t from, int64_t n, arena *tmp,
                            propense_error *err)
{
    int64_t at[piece];
    float logit[piece];
    for (int64_t i = 0; i < n; i++) at[i] = from + i;
    TRY(pipeline_logits(logit, g->m, g->k, g->d, (row_set){ at, n }, tmp, err));
    for (int64_t i = 0; i < n; i++)
        /* the digits of a score file, no more: both ways lead to one list */
        g->p[from + i] = (double)(float)model_believe(g->m, (double)logit[i]).probability;
    return PROPENSE_OK;
}

/* Pieces worker, worker + n_workers, ... */
static void predict_share(void *user, int worker)
{
    const predicting *g = user;
    arena tmp = { 0 };
    status code = PROPENSE_OK;
    for (int64_t from = (int64_t)worker * piece; from < g->n_rows && code == PROPENSE_OK;
         from += (int64_t)g->n_workers * piece) {
        int64_t left = g->n_rows - from;
        code = predict_piece(g, from, left < piece ? left : piece, &tmp, &g->error[worker]);
    }
    g->code[worker] = code;
    arena_free(&tmp);
}

static status run(predicting *g, pool *workers, propense_error *err)
{
    arena mem = { 0 };
    g->n_workers = pool_size(workers);
    g->code = TAKE(&mem, status, g->n_workers);
    g->error = TAKE(&mem, propense_error, g->n_workers);
    status code = g->code && g->error ? PROPENSE_OK : fail_memory(err);
    for (int i = 0; code == PROPENSE_OK && i < g->n_workers; i++) {
        g->error[i] = (propense_error)PROPENSE_ERROR_INIT;
        g->error[i].language = error_language(err);
    }
    if (code == PROPENSE_OK) pool_run(workers, g->n_workers, predict_share, g);
    for (int i = 0; code == PROPENSE_OK && i < g->n_workers; i++) {
        code = g->code[i];
        if (code != PROPENSE_OK) error_copy(err, &g->error[i]);
    }
    arena_free(&mem);
    return code;
}

static status predict(double *p, const model *m, const dataset *d, const options *o,
                      propense_error *err)
{
    predicting g = { .p = p, .m = m, .d = d, .n_rows = d->n_rows };
    TRY(kernels_of_options(&g.k, o, err));
    int asked = (int)option_int(o, OPT_threads);
    pool *workers = pool_new(asked ? asked : threads_available());
    if (!workers) return fail_memory(err);
    status code = run(&g, workers, err);
    pool_free(workers);
    return code;
}

status scored_predict(double *p, const model *m, const table *t, const char *name, const options *o,
                      propense_error *err)
{
    arena mem = { 0 };
    schema_column *columns = TAKE(&mem, schema_column, t->n_columns);
    if (!columns) return fail_memory(err);
    for (int32_t i = 0; i < t->n_columns; i++)
        columns[i] = (schema_column){ .name = t->columns[i].name, .position = i };
    dataset d = { .name = name,
                  .data = *t,
                  .n_rows = t->n_rows,
                  .schema = {
                      .n_columns = t->n_columns, .columns = columns, .target = -1, .id = -1 } };
    status code = predict(p, m, &d, o, err);
    arena_free(&mem);
    return code;
}

int64_t scored_level_rows(const model *m)
{
    return m->calibrator.n > 0 ? m->calibrator.n : m->card.n_test;
}
