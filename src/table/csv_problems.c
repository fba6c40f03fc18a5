/* What else is wrong with a file, once its first problem ended the reading: the blocks that were
 * read already are looked at again, then the rest of the file, one by one and in order. Good files
 * never come here. Leaves the words for each problem to csv_rows.c and csv_columns.c.
 * Read csv_problems.h first. */
#include "csv_problems.h"

#include "num.h"

/* Of one record: what ends it as a row, in the order that csv_rows.c judges. */
static csv_fault judge(csv_chunk *c, const csv_layout *l, int64_t start, int64_t end, int64_t from,
                       int64_t n_fields)
{
    const unsigned char *p = c->block.bytes + start;
    int64_t n = end - start, bad = n;
    c->fault_at = start;
    c->fault_fields = n_fields;
    if (n > l->record_bytes) return CSV_TOO_LONG;
    if (c->marks.has_high) bad = csv_text_check(p, n);
    if (c->marks.has_nul && memchr(p, '\0', (size_t)n)) return CSV_NUL;
    c->fault_byte = start + bad;
    if (bad < n) {
        c->fault_fields = 1;
        while (c->marks.ends[from++] < c->fault_byte) c->fault_fields++;
        return CSV_NO_TEXT;
    }
    return n_fields == l->n_columns ? CSV_FINE : CSV_RAGGED;
}

static void tell_fault(csv_problems *p, csv_chunk *c, const csv_layout *l, csv_fault fault)
{
    propense_error *err = problem_next(&p->list);
    if (!err) return;
    c->fault = fault;
    (void)csv_chunk_fault(c, l, err);
    problem_told(&p->list);
    c->fault = CSV_FINE;
}

static void check_numbers(csv_problems *p, csv_chunk *c, const csv_layout *l, int64_t row)
{
    for (int32_t at = 0; at < l->n_columns && p->has_kinds; at++) {
        if (l->kinds[at] != COLUMN_NUMBER || csv_is_number(c, l, row, at)) continue;
        propense_error *err = problem_next(&p->list);
        if (!err) continue;
        (void)csv_not_a_number(c, l, row, at, err);
        problem_told(&p->list);
    }
}

/* The records of a block; *end is the byte behind the last one. */
static status check_records(csv_problems *p, csv_chunk *c, const csv_layout *l, int64_t *end,
                            propense_error *err)
{
    const csv_marks *m = &c->marks;
    int64_t from = 0, start = 0, n_rows = 0;
    c->fault = CSV_FINE;
    TRY(csv_chunk_marks(c, l, err));
    if (!csv_room(&c->starts, &c->starts_capacity, m->n_records, (int64_t)sizeof *c->starts))
        return fail_memory(err);
    for (int64_t r = 0; r < m->n_records && !p->stop; r++) {
        int64_t to = m->records[r], stop = m->ends[to - 1];
        if (to - from > 1 || !csv_is_blank(c->block.bytes + start, stop - start, l->separator)) {
            csv_fault fault = judge(c, l, start, stop, from, to - from);
            if (fault) {
                /* where it ends is not always found, so nobody looks behind it */
                p->stop = fault == CSV_TOO_LONG;
                tell_fault(p, c, l, fault);
            } else {
                csv_keep_row(c, n_rows, from, l->n_columns, (uint32_t)(start - 1));
                check_numbers(p, c, l, n_rows++);
            }
        }
        from = to;
        start = stop + 1;
    }
    *end = start;
    return PROPENSE_OK;
}

static int64_t lines_in(const unsigned char *p, int64_t n)
{
    int64_t lines = 0;
    for (int64_t i = 0; i < n; i++) lines += p[i] == '\n';
    return lines;
}

/* What is left behind the last record: of the next block, or a problem. */
static status keep_rest(csv_problems *p, csv_chunk *c, const csv_layout *l, int64_t end,
                        propense_error *err)
{
    int64_t n = c->block.n - end;
    p->n_carry = 0;
    if (p->stop) return PROPENSE_OK;
    c->partial = end;
    csv_chunk_end(c, l, c->block.last);
    if (c->fault) {
        csv_fault fault = c->fault;
        p->stop = fault == CSV_TOO_LONG;
        tell_fault(p, c, l, fault);
        c->fault = CSV_FINE;
        return PROPENSE_OK;
    }
    if (!csv_room(&p->carry, &p->carry_capacity, n, 1)) return fail_memory(err);
    if (n) memcpy(p->carry, c->block.bytes + end, (size_t)n);
    p->n_carry = n;
    return PROPENSE_OK;
}

status csv_check_block(csv_problems *p, csv_chunk *c, const csv_from *from, int has_carry,
                       propense_error *err)
{
    csv_block *b = &c->block;
    int64_t end = 0;
    if (from->begins) p->line = from->first_line;
    if (p->n_carry && !has_carry) {
        if (!csv_block_room(b, b->n + p->n_carry)) return fail_memory(err);
        memmove(b->bytes + p->n_carry, b->bytes, (size_t)b->n);
        memcpy(b->bytes, p->carry, (size_t)p->n_carry);
        b->n += p->n_carry;
    }
    c->first_line = p->line;
    TRY(check_records(p, c, from->layout, &end, err));
    TRY(keep_rest(p, c, from->layout, end, err));
    p->line += lines_in(b->bytes, end);
    return PROPENSE_OK;
}

/* Blocks behind those that were read. */
void csv_check_rest(csv_problems *p, csv_reader *r, int is_end, propense_error *err)
{
    csv_chunk c = { 0 };
    csv_from from = { .is_end = is_end };
    propense_progress progress = progress_of(PROPENSE_PHASE_READ);
    progress.total = r->size;
    while (!from.is_end && !p->stop && progress_tell(p->list.cb, &progress, err) == PROPENSE_OK) {
        if (csv_next_block(r, &c.block, &from, err) != PROPENSE_OK) break;
        if (csv_check_block(p, &c, &from, 0, err) != PROPENSE_OK) break;
        progress.done = r->size < r->source.given ? r->size : r->source.given;
    }
    csv_chunk_free(&c, 0);
}

void csv_problems_end(csv_problems *p)
{
    mem_free(p->carry);
    (void)problems_end(&p->list);
}
