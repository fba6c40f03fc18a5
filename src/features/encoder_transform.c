/* Fills the network's matrix from a table or a chunk of one: scaled numbers, one-hot levels.
 * Leaves fitting to encoder.c and reading to the table room.
 * Read encoder.h first.
 *
 * Rows go in blocks that stay in the first cache level. Per chunk each dictionary is looked up
 * once; per row there is no branch: a level that has no input writes a zero. */
#include <math.h>

#include "encoder.h"
#include "kernels.h"

enum { block_rows = 256, block_floats = 16384 };

/* Beyond any sensible standardised value; keeps a stray 1e300 from becoming infinity, and a
 * probability from becoming NaN. */
static const double largest = 1e18;

/* Where the codes of a chunk's dictionary go: [n_levels + 1], code + 1, so 0 is "missing". */
typedef struct level_target {
    int32_t input; /* within the row */
    float value;   /* 1, or 0 where training did not have the level */
} level_target;

typedef struct source_column {
    const encoder_column *fitted;
    const column *data;
    level_target *level; /* words only */
    int some_unknown;    /* a level of this chunk, or missing, has no input */
} source_column;

typedef struct encoder_pass {
    const encoder *e;
    const table *t;
    const int32_t *at;
    const int64_t *rows; /* NULL: 0.. */
    source_column *sources;
    const char *file;
    int unknown_is_error;
    encode_counts counts;
    float *turned; /* [encoder_block_rows][n_inputs], where a number is several inputs */
} encoder_pass;

void encode_counts_add(encode_counts *sum, const encode_counts *more)
{
    int64_t first = sum->n_unknown ? sum->first_row : -1;
    if (more->n_unknown && (first < 0 || more->first_row < first)) {
        sum->first_row = more->first_row;
        sum->first_column = more->first_column;
    } else if (!sum->n_unknown) {
        sum->first_row = -1;
    }
    sum->n_missing += more->n_missing;
    sum->n_unknown += more->n_unknown;
}

/* The input of a level, relative to the column's first; -1 without. */
static int32_t find_level(const encoder_column *c, str level)
{
    int32_t low = 0, high = c->n_levels;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = str_order(c->level[middle], level);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return c->other_input;
}

static status map_levels(source_column *s, arena *tmp, propense_error *err)
{
    const encoder_column *c = s->fitted;
    s->level = TAKE(tmp, level_target, (int64_t)s->data->n_levels + 1);
    if (!s->level) return fail_memory(err);
    for (int32_t k = 0; k <= s->data->n_levels; k++) {
        int32_t input = k ? find_level(c, s->data->level[k - 1]) : c->missing_input;
        s->level[k] = input < 0 ? (level_target){ c->first_input, 0 }
                                : (level_target){ c->first_input + input, 1 };
        s->some_unknown |= input < 0 && (k > 0 || s->data->n_missing > 0);
    }
    return PROPENSE_OK;
}

/* Stored types decide how a file is read, so this is the caller's mistake or a hostile model. */
static status check_kind(const encoder_pass *job, const source_column *s, propense_error *err)
{
    if (s->fitted->is_number && !s->data->number)
        return fail(err, PROPENSE_E_PARSE, "%s: column '%.*s' has to hold numbers", job->file,
                    STR_ARG(s->fitted->name));
    if (!s->fitted->is_number && !s->data->code)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: column '%.*s' has to hold words, at most 65,536 different ones", job->file,
                    STR_ARG(s->fitted->name));
    return PROPENSE_OK;
}

static status map_columns(encoder_pass *job, arena *tmp, propense_error *err)
{
    job->sources = TAKE(tmp, source_column, job->e->n_columns);
    if (!job->sources) return fail_memory(err);
    for (int32_t k = 0; k < job->e->n_columns; k++) {
        source_column *s = &job->sources[k];
        *s = (source_column){ &job->e->columns[k], &job->t->columns[job->at[k]], NULL, 0 };
        TRY(check_kind(job, s, err));
        if (!s->fitted->is_number) TRY(map_levels(s, tmp, err));
    }
    return PROPENSE_OK;
}

