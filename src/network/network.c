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
    if (spec->act > ACT_TANH)
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

status network_plan(network *out, int32_t n_inputs, const layer_spec *specs, int32_t n, arena *mem,
                    propense_error *err)
{
    *out = (network){ 0 };
    const layer_spec *last = n > 0 ? &specs[n - 1] : NULL;
    if (n_inputs < 1) return fail(err, PROPENSE_E_ARG, "a network needs at least one input");
    if (!last || last->kind != LAYER_DENSE || last->units != 1 || last->act != ACT_SIGMOID)
        return fail(err, PROPENSE_E_ARG, "a network ends in one Dense unit with sigmoid");
    network net = { .n_inputs = n_inputs, .n_layers = n, .layers = TAKE(mem, layer, n) };
    if (!net.layers) return fail_memory(err);
    int32_t width = n_inputs;
    for (int32_t i = 0; i < n; i++) {
        TRY(plan_layer(&net.layers[i], i, width, &specs[i], &net, err));
        width = net.layers[i].n_out;
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
