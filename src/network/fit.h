/* The training loop: Keras' fit() on a network with one yes-or-no answer.
 *
 * Everything but the data and the plain numbers has a default that is all zeros, and all of it
 * together is what there was first: Adam, cross-entropy, no callbacks. Formulas and sources are in
 * docs/networks.md.
 */
#ifndef PROPENSE_FIT_H
#define PROPENSE_FIT_H

#include "network.h"
#include "progress.h"

/* The figures of one epoch as Keras reports them; NaN without validation rows. */
typedef struct epoch_figures {
    double loss, accuracy, auc, val_loss, val_accuracy, val_auc;
} epoch_figures;

typedef struct history {
    int32_t n_epochs;      /* done: fewer than asked for when training stopped early */
    epoch_figures *epochs; /* [n_epochs] */
    double *rates;         /* [n_epochs] learning rate at the end of each; NULL: not known */
    int32_t best_epoch;    /* from 1, by the monitored figure; 0: nothing was monitored */
    int32_t restored;      /* 1: the parameters are those of the best epoch */
    int32_t stopped_early; /* 1: by EarlyStopping */
} history;

/* ---- Optimisers */

typedef enum optimiser_kind {
    OPTIMISER_ADAM = 0,
    OPTIMISER_ADAMW = 1,
    OPTIMISER_NADAM = 2,
    OPTIMISER_SGD = 3,
    OPTIMISER_RMSPROP = 4
} optimiser_kind; /* append only */

/* Numbers that were never set (all zeros) are not Keras' defaults: optimiser_defaults() gives
 * those. As an exception, all of beta1, beta2 and epsilon 0 with Adam means Adam's defaults. */
typedef struct optimiser_settings {
    optimiser_kind kind;
    double beta1, beta2;     /* Adam, AdamW, Nadam: 0.9, 0.999 */
    double rho;              /* RMSprop: 0.9 */
    double momentum;         /* SGD, RMSprop: 0 */
    double epsilon;          /* 1e-7; all but SGD */
    int32_t nesterov;        /* SGD */
    double weight_decay;     /* w -= w weight_decay rate before the step; AdamW 0.004, else 0 */
    double clip_value;       /* 0 = off; at most one of the three, as in Keras */
    double clip_norm;        /* of each tensor */
    double clip_norm_global; /* of all together */
} optimiser_settings;

optimiser_settings optimiser_defaults(optimiser_kind kind);
/* "Adam", "AdamW", "Nadam", "SGD", "RMSprop": Keras' class. */
const char *optimiser_class(optimiser_kind kind);

/* What Keras stores per trainable tensor, by optimiser. m and v are laid out like the parameters.
 *
 *     Adam, AdamW, Nadam   momentum m, velocity v, in turn for each tensor
 *     SGD                  momentum m; nothing when settings.momentum is 0
 *     RMSprop              velocity v of all tensors, then (momentum > 0) momentum m of all
 */
int optimiser_uses_m(const optimiser_settings *s);
int optimiser_uses_v(const optimiser_settings *s);

/* Optimiser state. Kept in the model file so that Keras can go on training. */
typedef struct optimiser_state {
    float *m, *v;         /* [n_params]; NULL where the optimiser has no such slot */
    int64_t iteration;    /* steps done */
    double learning_rate; /* what a schedule begins with; a plateau lowers it */
    optimiser_settings settings;
    double u_product; /* Nadam: product of the momenta so far; 0 means 1 */
} optimiser_state;
typedef optimiser_state adam_state; /* its first name */

/* ---- Learning rate over the steps */

typedef enum schedule_kind {
    SCHEDULE_CONSTANT = 0,
    SCHEDULE_EXPONENTIAL = 1, /* Keras' ExponentialDecay */
    SCHEDULE_COSINE = 2,      /* Keras' CosineDecay; with warm-up from 0 to the learning rate */
    SCHEDULE_PLATEAU = 3      /* Keras' ReduceLROnPlateau, on the monitored figure */
} schedule_kind;