static const double *block_numbers(double *gathered, const double *x, const int64_t *rows,
                                   int64_t first, int n)
{
    if (!rows) return x + first;
    for (int i = 0; i < n; i++) gathered[i] = x[rows[first + i]];
    return gathered;
}

/* z[i] = (v[i] - mean) / scale within +-largest; a missing number is NaN and becomes the mean, 0.
 * Returns how many were. Nothing but arithmetic, so that the compiler makes vectors of it where n
 * is a constant. */
static inline int64_t scale_numbers(double *z, const double *v, int n, double mean, double scale)
{
    int64_t n_missing = 0;
    for (int i = 0; i < n; i++) z[i] = (v[i] - mean) / scale;
    for (int i = 0; i < n; i++) n_missing += z[i] != z[i];
    for (int i = 0; i < n; i++) {
        double zi = z[i] == z[i] ? z[i] : 0;
        zi = zi < largest ? zi : largest;
        z[i] = zi > -largest ? zi : -largest;
    }
    return n_missing;
}

/* x: the block's [n][stride], at this column. */
static int64_t put_numbers(float *x, int64_t stride, const double *v, int n,
                           const encoder_column *c)
{
    double z[block_rows];
    if (c->rich) return rich_number_put(x, stride, v, n, c->rich, c->mean, c->scale);
    int64_t n_missing = n == block_rows ? scale_numbers(z, v, block_rows, c->mean, c->scale)
                                        : scale_numbers(z, v, n, c->mean, c->scale);
    for (int i = 0; i < n; i++) x[i * stride] = (float)z[i];
    return n_missing;
}

static const int32_t *block_codes(int32_t *gathered, const int32_t *code, const int64_t *rows,
                                  int64_t first, int n)
{
    if (!rows) return code + first;
    for (int i = 0; i < n; i++) gathered[i] = code[rows[first + i]];
    return gathered;
}

/* x: the block's, one-hot part zeroed; steps from row to row and from input to input. */
static inline int64_t put_levels(float *x, int64_t row_step, int64_t input_step,
                                 const int32_t *code, int n, const level_target *level)
{
    int64_t n_missing = 0;
    for (int i = 0; i < n; i++) {
        level_target to = level[code[i] + 1];
        x[i * row_step + to.input * input_step] = to.value;
        n_missing += code[i] < 0;
    }
    return n_missing;
}

/* Counts the unknown cells of a block, and remembers the first by (row of the file, column). */
static void count_unknown(encoder_pass *job, int32_t k, const int32_t *code, int64_t first, int n)
{
    const level_target *level = job->sources[k].level;
    for (int i = 0; i < n; i++) {
        if (level[code[i] + 1].value > 0) continue;
        int64_t row = job->t->first_row + (job->rows ? job->rows[first + i] : first + i);
        encode_counts one = { 0, 1, row, k };
        encode_counts_add(&job->counts, &one);
    }
}

static void transform_block(encoder_pass *job, float *x, int64_t first, int n)
{
    int64_t stride = job->e->n_inputs;
    double numbers[block_rows];
    int32_t codes[block_rows];
    memset(x, 0, (size_t)(n * stride) * sizeof *x);
    for (int32_t k = 0; k < job->e->n_columns; k++) {
        const source_column *s = &job->sources[k];
        if (s->fitted->is_number) {
            const double *v = block_numbers(numbers, s->data->number, job->rows, first, n);
            job->counts.n_missing +=
                put_numbers(x + s->fitted->first_input, stride, v, n, s->fitted);
        } else {
            const int32_t *code = block_codes(codes, s->data->code, job->rows, first, n);
            job->counts.n_missing += put_levels(x, stride, 1, code, n, s->level);
            if (s->some_unknown) count_unknown(job, k, code, first, n);
        }
    }
}

