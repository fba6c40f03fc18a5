/* The schema in words: an aligned table, the reason of each decision, names of roles and types.
 * Leaves the decisions to schema_types.c and schema_target.c.
 * Read schema.h first. */
#include "schema.h"

#include <math.h>

#include "num.h"
#include "words.h"

const char *type_name(column_type type, propense_language language)
{
    static const char *const names[] = { N_("numeric"),  N_("categorical"), N_("boolean"),
                                         N_("constant"), N_("date"),        N_("text"),
                                         N_("empty"),    N_("not read") };
    _Static_assert(sizeof names / sizeof *names == column_type_count, "a name for each type");
    return (unsigned)type < column_type_count ? tr(language, names[type]) : "?";
}

const char *role_name(column_role role, propense_language language)
{
    static const char *const names[] = { N_("feature"), N_("target"), N_("id"), N_("left out"),
                                         N_("weight") };
    return (unsigned)role < sizeof names / sizeof *names ? tr(language, names[role]) : "?";
}

/* ---- Why */

static const char *why_unique(const schema_column *c)
{
    return c->role == ROLE_ID ? N_("the id: a different value in every row")
                              : N_("a different value in every row, like an id, so nothing to "
                                   "learn from");
}

static const char *why_asked(const schema_column *c)
{
    switch (c->role) {
    case ROLE_TARGET:
        return N_("asked for with --target");
    case ROLE_ID:
        return N_("asked for with --id or --types");
    case ROLE_LEFT_OUT:
        return c->type == TYPE_UNREAD ? N_("left out with --drop") : N_("left out with --types");
    case ROLE_WEIGHT:
        return N_("asked for with --weight_column: what each row counts in the loss");
    case ROLE_FEATURE:
        break;
    }
    return N_("asked for with --types");
}

static const char *why_text(const schema_column *c)
{
    switch (c->why) {
    case WHY_ASKED:
        return why_asked(c);
    case WHY_TARGET_NAME:
        return N_("its name is one that targets have");
    case WHY_TARGET_LAST:
        return N_("the last column; no column has the name of a target");
    case WHY_UNIQUE_ID:
        return why_unique(c);
    case WHY_NUMBERS:
        return N_("every value is a number");
    case WHY_WORDS:
        return N_("words that come again from row to row");
    case WHY_YES_NO:
        return N_("two values that mean yes and no");
    case WHY_CONSTANT:
        return N_("the same value in every row, so nothing to learn from");
    case WHY_EMPTY:
        return N_("no value in any row");
    case WHY_DATES:
        return N_("at least nine in ten values are dates, which are not used yet");
    case WHY_FREE_TEXT:
        return N_("too many different words to be categories");
    case WHY_ARRAY:
        return N_("numbers of an array, used as they are");
    }
    return "?";
}

void schema_why(text *out, const schema *s, int32_t at, propense_language language)
{
    if (at >= 0 && at < s->n_columns) text_z(out, tr(language, why_text(&s->columns[at])));
}

/* ---- The table */

enum { n_cells = 6, name_limit = 36, screen_width = 80, least_values = 24 };
typedef struct print_row {
    text cell[n_cells]; /* column, role, type, distinct, missing, values */
} print_row;

/* Decimals that show three figures of the range, none for whole numbers. */
static int decimals_of(double low, double high)
{
    double span = high - low;
    int decimals = 0;
    if (low == floor(low) && high == floor(high)) return 0;
    for (double unit = 100; unit > 1e-6 && span < unit; unit /= 10) decimals++;
    return decimals;
}

static void put_range(text *out, const schema_column *c, propense_language language)
{
    char low[num_buffer], high[num_buffer];
    int decimals = decimals_of(c->low, c->high);
    (void)num_local(low, c->low, decimals, language);
    (void)num_local(high, c->high, decimals, language);
    text_f(out, tr(language, "%s to %s"), low, high);
}

static void put_percent(text *out, int64_t part, int64_t whole, propense_language language)
{
    char share[num_buffer];
    double percent = whole ? 100.0 * (double)part / (double)whole : 0;
    if (part > 0 && percent < 0.1) {
        text_char(out, '<');
        percent = 0.1;
    }
    (void)num_local(share, percent, part == 0 || part == whole ? 0 : 1, language);
    text_f(out, tr(language, "%s%%"), share);
}

