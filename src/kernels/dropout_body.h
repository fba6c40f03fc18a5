/* Dropout of one CPU level; part of kernel_body.h.
 *
 * Philox4x32-10 (Salmon et al. 2011) with one block in each 64-bit lane: the multiplications give
 * 64 bits, and garbage in the upper half of a word is ignored by the next one.
 */

enum { group_units = 64, group_blocks = 8, blocks = LANES / 2 };

struct philox {
    lvec w0, w1, w2, w3; /* a word in the low half of each lane */
};
/* The keys of the rounds, which grow by the golden ratio and by sqrt(3) - 1. */
struct philox_keys {
    uint64_t first[10], second[10];
};

static struct philox_keys philox_schedule(const uint32_t key[2])
{
    struct philox_keys k;
    for (uint32_t round = 0; round < 10; round++) {
        k.first[round] = (uint32_t)(key[0] + round * 0x9E3779B9U);
        k.second[round] = (uint32_t)(key[1] + round * 0xBB67AE85U);
    }
    return k;
}

/* Blocks first, first + 1 ... */
ALWAYS struct philox philox_blocks(uint64_t first, const struct dropout_draw *d,
                                   const struct philox_keys *k)
{
    const lvec zero = { 0 };
#if LANES == 4
    const lvec lane = { 0, 1 };
#elif LANES == 8
    const lvec lane = { 0, 1, 2, 3 };
#else
    const lvec lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
#endif
    lvec block = lane + first; /* a group's blocks differ in the low word only */
    struct philox s = { block, block >> 32 | (zero + d->counter[0]), zero + d->counter[1],
                        zero + d->counter[2] };
    UNROLL for (int round = 0; round < 10; round++)
    {
        lvec p0 = (lvec)WIDE_PRODUCT(s.w0, 0xD2511F53), p1 = (lvec)WIDE_PRODUCT(s.w2, 0xCD9E8D57);
        s.w0 = (p1 >> 32) ^ s.w1 ^ (zero + k->first[round]);
        s.w2 = (p0 >> 32) ^ s.w3 ^ (zero + k->second[round]);
        s.w1 = p1;
        s.w3 = p0;
    }
    return s;
}

/* 0 or scale for the lanes of 16 bits each, in the low halves of 32-bit lanes. */
ALWAYS vec factor_of(ivec bits, const struct dropout_draw *d)
{
    ivec kept = bits >= (ivec){ 0 } + (int32_t)d->drop_below;
    return (vec)(kept & (ivec)SPLAT(d->scale));
}

/* The factors of units group * 64 .. + 63. */
ALWAYS void group_factors(float out[group_units], int64_t group, const struct dropout_draw *d,
                          const struct philox_keys *k)
{
    const lvec low = (lvec){ 0 } + 0xFFFFFFFF;
    for (int b = 0; b < group_blocks; b += blocks) {
        struct philox s = philox_blocks((uint64_t)(group * group_blocks + b), d, k);
        ivec words01 = (ivec)((s.w0 & low) | s.w1 << 32);
        ivec words23 = (ivec)((s.w2 & low) | s.w3 << 32);
        store(out + 2 * b, factor_of(words01 & 0xFFFF, d));
        store(out + 2 * b + 16, factor_of(words01 >> 16 & 0xFFFF, d));
        store(out + 2 * b + 32, factor_of(words23 & 0xFFFF, d));
        store(out + 2 * b + 48, factor_of(words23 >> 16 & 0xFFFF, d));
    }
}

static void dropout(float *y, float *factor, const float *x, int64_t first, int64_t n,
                    const struct dropout_draw *d)
{
    const struct philox_keys keys = philox_schedule(d->key);
    int64_t at = first, end = first + n;
    while (at < end) {
        int64_t group = at / group_units, from = at % group_units;
        int64_t count = group_units - from < end - at ? group_units - from : end - at;
        float factors[group_units];
        float *into = count == group_units ? factor + at : factors;
        group_factors(into, group, d, &keys);
        if (into == factors) memcpy(factor + at, factors + from, (size_t)count * sizeof *factor);
        multiply(y + at, factor + at, x + at, count);
        at += count;
    }
}
