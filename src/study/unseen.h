/* What an ensemble says of the very rows that it learned from, without their having taught it: each
 * row is answered by the member that left it out, as training itself judged the model. */
#ifndef PROPENSE_UNSEEN_H
#define PROPENSE_UNSEEN_H

#include "pipeline.h"
#include "threads.h"

enum { unseen_by_all = 255 }; /* of a row that taught nobody: the whole model answers */

/* member: [d->n_rows] who left a known row out; unseen_by_all for rows without an answer. NULL
 * where the model is no ensemble that learned from all known rows of d, which has to be the
 * training file (same fingerprint). From mem. */
status unseen_members(uint8_t **member, const model *m, const dataset *d, arena *mem,
                      propense_error *err);
/* logit: [r.n] as pipeline_logits, of each row by its member; member NULL: by the whole model. */
status unseen_logits(float *logit, const model *m, const struct kernels *k, const dataset *d,
                     row_set r, const uint8_t *member, arena *tmp, propense_error *err);
/* The same on all workers, and what the model believes: probability [r.n]. */
status unseen_answers(float *logit, double *probability, const model *m, const struct kernels *k,
                      const dataset *d, row_set r, const uint8_t *member, pool *workers,
                      propense_error *err);

#endif
