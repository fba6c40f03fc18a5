/* Whole tables: finding columns, giving back what a reader allocated.
 * Leaves filling them to csv_read.c.
 * Read table.h first. */
#include "table.h"

int32_t table_find(const table *t, str name)
{
    for (int32_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i].name, name)) return i;
    return -1;
}