static void put_target(text *out, const schema *s, propense_language language)
{
    char n[num_buffer];
    int64_t labelled = s->n_rows - s->n_no_target;
    (void)num_local(n, (double)s->n_positive, 0, language);
    text_f(out, tr(language, "'%.*s': %s ("), STR_ARG(s->positive), n);
    put_percent(out, s->n_positive, labelled, language);
    text_char(out, ')');
}

static void put_values(text *out, const schema *s, const schema_column *c,
                       propense_language language)
{
    if (c->role == ROLE_TARGET)
        put_target(out, s, language);
    else if (c->role == ROLE_WEIGHT)
        text_z(out, tr(language, "not a feature"));
    else if (c->role != ROLE_FEATURE)
        text_z(out, tr(language, "not used"));
    else if (c->low == c->low && c->high == c->high)
        put_range(out, c, language);
    else if (c->example.n)
        text_str(out, c->example);
    else if (c->type == TYPE_BOOLEAN)
        text_z(out, "0, 1");
}

/* Words of at most `limit` columns; longer ones are cut between two characters. */
static void put_cut(text *out, str words, int64_t limit)
{
    str cut = words;
    if (str_columns(words) > limit)
        while (cut.n &&
               (str_columns(cut) > limit - 3 || ((unsigned char)words.p[cut.n] & 0xC0) == 0x80))
            cut.n--;
    text_str(out, cut);
    if (cut.n < words.n) text_z(out, "...");
}

static void fill_row(print_row *row, const schema *s, const schema_column *c,
                     propense_language language)
{
    char n[num_buffer];
    put_cut(&row->cell[0], c->name, name_limit);
    text_z(&row->cell[1], role_name(c->role, language));
    text_z(&row->cell[2], type_name(c->type, language));
    if (c->type != TYPE_UNREAD) {
        (void)num_local(n, (double)c->n_distinct, 0, language);
        text_z(&row->cell[3], n);
        put_percent(&row->cell[4], c->n_missing, s->n_rows, language);
    }
    put_values(&row->cell[5], s, c, language);
}

static void fill_header(print_row *row, propense_language language)
{
    static const char *const titles[n_cells] = { N_("column"),   N_("role"),    N_("type"),
                                                 N_("distinct"), N_("missing"), N_("values") };
    for (int k = 0; k < n_cells; k++) text_z(&row->cell[k], tr(language, titles[k]));
}

/* Words to the left, figures to the right, two blanks between; no blanks at the end of a line. */
static void put_row(text *out, const print_row *row, const int64_t *width)
{
    int last = n_cells - 1;
    int64_t left = screen_width;
    while (last > 0 && !row->cell[last].n) last--;
    for (int k = 0; k < last; k++) left -= width[k] + 2;
    for (int k = 0; k <= last; k++) {
        int is_figure = k == 3 || k == 4;
        if (k) text_z(out, "  ");
        if (k == last && !is_figure)
            put_cut(out, text_view(&row->cell[k]), left > least_values ? left : least_values);
        else
            text_pad(out, text_view(&row->cell[k]), is_figure ? -width[k] : width[k]);
    }
    text_char(out, '\n');
}

/* A cell that could not be written makes the whole table bad. */
static void free_row(text *out, print_row *row)
{
    for (int k = 0; k < n_cells; k++) {
        out->bad |= row->cell[k].bad;
        text_free(&row->cell[k]);
    }
}

/* Row -1 is the header. Rows are made twice, once for the widths, so that nothing is kept. */
static void make_row(print_row *row, const schema *s, int32_t i, propense_language language)
{
    *row = (print_row){ 0 };
    if (i < 0)
        fill_header(row, language);
    else
        fill_row(row, s, &s->columns[i], language);
    for (int k = 0; k < n_cells; k++) str_tame(row->cell[k].p, row->cell[k].n, 0);
}

void schema_print(text *out, const schema *s, propense_language language)
{
    int64_t width[n_cells] = { 0 };
    print_row row;
    for (int32_t i = -1; i < s->n_columns; i++) {
        make_row(&row, s, i, language);
        for (int k = 0; k < n_cells; k++) {
            int64_t columns = str_columns(text_view(&row.cell[k]));
            if (columns > width[k]) width[k] = columns;
        }
        free_row(out, &row);
    }
    for (int32_t i = -1; i < s->n_columns; i++) {
        make_row(&row, s, i, language);
        put_row(out, &row, width);
        free_row(out, &row);
    }
}
