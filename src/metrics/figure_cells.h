/* The headline figures as functions of weights on cells: rows of equal score, or bins of them, by
 * class. A draw of a bootstrap is another set of weights. Not for other rooms. */
#ifndef PROPENSE_FIGURE_CELLS_H
#define PROPENSE_FIGURE_CELLS_H

#include "intervals.h"

typedef struct figure_cells {
    int64_t n;    /* cells, best scores first */
    int64_t *end; /* [n] rank behind the cell's last row */
    double *rows; /* [n, 2] positives, negatives */
    double *loss,
        *brier; /* [n, 2] mean loss of the cell's rows of each class; NULL unless probabilities */
    int64_t called; /* cells whose scores lie above the threshold */
    double depth;
} figure_cells;

/* A cell for every distinct score (`bins` 0), or about that many of equally many rows: scores stay
 * whole, and the threshold is a border. 56 bytes a cell from `mem`; 0 on exhaustion. */
int figure_cells_of(figure_cells *out, const ranked *r, double threshold, double depth,
                    int64_t bins, arena *mem);

/* weights: [n, 2] like `rows`, not negative. NaN where a class has no weight and the figure needs
 * it. */
void figures_of_cells(double out[figure_count], const figure_cells *c, const double *weights);

#endif
