/* What a layer kind has to say: one row of functions, one file a kind.
 *
 * A training step has two halves. In the first, rows of the batch go forward through all layers and
 * back again; in the second, rows of the weights learn. Each function is given a range of rows and
 * writes only what belongs to it, so a step is cut between threads at will, and no sum is. A layer
 * that needs sums over the batch takes them by units, between meetings of the workers.
 */
#ifndef PROPENSE_LAYER_H
#define PROPENSE_LAYER_H

#include "kernels.h"
#include "network.h"

/* A layer's share of a run's memory. */
typedef struct tape {
    const float *x; /* [batch][n_in] what came in: the y of the layer before */
    float *y;       /* [batch][n_out] what goes out */
    float *dy;      /* [batch][n_out] loss by y; Dense turns it into loss by its sums */
    float *dx;      /* [batch][n_in] loss by x: the dy of the layer before; NULL: nobody asks */
    float *own;     /* what the layer asked for with own_floats */
    struct unit_shape unit; /* what Dense does with its sums; linear in the last layer, whose
                               sigmoid or softmax is part of the loss */
} tape;

/* What all layers of a run share. */
typedef struct step {
    const struct kernels *k;
    float *params, *m, *v; /* [n_params] each */
    float *gradient;       /* [n_params]; NULL where every layer learns as it goes */
    struct adam_step adam;
    struct optimiser_step descent; /* the same and more, where layers do not learn as they go */
    uint64_t seed;
    int64_t batch;   /* rows in this step */
    uint32_t number; /* of this step since the first of all: part of the key of random draws */
    float *scratch;  /* of this worker: the most that any layer's scratch_floats asked for */
} step;

/* Something to be learned: rows * cols floats from `at` on. */
typedef struct tensor {
    int64_t at, rows, cols;
    float l1, l2, max_norm;
} tensor;
enum { layer_tensors = 2 };

typedef struct layer_ops {
    /* Shapes in, offsets out: fills n_out, kernel, bias; adds to *n_params (each tensor padded to
     * 16 floats) and *n_trainable. */
    status (*plan)(layer *l, int64_t *n_params, int64_t *n_trainable, propense_error *err);
    void (*init)(const layer *l, float *params, uint64_t seed); /* NULL: no parameters */
    /* Floats of its own for batches of that many rows. */
    int64_t (*own_floats)(const layer *l, int64_t batch);
    int64_t (*scratch_floats)(const layer *l); /* NULL: none */
    /* y from x; dx from dy: rows first .. last - 1 of the batch. */
    void (*forward)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    void (*backward)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    /* What forward and backward need of all rows, for units first .. last - 1: called before them
     * when the rows of every worker are there. NULL: nothing. */
    void (*forward_all)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    void (*backward_all)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    /* The gradient of weight rows first .. last - 1 (of n_in), and Adam's step over them: plain
     * Adam without anything else, in one pass. NULL: nothing to learn. */
    void (*learn)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    /* The same rows' gradient alone, into s->gradient; descent.c takes the step. */
    void (*gradient)(const step *s, const layer *l, const tape *t, int64_t first, int64_t last);
    /* What there is to learn; returns how many. */
    int (*tensors)(const layer *l, tensor out[layer_tensors]);
    /* Scoring works on blocks with one row of the matrix a unit and one column a customer:
     * x: [n_in][stride], y: [n_out][stride], of which n columns count. NULL: y is x. */
    void (*predict)(const struct kernels *k, const layer *l, const float *params,
                    const struct unit_shape *unit, const float *x, float *y, int64_t stride,
                    int64_t n);
    /* 1: the layer does nothing when dropout is off. */
    int random;
    int learns_here; /* 1: learn writes its gradient to s->gradient on the way */
} layer_ops;

extern const layer_ops dense_ops, dropout_ops, activation_ops, batch_norm_ops, layer_norm_ops,
    noise_ops, prelu_ops, groups_ops;
const layer_ops *layer_ops_of(layer_kind kind); /* NULL: no such kind */

/* The kernels' word for what a layer does to its sums or inputs. */
struct unit_shape unit_of(const layer_spec *spec);
struct unit_shape unit_of_activation(activation act);
/* 1: the way back needs what went in, not only what came out. */
int unit_needs_input(const struct unit_shape *u);
/* y = unit(x) and dy *= unit'(x) over rows of n units, softmax among them; x is not looked at where
 * it is not needed. y may be x. */
void unit_rows(const struct kernels *k, const struct unit_shape *u, float *y, const float *x,
               int64_t rows, int64_t n);
void unit_rows_back(const struct kernels *k, const struct unit_shape *u, float *dy, const float *y,
                    const float *x, int64_t rows, int64_t n);
/* y = unit(y) over a block of scoring: [units][stride]. */
void unit_block(const struct kernels *k, const struct unit_shape *u, float *y, int64_t units,
                int64_t stride, int64_t n);

/* Keras' initialisers of a kernel [n_in][n_out]. */
void kernel_init(const layer *l, float *kernel, uint64_t seed);

/* Adam's step on floats at .. at + n - 1 along s->gradient. */
void learn_here(const step *s, int64_t at, int64_t n);
/* Takes `floats` of the block, padded to 16; -1 when that is too large. */
int64_t layer_claim(int64_t *n_params, int64_t floats);

#endif
