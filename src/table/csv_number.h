/* Decimal numbers as files have them: short ones eight characters at once (the reader's fields are
 * mostly that), and those with a decimal comma or thousands marks. */
#ifndef PROPENSE_CSV_NUMBER_H
#define PROPENSE_CSV_NUMBER_H

#include "str.h"

/* Eight digits, the first in the lowest byte, as a number: pairs, then fours, then all. */
static inline uint64_t csv_eight_digits(uint64_t digits)
{
    digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (digits * 10000 + (digits >> 32)) & UINT32_MAX;
}

static const double csv_powers[8] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7 };

/* [-] and up to eight digits and decimal sign ('.' or ','). 1 with *out as num_parse gives it (both
 * the digits and the power of ten are exact, so the division rounds once); 0 leaves all else, right
 * or wrong, to csv_number. Eight bytes are read wherever the field ends: the caller's text goes on
 * that far. */
static inline int csv_short_number(str s, char decimal, double *out)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    int negative = s.n > 0 && *s.p == '-';
    s.p += negative;
    s.n -= negative;
    if (s.n < 1 || s.n > 8) return 0;
    uint64_t digits;
    memcpy(&digits, s.p, 8);
    /* the last character to the highest byte, zeros in front of the first */
    digits = (digits << (64 - 8 * s.n)) ^ (ones * '0' << (64 - 8 * s.n));
    /* without their '0' digits are 0..9; a point, '.' ^ '0', is 0x1E, a comma 0x1C */
    uint64_t x = digits ^ ones * (uint64_t)(decimal ^ '0');
    uint64_t point =
        (x - ones) & ~x & tops; /* its lowest bit is exact: nothing is borrowed below */
    int64_t n_behind = 0;
    if (point) {
        if (s.n == 1) return 0;
        int at = __builtin_ctzll(point) >> 3;
        uint64_t in_front = ((uint64_t)1 << (8 * at)) - 1;
        n_behind = 7 - at;
        digits = (digits & ~(in_front << 8 | 0xFF)) | (digits & in_front) << 8;
    }
    if (((digits + ones * 0x76) | digits) & tops) return 0; /* a byte above 9 */
    double value = (double)(int64_t)csv_eight_digits(digits) / csv_powers[n_behind];
    *out = negative ? -value : value;
    return 1;
}

/* All of s as num_parse reads it, with that decimal sign, and with thousands marks: groups of three
 * digits behind a first one of one to three that does not begin with 0, one mark throughout (the
 * other sign, a blank, an apostrophe, a no-break space). No trimming. 0 for anything else. */
int csv_number(str s, char decimal, double *out);

/* How s, trimmed, reads as a number: CSV_WITH_POINT, CSV_WITH_COMMA, both (42, and 1.234 too) or 0.
 */
enum { CSV_WITH_POINT = 1, CSV_WITH_COMMA = 2 };
int csv_number_signs(str s);

#endif
