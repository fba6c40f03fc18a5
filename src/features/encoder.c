/* Fits StandardScaler and OneHotEncoder on the training rows, and names the inputs.
 * Leaves the filling of the matrix to encoder_transform.c and the choice of columns to schema.c.
 * Read encoder.h first. */
#include "encoder.h"

#include <assert.h>
#include <math.h>

#include "names.h"
#include "sorting.h"
#include "words.h"

/* NumPy's pairwise sum of a contiguous array: up to 128 items in eight accumulators, larger ones
 * cut at half, rounded down to a multiple of 8 (formats 4.3). */
static double pairwise_sum(const double *x, int64_t n)
{
    if (n < 8) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += x[i];
        return sum;
    }
    if (n > 128) {
        int64_t half = n / 2 / 8 * 8;
        return pairwise_sum(x, half) + pairwise_sum(x + half, n - half);
    }
    double r[8];
    int64_t i = 8;
    for (int k = 0; k < 8; k++) r[k] = x[k];
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++) r[k] += x[i + k];
    double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; i++) sum += x[i];
    return sum;
}

/* out[i] = x[i] - centre, 0 where missing, as np.nansum has it. Returns how many are there. */
static int64_t centred(double *out, const double *x, int64_t n, double centre)
{
    int64_t there = 0;
    for (int64_t i = 0; i < n; i++) {
        double d = x[i] - centre;
        int is_there = d == d;
        out[i] = is_there ? d : 0;
        there += is_there;
    }
    return there;
}

/* mean = sum x / n; d = x - mean; var = (sum d^2 - (sum d)^2 / n) / n (Chan, Golub & LeVeque 1983,
 * the corrected two-pass algorithm); scale = sqrt(var), or 1 where the variance is within the
 * rounding error of a constant: var <= n eps var + (n mean eps)^2. x, tmp: [n], x in the order of
 * the training rows. Returns the number of values; mean and scale are left alone without any. */
static int64_t fit_number(encoder_column *c, const double *x, int64_t n, double *tmp)
{
    const double eps = 0x1p-52;
    int64_t there = centred(tmp, x, n, 0);
    if (!there) return 0;
    double count = (double)there;
    c->mean = pairwise_sum(tmp, n) / count;
    (void)centred(tmp, x, n, c->mean);
    double off = pairwise_sum(tmp, n);
    for (int64_t i = 0; i < n; i++) tmp[i] *= tmp[i];
    double var = (pairwise_sum(tmp, n) - off * off / count) / count;
    double bound = count * c->mean * eps;
    c->scale = var <= count * eps * var + bound * bound && var < HUGE_VAL ? 1 : sqrt(var);
    return there;
}

typedef struct fit_job {
    const table *t;
    const int64_t *rows; /* [n] */
    int64_t n;
    int rich;
    arena *mem, *scratch;
    const propense_callbacks *cb;
} fit_job;

/* ---- Levels */

typedef struct level_counts {
    const column *source;
    int64_t *n; /* [source->n_levels] training rows of each level */
    int64_t n_missing;
} level_counts;

static int by_frequency(const void *user, int32_t a, int32_t b)
{
    const level_counts *l = user;
    if (l->n[a] != l->n[b]) return l->n[a] > l->n[b] ? -1 : 1;
    return str_order(l->source->level[a], l->source->level[b]);
}

static int by_code_point(const void *user, int32_t a, int32_t b)
{
    const level_counts *l = user;
    return str_order(l->source->level[a], l->source->level[b]);
}

static status count_levels(level_counts *out, const column *source, const int64_t *rows, int64_t n,
                           arena *scratch, propense_error *err)
{
    *out = (level_counts){ .source = source };
    out->n = TAKE(scratch, int64_t, (int64_t)source->n_levels + 1);
    if (!out->n) return fail_memory(err);
    out->n++; /* [-1] counts the missing */
    for (int64_t i = 0; i < n; i++) out->n[source->code[rows[i]]]++;
    out->n_missing = out->n[-1];
    return PROPENSE_OK;
}

static status keep_levels(encoder_column *c, const column *source, const int32_t *kept, int32_t n,
                          arena *mem, propense_error *err)
{
    c->n_levels = n;
    c->level = TAKE(mem, str, n);
    if (!c->level) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) {
        c->level[i] = str_keep(mem, source->level[kept[i]]);
        if (!c->level[i].p) return fail_memory(err);
    }
    return PROPENSE_OK;
}

/* The levels of the training rows, by code point; of more than encoder_level_limit the most
 * frequent, the rest sharing (other); last the missing value, as scikit-learn has it. A level that
 * fewer than `least` rows have is not kept, and (other) needs as many. */
