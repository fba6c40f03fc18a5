/* Columns that say which customers belong together, and which came first. */
#ifndef PROPENSE_ROW_COLUMNS_H
#define PROPENSE_ROW_COLUMNS_H

#include "dataset.h"

/* Fills d->group by the column's values; a row without one is a group of its own. The column is no
 * feature any more. */
status column_groups(dataset *d, str column, propense_error *err);
/* order: [d->n_known] the known rows' numbers among themselves, the earliest first; rows of one
 * time in file order, rows without a time first. Numbers count upwards; dates are 2024-05-01,
 * 1/5/2024 (the day first unless no day fits there) and the like, with or without a time of day.
 * The column is no feature any more. column.n 0: the file's order. */
status column_order(int64_t **order, dataset *d, str column, const propense_callbacks *cb,
                    arena *mem, propense_error *err);

#endif
