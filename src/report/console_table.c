/* Cells gathered, measured, written.
 * Leaves what stands in them to the callers.
 * Read console_table.h first. */
#include "console_table.h"

#include <string.h>

enum { most_columns = 16 };

static void add(console_table *t, str words, int column)
{
    if (t->n == console_table_cells) return;
    text_tame(&t->words, words);
    t->end[t->n] = t->words.n;
    t->column[t->n++] = (int16_t)column;
}

void console_table_cell(console_table *t, str words)
{
    add(t, words, t->at);
    t->at = t->sides[t->at + 1] ? t->at + 1 : 0;
}

void console_table_line(console_table *t, str words)
{
    add(t, words, -1);
}

static str cell_at(const console_table *t, int i)
{
    int64_t from = i ? t->end[i - 1] : 0;
    return (str){ t->words.p + from, t->end[i] - from };
}

static void end_line(text *out)
{
    while (out->n > 0 && out->p[out->n - 1] == ' ') out->n--;
    text_char(out, '\n');
}

void console_table_write(text *out, console_table *t)
{
    int64_t width[most_columns] = { 0 };
    for (int i = 0; i < t->n && !t->words.bad; i++) {
        int64_t columns = str_columns(cell_at(t, i));
        if (t->column[i] >= 0 && columns > width[t->column[i]]) width[t->column[i]] = columns;
    }
    for (int i = 0; i < t->n && !t->words.bad; i++) {
        int at = t->column[i];
        if (at > 0) text_z(out, "  ");
        text_pad(out, cell_at(t, i), at < 0 ? 0 : t->sides[at] == 'r' ? -width[at] : width[at]);
        if (at < 0 || !t->sides[at + 1]) end_line(out);
    }
    out->bad |= t->words.bad;
    text_free(&t->words);
}
