/* Writes a model in the middle of its training, as Keras' ModelCheckpoint(save_best_only) does.
 * Leaves when to fit.c and the bytes to bundle.c.
 * Read checkpoint.h first. */
#include "checkpoint.h"

#include "bundle.h"
#include "files.h"

status checkpoint_save(void *user, int32_t epoch, const float *params, const optimiser_state *state,
                       propense_error *err)
{
    const checkpoint *c = user;
    model *m = c->m;
    const card before = m->card;
    const optimiser_state optimiser = m->optimiser;
    text bytes = { 0 };
    (void)epoch, (void)params; /* the model's own */
    m->optimiser = *state;
    m->card.n_test = m->card.n_positive_test = 0; /* nothing is judged yet */
    status s = bundle_write_named(&bytes, m, c->path, err);
    m->card = before;
    m->optimiser = optimiser;
    if (s == PROPENSE_OK) s = file_write_all(c->path, bytes.p, bytes.n, err);
    text_free(&bytes);
    return s;
}
