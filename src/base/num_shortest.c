/* The shortest digits that read back to the same number, as Python and numpy lay them out.
 * Leaves the digits of a double to yyjson, and everything that rounds to num.c.
 * Read num.h first. */
#include "num.h"

#include <math.h>

#include <yyjson.h>

#include "num_fraction.h"

#include "num_powers.inc" /* power_bits[e - first_power]: the 64 leading bits of 10^e, made larger */

__extension__ typedef unsigned __int128 u128;

/* A decimal: value = digits * 10^exponent. */
struct decimal {
    uint32_t digits;
    int32_t exponent;
};

/* ---- Layout */

static char *copy_zeros(char *p, int n)
{
    memset(p, '0', 16);
    return p + n;
}

static char *write_exponent(char *p, int exponent)
{
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (size >= 100) *p++ = (char)('0' + size / 100);
    *p++ = (char)('0' + size / 10 % 10);
    *p++ = (char)('0' + size % 10);
    return p;
}

/* n digits (at most 17, in a block of 24 bytes) of which the first stands for 10^exponent; the last
 * is not 0 unless it is the only one. Below 10^least an exponent is written. Copies are of constant
 * size for speed; the longest result has 24 bytes. */
static int64_t lay_out(char out[num_buffer], int negative, const char digits[24], int n,
                       int exponent, int least)
{
    char *p = out;
    *p = '-';
    p += negative;
    if (exponent >= 16 || exponent < least) {
        *p++ = digits[0];
        *p = '.';
        memcpy(p + 1, digits + 1, 16);
        p += n > 1 ? n : 0;
        p = write_exponent(p, exponent);
    } else if (exponent < 0) {
        memcpy(p, "0.000", 5);
        p += 1 - exponent;
        memcpy(p, digits, 17);
        p += n;
    } else if (n > exponent + 1) {
        memcpy(p, digits, 17);
        p += exponent + 1;
        *p++ = '.';
        memcpy(p, digits + exponent + 1, (size_t)(n - exponent - 1));
        p += n - exponent - 1;
    } else {
        memcpy(p, digits, 17);
        p = copy_zeros(p + n, exponent + 1 - n);
        *p++ = '.';
        *p++ = '0';
    }
    *p = '\0';
    return p - out;
}

static int64_t write_special(char out[num_buffer], int is_nan, int negative)
{
    const char *word = is_nan ? "nan" : negative ? "-inf" : "inf";
    strcpy(out, word);
    return (int64_t)strlen(word);
}

/* ---- double */

int64_t num_repr(char out[num_buffer], double x)
{
    if (!isfinite(x)) return write_special(out, isnan(x), x < 0);
    char pool[512], digits[24] = "0";
    yyjson_alc allocator;
    yyjson_val value = { 0 };
    size_t length = 0;
    (void)yyjson_alc_pool_init(&allocator, pool, sizeof pool);
    yyjson_set_real(&value, fabs(x));
    const char *p = yyjson_val_write_opts(&value, 0, &allocator, &length, NULL);
    const char *end = p + length;
    int n = 0, exponent = -1, behind = 0; /* of the first digit */
    for (; p < end && *p != 'e'; p++) {
        behind |= *p == '.';
        if (*p == '.') continue;
        if (*p != '0' || n) digits[n < 23 ? n++ : 22] = *p;
        if (!behind && n) exponent++;
        if (behind && !n) exponent--;
    }
    int64_t more = 0;
    if (p < end) (void)num_parse_int((str){ p + 1, end - p - 1 }, &more);
    while (n > 1 && digits[n - 1] == '0') n--;
    if (!n) n = 1, exponent = 0;
    return lay_out(out, signbit(x) != 0, digits, n, exponent + (int)more, -4);
}

/* ---- float */

/* 4 * 10^e * factor * 2^(...), rounded to odd: the last bit also says that something was cut off.
 * power is at most one unit too large, factor below 2^32: what is exact leaves less than 2^32. */
static inline uint64_t multiply_odd(uint64_t power, uint64_t factor)
{
    u128 product = (u128)power * factor;
    return (uint64_t)(product >> 64) | ((uint64_t)product >> 32 != 0);
}

/* Shortest decimal within half a unit of x = mantissa * 2^twos, the nearest of those: Giulietti,
 * The Schubfach way to render doubles (2021), for 24 bits. With 10^k at most the width of that
 * interval there are one to ten multiples of 10^k in it, and at most one of 10^(k+1), which is
 * tried first. low, here, high are four times the ends of the interval and x, in units of 10^k. */
