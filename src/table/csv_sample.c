/* What a sample says: the file's decimal sign, whether its first row is a header, and of each
 * column how many values it has and whether they are numbers. Leaves finding the sample's rows to
 * csv_header.c. Read csv_reader.h and csv_number.h first.
 *
 * Every value is read with both decimal signs. What reads with one of them only is evidence (0,69
 * or 1.234,56 for the comma, 0.69 for the point), and counts where it stands in a column that is of
 * numbers with that sign. 1.234 and 1,234 read with both: without any evidence the comma of 1,234
 * is decimal in a file whose separator is another (as spreadsheets write it where the comma is
 * decimal), else the point is. */
#include "csv_number.h"
#include "csv_reader.h"

enum { few_rows = 10 };

/* Without its quotes; .p is NULL on exhaustion. */
static str value_at(csv_chunk *head, int64_t row, int32_t at)
{
    str s = csv_field(head, head->n_columns, row, at);
    return s.n && s.p[0] == '"' ? csv_unquote(head, s) : s;
}

static void count_value(csv_tally *t, const csv_layout *l, str s, int64_t row)
{
    str trimmed = str_trim(s);
    int signs = csv_number_signs(trimmed);
    if (signs == (CSV_WITH_POINT | CSV_WITH_COMMA)) {
        t->n_values++;
        t->n_numbers[0]++;
        t->n_numbers[1]++;
        t->n_both_comma += memchr(trimmed.p, ',', (size_t)trimmed.n) != NULL;
        return;
    }
    if (csv_is_missing(l, s)) return;
    t->n_values++;
    for (int k = 0; k < 2; k++) {
        int reads = signs >> k & 1;
        t->n_numbers[k] += reads;
        t->n_only[k] += reads;
        if (!reads && (t->first_word[k] < 0 || row < t->first_word[k])) t->first_word[k] = row;
    }
}

static status tally_column(csv_tally *t, const csv_layout *l, csv_chunk *head, int32_t at,
                           int64_t n_rows, propense_error *err)
{
    *t = (csv_tally){ .first_word = { -1, -1 } };
    for (int64_t row = 1; row < n_rows; row++) {
        str s = value_at(head, row, at);
        if (!s.p) return fail_memory(err);
        count_value(t, l, s, row);
    }
    return PROPENSE_OK;
}

/* Nine in ten. A column without any value is a number that is missing everywhere. */
static int is_number(const csv_tally *t, int sign)
{
    return 10 * t->n_numbers[sign] >= 9 * t->n_values;
}

void csv_evidence(int64_t evidence[2], const csv_tally *t, int32_t n)
{
    for (int k = 0; k < 2; k++) {
        evidence[k] = 0;
        for (int32_t i = 0; i < n; i++)
            if (is_number(&t[i], k)) evidence[k] += t[i].n_only[k];
    }
}

char csv_find_decimal(const csv_tally *t, int32_t n, char separator)
{
    int64_t evidence[2], n_both_comma = 0;
    csv_evidence(evidence, t, n);
    for (int32_t i = 0; i < n; i++)
        if (is_number(&t[i], 0)) n_both_comma += t[i].n_both_comma;
    if (evidence[0] == evidence[1])
        return evidence[0] == 0 && n_both_comma && separator != ',' ? ',' : '.';
    return evidence[1] > evidence[0] ? ',' : '.';
}

/* The first value that is no number with that sign, and its line. */
static status find_word(csv_reader *r, csv_chunk *head, int32_t at, int sign, propense_error *err)
{
    csv_tally *t = &r->tallies[at];
    int64_t row = t->first_word[sign];
    if (row < 0) return PROPENSE_OK;
    str s = value_at(head, row, at);
    if (s.p) t->word[sign] = str_keep(&r->keep, s);
    t->line[sign] = csv_chunk_line(head, (int64_t)(uint32_t)(head->starts[row] + 1));
    return s.p && t->word[sign].p ? PROPENSE_OK : fail_memory(err);
}

int32_t csv_mixed_column(const csv_reader *r)
{
    int sign = r->layout.decimal == ',';
    for (int32_t i = 0; i < r->layout.n_columns && !r->asked_decimal; i++) {
        const csv_tally *t = &r->tallies[i];
        int64_t n_with_either = t->n_numbers[sign] + t->n_only[!sign];
        if (t->n_only[!sign] && !is_number(t, sign) && 10 * n_with_either >= 9 * t->n_values)
            return i;
    }
    return -1;
}

