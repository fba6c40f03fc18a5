/* Numbers to text and back, free of locale and exact. The only way data's numbers are read or
 * written.
 *
 * Own fast path for reading (up to 19 digits, small exponents, correctly rounded), yyjson's exact
 * conversion for the rest. The shortest float32 is our own, the shortest double yyjson's.
 * num.c reads and writes for people, num_shortest.c writes for data.
 */
#ifndef PROPENSE_NUM_H
#define PROPENSE_NUM_H

#include "str.h"

/* Reads all of s as a decimal number: [+-] digits [. digits] [e [+-] digits]; also ".5", "5.".
 * Nearest double, ties to even. Returns 0 (and leaves *out alone) for anything else: empty, blanks,
 * hex, "nan", "inf", and what overflows to infinity. No trimming. Any length. */
int num_parse(str s, double *out);
/* Reads all of s as a decimal integer with optional sign; 0 on anything else or overflow. */
int num_parse_int(str s, int64_t *out);

enum { num_buffer = 40, num_most_decimals = 17 };

/* Shortest digits that read back to the same value, in the layout of Python's repr(float): fixed
 * for 1e-4 <= |x| < 1e16, else exponent with at least two digits; always ".0" or an exponent. NaN
 * "nan", infinity "inf". Writes at most num_buffer bytes with a final NUL, returns the length
 * without it. */
int64_t num_repr(char out[num_buffer], double x);
/* The same for float32, as numpy prints it (str(np.float32(x))): shortest for 24 bits of mantissa.
 * 1e-4f is "1e-04", since it lies below 1e-4. (numpy 2.4 writes exponents from 1e6 on already;
 * here, as in numpy before it, from 1e16.) */
int64_t num_repr_float(char out[num_buffer], float x);
/* The same for many, with a final NUL each: the writer of millions of probabilities, 3 ns each
 * where they lie between 0.0001 and 1. */
typedef struct num_float {
    char text[28];
    int32_t n;
} num_float;
void num_repr_floats(num_float *out, const float *x, int64_t n);

/* Fixed decimals (0..17), correctly rounded (half to even on the exact binary value, as printf):
 * for people. NaN "nan", infinity "inf". From 1e20 on, where the digits would not fit, num_repr. */
int64_t num_fixed(char out[num_buffer], double x, int decimals);
/* The same as the language writes it: English 12,345.67, Spanish 12.345,67. Four digits are
 * grouped, too (1.234,5): running text in Spanish need not, but in a column beside five they would
 * not line up, and one document keeps to one rule. What rounds to zero has no sign. From 1e15 on as
 * num_repr, with the language's decimal sign. For reports and consoles, never for data files. */
int64_t num_local(char out[num_buffer], double x, int decimals, int32_t language);
/* printf's %.{decimals}e (0..17), correctly rounded, with at least two exponent digits: Keras' log
 * lines. NaN "nan", infinity "inf". */
int64_t num_exponent(char out[num_buffer], double x, int decimals);

/* Appends to a text. */
void text_repr(text *t, double x);
void text_fixed(text *t, double x, int decimals);
void text_local(text *t, double x, int decimals, int32_t language);

#endif
