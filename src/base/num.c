/* Numbers from text, and numbers to text for people: fixed decimals, grouping, exponents.
 * Leaves the shortest digits, which data files take, to num_shortest.c.
 * Read num.h first. */
#include "num.h"

#include <math.h>

#include <yyjson.h>

#include "propense/propense.h"

__extension__ typedef unsigned __int128 u128;

/* ---- Text to number */

/* Powers that a double holds exactly. */
static const double exact_power[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* A number's text taken apart; value = (-1)^negative * digits * 10^exponent, where `digits` are
 * those from `first` to `last`, without the point among them. */
struct parts {
    const char *first, *last;
    uint64_t mantissa; /* of the digits; worthless beyond 19 of them */
    int64_t n_digits, exponent;
    int negative;
};

static inline int is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* [+-] digits up to `end`; what lies far beyond any double is cut, so that nothing overflows. */
static int read_exponent(const char *p, const char *end, int64_t *exponent)
{
    enum { far = 1000000000 };
    int negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return 0;
    int64_t value = 0;
    for (; p < end; p++) {
        if (!is_digit(*p)) return 0;
        if (value < far) value = value * 10 + (*p - '0');
    }
    *exponent += negative ? -value : value;
    return 1;
}

static inline int take_apart(str s, struct parts *n)
{
    if (s.n == 0) return 0;
    const char *p = s.p, *end = s.p + s.n;
    uint64_t mantissa = 0;
    n->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    n->first = p;
    while (p < end && is_digit(*p)) mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
    n->n_digits = p - n->first;
    n->exponent = 0;
    if (p < end && *p == '.') {
        const char *behind = ++p;
        while (p < end && is_digit(*p)) mantissa = mantissa * 10 + (uint64_t)(*p++ - '0');
        n->exponent = behind - p;
        n->n_digits += p - behind;
    }
    n->last = p;
    n->mantissa = mantissa;
    if (n->n_digits == 0) return 0;
    return p == end || ((*p == 'e' || *p == 'E') && read_exponent(p + 1, end, &n->exponent));
}

/* Any length and exponent: the digits without the point, leading zeros and a tail that cannot
 * matter, given to yyjson. The middle between two doubles has at most 768 significant digits; of
 * what follows only whether it is zero counts, so one '1' stands for it. (Beyond 768 digits yyjson
 * itself takes zeros for such a tail.) */
static __attribute__((noinline)) int parse_slowly(const struct parts *n, double *out)
{
    enum { enough = 768 };
    char plain[enough + 32];
    int64_t used = 0, dropped = 0;
    int tail = 0;
    for (const char *p = n->first; p < n->last; p++) {
        if (*p == '.' || (used == 0 && *p == '0')) continue;
        if (used < enough)
            plain[used++] = *p;
        else
            dropped++, tail |= *p != '0';
    }
    int64_t exponent = n->exponent + dropped;
    if (used && exponent + used > 310) return 0; /* overflows */
    if (!used || exponent + used < -330) {       /* zero, or less than half the least double */
        *out = n->negative ? -0.0 : 0.0;
        return 1;
    }
    if (tail) plain[used++] = '1', exponent--;
    plain[used++] = 'e';
    if (exponent < 0) plain[used++] = '-';
    uint64_t size = exponent < 0 ? (uint64_t)-exponent : (uint64_t)exponent;
    for (uint64_t unit = 100000; unit; unit /= 10) plain[used++] = (char)('0' + size / unit % 10);
    plain[used] = '\0';
    yyjson_val value = { 0 };
    const char *end = yyjson_read_number(plain, &value, 0, NULL, NULL);
    if (end != plain + used) return 0;
    double size_of = yyjson_get_num(&value);
    if (!isfinite(size_of)) return 0;
    *out = n->negative ? -size_of : size_of;
    return 1;
}

/* 1 to 8 bytes, the first lowest, zeros behind; reads nothing outside of s. */
static inline uint64_t load_short(str s)
{
    uint64_t v = 0, end = 0;
    if (s.n == 8) {
        memcpy(&v, s.p, 8);
    } else if (s.n >= 4) {
        memcpy(&v, s.p, 4);
        memcpy(&end, s.p + s.n - 4, 4);
        v |= end << (8 * (s.n - 4));
    } else if (s.n >= 2) {
        memcpy(&v, s.p, 2);
        memcpy(&end, s.p + s.n - 2, 2);
        v |= end << (8 * (s.n - 2));
    } else {
        v = (unsigned char)s.p[0];
    }
    return v;
}

/* Most of what a table holds: 1 to 8 digits, perhaps a point among them, all bytes at once. Nearly
 * free of branches, which fields of mixed lengths would mispredict (6 ns against 12 of the loop).
 * Returns 0 for anything else, which may still be a number. */
static inline int parse_short(str s, double *out)
{
    const uint64_t ones = 0x0101010101010101, fill = ~(uint64_t)0 >> (64 - 8 * s.n);
    uint64_t x = (load_short(s) ^ 0x30 * ones) & fill;
    uint64_t others = ((x + 0x76 * ones) | x) & 0x80 * ones; /* above 9: no digit */
    int64_t n = s.n, behind = 0;
    if (others) {
        int at = __builtin_ctzll(others) & ~7; /* in bits */
        if ((others & (others - 1)) || (x >> at & 0xFF) != ('.' ^ '0') || n == 1) return 0;
        uint64_t before = ((uint64_t)1 << at) - 1;
        x = (x & before) | (x >> 8 & ~before);
        n--;
        behind = n - at / 8;
    }
    x <<= 64 - 8 * n; /* zeros in front */
    x = (x * 10 + (x >> 8)) & 0x00FF00FF00FF00FF;
    x = (x * 100 + (x >> 16)) & 0x0000FFFF0000FFFF;
    x = (x * 10000 + (x >> 32)) & 0xFFFFFFFF;
    *out = (double)(int64_t)x / exact_power[behind];
    return 1;
}

/* Mantissa and power of ten are both exact doubles, so one operation rounds once: Clinger, How to
 * read floating point numbers accurately (1990). */
int num_parse(str s, double *out)
{
    struct parts n;
    if (s.n >= 1 && s.n <= 8 && parse_short(s, out)) return 1;
    if (!take_apart(s, &n)) return 0;
    if (n.n_digits > 19 || n.mantissa > (uint64_t)1 << 53 || n.exponent < -22 || n.exponent > 22)
        return parse_slowly(&n, out);
    double value = (double)(int64_t)n.mantissa;
    value = n.exponent < 0 ? value / exact_power[-n.exponent] : value * exact_power[n.exponent];
    *out = n.negative ? -value : value;
    return 1;
}

int num_parse_int(str s, int64_t *out)
{
    if (s.n == 0) return 0;
    const char *p = s.p, *end = s.p + s.n;
    int negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return 0;
    int64_t value = 0; /* kept negative: that side reaches one further */
    for (; p < end; p++) {
        if (!is_digit(*p)) return 0;
        int digit = *p - '0';
        if (value < (INT64_MIN + digit) / 10) return 0;
        value = value * 10 - digit;
    }
    if (!negative && value == INT64_MIN) return 0;
    *out = negative ? value : -value;
    return 1;
}

/* ---- Numbers for people */

static int64_t write_word(char out[num_buffer], double x)
{
    const char *word = isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
    strcpy(out, word);
    return (int64_t)strlen(word);
}

/* |x| = mantissa * 2^exponent; x finite. */
static uint64_t split(double x, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int biased = (int)(bits >> 52 & 0x7FF);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    *exponent = (biased ? biased : 1) - 1075;
    return biased ? fraction | (uint64_t)1 << 52 : fraction;
}

static u128 power_u128(int n)
{
    u128 power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

/* |x| * 10^decimals as an integer, half to even; |x| < 1e20, so that everything stays below 2^124:
 * the mantissa has 53 bits, 10^17 has 57, and a positive exponent comes with x >= 2^53 only. */
static u128 scaled(double x, int decimals)
{
    int exponent;
    u128 value = (u128)split(x, &exponent) * power_u128(decimals);
    if (exponent >= 0) return value << exponent;
    if (exponent < -120) return 0;
    u128 whole = value >> -exponent, half = (u128)1 << (-exponent - 1);
    u128 rest = value - (whole << -exponent);
    return whole + (rest > half || (rest == half && (whole & 1)));
}

static int clamp_decimals(int decimals)
{
    return decimals < 0 ? 0 : decimals > num_most_decimals ? num_most_decimals : decimals;
}

/* Digits of `value`, at least decimals + 1 of them, from the end of a buffer; grouped by three with
 * `group` unless that is 0. Returns where they start. */
static char *write_back(char *end, u128 value, int decimals, char point, char group)
{
    char *p = end;
    for (int i = 0; i < decimals; i++, value /= 10) *--p = (char)('0' + (int)(value % 10));
    if (decimals) *--p = point;
    int n = 0;
    do {
        if (group && n && n % 3 == 0) *--p = group;
        *--p = (char)('0' + (int)(value % 10));
        value /= 10;
        n++;
    } while (value);
    return p;
}

static int64_t finish(char out[num_buffer], int negative, const char *from, const char *end)
{
    int64_t n = 0;
    if (negative) out[n++] = '-';
    memcpy(out + n, from, (size_t)(end - from));
    n += end - from;
    out[n] = '\0';
    return n;
}

int64_t num_fixed(char out[num_buffer], double x, int decimals)
{
    if (!isfinite(x)) return write_word(out, x);
    if (fabs(x) >= 1e20) return num_repr(out, x);
    char digits[num_buffer], *end = digits + sizeof digits;
    decimals = clamp_decimals(decimals);
    char *from = write_back(end, scaled(x, decimals), decimals, '.', 0);
    return finish(out, signbit(x) != 0, from, end);
}

int64_t num_local(char out[num_buffer], double x, int decimals, int32_t language)
{
    int spanish = language == PROPENSE_SPANISH;
    if (!isfinite(x)) return write_word(out, x);
    if (fabs(x) >= 1e15) {
        int64_t n = num_repr(out, x);
        char *point = spanish ? memchr(out, '.', (size_t)n) : NULL;
        if (point) *point = ',';
        return n;
    }
    char digits[num_buffer], *end = digits + sizeof digits;
    decimals = clamp_decimals(decimals);
    u128 value = scaled(x, decimals);
    char *from = write_back(end, value, decimals, spanish ? ',' : '.', spanish ? '.' : ',');
    return finish(out, x < 0 && value, from, end);
}

/* ---- Exponents: exact division of big integers, as rarely used as it is slow (microseconds) */

enum { big_limbs = 44 }; /* 53 bits * 10^341, or 10^308 << 64: below 1280 bits */
typedef struct big {
    uint32_t limb[big_limbs];
} big;

static void big_multiply(big *b, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < big_limbs; i++) {
        carry += (uint64_t)b->limb[i] * by;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static big big_power_product(uint64_t value, int twos, int tens)
{
    big b = { { (uint32_t)value, (uint32_t)(value >> 32) } };
    for (; twos >= 31; twos -= 31) big_multiply(&b, (uint32_t)1 << 31);
    if (twos > 0) big_multiply(&b, (uint32_t)1 << twos);
    for (; tens > 0; tens--) big_multiply(&b, 10);
    return b;
}

static int big_order(const big *a, const big *b)
{
    for (int i = big_limbs - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

static void big_subtract(big *a, const big *b)
{
    int64_t borrow = 0;
    for (int i = 0; i < big_limbs; i++) {
        borrow += (int64_t)a->limb[i] - b->limb[i];
        a->limb[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
}

static void big_halve(big *b)
{
    for (int i = 0; i < big_limbs; i++)
        b->limb[i] = b->limb[i] >> 1 | (i + 1 < big_limbs ? b->limb[i + 1] << 31 : 0);
}

/* x * 10^tens, half to even; x > 0, the result is below 2^64. */
static uint64_t big_scaled(double x, int tens)
{
    int twos;
    uint64_t mantissa = split(x, &twos), whole = 0;
    big above = big_power_product(mantissa, twos > 0 ? twos : 0, tens > 0 ? tens : 0);
    big below = big_power_product(1, (twos < 0 ? -twos : 0) + 63, tens < 0 ? -tens : 0);
    for (int bit = 63; bit >= 0; bit--) {
        if (big_order(&above, &below) >= 0) {
            big_subtract(&above, &below);
            whole |= (uint64_t)1 << bit;
        }
        if (bit) big_halve(&below);
    }
    big_multiply(&above, 2);
    int order = big_order(&above, &below);
    return whole + (order > 0 || (order == 0 && (whole & 1)));
}

int64_t num_exponent(char out[num_buffer], double x, int decimals)
{
    if (!isfinite(x)) return write_word(out, x);
    decimals = clamp_decimals(decimals);
    uint64_t limit = (uint64_t)power_u128(decimals + 1), value = 0;
    int exponent = 0;
    if (x != 0) {
        (void)frexp(x, &exponent);
        exponent = (int)floor((exponent - 1) * 0.30102999566398); /* of 10; at most one too low */
        value = big_scaled(fabs(x), decimals - exponent);
        if (value >= limit) value = big_scaled(fabs(x), decimals - ++exponent);
        if (value >= limit) value /= 10, exponent++; /* 9.99 rounded up */
    }
    char digits[num_buffer], *end = digits + sizeof digits;
    char *from = write_back(end, value, decimals, '.', 0);
    int64_t n = finish(out, signbit(x) != 0, from, end);
    out[n++] = 'e';
    out[n++] = exponent < 0 ? '-' : '+';
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (size >= 100) out[n++] = (char)('0' + size / 100);
    out[n++] = (char)('0' + size / 10 % 10);
    out[n++] = (char)('0' + size % 10);
    out[n] = '\0';
    return n;
}

/* ---- Into a text */

void text_repr(text *t, double x)
{
    char out[num_buffer];
    text_add(t, out, num_repr(out, x));
}

void text_fixed(text *t, double x, int decimals)
{
    char out[num_buffer];
    text_add(t, out, num_fixed(out, x, decimals));
}

void text_local(text *t, double x, int decimals, int32_t language)
{
    char out[num_buffer];
    text_add(t, out, num_local(out, x, decimals, language));
}
