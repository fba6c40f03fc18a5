/* Makes an encoder for a Keras model without propense.json out of the file to score.
 * Leaves the scoring to score.c.
 * Read score_foreign.h first. */
#include "score_foreign.h"

#include <math.h>

#include "names.h"

/* Names for a message, cut where it gets long. */
static void list_columns(text *out, const csv_reader *r, const column_kind *kinds, column_kind kind)
{
    enum { list_bytes = 500 };
    int n = 0, n_more = 0;
    for (int32_t c = 0; c < csv_n_columns(r); c++) {
        if (kinds[c] != kind) continue;
        if (out->n > list_bytes)
            n_more++;
        else
            text_f(out, n++ ? ", '%.*s'" : "'%.*s'", STR_ARG(csv_columns(r)[c].name));
    }
    if (n_more) text_f(out, ", ... (+%d)", n_more);
}

static int32_t choose_columns(column_kind *kinds, int32_t *id, int32_t target, const csv_reader *r)
{
    int32_t n = 0;
    *id = -1;
    for (int32_t c = 0; c < csv_n_columns(r); c++) {
        const csv_column *of_file = &csv_columns(r)[c];
        kinds[c] = COLUMN_SKIPPED;
        if (c == target) continue;
        if (name_is_id(of_file->name)) {
            if (*id >= 0) continue;
            *id = c;
            kinds[c] = COLUMN_TEXT;
        } else if (of_file->guess == COLUMN_NUMBER) {
            kinds[c] = COLUMN_NUMBER;
            n++;
        }
    }
    return n;
}

static status wrong_count(const csv_reader *r, int32_t n, int32_t n_inputs, const char *list,
                          propense_error *err)
{
    if (n == 0)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: no column holds numbers, but the network has %d inputs; without "
                    "propense.json a model takes all numeric columns in file order",
                    csv_name(r), (int)n_inputs);
    return fail(err, PROPENSE_E_PARSE,
                "%s: %d numeric columns (%s), but the network has %d inputs; without propense.json "
                "a model takes all numeric columns in file order, an id left out: give it exactly "
                "those",
                csv_name(r), (int)n, list, (int)n_inputs);
}

/* What a model that may be worth nothing is told of. */
static void tell_training(const model *m, const propense_callbacks *cb)
{
    switch (model_training_of(m)) {
    case MODEL_TRAINED:
        return;
    case MODEL_UNTRAINED:
        say(cb, PROPENSE_WARNING, "this model was never trained: its scores mean nothing");
        return;
    case MODEL_PROBABLY_UNTRAINED:
        say(cb, PROPENSE_WARNING,
            "this model was probably never trained (all its biases are exactly 0): its scores mean "
            "nothing then");
        return;
    case MODEL_NO_STEP_HERE:
        say(cb, PROPENSE_WARNING,
            "the optimiser of this model has done no step: unless its weights come from another "
            "training, its scores mean nothing");
        return;
    }
}

static void tell_columns(const csv_reader *r, column_kind *kinds, int32_t n, int32_t target,
                         const char *inputs, const propense_callbacks *cb, int *bad)
{
    text unused = { 0 };
    say(cb, PROPENSE_NOTE,
        "the model has no propense.json, so its %d inputs are the numeric columns as they are, in "
        "file order: %s",
        (int)n, inputs);
    if (target >= 0) kinds[target] = csv_columns(r)[target].guess;
    list_columns(&unused, r, kinds, COLUMN_SKIPPED);
    if (unused.n && !unused.bad) say(cb, PROPENSE_NOTE, "not used: %s", unused.p);
    *bad |= unused.bad;
    text_free(&unused);
}

/* A number that goes into the network as it is. */
static encoder_column ready_input(str name, int32_t input)
{
    return (encoder_column){ .name = name,
                             .schema_column = -1,
                             .is_number = 1,
                             .scale = 1,
                             .first_input = input,
                             .n_inputs = 1,
                             .other_input = -1,
                             .missing_input = -1 };
}

static status take_columns(encoder *out, int32_t **at, const csv_reader *r,
                           const column_kind *kinds, int32_t target, int32_t n, arena *mem,
                           propense_error *err)
{
    out->columns = TAKE(mem, encoder_column, n);
    *at = TAKE(mem, int32_t, n);
    if (!out->columns || !*at) return fail_memory(err);
    for (int32_t c = 0; c < csv_n_columns(r); c++) {
        if (kinds[c] != COLUMN_NUMBER || c == target) continue;
        int32_t i = out->n_columns++;
        out->columns[i] = ready_input(csv_columns(r)[c].name, i);
        (*at)[i] = c;
    }
    out->n_inputs = out->n_columns;
    return PROPENSE_OK;
}

status foreign_columns(encoder *out, int32_t **at, int32_t *id, int32_t target, const model *m,
                       csv_reader *r, const propense_callbacks *cb, arena *mem, propense_error *err)
{
    *out = (encoder){ 0 };
    column_kind *kinds = TAKE(mem, column_kind, csv_n_columns(r));
    if (!kinds) return fail_memory(err);
    int32_t n = choose_columns(kinds, id, target, r);
    text inputs = { 0 };
    list_columns(&inputs, r, kinds, COLUMN_NUMBER);
    int bad = inputs.bad;
    status s = PROPENSE_OK;
    if (!bad && n != m->network.n_inputs)
        s = wrong_count(r, n, m->network.n_inputs, inputs.p, err);
    else if (!bad)
        tell_columns(r, kinds, n, target, inputs.p, cb, &bad);
    text_free(&inputs);
    TRY(s);
    if (bad) return fail_memory(err);
    tell_training(m, cb);
    csv_plan(r, kinds);
    return take_columns(out, at, r, kinds, target, n, mem, err);
}

status foreign_arrays(encoder *out, int32_t **at, const model *m, const table *t, int32_t n_inputs,
                      const char *name, const propense_callbacks *cb, arena *mem,
                      propense_error *err)
{
    *out = (encoder){ 0 };
    if (n_inputs != m->network.n_inputs)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: 'inputs' has %d columns, but the network has %d inputs", name,
                    (int)n_inputs, (int)m->network.n_inputs);
    out->columns = TAKE(mem, encoder_column, n_inputs);
    *at = TAKE(mem, int32_t, n_inputs);
    if (!out->columns || !*at) return fail_memory(err);
    tell_training(m, cb);
    for (int32_t i = 0; i < n_inputs; i++) {
        out->columns[i] = ready_input(t->columns[i].name, i);
        (*at)[i] = i;
    }
    out->n_columns = out->n_inputs = n_inputs;
    return PROPENSE_OK;
}

status foreign_check_values(const encoder *e, const int32_t *at, const table *chunk, int64_t from,
                            int64_t n, const char *name, propense_error *err)
{
    int64_t end = from + n;
    int32_t first = -1;
    for (int32_t i = 0; i < e->n_columns; i++) {
        const double *x = chunk->columns[at[i]].number;
        for (int64_t row = from; row < end; row++) {
            if (!isnan(x[row])) continue;
            first = i;
            end = row; /* of the others only rows above are of interest */
        }
    }
    if (first < 0) return PROPENSE_OK;
    int64_t row = (chunk->file ? chunk->file_row : chunk->first_row) + end + 1; /* 1-based */
    return fail_at(err, PROPENSE_E_PARSE, row + 1, at[first] + 1,
                   "%s: data row %lld, column '%.*s': the value is missing, and what a model "
                   "without propense.json takes instead is not known; fill it in or leave the row "
                   "out",
                   name, (long long)row, STR_ARG(e->columns[first].name));
}
