/* Plans a network: shapes, and where each tensor lies in the one block.
 * Leaves what a layer does to its kind.
 * Read network.h and layer.h first. */
#include "network.h"

#include "layer.h"

static status plan_layer(layer *l, int32_t number, int32_t n_in, const layer_spec *spec,
                         network *net, propense_error *err)
{
    const layer_ops *ops = layer_ops_of(spec->kind);
    if (!ops) return fail(err, PROPENSE_E_ARG, "layer %d is of no known kind", number + 1);
    if ((unsigned)spec->act > ACT_LEAKY_RELU)
        return fail(err, PROPENSE_E_ARG, "layer %d has an activation that is not known",
                    number + 1);
    *l = (layer){ .spec = *spec,
                  .n_in = n_in,
                  .kernel = -1,
                  .bias = -1,
                  .number = number,
                  .gamma = -1,
                  .beta = -1,
                  .moving_mean = -1,
                  .moving_variance = -1,
                  .alpha = -1 };
    return ops->plan(l, &net->n_params, &net->n_trainable, err);
}

static int head_of(const layer_spec *last, network_head *head)
{
    *head = last->act == ACT_SOFTMAX ? HEAD_SOFTMAX : HEAD_SIGMOID;
    if (last->kind != LAYER_DENSE) return 0;
    return (last->units == 1 && last->act == ACT_SIGMOID) ||
           (last->units == 2 && last->act == ACT_SOFTMAX);
}

status network_plan(network *out, int32_t n_inputs, const layer_spec *specs, int32_t n, arena *mem,
                    propense_error *err)
{
    *out = (network){ 0 };
    network_head head;
    if (n_inputs < 1) return fail(err, PROPENSE_E_ARG, "a network needs at least one input");
    if (n < 1 || !head_of(&specs[n - 1], &head))
        return fail(err, PROPENSE_E_ARG,
                    "a network ends in one Dense unit with sigmoid or two with softmax");
    network net = {
        .n_inputs = n_inputs, .n_layers = n, .layers = TAKE(mem, layer, n), .head = head
    };
    if (!net.layers) return fail_memory(err);
    int32_t width = n_inputs;
    for (int32_t i = 0; i < n; i++) {
        TRY(plan_layer(&net.layers[i], i, width, &specs[i], &net, err));
        width = net.layers[i].n_out;
        if (specs[i].kind == LAYER_BATCH_NORM) net.n_fixed += 2 * (int64_t)width;
    }
    *out = net;
    return PROPENSE_OK;
}

void network_init(const network *net, float *params, uint64_t seed)
{
    for (int32_t i = 0; i < net->n_layers; i++) {
        const layer_ops *ops = layer_ops_of(net->layers[i].spec.kind);
        if (ops->init) ops->init(&net->layers[i], params, seed);
    }
}
