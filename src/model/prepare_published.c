/* The published Audiobooks preprocessing, with scikit-learn's and NumPy's bits.
 * Leaves writing to prepare.c; tests/parity/audiobooks_script.py is the script it equals.
 * Read prepare.h and prepare_parts.h first. */
#include "prepare_parts.h"

#include "csv.h"
#include "random.h"
#include "scale.h"
#include "table_options.h"

/* The whole file as numbers but for the first column, which is not looked at. */
static status read_numbers(table *t, preparing *p, propense_error *err)
{
    csv_options co;
    csv_reader *r;
    TRY(csv_options_of(&co, p->o, option_text(p->o, OPT_missing), &p->mem, err));
    TRY(csv_open(&r, p->path, &co, err));
    csv_tell(r, p->cb);
    int32_t n = csv_n_columns(r);
    column_kind *kinds = TAKE(&p->mem, column_kind, n);
    status s = kinds ? PROPENSE_OK : fail_memory(err);
    if (s == PROPENSE_OK && n < 4)
        s = fail(err, PROPENSE_E_PARSE,
                 "%s: %d columns; the audiobooks preset takes an id, two or more features and a "
                 "target of 0 and 1",
                 p->path, (int)n);
    for (int32_t c = 0; s == PROPENSE_OK && c < n; c++)
        kinds[c] = c ? COLUMN_NUMBER : COLUMN_SKIPPED;
    if (s == PROPENSE_OK) csv_plan(r, kinds);
    if (s == PROPENSE_OK) s = csv_read(r, t, p->cb, err);
    csv_close(r);
    return s;
}

/* np.loadtxt knows no missing value, and the published balancing counts on 0 and 1. */
static status check_numbers(const table *t, const preparing *p, propense_error *err)
{
    const column *target = &t->columns[t->n_columns - 1];
    for (int32_t c = 1; c < t->n_columns; c++) {
        if (!t->columns[c].n_missing) continue;
        int64_t row = 0;
        while (!column_is_missing(&t->columns[c], row)) row++;
        return fail_at(err, PROPENSE_E_PARSE, 0, c + 1,
                       "%s: data row %lld, column %d has no value; the audiobooks preset knows no "
                       "missing values (without --preset they become the column's mean)",
                       p->path, (long long)(row + 1), (int)(c + 1));
    }
    for (int64_t i = 0; i < t->n_rows; i++)
        if (target->number[i] != 0 && target->number[i] != 1)
            return fail_at(err, PROPENSE_E_PARSE, 0, t->n_columns,
                           "%s: data row %lld: the last column is neither 0 nor 1; the audiobooks "
                           "preset takes it as the target",
                           p->path, (long long)(i + 1));
    return PROPENSE_OK;
}

/* The features of the rows that `keep` has (NULL: all), in file order, row by row. */
static double *gather(const table *t, const uint8_t *keep, int64_t n_kept, arena *mem)
{
    int64_t m = t->n_columns - 2, at = 0;
    double *x = n_kept <= INT64_MAX / m ? TAKE(mem, double, n_kept *m) : NULL;
    if (!x) return NULL;
    for (int64_t i = 0; i < t->n_rows; i++) {
        if (keep && !keep[i]) continue;
        for (int64_t c = 0; c < m; c++) x[at * m + c] = t->columns[c + 1].number[i];
        at++;
    }
    return x;
}

static status judge_balance(preparing *p, const table *t, const uint8_t *y, const uint8_t *keep,
                            propense_error *err)
{
    arena_mark mark = arena_here(&p->mem);
    int64_t n = t->n_rows, m = t->n_columns - 2;
    double *all = gather(t, NULL, n, &p->mem);
    float *x = all ? TAKE_WIDE(&p->mem, float, n *m) : NULL;
    if (!x) return fail_memory(err);
    TRY(scale_columns(all, n, m, &p->mem, err));
    for (int64_t i = 0; i < n * m; i++) x[i] = (float)all[i];
    TRY(prepare_judge_balance(p, x, y, keep, n, (int32_t)m, err));
    arena_rewind(&p->mem, mark);
    return PROPENSE_OK;
}

/* np.random.seed(seed); order = np.arange(n); np.random.shuffle(order). */
static status shuffle(preparing *p, const double *x, const double *y, int64_t n, int64_t m,
                      propense_error *err)
{
    mt19937 g;
    int64_t *order = TAKE(&p->mem, int64_t, n);
    double *inputs = TAKE(&p->mem, double, n *m), *targets = TAKE(&p->mem, double, n);
    if (!order || !inputs || !targets) return fail_memory(err);
    mt_seed(&g, (uint32_t)p->seed);
    mt_permutation(&g, order, n);
    for (int64_t i = 0; i < n; i++) {
        memcpy(inputs + i * m, x + order[i] * m, (size_t)m * sizeof *x);
        targets[i] = y[order[i]];
    }
    p->out.inputs = inputs;
    p->out.targets = targets;
    return PROPENSE_OK;
}

static status prepare_table(preparing *p, const table *t, propense_error *err)
{
    int64_t n = t->n_rows, m = t->n_columns - 2, at = 0;
    uint8_t *y = TAKE(&p->mem, uint8_t, n), *keep = TAKE(&p->mem, uint8_t, n);
    if (!y || !keep) return fail_memory(err);
    TRY(check_numbers(t, p, err));
    for (int64_t i = 0; i < n; i++) y[i] = t->columns[m + 1].number[i] == 1;
    int64_t n_kept = balance_rows(keep, y, n, p->balance, p->seed, &p->mem);
    if (n_kept < 0) return fail_memory(err);
    TRY(judge_balance(p, t, y, keep, err));
    double *x = gather(t, keep, n_kept, &p->mem), *targets = TAKE(&p->mem, double, n_kept);
    if (!x || !targets) return fail_memory(err);
    TRY(scale_columns(x, n_kept, m, &p->mem, err));
    for (int64_t i = 0; i < n; i++)
        if (keep[i]) targets[at++] = y[i];
    p->out = (arrays){
        .input_type = NPY_FLOAT64, .target_type = NPY_FLOAT64, .n = n_kept, .n_inputs = m
    };
    return shuffle(p, x, targets, n_kept, m, err);
}

status prepare_published(preparing *p, propense_error *err)
{
    table t = { 0 };
    if (p->seed > UINT32_MAX)
        return fail(err, PROPENSE_E_ARG,
                    "--seed: NumPy's seeds, which the audiobooks preset uses, "
                    "go from 0 to 4294967295");
    TRY(read_numbers(&t, p, err));
    status s = prepare_table(p, &t, err);
    table_free(&t);
    return s;
}
