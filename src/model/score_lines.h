/* The lines of a file of scores: who it is, then a list of columns (score_lines.c), each with its
 * name in the header and a function that writes a row's value. */
#ifndef PROPENSE_SCORE_LINES_H
#define PROPENSE_SCORE_LINES_H

#include "str.h"
#include "table.h"

/* Rows first .. first + n - 1 of a chunk, scored. */
typedef struct score_rows {
    const table *chunk;
    int32_t id; /* column of the chunk, -1: rows are numbered from 1 on */
    int64_t first, n;
    const float *p; /* [n] */
} score_rows;

/* id: the column's name, .p NULL without one. */
void score_header(text *t, str id);
void score_lines(text *t, const score_rows *r);

#endif
