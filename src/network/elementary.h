/* A network's prediction as a list of elementary operations: all that an exporter has to know.
 *
 * Values are matrices [rows][width]; value 0 is the input, operation i makes value i + 1, the last
 * one is P(positive), [rows][1]. An operand that is no value is a constant row [width], which holds
 * for every row, or one number. A value of width 1 stands for each column of its row.
 */
#ifndef PROPENSE_ELEMENTARY_H
#define PROPENSE_ELEMENTARY_H

#include "network.h"

typedef enum operation_kind {
    OPERATION_PRODUCT = 0, /* a B, B: [width of a][width] */
    OPERATION_ADD = 1,     /* a + b, and so on */
    OPERATION_SUBTRACT = 2,
    OPERATION_MULTIPLY = 3,
    OPERATION_DIVIDE = 4,
    OPERATION_MAX = 5,
    OPERATION_MIN = 6,
    OPERATION_GREATER = 7, /* a > b ? 1 : 0 */
    OPERATION_ABS = 8,     /* of a alone, as those below */
    OPERATION_EXP = 9,
    OPERATION_LOG = 10,
    OPERATION_SQRT = 11,
    OPERATION_TANH = 12,
    OPERATION_ERF = 13,
    OPERATION_SIGMOID = 14,
    OPERATION_ROW_SUM = 15, /* over the columns: width 1 */
    OPERATION_ROW_MEAN = 16,
    OPERATION_ROW_MAX = 17,
    OPERATION_COLUMN = 18 /* column number b of a */
} operation_kind;         /* append only */

typedef struct operation {
    operation_kind kind;
    int32_t a;             /* a value */
    int32_t b;             /* a value; -1: the constant */
    const float *constant; /* [constant_width], or [width of a][width] of a product */
    int32_t constant_width;
    int32_t width; /* of what comes out */
    int32_t layer; /* that it is part of */
} operation;

/* Taken from mem; constants are copies or made for it (a normalisation's scale and shift). */
status network_operations(operation **out, int32_t *n, const network *net, const float *params,
                          arena *mem, propense_error *err);

#endif
