/* The head of a file: BOM, names, and where the rows begin.
 * Leaves the rows to csv_each.c, the sample to csv_sample.c; splits with the same splitter.
 * Read csv_reader.h first. */
#include "csv_reader.h"

#include "words.h"

const str csv_default_missing[csv_n_default_missing] = {
    { "NA", 2 }, { "N/A", 3 }, { "NaN", 3 }, { "null", 4 }, { "?", 1 },
};

status csv_no_rows(const csv_reader *r, propense_error *err)
{
    return fail(err, PROPENSE_E_PARSE, "%s has a header but no rows below it", r->shown);
}

/* ---- Names */

/* The name of a column without one, in the words of the data: never translated. */
static str numbered_name(arena *keep, int32_t at)
{
    text t = { 0 };
    text_f(&t, "column_%d", (int)at + 1);
    str name = t.bad ? (str){ 0 } : str_keep(keep, text_view(&t));
    text_free(&t);
    return name;
}

static status check_duplicates(const csv_reader *r, int64_t line, propense_error *err)
{
    csv_words seen = { 0 };
    status code = PROPENSE_OK;
    for (int32_t i = 0; i < r->layout.n_columns && code == PROPENSE_OK; i++) {
        char name[csv_shown];
        int32_t first = csv_words_code(&seen, r->layout.names[i], NULL);
        if (first < 0)
            code = fail_memory(err);
        else if (first != i)
            code = fail_at(err, PROPENSE_E_PARSE, line, i + 1,
                           "%s: columns %d and %d are both called '%s'; rename one of them",
                           r->layout.file, first + 1, i + 1, csv_show(name, r->layout.names[i]));
    }
    csv_words_free(&seen);
    return code;
}

/* As it stands in the first row, asked for, or made up. .p is NULL on exhaustion. */
static str name_of(csv_reader *r, csv_chunk *head, int32_t at)
{
    str name = { "", 0 };
    if (r->asked_names) return str_keep(&r->keep, str_trim(r->asked_names[at]));
    if (r->layout.has_header) {
        name = csv_field(head, head->n_columns, 0, at);
        if (name.n && name.p[0] == '"') name = csv_unquote(head, name);
        if (!name.p) return name;
        name = str_trim(name);
    }
    return name.n ? str_keep(&r->keep, name) : numbered_name(&r->keep, at);
}

static status take_names(csv_reader *r, csv_chunk *head, propense_error *err)
{
    csv_layout *l = &r->layout;
    if (r->asked_names && r->n_asked_names != l->n_columns)
        return fail(err, PROPENSE_E_ARG, "--names: met %d names, expected %d as %s has columns",
                    (int)r->n_asked_names, (int)l->n_columns, l->file);
    for (int32_t i = 0; i < l->n_columns; i++) {
        str name = name_of(r, head, i);
        if (!name.p) return fail_memory(err);
        l->names[i] = r->columns[i].name = name;
    }
    return check_duplicates(r, csv_chunk_line(head, (int64_t)(uint32_t)(head->starts[0] + 1)), err);
}

/* ---- Head */

static int has_bom(const csv_source *s)
{
    return s->head_n >= 3 && memcmp(s->head, "\xEF\xBB\xBF", 3) == 0;
}

/* Bytes of a first line "sep=;", with which a spreadsheet is told the separator; 0 without. */
static int64_t sep_line(str s, char *separator)
{
    static const str plain = { "sep=", 4 }, quoted = { "\"sep=", 5 };
    str begin = s.n >= 5 && s.p[0] == '"' ? quoted : plain;
    if (s.n < begin.n + 2 || !str_eq_nocase((str){ s.p, begin.n }, begin)) return 0;
    int64_t at = begin.n + 1;
    *separator = s.p[at - 1];
    if (begin.n == quoted.n && at < s.n && s.p[at] == '"') at++;
    if (at < s.n && s.p[at] == '\r') at++;
    return at < s.n && s.p[at] == '\n' ? at + 1 : 0;
}

/* The head as a chunk: lent, not owned. */
static void lend_head(csv_chunk *head, csv_source *s)
{
    char separator;
    int64_t before = has_bom(s) ? 3 : 0;
    int64_t line =
        sep_line((str){ (const char *)s->head + before, s->head_n - before }, &separator);
    before += line;
    head->block = (csv_block){ s->head ? s->head + before : NULL, s->head_n - before, 0, s->ended };
    head->first_line = line ? 2 : 1;
    /* the padding has room for the LF that the last line may lack */
    if (s->ended && head->block.n && head->block.bytes[head->block.n - 1] != '\n')
        head->block.bytes[head->block.n++] = '\n';
}

