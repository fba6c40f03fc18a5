/* Scores as lines of text, straight into the text they are delivered as.
 * Leaves encoding and predicting to score.c.
 * Read score_lines.h first. */
#include "score_lines.h"

#include "csv.h"
#include "num.h"

enum { at_once = 64, longest_number = 20 };

/* Some of the rows, with what is made for all of them together. */
typedef struct line_group {
    const score_rows *rows;
    int64_t first, n; /* within rows */
    num_float p[at_once];
} line_group;

/* A column behind the first one. put writes the value of row i of the group; returns the end. */
typedef struct line_column {
    const char *name;
    int64_t room; /* bytes that a value takes at most */
    char *(*put)(char *to, const line_group *g, int64_t i);
} line_column;

static char *put_probability(char *to, const line_group *g, int64_t i)
{
    memcpy(to, g->p[i].text, sizeof g->p[i].text);
    return to + g->p[i].n;
}

static const line_column columns[] = {
    { "probability", sizeof((num_float *)0)->text, put_probability },
};
enum { n_columns = sizeof columns / sizeof *columns };

static str id_of(const score_rows *r, int64_t row)
{
    const column *c = &r->chunk->columns[r->id];
    return (str){ c->bytes + c->offset[row], c->offset[row + 1] - c->offset[row] };
}

static char *put_number(char *to, int64_t number)
{
    char digits[longest_number];
    int n = 0;
    for (; number > 0 || n == 0; number /= 10) digits[n++] = (char)('0' + number % 10);
    while (n > 0) *to++ = digits[--n];
    return to;
}

static char *put_who(char *to, const score_rows *r, int64_t row)
{
    if (r->id >= 0) return csv_put_field(to, id_of(r, row), ',');
    return put_number(to, r->chunk->first_row + row + 1);
}

/* For all lines of the group. */
static int64_t room_of(const line_group *g)
{
    int64_t line = 1 + longest_number, first = g->rows->first + g->first;
    for (int c = 0; c < n_columns; c++) line += 1 + columns[c].room;
    if (g->rows->id < 0) return g->n * line;
    const int64_t *offset = g->rows->chunk->columns[g->rows->id].offset;
    return g->n * (line + csv_field_room(0)) + csv_field_room(offset[first + g->n] - offset[first]);
}

static void add_group(text *t, const line_group *g)
{
    char *begin = text_room(t, room_of(g)), *to = begin;
    if (!to) return;
    for (int64_t i = 0; i < g->n; i++) {
        to = put_who(to, g->rows, g->rows->first + g->first + i);
        for (int c = 0; c < n_columns; c++) {
            *to++ = ',';
            to = columns[c].put(to, g, i);
        }
        *to++ = '\n';
    }
    t->n += to - begin;
}

void score_lines(text *t, const score_rows *r)
{
    line_group g = { .rows = r };
    for (; g.first < r->n; g.first += at_once) {
        g.n = r->n - g.first < at_once ? r->n - g.first : at_once;
        num_repr_floats(g.p, r->p + g.first, g.n);
        add_group(t, &g);
    }
    if (t->p) t->p[t->n] = '\0';
}

void score_header(text *t, str id)
{
    if (id.p)
        csv_write_field(t, id, ',');
    else
        text_z(t, "row");
    for (int c = 0; c < n_columns; c++) {
        text_char(t, ',');
        text_z(t, columns[c].name);
    }
    text_char(t, '\n');
}