static status fit_levels(encoder_column *c, const fit_job *job, const column *source,
                         propense_error *err)
{
    level_counts counts;
    int32_t seen = 0, enough = 0;
    int64_t least = job->rich ? encoder_rich_least : 1, n_other = 0;
    TRY(count_levels(&counts, source, job->rows, job->n, job->scratch, err));
    int32_t *items = TAKE(job->scratch, int32_t, source->n_levels);
    int32_t *spare = TAKE(job->scratch, int32_t, source->n_levels);
    if (!items || !spare) return fail_memory(err);
    for (int32_t k = 0; k < source->n_levels; k++) {
        if (counts.n[k]) items[seen++] = k;
        enough += counts.n[k] >= least;
    }
    int32_t kept = enough > encoder_level_limit ? encoder_level_limit : enough;
    if (kept < seen) sort_items(items, spare, seen, by_frequency, &counts);
    for (int32_t i = kept; i < seen; i++) n_other += counts.n[items[i]];
    sort_items(items, spare, kept, by_code_point, &counts);
    TRY(keep_levels(c, source, items, kept, job->mem, err));
    if (kept < enough)
        say(job->cb, PROPENSE_NOTE,
            "column '%.*s': %d different values; the %d most frequent are kept, the other %d "
            "become (other)",
            STR_ARG(c->name), seen, kept, seen - kept);
    c->n_inputs = kept;
    c->other_input = n_other >= least ? c->n_inputs++ : -1;
    c->missing_input = counts.n_missing ? c->n_inputs++ : -1;
    return PROPENSE_OK;
}

/* ---- Columns */

/* Fits column i of the schema; n_inputs stays 0 when the training rows hold no value at all. */
static status fit_column(encoder_column *c, const fit_job *job, const schema *s, int32_t i,
                         propense_error *err)
{
    const column *source = &job->t->columns[i];
    *c = (encoder_column){ .schema_column = i, .other_input = -1, .missing_input = -1, .scale = 1 };
    c->is_number = source->kind == COLUMN_NUMBER;
    c->name = str_keep(job->mem, s->columns[i].name);
    if (!c->name.p) return fail_memory(err);
    if (!c->is_number) {
        if (!source->code || source->kind != COLUMN_WORDS)
            return fail(err, PROPENSE_E_PARSE,
                        "column '%.*s' has too many different values to be categorical; "
                        "--drop %.*s leaves it out",
                        STR_ARG(c->name), STR_ARG(c->name));
        return fit_levels(c, job, source, err);
    }
    double *x = TAKE_WIDE(job->scratch, double, job->n);
    double *tmp = TAKE_WIDE(job->scratch, double, job->n);
    if (!x || !tmp) return fail_memory(err);
    for (int64_t k = 0; k < job->n; k++) x[k] = source->number[job->rows[k]];
    int is_ready = s->columns[i].why == WHY_ARRAY; /* mean 0, scale 1 */
    int64_t there = is_ready ? job->n : fit_number(c, x, job->n, tmp);
    c->n_inputs = there > 0;
    if (!there)
        say(job->cb, PROPENSE_NOTE,
            "column '%.*s' has no value in the training rows and is left out", STR_ARG(c->name));
    if (!(fabs(c->mean) < HUGE_VAL && c->scale < HUGE_VAL))
        return fail(err, PROPENSE_E_PARSE,
                    "column '%.*s' holds numbers too large to be scaled (beyond about 1e150)",
                    STR_ARG(c->name));
    if (!job->rich || !there) return PROPENSE_OK;
    TRY(rich_number_fit(&c->rich, x, job->n, job->mem, job->scratch, err));
    c->n_inputs = rich_number_inputs(c->rich);
    return PROPENSE_OK;
}

static status fit_columns(encoder *out, const schema *s, const fit_job *job, propense_error *err)
{
    int64_t at = 0;
    for (int number = 1; number >= 0; number--) {
        for (int32_t i = 0; i < s->n_columns; i++) {
            int is_number = job->t->columns[i].kind == COLUMN_NUMBER;
            if (s->columns[i].role != ROLE_FEATURE || is_number != number) continue;
            encoder_column *c = &out->columns[out->n_columns];
            arena_mark mark = arena_here(job->scratch);
            TRY(fit_column(c, job, s, i, err));
            arena_rewind(job->scratch, mark);
            if (!c->n_inputs) continue;
            c->first_input = (int32_t)at;
            at += c->n_inputs;
            out->n_columns++;
            if (at > INT32_MAX)
                return fail(err, PROPENSE_E_PARSE, "the columns make too many inputs");
        }
    }
    out->n_inputs = (int32_t)at;
    if (!at)
        return fail(err, PROPENSE_E_PARSE,
                    "no column is left to learn from; every one is the target, an id or left out");
    return PROPENSE_OK;
}

