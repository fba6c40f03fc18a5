/* What the files of an evaluation share. For src/study/evaluate*.c only. */
#ifndef PROPENSE_EVALUATE_PARTS_H
#define PROPENSE_EVALUATE_PARTS_H

#include "calibrate.h"
#include "evaluate.h"
#include "folds.h"

/* What an evaluation by folds holds while it runs. */
typedef struct folding {
    evaluation *e;
    const options *o;
    const propense_callbacks *cb;
    pipeline_plan plan;
    dataset d;
    uint8_t *y;     /* [d.n_known] */
    int32_t *group; /* [d.n_known], NULL without --group */
    folds folds;
    int64_t folds_ns; /* what a cross-validation took: for foretelling, never written */
    pool *threads;
    arena run;
} folding;

evaluation *evaluation_new(evaluation_mode mode);
status evaluation_words(evaluation *e, const schema *s, propense_error *err);
int threads_asked(const options *o);
/* The base rate of the training rows, for everybody. e->model is complete. */
status evaluation_base_rival(evaluation *e, const model *m, pool *threads, propense_error *err);

/* evaluate_folds.c: a crossfit job of all known rows. */
crossfit_job folding_job(const folding *f, const crossfit_set *sets, int32_t n_sets,
                         uint32_t contenders);
/* evaluate_time.c: --time and --ordered. order: [d.n_known], the earliest first. */
status evaluate_cuts(folding *f, const int64_t *order, propense_error *err);
/* evaluate_race.c: e->model is complete. */
status evaluate_race(evaluation *e, const model *m, const char *path, const options *o,
                     const propense_callbacks *cb, pool *threads, propense_error *err);
/* evaluate_permutations.c */
status evaluate_permutations(folding *f, propense_error *err);

#endif
