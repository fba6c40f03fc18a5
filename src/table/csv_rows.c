/* Marks to rows: blank lines out, and the first record that is no row.
 * Leaves the marks to the splitter, values to csv_columns.c.
 * Read csv_chunk.h first. */
#include "csv_chunk.h"

int csv_room(void *holder, int64_t *capacity, int64_t n, int64_t size)
{
    if (n <= *capacity) return 1;
    void *items;
    memcpy(&items, holder, sizeof items);
    void *moved = mem_resize_array(items, n + n / 8, size);
    if (!moved) return 0;
    memcpy(holder, &moved, sizeof moved);
    *capacity = n + n / 8;
    return 1;
}

int csv_is_blank(const unsigned char *p, int64_t n, char separator)
{
    while (n && (*p == ' ' || *p == '\r' || (*p == '\t' && separator != '\t'))) p++, n--;
    return n == 0;
}

static int64_t first_nul(const csv_chunk *c)
{
    if (!c->marks.has_nul) return INT64_MAX;
    const unsigned char *found = memchr(c->block.bytes, '\0', (size_t)c->block.n);
    return found ? found - c->block.bytes : INT64_MAX;
}

static int64_t first_bad(const csv_chunk *c)
{
    if (!c->marks.has_high) return INT64_MAX;
    int64_t at = csv_text_check(c->block.bytes, c->block.n);
    return at < c->block.n ? at : INT64_MAX;
}

static void set_fault(csv_chunk *c, csv_fault fault, int64_t at, int64_t n_fields)
{
    c->fault = fault;
    c->fault_at = at;
    c->fault_fields = n_fields;
}

/* The record's fields in front of the bad byte, and the one it is in. */
static int64_t fields_up_to(const csv_chunk *c, int64_t from, int64_t bad_at)
{
    int64_t n = 1;
    while (c->marks.ends[from++] < bad_at) n++;
    return n;
}

void csv_keep_row(csv_chunk *c, int64_t row, int64_t from, int32_t n_columns, uint32_t before)
{
    uint32_t *to = c->marks.ends + row * n_columns;
    const uint32_t *ends = c->marks.ends + from;
    uint32_t line_end = ends[n_columns - 1];
    if (to != ends) memmove(to, ends, (size_t)n_columns * sizeof *to);
    to[n_columns - 1] = line_end - (c->block.bytes[line_end - 1] == '\r');
    c->starts[row] = before;
}

/* Nothing is in the way of taking every record for a row: they have n_columns fields each, which
 * are where rows have them, and nobody has to look at their bytes. */
static int is_regular(const csv_chunk *c, const csv_layout *l, int32_t n_columns)
{
    const csv_marks *m = &c->marks;
    uint32_t odd = 0, n = (uint32_t)n_columns;
    if (n_columns < 2 || m->has_nul || m->has_high || c->block.n > l->record_bytes) return 0;
    for (int64_t r = 0; r < m->n_records; r++) odd |= m->records[r] ^ (uint32_t)(r + 1) * n;
    return odd == 0;
}

static void take_all_rows(csv_chunk *c, int32_t n_columns)
{
    uint32_t before = UINT32_MAX, *end = c->marks.ends + n_columns - 1;
    for (int64_t r = 0; r < c->marks.n_records; r++, end += n_columns) {
        c->starts[r] = before;
        before = *end;
        *end -= c->block.bytes[before - 1] == '\r';
    }
    c->n_columns = n_columns;
    c->n_rows = c->marks.n_records;
}

static void find_rows(csv_chunk *c, const csv_layout *l, int32_t n_columns)
{
    if (is_regular(c, l, n_columns)) {
        c->fault_byte = INT64_MAX;
        take_all_rows(c, n_columns);
        return;
    }
    const csv_marks *m = &c->marks;
    int64_t nul_at = first_nul(c), from = 0, n_rows = 0, start = 0;
    c->fault_byte = first_bad(c);
    for (int64_t r = 0; r < m->n_records && !c->fault; r++) {
        int64_t to = m->records[r], n_fields = to - from, end = m->ends[to - 1];
        int blank =
            n_fields == 1 && csv_is_blank(c->block.bytes + start, end - start, l->separator);
        if (n_columns == 0 && !blank)
            n_columns = (int32_t)(n_fields < csv_most_columns ? n_fields : csv_most_columns);
        if (end - start > l->record_bytes)
            set_fault(c, CSV_TOO_LONG, start, 0);
        else if (end > nul_at)
            set_fault(c, CSV_NUL, start, 0);
        else if (end > c->fault_byte)
            set_fault(c, CSV_NO_TEXT, start, fields_up_to(c, from, c->fault_byte));
        else if (!blank && n_fields != n_columns)
            set_fault(c, CSV_RAGGED, start, n_fields);
        else if (!blank)
            csv_keep_row(c, n_rows++, from, n_columns, (uint32_t)(start - 1));
        from = to;
        start = end + 1;
    }
    c->n_columns = n_columns;
    c->n_rows = n_rows;
}

status csv_chunk_marks(csv_chunk *c, const csv_layout *l, propense_error *err)
{
    csv_marks *m = &c->marks;
    int64_t n = c->block.n;
    if (n > csv_most_bytes) return fail_memory(err);
    if (!csv_room(&m->ends, &c->ends_capacity, n + csv_spare, (int64_t)sizeof *m->ends) ||
        !csv_room(&m->records, &c->records_capacity, n + 1, (int64_t)sizeof *m->records))
        return fail_memory(err);
    l->level->split(m, c->block.bytes, n, l->separator);
    return PROPENSE_OK;
}