static status fit_table(encoder *out, const schema *s, const table *t, const int64_t *rows,
                        int64_t n, int rich, arena *mem, const propense_callbacks *cb,
                        propense_error *err)
{
    arena scratch = { 0 };
    fit_job job = { t, rows, n, rich, mem, &scratch, cb };
    *out = (encoder){ .columns = TAKE(mem, encoder_column, s->n_columns) };
    if (!out->columns) return fail_memory(err);
    assert(s->n_columns == t->n_columns);
    status code = fit_columns(out, s, &job, err);
    arena_free(&scratch);
    return code;
}

status encoder_fit(encoder *out, const schema *s, const table *t, const int64_t *rows, int64_t n,
                   arena *mem, const propense_callbacks *cb, propense_error *err)
{
    return fit_table(out, s, t, rows, n, 0, mem, cb, err);
}

status encoder_fit_rich(encoder *out, const schema *s, const table *t, const int64_t *rows,
                        int64_t n, arena *mem, const propense_callbacks *cb, propense_error *err)
{
    return fit_table(out, s, t, rows, n, 1, mem, cb, err);
}

/* ---- Names */

static void rich_input_name(text *out, const rich_number *r, int32_t at)
{
    if (at == 0) return;
    if (at < rich_first_bin)
        text_z(out, "_rank");
    else if (at < rich_first_bin + r->n_bins)
        text_f(out, "_bin%d", (int)(at - rich_first_bin) + 1);
    else
        text_z(out, "_nan");
}

static const encoder_column *column_of(const encoder *e, int32_t input)
{
    int32_t low = 0, high = e->n_columns - 1;
    while (low < high) {
        int32_t middle = (low + high + 1) / 2;
        if (e->columns[middle].first_input <= input)
            low = middle;
        else
            high = middle - 1;
    }
    return &e->columns[low];
}

void encoder_input_name(text *out, const encoder *e, int32_t input)
{
    if (input < 0 || input >= e->n_inputs) return;
    const encoder_column *c = column_of(e, input);
    int32_t at = input - c->first_input;
    text_str(out, c->name);
    if (c->rich) rich_input_name(out, c->rich, at);
    if (c->is_number) return;
    text_char(out, '_');
    if (at < c->n_levels)
        text_str(out, c->level[at]);
    else
        text_z(out, at == c->other_input ? "(other)" : "nan");
}

static status fail_missing(const text *list, int n_missing, int n_shown, const char *file,
                           propense_error *err)
{
    if (list->bad) return fail_memory(err);
    if (n_missing == 1)
        return fail(err, PROPENSE_E_PARSE, "%s: the model needs column %s, which is not there",
                    file, list->p);
    if (n_missing > n_shown)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: %d columns that the model needs are not there: %s and %d more", file,
                    n_missing, list->p, n_missing - n_shown);
    return fail(err, PROPENSE_E_PARSE, "%s: %d columns that the model needs are not there: %s",
                file, n_missing, list->p);
}

/* Files mostly have the columns in the model's order: each is looked for behind the one before. */
static int32_t find_from(int32_t from, str wanted, const str *names, int32_t n_names)
{
    for (int32_t i = 0; i < n_names; i++) {
        int32_t at = from < n_names - i ? from + i : from + i - n_names;
        if (str_eq(wanted, names[at])) return at;
    }
    return -1;
}

status encoder_find(int32_t *at, const encoder *e, const str *names, int32_t n_names,
                    const char *file, propense_error *err)
{
    enum { list_bytes = 700 }; /* what a message has room for */
    text list = { 0 };
    int n_missing = 0, n_shown = 0;
    int32_t from = 0;
    for (int32_t k = 0; k < e->n_columns; k++) {
        at[k] = find_from(from, e->columns[k].name, names, n_names);
        if (at[k] >= 0) {
            from = at[k] + 1 < n_names ? at[k] + 1 : 0;
            continue;
        }
        if (n_missing++ != n_shown || list.n > list_bytes) continue;
        if (n_shown++) text_z(&list, ", ");
        name_quote_nearest(&list, e->columns[k].name, names, n_names, error_language(err));
    }
    status code = n_missing ? fail_missing(&list, n_missing, n_shown, file, err) : PROPENSE_OK;
    text_free(&list);
    return code;
}