static status fail_unknown(const encoder_pass *job, propense_error *err)
{
    const source_column *s = &job->sources[job->counts.first_column];
    int64_t at = job->counts.first_row - job->t->first_row; /* of the table */
    int64_t row = at + (job->t->file ? job->t->file_row : job->t->first_row);
    int32_t code = s->data->code[at];
    int64_t line = row + 2, place = (int64_t)job->at[job->counts.first_column] + 1;
    if (code < 0)
        return fail_at(err, PROPENSE_E_PARSE, line, place,
                       "%s: data row %lld, column '%.*s': the value is missing, and none was in "
                       "training (--unknown ignore lets it pass)",
                       job->file, (long long)row + 1, STR_ARG(s->fitted->name));
    return fail_at(err, PROPENSE_E_PARSE, line, place,
                   "%s: data row %lld, column '%.*s': '%.*s' was not in training "
                   "(--unknown ignore lets it pass)",
                   job->file, (long long)row + 1, STR_ARG(s->fitted->name),
                   STR_ARG(s->data->level[code]));
}

static status transform_rows(encoder_pass *job, float *x, int64_t n, arena *tmp,
                             propense_error *err)
{
    TRY(map_columns(job, tmp, err));
    int64_t step = block_floats / job->e->n_inputs;
    step = step > block_rows ? block_rows : step < 8 ? 8 : step;
    for (int64_t first = 0; first < n; first += step) {
        int rows = (int)(n - first < step ? n - first : step);
        transform_block(job, x + first * job->e->n_inputs, first, rows);
    }
    if (job->unknown_is_error && job->counts.n_unknown) return fail_unknown(job, err);
    return PROPENSE_OK;
}

status encoder_transform(const encoder *e, const int32_t *at, const table *t, const int64_t *rows,
                         int64_t n, float *x, int unknown_is_error, const char *file,
                         encode_counts *counts, arena *tmp, propense_error *err)
{
    encoder_pass job = {
        .e = e, .t = t, .at = at, .rows = rows, .file = file, .unknown_is_error = unknown_is_error
    };
    arena_mark mark = arena_here(tmp);
    status code = transform_rows(&job, x, n, tmp, err);
    arena_rewind(tmp, mark);
    if (counts) encode_counts_add(counts, &job.counts);
    return code;
}

/* ---- Blocks with a row a column */

static int has_rich(const encoder *e)
{
    for (int32_t k = 0; k < e->n_columns; k++)
        if (e->columns[k].rich) return 1;
    return 0;
}

status encoder_begin(encoder_pass **out, const encoder *e, const int32_t *at, const table *t,
                     const char *file, arena *tmp, propense_error *err)
{
    encoder_pass *pass = *out = TAKE(tmp, encoder_pass, 1);
    if (!pass) return fail_memory(err);
    *pass = (encoder_pass){ .e = e, .t = t, .at = at, .file = file };
    if (has_rich(e)) {
        pass->turned = TAKE(tmp, float, (int64_t)encoder_block_rows * e->n_inputs);
        if (!pass->turned) return fail_memory(err);
    }
    return map_columns(pass, tmp, err);
}

void encoder_block(encoder_pass *pass, const struct kernels *k, int64_t first, int64_t n, float *x,
                   int64_t stride)
{
    if (pass->turned) {
        transform_block(pass, pass->turned, first, (int)n);
        k->transpose(x, stride, pass->turned, pass->e->n_inputs, n, pass->e->n_inputs);
        return;
    }
    for (int32_t i = 0; i < pass->e->n_columns; i++) {
        const source_column *s = &pass->sources[i];
        const encoder_column *c = s->fitted;
        float *to = x + c->first_input * stride;
        if (c->is_number) {
            pass->counts.n_missing +=
                k->standardise(to, s->data->number + first, n, c->mean, c->scale);
            continue;
        }
        memset(to, 0, (size_t)(c->n_inputs * stride) * sizeof *to);
        pass->counts.n_missing += put_levels(x, 1, stride, s->data->code + first, (int)n, s->level);
        if (s->some_unknown) count_unknown(pass, i, s->data->code + first, first, (int)n);
    }
}

status encoder_end(encoder_pass *pass, int unknown_is_error, encode_counts *counts,
                   propense_error *err)
{
    encode_counts_add(counts, &pass->counts);
    if (unknown_is_error && pass->counts.n_unknown) return fail_unknown(pass, err);
    return PROPENSE_OK;
}
