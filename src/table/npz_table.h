/* The arrays of an .npz as a table: what scripts call `inputs` [n][m] and `targets` [n].
 *
 * The columns are input_1 .. input_m, in order, and `target` last where the file has it. Numbers
 * only: NaN and infinity are errors with their place.
 */
#ifndef PROPENSE_NPZ_TABLE_H
#define PROPENSE_NPZ_TABLE_H

#include "table.h"

/* 1 when the name ends in .npz. */
int npz_is_named(const char *path);
/* The whole file; everything is taken from mem. *has_target: the last column is the target. */
status npz_table_read(table *out, int *has_target, const char *path, arena *mem,
                      propense_error *err);

#endif
