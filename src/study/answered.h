/* Rows whose answer is known, with the scores that models give them: read once, in parallel, chunk
 * by chunk, so that memory holds targets and scores and no table. */
#ifndef PROPENSE_ANSWERED_H
#define PROPENSE_ANSWERED_H

#include "model.h"
#include "options.h"
#include "progress.h"

enum { answered_models = 2 };

/* 1 for the same answer: the same bytes, the same number, or the same but for case. */
int answered_same(str a, str b);

typedef struct answered {
    int64_t n;                     /* rows with a known target */
    int64_t n_rows;                /* of the file */
    uint8_t *y;                    /* [n] */
    float *logit[answered_models]; /* [n] of each model, uncalibrated; NULL for models not given */
    int64_t room[1 + answered_models]; /* that the arrays have */
} answered;

/* The target is found by the first model's name of it, its words by that model's. models:
 * [n_models]; a foreign one takes the arrays of an .npz, whose targets are 0 and 1, or alone a
 * table whose target the options name. Rows without a target are left out, and that is said. On
 * failure *out holds nothing; else answered_free. */
status answered_read(answered *out, const model *const *models, int n_models, const char *path,
                     const options *o, const propense_callbacks *cb, propense_error *err);
/* The target and its words by --target and --positive, for a foreign model on a table. */
status answered_words(str *target, str *positive, str *negative, const options *o,
                      propense_error *err);
void answered_free(answered *s);

#endif
