/* Scoring with a model that has no propense.json: columns stand for inputs by their order. */
#ifndef PROPENSE_SCORE_FOREIGN_H
#define PROPENSE_SCORE_FOREIGN_H

#include "csv.h"
#include "model.h"

/* The numeric columns of the file, in file order and without an id column, as inputs that are
 * taken as they are; their number has to be the network's. Plans the reader, with the column
 * `target` (-1: none) apart, read as it looks. *at: the column of
 * each input; *id: the id's column, -1 without. All taken from mem. Says to cb which column is
 * what, and when the model was never trained. */
status foreign_columns(encoder *out, int32_t **at, int32_t *id, int32_t target, const model *m,
                       csv_reader *r, const propense_callbacks *cb, arena *mem,
                       propense_error *err);
/* Nobody knows what such a network takes for a missing value, so it is an error: rows
 * [from, from + n) of the chunk. */
status foreign_check_values(const encoder *e, const int32_t *at, const table *chunk, int64_t from,
                            int64_t n, const char *name, propense_error *err);
/* The same for the arrays of an .npz: its inputs in order; t has `n_inputs` of them in front. */
status foreign_arrays(encoder *out, int32_t **at, const model *m, const table *t, int32_t n_inputs,
                      const char *name, const propense_callbacks *cb, arena *mem,
                      propense_error *err);

#endif
