/* The headline figures of every draw of a bootstrap. Not for other rooms. */
#ifndef PROPENSE_FIGURE_DRAWS_H
#define PROPENSE_FIGURE_DRAWS_H

#include "intervals.h"

/* Plain draws of more rows than many_rows are judged on fine_cells of equally many rows: the
 * figures move in the ninth digit, and a draw's weights stay in the cache. */
enum { many_rows = 100000, fine_cells = 50000 };

typedef struct figure_draws {
    double *values;               /* [draws, figure_count] */
    double figures[figure_count]; /* of the cells themselves, every row once */
    int binned, cells_are_scores;
} figure_draws;

/* Defaults in place of zeros. */
interval_options interval_options_complete(const interval_options *o);

/* Options must be complete: draws, depth, most_plain and bins above 0. */
status figure_draws_of(figure_draws *out, const ranked *r, const interval_options *o, pool *threads,
                       arena *mem, propense_error *err);

/* counts: [n], the n_positive positives in front: n times one of n, or (stratified) each class by
 * itself. */
void draw_customers(int32_t *counts, uint64_t seed, uint32_t draw, int stratified,
                    int64_t n_positive, int64_t n);

/* Fills weights: [n_cells, 2] with Poisson(rows) for one draw. `stratified`: scaled so that each
 * class has the weight of its rows again. */
void figure_cells_poisson(double *weights, const double *rows, int64_t n_cells, uint64_t seed,
                          uint32_t draw, int stratified);

/* 1 where the study of coverage (bench/coverage.c) found 95 % intervals of so few customers to fall
 * short. */
int figure_too_small(int which, const ranked *r, const interval_options *o);

#endif
