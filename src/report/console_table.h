/* A table of the console whose columns are as wide as their widest cell. */
#ifndef PROPENSE_CONSOLE_TABLE_H
#define PROPENSE_CONSOLE_TABLE_H

#include "str.h"

enum { console_table_cells = 512 };

typedef struct console_table {
    const char *sides; /* one letter a column: 'l' or 'r' */
    int n, at;         /* cells; column of the next one */
    int64_t end[console_table_cells];
    int16_t column[console_table_cells]; /* -1: a line of its own, which widens nothing */
    text words;
} console_table;

/* Cells from left to right, row by row; those beyond console_table_cells are left out. */
void console_table_cell(console_table *t, str words);
void console_table_line(console_table *t, str words);
/* Writes it, two blanks between columns, and frees its words. */
void console_table_write(text *out, console_table *t);

#endif