status csv_chunk_split(csv_chunk *c, const csv_layout *l, int32_t n_columns, propense_error *err)
{
    csv_marks *m = &c->marks;
    c->fault = CSV_FINE;
    TRY(csv_chunk_marks(c, l, err));
    if (!csv_room(&c->starts, &c->starts_capacity, m->n_records, (int64_t)sizeof *c->starts))
        return fail_memory(err);
    c->partial = m->n_ends && m->n_records ? m->ends[m->records[m->n_records - 1] - 1] + 1 : 0;
    find_rows(c, l, n_columns);
    return PROPENSE_OK;
}

void csv_chunk_end(csv_chunk *c, const csv_layout *l, int last)
{
    if (c->fault || c->partial == c->block.n) return;
    /* The LF a block ends with is not counted: the last one's may have been put there. */
    if (c->block.n - c->partial - 1 > l->record_bytes)
        set_fault(c, CSV_TOO_LONG, c->partial, 0);
    else if (last)
        set_fault(c, CSV_UNCLOSED, c->partial, 0);
}

int64_t csv_chunk_line(const csv_chunk *c, int64_t at)
{
    int64_t line = c->first_line;
    for (int64_t i = 0; i < at; i++) line += c->block.bytes[i] == '\n';
    return line;
}

/* Offset of the quote that is still open at the end of the block. */
static int64_t open_quote(const csv_chunk *c, char separator)
{
    int64_t opened = c->partial;
    int inside = 0, at_start = 1; /* at_start: a quote opens here */
    for (int64_t i = c->partial; i < c->block.n; i++) {
        char b = (char)c->block.bytes[i];
        if (inside) {
            inside = b != '"';
            at_start = !inside;
        } else if (b == '"' && at_start) {
            /* a doubled one goes on with the field that is open */
            if (i == c->partial || c->block.bytes[i - 1] != '"') opened = i;
            inside = 1;
        } else {
            at_start = b == separator || b == '\n';
        }
    }
    return opened;
}

static status ragged(const csv_chunk *c, const csv_layout *l, int64_t line, propense_error *err)
{
    long long n = c->fault_fields, expected = l->n_columns, row = line;
    if (!l->has_header)
        return fail_at(err, PROPENSE_E_PARSE, line, n < expected ? n : expected + 1,
                       "%s, line %lld: the number of fields is %lld, expected %lld as in the "
                       "first row",
                       l->file, row, n, expected);
    if (n > expected)
        return fail_at(err, PROPENSE_E_PARSE, line, expected + 1,
                       "%s, line %lld: met %lld fields, expected %lld as in the header; a value "
                       "with a separator in it has to stand in quotes",
                       l->file, row, n, expected);
    if (n == 1)
        return fail_at(err, PROPENSE_E_PARSE, line, 1,
                       "%s, line %lld: met one field, expected %lld as in the header", l->file, row,
                       expected);
    return fail_at(err, PROPENSE_E_PARSE, line, n,
                   "%s, line %lld: met %lld fields, expected %lld as in the header", l->file, row,
                   n, expected);
}

static status no_text(const csv_chunk *c, const csv_layout *l, propense_error *err)
{
    int64_t line = csv_chunk_line(c, c->fault_byte), at = c->fault_fields;
    if (l->encoding == CSV_UTF_16)
        return fail_at(err, PROPENSE_E_PARSE, line, at,
                       "%s, line %lld, column %lld: half a character, which is not UTF-16 text",
                       l->file, (long long)line, (long long)at);
    return fail_at(err, PROPENSE_E_PARSE, line, at,
                   "%s, line %lld, column %lld: the byte 0x%02X here is not UTF-8 text; a file "
                   "from Windows is often read with --encoding windows-1252",
                   l->file, (long long)line, (long long)at, c->block.bytes[c->fault_byte]);
}

status csv_chunk_fault(const csv_chunk *c, const csv_layout *l, propense_error *err)
{
    int64_t line = csv_chunk_line(c, c->fault_at);
    switch (c->fault) {
    case CSV_RAGGED:
        return ragged(c, l, line, err);
    case CSV_NUL:
        return fail_at(err, PROPENSE_E_PARSE, line, 0,
                       "%s, line %lld: met a byte that is zero, expected text in UTF-8", l->file,
                       (long long)line);
    case CSV_NO_TEXT:
        return no_text(c, l, err);
    case CSV_TOO_LONG:
        return fail_at(
            err, PROPENSE_E_PARSE, line, 0,
            "%s, line %lld: the row that begins here is longer than %lld bytes; is there "
            "a quote (\") that is never closed?",
            l->file, (long long)line, (long long)l->record_bytes);
    case CSV_UNCLOSED:
        line = csv_chunk_line(c, open_quote(c, l->separator));
        return fail_at(err, PROPENSE_E_PARSE, line, 0,
                       "%s, line %lld: a quote (\") opens here and is not closed before the end of "
                       "the file",
                       l->file, (long long)line);
    case CSV_FINE:
        break;
    }
    return PROPENSE_OK;
}
