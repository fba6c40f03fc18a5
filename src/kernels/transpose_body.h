/* Transposition of one CPU level; part of kernel_body.h.
 *
 * A square is turned in registers: 4 x 4 within each 128 bits, then the pieces of 128 bits among
 * the vectors.
 */

#ifndef TURN_LANES
#define TURN_LANES      LANES
#define turn_vec        vec
#define turn_ivec       ivec
#define TURN_LOAD_PART  LOAD_PART
#define TURN_STORE_PART STORE_PART
#endif
typedef float loose_turn_vec __attribute__((vector_size(TURN_LANES * 4), aligned(4), may_alias));

#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (turn_ivec){ __VA_ARGS__ })
#endif

/* Of each 128 bits: a0 b0 a1 b1; a2 b2 a3 b3; a0 a1 b0 b1; a2 a3 b2 b3. */
#if TURN_LANES == 4
#define MIX_LOW(a, b)   SHUFFLE(a, b, 0, 4, 1, 5)
#define MIX_HIGH(a, b)  SHUFFLE(a, b, 2, 6, 3, 7)
#define PAIR_LOW(a, b)  SHUFFLE(a, b, 0, 1, 4, 5)
#define PAIR_HIGH(a, b) SHUFFLE(a, b, 2, 3, 6, 7)
#else
#define MIX_LOW(a, b)   SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define MIX_HIGH(a, b)  SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define PAIR_LOW(a, b)  SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define PAIR_HIGH(a, b) SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#endif

/* Rows 0-3 become, of each 128 bits, its columns 0-3. */
ALWAYS void turn_four(turn_vec *row)
{
    turn_vec a = MIX_LOW(row[0], row[1]), b = MIX_HIGH(row[0], row[1]);
    turn_vec c = MIX_LOW(row[2], row[3]), d = MIX_HIGH(row[2], row[3]);
    row[0] = PAIR_LOW(a, c);
    row[1] = PAIR_HIGH(a, c);
    row[2] = PAIR_LOW(b, d);
    row[3] = PAIR_HIGH(b, d);
}

/* Rows i and i + 4: their pieces of 128 bits. */
ALWAYS void turn_pieces(turn_vec *row)
{
#if TURN_LANES == 8
    turn_vec a = row[0], b = row[4];
    row[0] = SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    row[4] = SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
#else
    (void)row;
#endif
}

ALWAYS turn_vec turn_load(const float *p, int64_t n)
{
    return n >= TURN_LANES ? (turn_vec) * (const loose_turn_vec *)p : TURN_LOAD_PART(p, n);
}
ALWAYS void turn_store(float *p, turn_vec x, int64_t n)
{
    if (n >= TURN_LANES)
        *(loose_turn_vec *)p = (loose_turn_vec)x;
    else
        TURN_STORE_PART(p, x, n);
}

ALWAYS void turn_square(float *out, int64_t out_stride, const float *in, int64_t in_stride,
                        int64_t rows, int64_t cols)
{
    turn_vec row[TURN_LANES];
    UNROLL for (int i = 0; i < TURN_LANES; i++) row[i] =
        i < rows ? turn_load(in + i * in_stride, cols) : (turn_vec){ 0 };
    UNROLL for (int i = 0; i < TURN_LANES; i += 4) turn_four(row + i);
    UNROLL for (int i = 0; i < 4; i++) turn_pieces(row + i);
    UNROLL for (int j = 0; j < TURN_LANES; j++)
    {
        if (j < cols) turn_store(out + j * out_stride, row[j], rows);
    }
}

static void transpose(float *out, int64_t out_stride, const float *in, int64_t in_stride,
                      int64_t rows, int64_t cols)
{
    for (int64_t i = 0; i < rows; i += TURN_LANES)
        for (int64_t j = 0; j < cols; j += TURN_LANES) {
            float *to = out + j * out_stride + i;
            const float *from = in + i * in_stride + j;
            if (rows - i >= TURN_LANES && cols - j >= TURN_LANES)
                turn_square(to, out_stride, from, in_stride, TURN_LANES, TURN_LANES);
            else
                turn_square(to, out_stride, from, in_stride, rows - i, cols - j);
        }
}
