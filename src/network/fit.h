/* The training loop: Keras' fit() with Adam, binary cross-entropy from logits, accuracy and the
 * 200-threshold AUC. */
#ifndef PROPENSE_FIT_H
#define PROPENSE_FIT_H

#include "network.h"
#include "progress.h"

/* The figures of one epoch as Keras reports them; NaN without validation rows. */
typedef struct epoch_figures {
    double loss, accuracy, auc, val_loss, val_accuracy, val_auc;
} epoch_figures;

typedef struct history {
    int32_t n_epochs;
    epoch_figures *epochs; /* [n_epochs] */
} history;

/* Optimiser state, laid out like the parameters. Kept in the model file so that Keras can go on
 * training. */
typedef struct adam_state {
    float *m, *v;      /* [n_params] */
    int64_t iteration; /* steps done */
    double learning_rate;
} adam_state;

typedef struct fit_data {
    const float *x;   /* [n][n_inputs] */
    const uint8_t *y; /* [n] 0 or 1 */
    int64_t n;
    const float *x_val; /* may be NULL, n_val 0 */
    const uint8_t *y_val;
    int64_t n_val;
} fit_data;

typedef struct fit_options {
    int32_t epochs, batch_size;
    double learning_rate;
    uint64_t seed;
    int shuffle; /* 1; 0 only where a Keras run is matched step by step */
    int dropout; /* 1; 0 switches dropout layers off, for the same tests */
    int threads; /* upper limit; 0 = available. Never changes a bit of the result */
    const struct kernels *kernels; /* NULL: the best of this machine */
} fit_options;

/* params: [n_params] initialised by the caller, 64-byte aligned; state: m and v zeroed by the
 * caller. history's epochs are taken from `mem`, everything else from an arena of the run that is
 * gone on return. The loop itself allocates nothing. NaN or infinity stops with PROPENSE_E_NUMERIC
 * naming epoch and batch. Progress goes to cb after every epoch and now and then within one. */
status network_fit(const network *net, float *params, adam_state *state, history *out,
                   const fit_data *data, const fit_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err);
/* Bytes the call will take beyond its arguments: for --dry_run. */
int64_t network_fit_bytes(const network *net, const fit_data *data, const fit_options *options);

#endif
