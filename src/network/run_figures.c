/* The figures of an epoch as Keras reports them.
 * Leaves the area under the curve to metrics/roc.h.
 * Read run.h first. */
#include <math.h>

#include "loss.h"
#include "run.h"

void run_train_figures(run *r, epoch_figures *out)
{
    const tally *t = &r->tallies[0];
    out->loss = r->loss_sum / (double)r->data->n;
    out->accuracy = (double)t->correct / (double)r->data->n;
    out->auc = keras_auc_value(&t->auc);
}

static void check_block(run *r, tally *t, int64_t block)
{
    const fit_data *d = r->data;
    int64_t at = block * network_block_rows, left = d->n_val - at;
    int64_t n = left < network_block_rows ? left : network_block_rows;
    const uint8_t *y = d->y_val + at;
    network_logits(r->net, r->step.params, r->step.k, d->x_val + at * r->net->n_inputs, n, t->logit,
                   t->scratch);
    if (d->weight_val || loss_is_special(&r->options->loss))
        loss_rows(&r->options->loss, t->p, t->loss, NULL, t->logit, y,
                  d->weight_val ? d->weight_val + at : NULL, n, 1);
    else
        r->step.k->cross_entropy(t->p, t->loss, NULL, t->logit, y, n, 1);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += (double)t->loss[i];
        t->correct += (t->p[i] > 0.5F) == y[i];
    }
    keras_auc_add(&t->auc, y, t->p, n);
    r->block_loss[block] = sum;
}

static void check(void *user, int worker)
{
    run *r = user;
    tally *t = &r->tallies[worker];
    t->correct = 0;
    t->auc = (keras_auc){ 0 };
    for (int64_t b = worker; b < run_blocks(r->data->n_val); b += r->check_threads)
        check_block(r, t, b);
}

static void add_area(keras_auc *sum, const keras_auc *a)
{
    for (int i = 0; i < auc_buckets; i++) {
        sum->positive[i] += a->positive[i];
        sum->negative[i] += a->negative[i];
    }
}

/* Losses are added by block and then block by block, whoever did them. */
void run_validate(run *r, epoch_figures *out)
{
    int64_t n = r->data->n_val;
    out->val_loss = out->val_accuracy = out->val_auc = (double)NAN;
    if (n == 0) return;
    pool_run(r->pool, r->check_threads, check, r);
    double loss = 0;
    for (int64_t b = 0; b < run_blocks(n); b++) loss += r->block_loss[b];
    tally *all = &r->tallies[0];
    for (int i = 1; i < r->check_threads; i++) {
        all->correct += r->tallies[i].correct;
        add_area(&all->auc, &r->tallies[i].auc);
    }
    out->val_loss = loss / (double)n;
    if (!r->plain) out->val_loss += loss_of_weights(r->tensors, r->n_tensors, r->step.params);
    out->val_accuracy = (double)all->correct / (double)n;
    out->val_auc = keras_auc_value(&all->auc);
}