typedef struct schedule_settings {
    schedule_kind kind;
    double decay_epochs;  /* exponential, cosine; 0 = the whole run (after the warm-up) */
    double warmup_epochs; /* cosine */
    double decay_rate;    /* exponential: the factor per decay_epochs, 0.96 */
    int32_t staircase;    /* exponential: the factor at once, at the end of decay_epochs */
    double final_share;   /* cosine: of the learning rate that is left at the end (Keras' alpha) */
    double factor;        /* plateau: 0.1 */
    int32_t patience;     /* plateau: epochs, 10 */
    int32_t cooldown;     /* plateau: epochs */
    double min_delta;     /* plateau: 1e-4 */
    double min_rate;      /* plateau */
} schedule_settings;

/* ---- Loss */

typedef enum loss_kind {
    LOSS_CROSS_ENTROPY = 0, /* binary, or sparse categorical with a softmax head: one number */
    LOSS_FOCAL = 1          /* Lin et al. 2017; Keras' BinaryFocalCrossentropy */
} loss_kind;

typedef struct loss_settings {
    loss_kind kind;
    double label_smoothing; /* targets y (1 - s) + s / 2 */
    double gamma;           /* focal: 2 */
    double balance;         /* focal: Keras' alpha of class balancing, 0.25; 0 = none */
} loss_settings;

/* ---- Callbacks */

typedef enum monitor {
    MONITOR_VAL_LOSS = 0,
    MONITOR_VAL_ACCURACY = 1,
    MONITOR_VAL_AUC = 2,
    MONITOR_LOSS = 3,
    MONITOR_ACCURACY = 4,
    MONITOR_AUC = 5
} monitor;
typedef enum monitor_mode { MODE_AUTO = 0, MODE_MIN = 1, MODE_MAX = 2 } monitor_mode;

/* Keras' EarlyStopping. */
typedef struct stopping_settings {
    int32_t on;
    monitor monitor;
    monitor_mode mode;
    double min_delta;
    int32_t patience;
    int32_t has_baseline;
    double baseline;
    int32_t restore_best_weights;
    int32_t start_from_epoch;
} stopping_settings;

/* Told when the monitored figure is better than ever: Keras' ModelCheckpoint(save_best_only). What
 * it returns other than PROPENSE_OK stops training. params: [n_params], as they are now. */
typedef struct fit_checkpoint {
    status (*save)(void *user, int32_t epoch, const float *params, const optimiser_state *state,
                   propense_error *err); /* NULL: off */
    void *user;
    monitor monitor;
    monitor_mode mode;
} fit_checkpoint;

/* ---- The call */

typedef struct fit_data {
    const float *x;   /* [n][n_inputs] */
    const uint8_t *y; /* [n] 0 or 1 */
    int64_t n;
    const float *x_val; /* may be NULL, n_val 0 */
    const uint8_t *y_val;
    int64_t n_val;
    const float *weight;     /* [n] of each row in the loss; NULL: 1 */
    const float *weight_val; /* [n_val] */
} fit_data;

typedef struct fit_options {
    int32_t epochs, batch_size;
    double learning_rate;
    uint64_t seed;
    int shuffle; /* 1; 0 only where a Keras run is matched step by step */
    int dropout; /* 1; 0 switches dropout and noise off, for the same tests */
    int threads; /* upper limit; 0 = available. Never changes a bit of the result */
    const struct kernels *kernels; /* NULL: the best of this machine */
    optimiser_settings optimiser;
    schedule_settings schedule;
    loss_settings loss;
    double class_weight[2]; /* of rows with y 0 and 1; both 0 means 1 */
    int32_t balanced; /* 1: in place of them n / (2 n_y), so that both classes count the same */
    stopping_settings stopping;
    fit_checkpoint checkpoint;
} fit_options;

/* params: [n_params] initialised by the caller, 64-byte aligned; state: m and v zeroed by the
 * caller, both of them, whatever the optimiser. history's arrays are taken from `mem`, everything
 * else from an arena of the run that is gone on return. The loop itself allocates nothing. NaN or
 * infinity stops with PROPENSE_E_NUMERIC naming epoch and batch. Progress goes to cb after every
 * epoch and now and then within one. */
status network_fit(const network *net, float *params, optimiser_state *state, history *out,
                   const fit_data *data, const fit_options *options, arena *mem,
                   const propense_callbacks *cb, propense_error *err);
/* Bytes the call will take beyond its arguments: for --dry_run. */
int64_t network_fit_bytes(const network *net, const fit_data *data, const fit_options *options);

#endif
