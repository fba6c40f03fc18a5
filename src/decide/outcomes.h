/* What a file of customers says of who converted, and whether it is the file that its model learned
 * from.
 */
#ifndef PROPENSE_OUTCOMES_H
#define PROPENSE_OUTCOMES_H

#include "model.h"
#include "table.h"

/* The column of the model's target; -1 without. */
int32_t outcomes_column(const table *t, const model *m);
/* [t->n_rows] 1, 0 or 255 = unknown, from mem; NULL where the file does not say. */
status outcomes_take(uint8_t **out, const table *t, const model *m, arena *mem,
                     propense_error *err);
/* The training file, row by row, by its fingerprint. */
int outcomes_are_own(const table *t, const model *m);
/* Or most likely so: the numbers of rows, of conversions and of rows without an outcome tell, where
 * columns were read that are not in the fingerprint. */
int outcomes_are_of_training(const uint8_t *outcome, const table *t, const model *m);
/* Of the rows whose outcome is known. NaN where one kind is missing. */
status outcomes_auc(double *out, const uint8_t *outcome, const double *p, int64_t n_rows,
                    propense_error *err);

#endif
