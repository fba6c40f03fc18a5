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

static void block_logits(const network *net, const float *params, const struct kernels *k,
                         const float *x, int64_t n, float *logit, float *from, float *to)
{
    int64_t stride = stride_of(n);
    k->transpose(from, stride, x, net->n_inputs, n, net->n_inputs);
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        if (!ops->predict) continue;
        int last = i == net->n_layers - 1;
        const struct unit_shape unit = last ? (struct unit_shape){ 0 } : unit_of(&l->spec);
        ops->predict(k, l, params, &unit, from, last && l->n_out == 1 ? logit : to, stride, n);
        float *swap = from;
        from = to, to = swap;
    }
    if (net->head == HEAD_SOFTMAX)
        for (int64_t i = 0; i < n; i++) logit[i] = from[stride + i] - from[i];
}

void network_logits(const network *net, const float *params, const struct kernels *k,
                    const float *x, int64_t n, float *logit, float *scratch)
{
    int64_t block = n < network_block_rows ? n : network_block_rows;
    float *other = scratch + widest(net) * stride_of(block);
    for (int64_t at = 0; at < n; at += network_block_rows) {
        int64_t rows = n - at < network_block_rows ? n - at : network_block_rows;
        block_logits(net, params, k, x + at * net->n_inputs, rows, logit + at, scratch, other);
    }
}
