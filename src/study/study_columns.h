/* Columns that say which customers belong together, and which came first. */
#ifndef PROPENSE_STUDY_COLUMNS_H
#define PROPENSE_STUDY_COLUMNS_H

#include "dataset.h"

/* group: [d->n_known] 0 .. *n_groups - 1 by the column's values; a row without one is a group of
 * its own. The column is no feature any more. */
status study_groups(int32_t **group, int32_t *n_groups, dataset *d, str column, arena *mem,
                    propense_error *err);
/* order: [d->n_known] the known rows' numbers among themselves, the earliest first; rows of one
 * time in file order, rows without a time first. Numbers count upwards; dates are 2024-05-01,
 * 1/5/2024 (the day first unless no day fits there) and the like, with or without a time of day.
 * The column is no feature any more. column.n 0: the file's order. */
status study_order(int64_t **order, dataset *d, str column, const propense_callbacks *cb,
                   arena *mem, propense_error *err);

#endif
