/* Scoring by several members: blocks of rows go through all of them while they are in the cache.
 * Leaves the layers to their kinds and training to members.c.
 * Read members.h and layer.h first. */
#include "layer.h"
#include "maths.h"
#include "members.h"

/* An odd number of cache lines, so that the rows of a block spread over the sets of the cache. */
enum { stride = 16 * (network_block_rows / 16 | 1) };

static int64_t widest(const network *net)
{
    int64_t most = 1;
    for (int32_t i = 0; i < net->n_layers; i++)
        if (net->layers[i].n_out > most) most = net->layers[i].n_out;
    return most;
}

int64_t members_scratch(const network *net)
{
    return (net->n_inputs + 2 * widest(net) + 1) * stride;
}

/* z[n] from turned, [n_inputs][stride], which stays as it is; one and two are for what is between.
 */
static void member_logits(const network *net, const float *params, const struct kernels *k,
                          const float *turned, int64_t n, float *z, float *one, float *two)
{
    const float *x = turned;
    float *to = one;
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer *l = &net->layers[i];
        const layer_ops *ops = layer_ops_of(l->spec.kind);
        int last = i == net->n_layers - 1;
        if (!ops->predict) continue;
        const struct unit_shape unit = last ? (struct unit_shape){ 0 } : unit_of(&l->spec);
        ops->predict(k, l, params, &unit, x, last ? z : to, stride, n);
        x = to;
        to = to == one ? two : one;
    }
}

static void block_logits(const network *net, const float *params, int32_t n_members,
                         const struct kernels *k, const float *x, int64_t n, float *logit,
                         float *scratch)
{
    double sum[network_block_rows] = { 0 }, most = 1 - 0x1p-53;
    float *turned = scratch, *z = turned + (int64_t)net->n_inputs * stride, *one = z + stride;
    float *two = one + widest(net) * stride;
    k->transpose(turned, stride, x, net->n_inputs, n, net->n_inputs);
    for (int32_t m = 0; m < n_members; m++) {
        member_logits(net, params + m * net->n_params, k, turned, n, z, one, two);
        for (int64_t i = 0; i < n; i++) sum[i] += m_sigmoid((double)z[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        double mean = sum[i] / n_members;
        logit[i] = (float)m_logit(mean > most ? most : mean);
    }
}

void members_logits(const network *net, const float *params, int32_t n_members,
                    const struct kernels *k, const float *x, int64_t n, float *logit,
                    float *scratch)
{
    for (int64_t at = 0; at < n; at += network_block_rows) {
        int64_t rows = n - at < network_block_rows ? n - at : network_block_rows;
        block_logits(net, params, n_members, k, x + at * net->n_inputs, rows, logit + at, scratch);
    }
}
