/* A CSV reader that goes character by character and knows nothing of blocks or vectors: what the
 * real one has to equal. Test code: malloc without checks. */
#ifndef NAIVE_CSV_H
#define NAIVE_CSV_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum naive_fault {
    NAIVE_FINE,
    NAIVE_RAGGED,
    NAIVE_NUL,
    NAIVE_NO_TEXT,
    NAIVE_TOO_LONG,
    NAIVE_UNCLOSED
};

struct naive_field {
    char *p;
    int64_t n, capacity;
};

struct naive_record {
    struct naive_field *fields;
    int64_t n_fields, line, quote_line, n_bytes, bad_line;
    int blank, nul, unclosed;
};

/* The first record is the header. */
struct naive_file {
    struct naive_record *records;
    int64_t n_records;
    enum naive_fault fault;
    int64_t fault_line;
};

static void naive_add(struct naive_field *f, char c)
{
    if (f->n == f->capacity) f->p = realloc(f->p, (size_t)(f->capacity = 2 * f->capacity + 16));
    f->p[f->n++] = c;
}

static struct naive_field *naive_new_field(struct naive_record *r)
{
    r->fields = realloc(r->fields, (size_t)(r->n_fields + 1) * sizeof *r->fields);
    r->fields[r->n_fields] = (struct naive_field){ malloc(1), 0, 1 };
    return &r->fields[r->n_fields++];
}

/* The line of the first byte that is no UTF-8 among n, 0 without: by code points. */
static int64_t naive_bad_line(const char *text, int64_t n, int64_t line)
{
    const unsigned char *p = (const unsigned char *)text;
    for (int64_t i = 0; i < n;) {
        unsigned long c = p[i];
        int more = c < 0x80 ? 0 : c < 0xC0 ? -1 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF8 ? 3 : -1;
        static const unsigned long least[] = { 0, 0x80, 0x800, 0x10000 };
        if (more < 0 || i + more >= n) return line;
        if (more) c &= 0x3Fu >> more;
        for (int k = 1; k <= more; k++) {
            if (p[i + k] >> 6 != 2) return line;
            c = c << 6 | (p[i + k] & 0x3F);
        }
        if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return line;
        line += c == '\n';
        i += more + 1;
    }
    return 0;
}

/* One record from p[*at]; moves *at and *line behind it. */
static struct naive_record naive_record_at(const char *p, int64_t n, int64_t *at, int64_t *line,
                                           char separator)
{
    enum { START, PLAIN, QUOTED, CLOSED } state = START;
    struct naive_record r = { NULL, 0, *line, 0, 0, 0, 1, 0, 0 };
    struct naive_field *f = naive_new_field(&r);
    int64_t from = *at, i = from;
    for (; i < n; i++) {
        char c = p[i];
        if (c == '\n') ++*line;
        if (c == '\n' && state != QUOTED) break;
        if (c == '\0') r.nul = 1;
        if (c != '\r' && c != ' ' && (c != '\t' || separator == '\t')) r.blank = 0;
        if (state == QUOTED) {
            if (c == '"')
                state = CLOSED;
            else
                naive_add(f, c);
        } else if (state == CLOSED && c == '"') {
            naive_add(f, c);
            state = QUOTED;
        } else if (c == separator) {
            f = naive_new_field(&r);
            state = START;
        } else if (state == START && c == '"') {
            r.quote_line = *line;
            state = QUOTED;
        } else {
            naive_add(f, c);
            state = PLAIN;
        }
    }
    r.unclosed = state == QUOTED;
    if (!r.unclosed && i > from && p[i - 1] == '\r') f->n--;
    r.n_bytes = i - from - (r.unclosed && p[n - 1] == '\n');
    r.bad_line = naive_bad_line(p + from, i - from, r.line);
    *at = i < n ? i + 1 : n;
    return r;
}

static void naive_forget(struct naive_record *r)
{
    for (int64_t i = 0; i < r->n_fields; i++) free(r->fields[i].p);
    free(r->fields);
}

static void naive_free(struct naive_file *f)
{
    for (int64_t i = 0; i < f->n_records; i++) naive_forget(&f->records[i]);
    free(f->records);
}

static struct naive_file naive_read(const char *p, int64_t n, char separator, int64_t longest)
{
    struct naive_file f = { NULL, 0, NAIVE_FINE, 0 };
    int64_t at = n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, line = 1;
    while (at < n && !f.fault) {
        struct naive_record r = naive_record_at(p, n, &at, &line, separator);
        if (r.n_bytes > longest)
            f.fault = NAIVE_TOO_LONG;
        else if (r.unclosed)
            f.fault = NAIVE_UNCLOSED;
        else if (r.nul)
            f.fault = NAIVE_NUL;
        else if (r.bad_line)
            f.fault = NAIVE_NO_TEXT;
        else if (!r.blank && f.n_records && r.n_fields != f.records[0].n_fields)
            f.fault = NAIVE_RAGGED;
        if (!f.fault && !r.blank) {
            f.records = realloc(f.records, (size_t)(f.n_records + 1) * sizeof *f.records);
            f.records[f.n_records++] = r;
            continue;
        }
        if (f.fault)
            f.fault_line = f.fault == NAIVE_UNCLOSED  ? r.quote_line
                           : f.fault == NAIVE_NO_TEXT ? r.bad_line
                                                      : r.line;
        naive_forget(&r);
    }
    return f;
}

#endif
