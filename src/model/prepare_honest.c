/* A file of any kind as arrays: roles and types found, rows balanced where asked, drawn into parts,
 * the encoder fitted on the training part alone.
 * Leaves writing to prepare.c. Read prepare.h and prepare_parts.h first. */
#include "prepare_parts.h"

#include "dataset.h"
#include "encoder.h"
#include "random.h"

/* The rows of the dataset in the order of the parts. */
typedef struct chosen {
    int64_t *at; /* [n] */
    int64_t n;
} chosen;

static status encode(float **x, const encoder *e, const dataset *d, const int64_t *rows, int64_t n,
                     arena *mem, propense_error *err)
{
    arena_mark mark;
    int32_t *at = TAKE(mem, int32_t, e->n_columns);
    *x = n <= INT64_MAX / (e->n_inputs + 1) ? TAKE_WIDE(mem, float, n * e->n_inputs) : NULL;
    if (!at || !*x) return fail_memory(err);
    for (int32_t c = 0; c < e->n_columns; c++)
        at[c] = d->schema.columns[e->columns[c].schema_column].position;
    mark = arena_here(mem);
    TRY(encoder_transform(e, at, &d->data, rows, n, *x, 0, d->name, NULL, mem, err));
    arena_rewind(mem, mark);
    return PROPENSE_OK;
}

/* Of all rows with a target: which stay, and whether the dropped ones are of another kind. */
static status choose_rows(chosen *c, preparing *p, const dataset *d, propense_error *err)
{
    int64_t n = d->n_known;
    uint8_t *y, *keep = TAKE(&p->mem, uint8_t, n);
    c->at = TAKE(&p->mem, int64_t, n);
    if (!keep || !c->at) return fail_memory(err);
    TRY(dataset_targets(&y, d, d->known, n, &p->mem, err));
    if (balance_rows(keep, y, n, p->balance, p->seed, &p->mem) < 0) return fail_memory(err);
    for (int64_t i = 0; i < n; i++)
        if (keep[i]) c->at[c->n++] = d->known[i];

    arena_mark mark = arena_here(&p->mem);
    encoder all;
    float *x;
    TRY(encoder_fit(&all, &d->schema, &d->data, d->known, n, &p->mem, NULL, err));
    TRY(encode(&x, &all, d, d->known, n, &p->mem, err));
    TRY(prepare_judge_balance(p, x, y, keep, n, all.n_inputs, err));
    arena_rewind(&p->mem, mark);
    return PROPENSE_OK;
}

static status draw_order(chosen *c, preparing *p, propense_error *err)
{
    int64_t *order = TAKE(&p->mem, int64_t, c->n), *at = TAKE(&p->mem, int64_t, c->n);
    if (!order || !at) return fail_memory(err);
    draw_permutation((draw_key){ p->seed, DRAW_SHUFFLE, 0 }, 0, order, c->n);
    for (int64_t i = 0; i < c->n; i++) at[i] = c->at[order[i]];
    c->at = at;
    return PROPENSE_OK;
}

static status prepare_dataset(preparing *p, const dataset *d, propense_error *err)
{
    chosen c = { 0 };
    encoder e;
    float *x;
    TRY(choose_rows(&c, p, d, err));
    TRY(draw_order(&c, p, err));
    int64_t n_train = (int64_t)(p->share[0] * (double)c.n);
    if (n_train < 1)
        return fail(err, PROPENSE_E_ARG, "--parts: of %lld rows none is left for the training part",
                    (long long)c.n);
    TRY(encoder_fit(&e, &d->schema, &d->data, c.at, n_train, &p->mem, p->cb, err));
    TRY(encode(&x, &e, d, c.at, c.n, &p->mem, err));
    int64_t *targets = TAKE(&p->mem, int64_t, c.n);
    if (!targets) return fail_memory(err);
    for (int64_t i = 0; i < c.n; i++) targets[i] = d->y[c.at[i]];
    p->out = (arrays){ .input_type = NPY_FLOAT32,
                       .target_type = NPY_INT64,
                       .inputs = x,
                       .targets = targets,
                       .n = c.n,
                       .n_inputs = e.n_inputs };
    return PROPENSE_OK;
}

status prepare_honest(preparing *p, propense_error *err)
{
    dataset d;
    TRY(dataset_read(&d, p->path, p->o, p->cb, err));
    status s = dataset_tell(&d, p->cb, err);
    if (s == PROPENSE_OK) s = prepare_dataset(p, &d, err);
    dataset_free(&d);
    return s;
}
