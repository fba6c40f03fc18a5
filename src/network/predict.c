/* Scoring: blocks of rows go through all layers while they are in the cache.
 * Leaves the layers to their kinds, and the final sigmoid to the caller.
 * Read network.h and layer.h first. */
#include "layer.h"

/* An odd number of cache lines, so that the rows of a block spread over the sets of the cache. */
static int64_t stride_of(int64_t rows)
{
    int64_t lines = (rows + 15) / 16;
    return 16 * (lines | 1);
}
_Static_assert(network_block_stride == 16 * ((network_block_rows + 15) / 16 | 1),
               "as stride_of has it");

static int64_t widest(const network *net)
{
    int64_t most = net->n_inputs;
    for (int32_t i = 0; i < net->n_layers; i++)
        if (net->layers[i].n_out > most) most = net->layers[i].n_out;
    return most;
}

int64_t network_predict_scratch(const network *net, int64_t rows)
{
    if (rows > network_block_rows) rows = network_block_rows;
    return 2 * widest(net) * stride_of(rows);
}

/* Told what comes out of a layer: [n_out][stride], n columns. */
typedef void look_fn(void *user, const layer *l, const float *y, int64_t stride, int64_t n);

/* from: [n_inputs][stride]; it and `to` have room for the widest layer. */
static void block_logits(const network *net, const float *params, const struct kernels *k,
                         int64_t n, int64_t stride, float *logit, float *from, float *to,
                         look_fn *look, void *user)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (!ops->predict) continue;
        int last = i == net->n_layers - 1;
        const struct unit_shape unit = last ? (struct unit_shape){ 0 } : unit_of(&l->spec);
        ops->predict(k, l, params, &unit, from, last && l->n_out == 1 ? logit : to, stride, n);
        float *swap = from;
        from = to, to = swap;
        if (look && !last) look(user, l, from, stride, n);
    }
    if (net->head == HEAD_SOFTMAX)
        for (int64_t i = 0; i < n; i++) logit[i] = from[stride + i] - from[i];
}

static void all_logits(const network *net, const float *params, const struct kernels *k,
                       const float *x, int64_t n, float *logit, float *scratch, look_fn *look,
                       void *user)
{
    int64_t block = n < network_block_rows ? n : network_block_rows;
    float *other = scratch + widest(net) * stride_of(block);
    for (int64_t at = 0; at < n; at += network_block_rows) {
        int64_t rows = n - at < network_block_rows ? n - at : network_block_rows;
        int64_t stride = stride_of(rows), m = net->n_inputs;
        k->transpose(scratch, stride, x + at * m, m, rows, m);
        block_logits(net, params, k, rows, stride, logit + at, scratch, other, look, user);
    }
}

void network_logits(const network *net, const float *params, const struct kernels *k,
                    const float *x, int64_t n, float *logit, float *scratch)
{
    all_logits(net, params, k, x, n, logit, scratch, NULL, NULL);
}

void network_block_logits(const network *net, const float *params, const struct kernels *k,
                          int64_t n, float *logit, float *scratch)
{
    const int64_t stride = network_block_stride;
    block_logits(net, params, k, n, stride, logit, scratch, scratch + widest(net) * stride, NULL,
                 NULL);
}

/* ---- Units that never fire */

int layer_can_fall_silent(const layer *l)
{
    const struct unit_shape u = unit_of(&l->spec);
    return u.unit == UNIT_RELU || (u.unit == UNIT_RAMP && !(u.alpha > 0));
}

typedef struct firing {
    unsigned char *has_fired; /* [units of all layers] */
    const network *net;
} firing;

static void look(void *user, const layer *l, const float *y, int64_t stride, int64_t n)
{
    const firing *f = user;
    if (!layer_can_fall_silent(l)) return;
    int64_t at = 0;
    for (int32_t i = 0; i < l->number; i++) at += f->net->layers[i].n_out;
    for (int64_t j = 0; j < l->n_out; j++)
        for (int64_t i = 0; i < n && !f->has_fired[at + j]; i++)
            f->has_fired[at + j] = y[j * stride + i] > 0;
}

status network_silent_units(const network *net, const float *params, const struct kernels *k,
                            const float *x, int64_t n, int32_t *silent, arena *tmp,
                            propense_error *err)
{
    int64_t units = 0;
    for (int32_t i = 0; i < net->n_layers; i++) units += net->layers[i].n_out;
    arena_mark mark = arena_here(tmp);
    int64_t rows = n < network_block_rows ? n : network_block_rows;
    float *scratch = TAKE_WIDE(tmp, float, network_predict_scratch(net, rows));
    float *logit = TAKE(tmp, float, n);
    firing f = { TAKE(tmp, unsigned char, units), net };
    if (!scratch || !logit || !f.has_fired) return fail_memory(err);
    all_logits(net, params, k, x, n, logit, scratch, look, &f);
    for (int64_t i = 0, at = 0; i < net->n_layers; at += net->layers[i++].n_out) {
        silent[i] = layer_can_fall_silent(&net->layers[i]) ? 0 : -1;
        for (int64_t j = 0; j < net->layers[i].n_out && silent[i] >= 0; j++)
            silent[i] += !f.has_fired[at + j];
    }
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}
