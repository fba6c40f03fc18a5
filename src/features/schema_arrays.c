/* The schema of arrays that somebody else prepared: every input is a number used as it is, the
 * target is 0 or 1. Leaves tables of customers to schema.c. Read schema.h first. */
#include "schema_parts.h"

#include <math.h>

static status take_inputs(schema *s, const table *t, arena *mem, arena *scratch,
                          propense_error *err)
{
    s->columns = TAKE(mem, schema_column, t->n_columns);
    if (!s->columns) return fail_memory(err);
    for (int32_t i = 0; i < t->n_columns; i++) {
        column_facts f;
        schema_column *c = &s->columns[i];
        arena_mark mark = arena_here(scratch);
        TRY(column_count(&f, &t->columns[i], t->n_rows, scratch, err));
        arena_rewind(scratch, mark);
        *c = (schema_column){ .name = str_keep(mem, t->columns[i].name),
                              .role = ROLE_FEATURE,
                              .type = TYPE_NUMERIC,
                              .why = WHY_ARRAY,
                              .position = i,
                              .n_distinct = f.n_distinct,
                              .low = f.low,
                              .high = f.high };
        if (!c->name.p) return fail_memory(err);
    }
    return PROPENSE_OK;
}

static void leave_out_one(schema_column *c, column_wish wish)
{
    if (wish == WISH_NONE) return;
    c->role = wish == WISH_WEIGHT ? ROLE_WEIGHT : ROLE_LEFT_OUT;
    c->type = wish == WISH_WEIGHT ? TYPE_NUMERIC : TYPE_UNREAD;
    c->why = WHY_ASKED;
}

static status leave_out(schema *s, const schema_options *options, arena *scratch,
                        propense_error *err)
{
    schema_options drop = { .drop = options->drop, .weight = options->weight };
    str *names = TAKE(scratch, str, s->n_columns);
    column_wish *wishes = TAKE(scratch, column_wish, s->n_columns);
    if (!names || !wishes) return fail_memory(err);
    for (int32_t i = 0; i < s->n_columns; i++) names[i] = s->columns[i].name;
    TRY(schema_wishes(wishes, names, s->n_columns, &drop, err));
    if (wishes[s->target] == WISH_WEIGHT)
        return fail(err, PROPENSE_E_ARG,
                    "column '%.*s' is the target and is named in --weight_column too",
                    STR_ARG(names[s->target]));
    for (int32_t i = 0; i < s->n_columns; i++) leave_out_one(&s->columns[i], wishes[i]);
    return PROPENSE_OK;
}

static status take_target(schema *s, uint8_t *y, const table *t, const char *file,
                          propense_error *err)
{
    const column *c = &t->columns[s->target];
    schema_column *of_schema = &s->columns[s->target];
    of_schema->role = ROLE_TARGET;
    of_schema->type = TYPE_BOOLEAN;
    of_schema->low = of_schema->high = (double)NAN;
    for (int64_t i = 0; i < t->n_rows; i++) {
        if (c->number[i] != 0 && c->number[i] != 1)
            return fail_at(err, PROPENSE_E_PARSE, i + 1, 1,
                           "%s: targets: row %lld is neither 0 nor 1", file, (long long)(i + 1));
        y[i] = c->number[i] == 1;
        s->n_positive += y[i];
    }
    return PROPENSE_OK;
}

status schema_of_arrays(schema *out, uint8_t **y, const table *t, const schema_options *options,
                        const char *file, arena *mem, propense_error *err)
{
    arena scratch = { 0 };
    *out = (schema){ .n_columns = t->n_columns,
                     .target = t->n_columns - 1,
                     .id = -1,
                     .positive = STR("1"),
                     .negative = STR("0"),
                     .target_is_number = 1,
                     .n_rows = t->n_rows };
    *y = TAKE(mem, uint8_t, t->n_rows);
    if (!*y) return fail_memory(err);
    status s = take_inputs(out, t, mem, &scratch, err);
    if (s == PROPENSE_OK) s = leave_out(out, options, &scratch, err);
    arena_free(&scratch);
    TRY(s);
    return take_target(out, *y, t, file, err);
}
