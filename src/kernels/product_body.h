/* Matrix products of one CPU level; part of kernel_body.h.
 *
 * C is cut into panels of columns, a panel into tiles of TILE_ROWS x TILE_VECS vectors at most. A
 * tile holds its elements in registers over the whole inner index: a row of B is loaded as vectors,
 * an element of A is spread over the lanes. B is row-major as it comes, so nothing is packed.
 */

/* What becomes of the sums; with `moments`, a step of Adam. */
struct work {
    const struct product *p;
    float *m, *v;
    const struct adam_step *step;
};
/* Where a tile lies, and how it is made. All but i, j and part are constants where it is inlined.
 */
struct place {
    int64_t i, j;
    int64_t part; /* columns in the last vector: LANES, or less where vecs is 1 */
    int rows, vecs, across, learns;
};

ALWAYS void tile_sums(vec sum[TILE_ROWS][TILE_VECS], const struct product *p, const struct place at)
{
    const int64_t row_step = at.across ? 1 : p->a_stride;
    const int64_t inner_step = at.across ? p->a_stride : 1, b_stride = p->b_stride;
    const float *a = p->a + at.i * row_step, *b = p->b + at.j;
    UNROLL for (int r = 0; r < at.rows; r++)
    {
        UNROLL for (int v = 0; v < at.vecs; v++) sum[r][v] = SPLAT(0.0F);
    }
    for (int64_t k = p->inner; k > 0; k--) {
        vec row[TILE_VECS];
        UNROLL for (int v = 0; v < at.vecs; v++) row[v] = load_some(b + v * LANES, at.part);
        UNROLL for (int r = 0; r < at.rows; r++)
        {
            vec spread = SPLAT(a[r * row_step]);
            UNROLL for (int v = 0; v < at.vecs; v++) sum[r][v] = FMA(spread, row[v], sum[r][v]);
        }
        a += inner_step;
        b += b_stride;
    }
}

/* The last things done to the sums before they are stored, each asked for once a tile: asked for
 * each vector, they took a fifth of a tile's time where the inner index is short. */
ALWAYS void finish(vec sum[TILE_ROWS][TILE_VECS], const struct product *p, const struct place at)
{
    if (p->row_bias) {
        UNROLL for (int r = 0; r < at.rows; r++)
        {
            vec bias = SPLAT(p->row_bias[at.i + r]);
            UNROLL for (int v = 0; v < at.vecs; v++) sum[r][v] += bias;
        }
    }
    if (p->col_bias) {
        UNROLL for (int v = 0; v < at.vecs; v++)
        {
            vec bias = load_some(p->col_bias + at.j + v * LANES, at.part);
            UNROLL for (int r = 0; r < at.rows; r++) sum[r][v] += bias;
        }
    }
    if (p->relu) {
        UNROLL for (int r = 0; r < at.rows; r++)
        {
            UNROLL for (int v = 0; v < at.vecs; v++) sum[r][v] = relu(sum[r][v]);
        }
    }
}

ALWAYS void tile_store(vec sum[TILE_ROWS][TILE_VECS], const struct product *p,
                       const struct place at)
{
    float *c = p->c + at.i * p->c_stride + at.j;
    finish(sum, p, at);
    UNROLL for (int r = 0; r < at.rows; r++)
    {
        UNROLL for (int v = 0; v < at.vecs; v++)
            store_some(c + r * p->c_stride + v * LANES, sum[r][v], at.part);
    }
}

/* Weights and moments come from afar; they are asked for before the sums are made. */
ALWAYS void tile_prefetch(const struct work *w, const struct place at)
{
    int64_t first = at.i * w->p->c_stride + at.j;
    UNROLL for (int r = 0; r < at.rows; r++)
    {
        for (int l = 0; l < at.vecs * LANES; l += 16) {
            int64_t e = first + r * w->p->c_stride + l;
            __builtin_prefetch(w->p->c + e, 1);
            __builtin_prefetch(w->m + e, 1);
            __builtin_prefetch(w->v + e, 1);
        }
    }
}
static __attribute__((noinline)) void adam_tile(const struct work *w, int64_t first,
                                                const vec *grad, int rows, int vecs, int64_t part)
{
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vecs; v++) {
            int64_t e = first + r * w->p->c_stride + v * LANES;
            adam_some(w->p->c + e, w->m + e, w->v + e, grad[r * TILE_VECS + v], part, w->step);
        }
}
ALWAYS void tile_learn(vec sum[TILE_ROWS][TILE_VECS], const struct work *w, const struct place at)
{
    int64_t first = at.i * w->p->c_stride + at.j;
    vec grad[TILE_ROWS][TILE_VECS]; /* in memory: the loop is too long to be written out */
    UNROLL for (int r = 0; r < at.rows; r++)
    {
        UNROLL for (int v = 0; v < at.vecs; v++) grad[r][v] = sum[r][v];
    }
    adam_tile(w, first, &grad[0][0], at.rows, at.vecs, at.part);
}