/* Enough to know the columns and the sample, or all there is. */
static int is_enough(const csv_reader *r, const csv_chunk *head)
{
    if (head->fault || head->n_rows > r->sample_rows) return 1;
    if (head->n_rows > 0) return head->block.n >= csv_sample_bytes;
    return head->block.n - head->partial - 1 > r->layout.record_bytes;
}

/* Looks at so many bytes that the size of blocks does not matter, at a whole record at least. */
static status find_separator(csv_reader *r, csv_chunk *head, propense_error *err)
{
    int64_t n = csv_sniff_bytes;
    for (int found = 0; !found; n *= 2) {
        TRY(csv_source_head(&r->source, n, err));
        lend_head(head, &r->source);
        if (head->block.n > n) head->block.n = n;
        int64_t n_records;
        TRY(csv_sniff_separator(r, head, &n_records, err));
        found = n_records > 0 || r->source.ended || n >= csv_sample_bytes;
    }
    return PROPENSE_OK;
}

/* Encoding, ends of lines, and a separator that is named in the first line. */
static status understand_text(csv_reader *r, propense_error *err)
{
    csv_source *s = &r->source;
    char separator;
    TRY(csv_source_head(s, csv_sniff_bytes, err));
    TRY(csv_source_understand(s, !r->asked_encoding, err));
    r->layout.encoding = s->recoder.from;
    int64_t bom = has_bom(s) ? 3 : 0;
    if (!r->layout.separator && s->head_n &&
        sep_line((str){ (const char *)s->head + bom, s->head_n - bom }, &separator) &&
        separator != '"' && separator != '\r' && separator != r->asked_decimal)
        r->layout.separator = separator;
    return PROPENSE_OK;
}

static status read_head(csv_reader *r, csv_chunk *head, propense_error *err)
{
    csv_layout *l = &r->layout;
    int64_t want = r->block_bytes;
    TRY(understand_text(r, err));
    if (!l->separator) TRY(find_separator(r, head, err));
    do {
        if (want > csv_most_bytes / 2) break;
        TRY(csv_source_head(&r->source, want, err));
        lend_head(head, &r->source);
        TRY(csv_chunk_split(head, l, 0, err));
        want = want < csv_sample_bytes && want * 2 > csv_sample_bytes - 16 ? csv_sample_bytes + 16
                                                                           : want * 2;
    } while (!r->source.ended && !is_enough(r, head));
    csv_chunk_end(head, l, r->source.ended);
    return PROPENSE_OK;
}

/* Why there is no first row. */
static status no_header(const csv_reader *r, const csv_chunk *head, propense_error *err)
{
    if (head->fault == CSV_RAGGED)
        return fail_at(err, PROPENSE_E_PARSE, csv_chunk_line(head, head->fault_at),
                       csv_most_columns + 1, "%s: met %lld columns, expected at most %d",
                       r->layout.file, (long long)head->fault_fields, csv_most_columns);
    if (head->fault) return csv_chunk_fault(head, &r->layout, err);
    return fail_at(err, PROPENSE_E_PARSE, 1, 0,
                   "%s is empty; expected a header with the names of the columns, then rows",
                   r->layout.file);
}

/* The rows begin behind the header's LF, or where the text does. */
static void skip_header(csv_reader *r, const csv_chunk *head)
{
    int64_t bom = head->block.bytes - r->source.head, at = -1;
    if (r->layout.has_header) {
        at = head->marks.ends[head->n_columns - 1];
        at += head->block.bytes[at] == '\r';
    }
    r->first_line = csv_chunk_line(head, at + 1);
    at += 1 + bom;
    r->source.head_at = at < r->source.head_n ? at : r->source.head_n;
}

static status understand(csv_reader *r, csv_chunk *head, propense_error *err)
{
    csv_layout *l = &r->layout;
    if (head->n_rows == 0) return no_header(r, head, err);
    int32_t n = l->n_columns = head->n_columns;
    l->names = TAKE(&r->keep, str, n);
    l->kinds = TAKE(&r->keep, column_kind, n);
    r->columns = TAKE(&r->keep, csv_column, n);
    if (!l->names || !l->kinds || !r->columns) return fail_memory(err);
    TRY(csv_sample(r, head, err));
    TRY(take_names(r, head, err));
    skip_header(r, head);
    int is_all = head->fault == CSV_FINE && r->source.ended;
    int is_empty = l->has_header && head->n_rows == 1 && is_all;
    return is_empty && !r->may_be_empty ? csv_no_rows(r, err) : PROPENSE_OK;
}

status csv_read_head(csv_reader *r, propense_error *err)
{
    csv_chunk head = { 0 };
    status code = read_head(r, &head, err);
    if (code == PROPENSE_OK) code = understand(r, &head, err);
    head.block = (csv_block){ 0 };
    csv_chunk_free(&head, 0);
    return code;
}