void csv_guess(csv_reader *r)
{
    csv_layout *l = &r->layout;
    int sign = l->decimal == ',';
    for (int32_t at = 0; at < l->n_columns; at++) {
        const csv_tally *t = &r->tallies[at];
        csv_column *k = &r->columns[at];
        k->n_values = t->n_values;
        k->n_numbers = t->n_numbers[sign];
        k->guess = is_number(t, sign) ? COLUMN_NUMBER : COLUMN_WORDS;
        if (r->asked_decimal && is_number(t, !sign)) k->guess = COLUMN_NUMBER; /* an error then */
        k->first_word = t->word[sign];
        k->first_word_row = t->line[sign];
        l->kinds[at] = k->guess;
    }
}

/* Rows of the head that belong to the sample, the header's among them: the same whatever the size
 * of the blocks. */
static int64_t sample_end(const csv_reader *r, const csv_chunk *head)
{
    int64_t n = head->n_rows < r->sample_rows + 1 ? head->n_rows : r->sample_rows + 1;
    while (n > 1 && head->marks.ends[n * head->n_columns - 1] >= csv_sample_bytes) n--;
    return n;
}

/* ---- Header */

/* 1 when the first row's word is in a row below it too, -1 on exhaustion. */
static int is_met_again(const csv_reader *r, csv_chunk *head, int32_t at, int64_t n_rows)
{
    arena tmp = { 0 };
    str word = value_at(head, 0, at);
    if (word.p) word = str_keep(&tmp, word); /* the next value may take its place */
    int met = word.p ? 0 : -1;
    for (int64_t row = 1; row < n_rows && !met; row++) {
        str s = value_at(head, row, at);
        met = !s.p ? -1 : str_eq(s, word) && !csv_is_missing(&r->layout, s);
    }
    arena_free(&tmp);
    return met;
}

/* csv_header in csv.h. 0 or 1, -1 on exhaustion. */
static int looks_like_data(const csv_reader *r, csv_chunk *head, const csv_tally *t, int64_t n_rows)
{
    const csv_layout *l = &r->layout;
    int sign = l->decimal == ',';
    int32_t n_words = 0, n_numbers = 0;
    for (int32_t i = 0; i < l->n_columns; i++) {
        str s = value_at(head, 0, i);
        if (!s.p) return -1;
        int is_missing = csv_is_missing(l, s);
        if (!is_missing && csv_number_signs(str_trim(s)) >> sign & 1)
            n_numbers++;
        else if (!is_missing && is_number(&t[i], sign) && t[i].n_values)
            return 0; /* a word above numbers */
        else if (!is_missing)
            n_words++;
    }
    if (n_numbers == 0 || n_words == 0) return n_numbers > 0;
    int met = 0;
    for (int32_t i = 0; i < l->n_columns && !met; i++)
        if (!is_number(&t[i], sign)) met = is_met_again(r, head, i, n_rows);
    return met;
}

static status find_header(csv_reader *r, csv_chunk *head, const csv_tally *t, int64_t n_rows,
                          propense_error *err)
{
    int is_data = r->asked_header == CSV_HEADER_NO;
    if (!r->asked_header) is_data = looks_like_data(r, head, t, n_rows);
    r->layout.has_header = !is_data;
    return is_data < 0 ? fail_memory(err) : PROPENSE_OK;
}

/* ---- Sample */

status csv_sample(csv_reader *r, csv_chunk *head, propense_error *err)
{
    csv_layout *l = &r->layout;
    int32_t n = l->n_columns;
    int64_t n_rows = sample_end(r, head);
    csv_tally *t = r->tallies = mem_resize_array(NULL, n, (int64_t)sizeof *t);
    if (!t) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) TRY(tally_column(&t[i], l, head, i, n_rows, err));
    if (!r->asked_decimal) l->decimal = csv_find_decimal(t, n, l->separator);
    TRY(find_header(r, head, t, n_rows, err));
    for (int32_t i = 0; i < n && !l->has_header; i++) {
        str s = value_at(head, 0, i);
        if (!s.p) return fail_memory(err);
        count_value(&t[i], l, s, 0);
    }
    if (!r->asked_decimal) l->decimal = csv_find_decimal(t, n, l->separator);
    r->n_sampled = n_rows - l->has_header;
    r->sample_is_cut = head->fault && r->n_sampled < few_rows;
    for (int32_t i = 0; i < n; i++)
        for (int sign = 0; sign < 2; sign++) TRY(find_word(r, head, i, sign, err));
    csv_guess(r);
    return PROPENSE_OK;
}
