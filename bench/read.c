/* Reads a CSV file as propense does and says how many rows and columns there were.
 * Leaves timing to bench.py, which compiles and runs it beside polars, pandas and pyarrow.
 * Read first: src/table/csv.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

static status count(void *user, int slot, const table *chunk, propense_error *err)
{
    (void)slot, (void)err;
    *(int64_t *)user += chunk->n_rows;
    return PROPENSE_OK;
}

static status read_whole(csv_reader *r, int64_t *n_rows, propense_error *err)
{
    table t = { 0 };
    status s = csv_read(r, &t, NULL, err);
    *n_rows = t.n_rows;
    table_free(&t);
    return s;
}

/* Ids as text, one value a row: as `score` reads them. */
static void plan(csv_reader *r)
{
    int32_t n = csv_n_columns(r);
    column_kind *kinds = calloc((size_t)n, sizeof *kinds);
    if (!kinds) return;
    for (int32_t i = 0; i < n; i++) {
        const csv_column *c = &csv_columns(r)[i];
        kinds[i] = str_eq(c->name, STR("customer_id")) ? COLUMN_TEXT : c->guess;
    }
    csv_plan(r, kinds);
    free(kinds);
}

int main(int n, char **args)
{
    if (n != 4) {
        fputs("usage: read FILE whole|blocks THREADS\n", stderr);
        return 2;
    }
    propense_error err = PROPENSE_ERROR_INIT;
    csv_options options = { .threads = atoi(args[3]) };
    csv_reader *r = NULL;
    int64_t n_rows = 0;
    status s = csv_open(&r, args[1], &options, &err);
    if (s == PROPENSE_OK) {
        plan(r);
        s = strcmp(args[2], "whole") == 0 ? read_whole(r, &n_rows, &err)
                                          : csv_each(r, NULL, count, &n_rows, NULL, &err);
    }
    if (s == PROPENSE_OK)
        printf("{\"rows\": %lld}\n", (long long)n_rows);
    else
        fprintf(stderr, "%s\n", err.message);
    csv_close(r);
    return s == PROPENSE_OK ? 0 : 1;
}