static struct decimal shortest(uint32_t mantissa, int twos)
{
    int narrow = mantissa == 1u << 23 && twos > -149; /* the neighbour below is half as far */
    uint64_t even = mantissa & 1; /* 0: the ends of the interval read back to x as well */
    int k = (twos * 1262611 - (narrow ? 524031 : 0)) >> 22; /* floor(log10(2^twos [* 3/4])) */
    uint64_t power = power_bits[-k - first_power];
    int shift = twos + ((-k * 1741647) >> 19) + 1; /* floor(log2(10^-k)) */
    uint64_t here = multiply_odd(power, (uint64_t)mantissa << (2 + shift));
    uint64_t low = multiply_odd(power, ((uint64_t)mantissa * 4 - 2 + (uint64_t)narrow) << shift);
    uint64_t high = multiply_odd(power, ((uint64_t)mantissa * 4 + 2) << shift);
    low += even;
    high -= even;
    uint64_t s = here / 4, tens = s / 10;
    int down = low <= 40 * tens, up = 40 * tens + 40 <= high;
    if (down != up) return (struct decimal){ (uint32_t)(tens + (uint64_t)up), k + 1 };
    down = low <= 4 * s;
    up = 4 * s + 4 <= high;
    if (down == up) up = here > 4 * s + 2 || (here == 4 * s + 2 && (s & 1));
    return (struct decimal){ (uint32_t)(s + (uint64_t)up), k };
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

/* Ten digits with leading zeros. */
static void write_ten(char *out, uint32_t value)
{
    uint32_t top = value / 100000000, eight = value % 100000000;
    uint32_t high = eight / 10000, low = eight % 10000;
    memcpy(out, pairs + 2 * top, 2);
    memcpy(out + 2, pairs + 2 * (high / 100), 2);
    memcpy(out + 4, pairs + 2 * (high % 100), 2);
    memcpy(out + 6, pairs + 2 * (low / 100), 2);
    memcpy(out + 8, pairs + 2 * (low % 100), 2);
}

/* 1e-4f lies below 1e-4, where numpy begins to write exponents, although its digits say "1e-04". */
enum { bits_of_ten_thousandth = 0x38D1B717 };

int64_t num_repr_float(char out[num_buffer], float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int negative = (int)(bits >> 31), biased = (int)(bits >> 23 & 0xFF);
    uint32_t fraction = bits & 0x7FFFFF;
    if (biased == 0xFF) return write_special(out, fraction != 0, negative);
    if ((bits & 0x7FFFFFFF) == 0) return lay_out(out, negative, (char[24]){ "0" }, 1, 0, -4);
    struct decimal d =
        biased ? shortest(fraction | 1u << 23, biased - 150) : shortest(fraction, -149);
    char digits[34]; /* ten, and what lay_out copies behind them */
    write_ten(digits, d.digits);
    memset(digits + 10, '0', 24);
    int first = 0, last = 10;
    while (digits[first] == '0') first++;
    while (digits[last - 1] == '0') last--;
    int least = (bits & 0x7FFFFFFF) == bits_of_ten_thousandth ? -3 : -4;
    return lay_out(out, negative, digits + first, last - first, d.exponent + 9 - first, least);
}

/* ---- many floats */

static inline int64_t fraction_text(char *out, const num_digits *d)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t first = d->first | zeros, rest = d->rest | zeros;
    memcpy(out, "0.", 2);
    memcpy(out + 2, &first, 8);
    memcpy(out + 10, &rest, 8);
    /* up to the last digit that is not 0 */
    int64_t n = 10 - (__builtin_clzll(d->first | 1) >> 3);
    int64_t n_long = 18 - (__builtin_clzll(d->rest | 1) >> 3);
    n = d->rest ? n_long : n;
    out[n] = '\0';
    return n;
}

void num_repr_floats(num_float *out, const float *x, int64_t n)
{
    enum { piece = 64 };
    num_digits digits[piece];
    for (int64_t first = 0; first < n; first += piece) {
        int64_t some = n - first < piece ? n - first : piece;
        int has_digits = num_fractions(digits, x + first, some);
        for (int64_t i = 0; i < some; i++) {
            num_float *to = &out[first + i];
            uint32_t bits;
            memcpy(&bits, &x[first + i], sizeof bits);
            if (has_digits && num_is_fraction(bits)) {
                to->n = (int32_t)fraction_text(to->text, &digits[i]);
                continue;
            }
            char buffer[num_buffer];
            to->n = (int32_t)num_repr_float(buffer, x[first + i]);
            memcpy(to->text, buffer, sizeof to->text);
        }
    }
}
