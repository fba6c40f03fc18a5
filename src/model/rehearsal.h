/* What a training would be, without doing it: --dry_run. */
#ifndef PROPENSE_REHEARSAL_H
#define PROPENSE_REHEARSAL_H

#include "model.h"
#include "pipeline.h"

typedef struct rehearsal {
    int64_t n_train, n_held; /* rows */
    int64_t n_steps;         /* an epoch */
    int32_t epochs, batch_size;
    int32_t n_members;   /* networks of the best preset; 0: it is one network */
    int64_t data_bytes;  /* the encoded rows */
    int64_t model_bytes; /* parameters and what the optimiser keeps */
    int64_t run_bytes;   /* everything else that training takes */
    double seconds;      /* for all epochs, by some steps that were tried out on this machine */
} rehearsal;

/* Plans the network of an encoded pipeline into its model, and trains copies of it for a moment. */
status pipeline_rehearse(rehearsal *out, pipeline *p, const pipeline_plan *plan,
                         propense_error *err);

#endif
