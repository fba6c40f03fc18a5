/* The problems of a file behind its first one: told through the message callback, up to 20 in all,
 * and the rest counted. */
#ifndef PROPENSE_CSV_PROBLEMS_H
#define PROPENSE_CSV_PROBLEMS_H

#include "csv_reader.h"
#include "problems.h"

/* Begins with `line` of the block that has the first problem. */
typedef struct csv_problems {
    problems list;        /* the very first is the caller's error already */
    int has_kinds;        /* which columns hold numbers is known well enough to judge values */
    int64_t line;         /* of the next block's first byte */
    int stop;             /* nothing behind can be made sense of */
    unsigned char *carry; /* what a block left for the next one */
    int64_t n_carry, carry_capacity;
} csv_problems;

/* Blocks in file order, from the one with the first problem on. has_carry: what the block in front
 * left over is in it already. */
status csv_check_block(csv_problems *p, csv_chunk *c, const csv_from *from, int has_carry,
                       propense_error *err);
/* Whatever the reader has not read yet. */
void csv_check_rest(csv_problems *p, csv_reader *r, int is_end, propense_error *err);
/* Tells how many there are more, and frees. */
void csv_problems_end(csv_problems *p);

#endif
