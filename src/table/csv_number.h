/* Short decimal numbers, eight characters at once: the reader's fields are mostly that. */
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

/* [-] and up to eight digits and point. 1 with *out as num_parse gives it (both the digits and the
 * power of ten are exact, so the division rounds once); 0 leaves all else, right or wrong, to
 * num_parse. Eight bytes are read wherever the field ends: the caller's text goes on that far. */
static inline int csv_short_number(str s, double *out)
{
    static const double power[8] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7 };
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    int negative = s.n > 0 && *s.p == '-';
    s.p += negative;
    s.n -= negative;
    if (s.n < 1 || s.n > 8) return 0;
    uint64_t digits;
    memcpy(&digits, s.p, 8);
    /* the last character to the highest byte, zeros in front of the first */
    digits = (digits << (64 - 8 * s.n)) ^ (ones * '0' << (64 - 8 * s.n));
    /* without their '0' digits are 0..9; a point, '.' ^ '0', is 0x1E */
    uint64_t x = digits ^ ones * ('.' ^ '0');
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
    double value = (double)(int64_t)csv_eight_digits(digits) / power[n_behind];
    *out = negative ? -value : value;
    return 1;
}

#endif
