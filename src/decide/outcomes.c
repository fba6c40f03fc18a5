/* Outcomes that a file of customers knows already, and whether its model learned from them.
 * Leaves the members that did not to study/unseen.c. Read outcomes.h first. */
#include "outcomes.h"

#include <math.h>

#include "num.h"
#include "roc.h"

int32_t outcomes_column(const table *t, const model *m)
{
    if (!m || m->schema.target < 0 || m->schema.target >= m->schema.n_columns) return -1;
    return table_find(t, m->schema.columns[m->schema.target].name);
}

/* By the model's own positive word. */
status outcomes_take(uint8_t **out, const table *t, const model *m, arena *mem, propense_error *err)
{
    double positive;
    int32_t at = outcomes_column(t, m);
    *out = NULL;
    if (at < 0) return PROPENSE_OK;
    const column *k = &t->columns[at];
    int is_number = k->kind == COLUMN_NUMBER && num_parse(m->schema.positive, &positive);
    if (!is_number && (k->kind != COLUMN_WORDS || k->overflow)) return PROPENSE_OK;
    *out = TAKE(mem, uint8_t, t->n_rows);
    if (!*out) return fail_memory(err);
    for (int64_t i = 0; i < t->n_rows; i++) {
        int missing = is_number ? isnan(k->number[i]) : k->code[i] < 0;
        int yes = !missing && (is_number ? k->number[i] == positive
                                         : str_eq(k->level[k->code[i]], m->schema.positive));
        (*out)[i] = missing ? 255 : yes ? 1 : 0;
    }
    return PROPENSE_OK;
}

int outcomes_are_own(const table *t, const model *m)
{
    char hex[33];
    rows_hash_hex(&t->hash, hex);
    return str_eq(str_of(hex), m->card.fingerprint);
}

int outcomes_are_of_training(const uint8_t *outcome, const table *t, const model *m)
{
    const schema *s = &m->schema;
    int64_t n_positive = 0, n_unknown = 0;
    if (outcomes_are_own(t, m)) return 1;
    for (int64_t i = 0; i < t->n_rows; i++) {
        n_positive += outcome[i] == 1;
        n_unknown += outcome[i] > 1;
    }
    return s->n_rows > 0 && t->n_rows == s->n_rows && n_positive == s->n_positive &&
           n_unknown == s->n_no_target;
}

status outcomes_auc(double *out, const uint8_t *outcome, const double *p, int64_t n_rows,
                    propense_error *err)
{
    arena tmp = { 0 };
    int64_t n = 0;
    auc_interval auc = { .auc = (double)NAN };
    uint8_t *y = TAKE(&tmp, uint8_t, n_rows);
    float *x = TAKE(&tmp, float, n_rows);
    for (int64_t i = 0; y && x && i < n_rows; i++) {
        if (outcome[i] > 1) continue;
        y[n] = outcome[i];
        x[n++] = (float)p[i];
    }
    status code = y && x && auc_delong(&auc, y, x, n, 0.95, &tmp) ? PROPENSE_OK : fail_memory(err);
    *out = auc.auc;
    arena_free(&tmp);
    return code;
}
