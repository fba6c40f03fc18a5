/* Matrix products of one CPU level; part of kernel_body.h.
 *
 * C is cut into panels of columns, a panel into tiles of TILE_ROWS x TILE_VECS vectors at most. A
 * tile holds its elements in registers over the whole inner index: a row of B is loaded as vectors,
 * an element of A is spread over the lanes. B is row-major as it comes, so nothing is packed.
 */

/* The last thing done to a sum before it is stored. */
ALWAYS vec finish(const struct product *p, vec sum, int64_t i, int64_t j, int64_t n)
{
    if (p->row_bias) sum += SPLAT(p->row_bias[i]);
    if (p->col_bias) sum += load_some(p->col_bias + j, n);
    if (p->relu) sum = relu(sum);
    if (p->gate) {
        vec gate = load_some(p->gate + i * p->c_stride + j, n);
        sum = (vec)((ivec)sum & (ivec)(gate > SPLAT(0.0F)));
    }
    return sum;
}

/* Rows i .. i + rows - 1, columns j .. j + vecs * LANES - 1; with part < LANES, which asks for vecs
 * 1, only the first `part` columns. rows, vecs and across are constants where this is inlined. */
ALWAYS void tile(const struct product *p, int64_t i, int64_t j, int64_t part, const int rows,
                 const int vecs, const int across)
{
    const int64_t row_step = across ? 1 : p->a_stride, inner_step = across ? p->a_stride : 1;
    const float *a = p->a + i * row_step, *b = p->b + j;
    const int64_t b_stride = p->b_stride, inner = p->inner;
    vec sum[TILE_ROWS][TILE_VECS];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < vecs; v++) sum[r][v] = SPLAT(0.0F);
    }
    for (int64_t k = 0; k < inner; k++) {
        vec row[TILE_VECS];
        UNROLL for (int v = 0; v < vecs; v++) row[v] = load_some(b + v * LANES, part);
        UNROLL for (int r = 0; r < rows; r++)
        {
            vec spread = SPLAT(a[r * row_step]);
            UNROLL for (int v = 0; v < vecs; v++) sum[r][v] = FMA(spread, row[v], sum[r][v]);
        }
        a += inner_step;
        b += b_stride;
    }
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int v = 0; v < vecs; v++)
        {
            int64_t col = j + v * LANES;
            store_some(p->c + (i + r) * p->c_stride + col, finish(p, sum[r][v], i + r, col, part),
                       part);
        }
    }
}

/* Tiles of nearly equal height: a remainder of one or two rows would wait for each sum. */
ALWAYS void panel(const struct product *p, int64_t j, int64_t part, const int vecs,
                  const int across)
{
    int64_t n_tiles = (p->rows + TILE_ROWS - 1) / TILE_ROWS;
    int64_t height = n_tiles ? p->rows / n_tiles : 0, taller = n_tiles ? p->rows % n_tiles : 0;
    for (int64_t t = 0, i = 0; t < n_tiles; t++) {
        int64_t rows = height + (t < taller);
        switch (rows) {
        case 1:
            tile(p, i, j, part, 1, vecs, across);
            break;
        case 2:
            tile(p, i, j, part, 2, vecs, across);
            break;
        case 3:
            tile(p, i, j, part, 3, vecs, across);
            break;
        case 4:
            tile(p, i, j, part, 4, vecs, across);
            break;
#if TILE_ROWS > 4
        case 5:
            tile(p, i, j, part, 5, vecs, across);
            break;
        case 6:
            tile(p, i, j, part, 6, vecs, across);
            break;
#endif
#if TILE_ROWS > 6
        case 7:
            tile(p, i, j, part, 7, vecs, across);
            break;
        case 8:
            tile(p, i, j, part, 8, vecs, across);
            break;
#endif
        default:
            break;
        }
        i += rows;
    }
}

#define PANEL(name, vecs, part, across)                                                            \
    static void name(const struct product *p, int64_t j)                                           \
    {                                                                                              \
        panel(p, j, part, vecs, across);                                                           \
    }
PANEL(panel_part, 1, p->cols - j, 0)
PANEL(panel_part_across, 1, p->cols - j, 1)
PANEL(panel_one, 1, LANES, 0)
PANEL(panel_one_across, 1, LANES, 1)
#if TILE_VECS > 1
PANEL(panel_two, 2, LANES, 0)
PANEL(panel_two_across, 2, LANES, 1)
#endif
#if TILE_VECS > 2
PANEL(panel_three, 3, LANES, 0)
PANEL(panel_three_across, 3, LANES, 1)
#endif

static void product(const struct product *p)
{
    static void (*const panels[2][4])(const struct product *, int64_t) = {
        { panel_part, panel_one,
#if TILE_VECS > 1
          panel_two,
#endif
#if TILE_VECS > 2
          panel_three
#endif
        },
        { panel_part_across, panel_one_across,
#if TILE_VECS > 1
          panel_two_across,
#endif
#if TILE_VECS > 2
          panel_three_across
#endif
        },
    };
    int64_t whole = p->cols / LANES, n_panels = (whole + TILE_VECS - 1) / TILE_VECS, j = 0;
    for (int64_t left = n_panels; left > 0; left--) {
        int64_t vecs = (whole - j / LANES + left - 1) / left;
        panels[p->a_across][vecs](p, j);
        j += vecs * LANES;
    }
    if (j < p->cols) panels[p->a_across][0](p, j);
}

/* Eight rows side by side, so that a sum need not wait for itself. */
ALWAYS void dots_of(float *y, const float *x, int64_t x_stride, const float *w, float bias,
                    int64_t inner, const int rows)
{
    float sum[8] = { 0 };
    for (int64_t k = 0; k < inner; k++) {
        UNROLL for (int r = 0; r < rows; r++)
        {
            sum[r] = ONE_FMA(x[r * x_stride + k], w[k], sum[r]);
        }
    }
    UNROLL for (int r = 0; r < rows; r++) y[r] = sum[r] + bias;
}

static void dots(float *y, const float *x, int64_t x_stride, const float *w, float bias,
                 int64_t rows, int64_t inner)
{
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) dots_of(y + r, x + r * x_stride, x_stride, w, bias, inner, 8);
    for (; r < rows; r++) dots_of(y + r, x + r * x_stride, x_stride, w, bias, inner, 1);
}

static void transpose(float *out, int64_t out_stride, const float *in, int64_t in_stride,
                      int64_t rows, int64_t cols)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) out[j * out_stride + i] = in[i * in_stride + j];
}

static void column_sums(float *out, const float *in, int64_t stride, int64_t rows, int64_t cols)
{
    for (int64_t j = 0; j < cols; j += LANES) {
        vec sum = SPLAT(0.0F);
        for (int64_t i = 0; i < rows; i++) sum += load_some(in + i * stride + j, cols - j);
        store_some(out + j, sum, cols - j);
    }
}
