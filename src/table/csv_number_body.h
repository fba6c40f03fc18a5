/* Short numbers of a column, several at once: compiled once a CPU level. The file that includes it
 * defines
 *   LEVEL_TARGET   the function attribute that allows the level's instructions
 *   LANES          numbers in a vector
 *   TOP_BITS(x)    the highest bit of each lane of 64 bits, the first lane's lowest
 *   WIDE(a, b)     products of the low halves of the lanes
 *   PAIRS(x)       bytes times 10 and 1, added by pairs
 *   FOURS(x)       those times 100 and 1, added by pairs
 *   SUM_BYTES(x)   by lane
 *   POWER(k)       10^k as double, k from 0 to 7
 *   NUMBERS        the name of the function
 * csv_split.h is the contract, csv_short_number the same for one number. */
#include "csv_number.h"
#include "csv_split.h"

typedef uint64_t lanes __attribute__((vector_size(LANES * 8)));
typedef uint8_t byte_lanes __attribute__((vector_size(LANES * 8)));
typedef double double_lanes __attribute__((vector_size(LANES * 8)));

#define ALL(x)             ((lanes){ 0 } + (uint64_t)(x))
#define ALL_REAL(x)        ((double_lanes){ 0 } + (x))
#define EACH_BYTE(x)       ALL(UINT64_C(0x0101010101010101) * (x))
#define IS_ZERO(x)         ((lanes)((x) == ALL(0))) /* all ones, or 0 */
#define SAME_BYTES(a, b)   ((lanes)((byte_lanes)(a) == (byte_lanes)(b)))
#define CHOOSE(mask, a, b) (((mask) & (a)) | (~(mask) & (b)))
/* As many digits as eight bytes hold, the first in the lowest byte: pairs, then fours, then all. */
LEVEL_TARGET static inline void store_quotients(double *x, lanes digits, lanes n_behind,
                                                lanes minus)
{
    lanes fours = FOURS(PAIRS(digits)), all = WIDE(fours, ALL(10000)) + (fours >> 32);
    /* 2^52 + all, as it lies in memory */
    double_lanes value = (double_lanes)(all | ALL(UINT64_C(0x433) << 52)) - ALL_REAL(0x1p52);
    value /= POWER(n_behind);
    value = (double_lanes)((lanes)value | (minus & ALL(UINT64_C(1) << 63)));
    memcpy(x, &value, sizeof value);
}

/* Bit i of the result: number i is none, or not short. head: its first eight bytes. */
LEVEL_TARGET static inline unsigned several(double *x, const uint64_t *head, const uint64_t *length,
                                            char decimal)
{
    lanes bytes, n;
    memcpy(&bytes, head, sizeof bytes);
    memcpy(&n, length, sizeof n);
    lanes minus = ~IS_ZERO(SAME_BYTES(bytes, EACH_BYTE('-')) & 0xFF);
    lanes n_left = n + minus; /* all ones are -1 */
    /* the last character to the highest byte, zeros in front of the first */
    lanes digits = (CHOOSE(minus, bytes >> 8, bytes) ^ EACH_BYTE('0')) << ((64 - 8 * n_left) & 63);
    lanes point = SAME_BYTES(digits, EACH_BYTE((unsigned char)(decimal ^ '0')));
    lanes no_point = IS_ZERO(point);
    lanes in_front = (point & (0 - point)) - 1; /* the bytes; all of them without a point */
    lanes at = SUM_BYTES(in_front & EACH_BYTE(1));
    digits =
        CHOOSE(no_point, digits, (digits & ~(in_front << 8 | 0xFF)) | (digits & in_front) << 8);
    store_quotients(x, digits, (7 - at) & ~no_point, minus);
    lanes above = ((digits + EACH_BYTE(0x76)) | digits) & EACH_BYTE(0x80); /* bytes above 9 */
    lanes bad = ~IS_ZERO(above);
    /* more than eight bytes; none but a minus; a point alone */
    bad |= (8 - n) | n_left | IS_ZERO(n_left) | (IS_ZERO(n_left - 1) & ~no_point);
    return TOP_BITS(bad);
}

LEVEL_TARGET static uint64_t NUMBERS(double *x, const csv_fields *f, int64_t row, int64_t n,
                                     char decimal)
{
    uint64_t head[csv_group], length[csv_group], odd = 0;
    for (int64_t i = 0; i < n; i++) {
        str s = csv_field_at(f, row + i);
        memcpy(&head[i], s.p, sizeof *head);
        length[i] = (uint64_t)s.n;
    }
    for (int64_t i = n; i % LANES; i++) head[i] = length[i] = 0;
    for (int64_t i = 0; i < n; i += LANES)
        odd |= (uint64_t)several(x + i, head + i, length + i, decimal) << i;
    return n < csv_group ? odd & (((uint64_t)1 << n) - 1) : odd;
}