ALWAYS void tile(const struct work *w, const struct place at)
{
    vec sum[TILE_ROWS][TILE_VECS];
    if (at.learns) tile_prefetch(w, at);
    tile_sums(sum, w->p, at);
    if (at.learns)
        tile_learn(sum, w, at);
    else
        tile_store(sum, w->p, at);
}

/* Tiles of nearly equal height: a remainder of one or two rows would wait for each sum. */
ALWAYS void panel(const struct work *w, struct place at)
{
    int64_t rows = w->p->rows, n_tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    int64_t height = n_tiles ? rows / n_tiles : 0, taller = n_tiles ? rows % n_tiles : 0;
#define TILE(n)                                                                                    \
    case n:                                                                                        \
        tile(w, (struct place){ at.i, at.j, at.part, n, at.vecs, at.across, at.learns });          \
        break
    for (int64_t t = 0; t < n_tiles; t++) {
        int64_t here = height + (t < taller);
        switch (here) {
            TILE(1);
            TILE(2);
#if TILE_ROWS > 2
            TILE(3);
            TILE(4);
#endif
#if TILE_ROWS > 4
            TILE(5);
            TILE(6);
#endif
#if TILE_ROWS > 6
            TILE(7);
            TILE(8);
#endif
        default:
            break;
        }
        at.i += here;
    }
#undef TILE
}

#define PANEL(name, vecs, part, across, learns)                                                    \
    static void name(const struct work *w, int64_t j)                                              \
    {                                                                                              \
        panel(w, (struct place){ 0, j, part, 0, vecs, across, learns });                           \
    }
#define PANELS(name, across, learns)                                                               \
    PANEL(name##_part, 1, w->p->cols - j, across, learns)                                          \
    PANEL(name##_one, 1, LANES, across, learns)                                                    \
    PANEL_TWO(name##_two, across, learns)                                                          \
    PANEL_THREE(name##_three, across, learns)
#if TILE_VECS > 1
#define PANEL_TWO(name, across, learns) PANEL(name, 2, LANES, across, learns)
#define TWO(name)                       name##_two
#else
#define PANEL_TWO(name, across, learns)
#define TWO(name) NULL /* no panel is that wide */
#endif
#if TILE_VECS > 2
#define PANEL_THREE(name, across, learns) PANEL(name, 3, LANES, across, learns)
#define THREE(name)                       name##_three
#else
#define PANEL_THREE(name, across, learns)
#define THREE(name) NULL
#endif

PANELS(plain, 0, 0)
PANELS(across, 1, 0)
PANELS(learning, 1, 1)

typedef void panel_fn(const struct work *w, int64_t j);

/* panels: for the last columns, and for one, two, three vectors. */
static void all_panels(const struct work *w, panel_fn *const panels[4])
{
    int64_t whole = w->p->cols / LANES, j = 0;
    for (int64_t left = (whole + TILE_VECS - 1) / TILE_VECS; left > 0; left--) {
        int64_t vecs = (whole - j / LANES + left - 1) / left;
        panels[vecs](w, j);
        j += vecs * LANES;
    }
    if (j < w->p->cols) panels[0](w, j);
}

static void product(const struct product *p)
{
    static panel_fn *const panels[2][4] = {
        { plain_part, plain_one, TWO(plain), THREE(plain) },
        { across_part, across_one, TWO(across), THREE(across) },
    };
    all_panels(&(struct work){ .p = p }, panels[p->a_across]);
}

static void descend(const struct product *p, float *m, float *v, const struct adam_step *step)
{
    static panel_fn *const panels[4] = { learning_part, learning_one, TWO(learning),
                                         THREE(learning) };
    all_panels(&(struct work){ p, m, v, step }, panels);
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

static void column_sums(float *out, const float *in, int64_t stride, int64_t rows, int64_t cols)
{
    for (int64_t j = 0; j < cols; j += LANES) {
        vec sum = SPLAT(0.0F);
        for (int64_t i = 0; i < rows; i++) sum += load_some(in + i * stride + j, cols - j);
        store_some(out + j, sum, cols - j);
    }
}
