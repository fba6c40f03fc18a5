/* The separator of a file, from its beginning.
 * Leaves reading that beginning to csv_header.c; the decimal sign is csv_sample.c's.
 * Read csv_reader.h first.
 *
 * Each separator splits the sample. Its score is the share of records that have as many fields as
 * the first, times the share of their fields that are whole: a field with another of the separators
 * in it looks torn out of a longer record, unless that is a number (0,69) or punctuation before a
 * blank (Madrid, Spain). A separator that leaves the first record in one piece is none. */
#include "csv_reader.h"

#include "csv_number.h"
#include "words.h"

static const char separators[] = { ',', ';', '\t', '|' };
enum { n_separators = sizeof separators, most_records = 1000, most_fields = 20000 };

static int is_separator(char c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|';
}

/* Its closing quote is its end. */
static int is_quoted(str s)
{
    int64_t i = 1;
    while (i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"')))
        i += s.p[i] == '"' ? 2 : 1;
    return i + 1 == s.n;
}

static int is_whole(str s)
{
    s = str_trim(s);
    if (s.n && s.p[0] == '"') return is_quoted(s);
    int odd = 0;
    for (int64_t i = 0; i < s.n && !odd; i++)
        odd = is_separator(s.p[i]) && (i + 1 == s.n || s.p[i + 1] != ' ');
    return !odd || csv_number_signs(s) != 0;
}

static int is_blank(str s)
{
    return str_trim(s).n == 0;
}

/* 0..1; 0 when it does not separate. */
static double score(const csv_chunk *c)
{
    const csv_marks *m = &c->marks;
    int64_t from = 0, start = 0, width = 0, n_records = 0, n_alike = 0, n_fields = 0, n_whole = 0;
    for (int64_t r = 0; r < m->n_records && n_records < most_records && n_fields < most_fields;
         r++) {
        int64_t to = m->records[r], n = to - from, at = start;
        const char *p = (const char *)c->block.bytes;
        start = (int64_t)m->ends[to - 1] + 1;
        if (n > 1 || !is_blank((str){ p + at, start - at })) {
            if (!width) width = n;
            n_records++;
            n_alike += n == width;
            n_fields += n == width ? n : 0;
            for (int64_t i = from; i < to && n == width; at = (int64_t)m->ends[i++] + 1)
                n_whole += is_whole((str){ p + at, (int64_t)m->ends[i] - at });
        }
        from = to;
    }
    if (width < 2) return 0;
    return (double)n_alike / (double)n_records * ((double)n_whole / (double)n_fields);
}

status csv_sniff_separator(csv_reader *r, csv_chunk *head, int64_t *n_records, propense_error *err)
{
    csv_layout *l = &r->layout;
    double best = 0;
    char found = ',';
    *n_records = INT64_MAX;
    for (int i = 0; i < n_separators; i++) {
        l->separator = separators[i];
        TRY(csv_chunk_marks(head, l, err));
        if (head->marks.n_records < *n_records) *n_records = head->marks.n_records;
        double x = score(head);
        if (x > best) {
            best = x;
            found = separators[i];
        }
    }
    l->separator = found;
    return PROPENSE_OK;
}

const char *csv_separator_word(propense_language language, char separator)
{
    switch (separator) {
    case ',':
        return tr(language, "commas");
    case ';':
        return tr(language, "semicolons");
    case '\t':
        return tr(language, "tabs");
    case '|':
        return tr(language, "vertical bars");
    default:
        return tr(language, "the given sign");
    }
}
