/* Bytes in: the head for the sample, then blocks that end behind an LF.
 * Leaves quotes to the splitter: the LF a block ends with may stand within them.
 * Read csv_source.h first. */
#include "csv_source.h"

#include "csv_split.h"

int csv_block_room(csv_block *b, int64_t n)
{
    if (n <= b->capacity) return 1;
    unsigned char *moved = mem_resize(b->bytes, n + csv_pad);
    if (!moved) return 0;
    b->bytes = moved;
    b->capacity = n;
    return 1;
}

/* Up to n bytes from the file or memory; fewer only at the end. */
static status read_fresh(csv_source *s, unsigned char *into, int64_t n, int64_t *got,
                         propense_error *err)
{
    *got = 0;
    if (!s->file) {
        *got = n < s->memory.n ? n : s->memory.n;
        if (*got) memcpy(into, s->memory.p, (size_t)*got);
        s->memory = (str){ s->memory.p + *got, s->memory.n - *got };
        s->ended = s->memory.n == 0;
    }
    while (!s->ended && *got < n) {
        int64_t more = 0;
        TRY(file_read(s->file, into + *got, n - *got, &more, err));
        s->ended = more == 0;
        *got += more;
    }
    return PROPENSE_OK;
}

status csv_source_head(csv_source *s, int64_t want, propense_error *err)
{
    while (s->head_n < want && !s->ended) {
        if (want > s->head_capacity) {
            unsigned char *moved = mem_resize(s->head, want + csv_pad);
            if (!moved) return fail_memory(err);
            s->head = moved;
            s->head_capacity = want;
        }
        int64_t got;
        TRY(read_fresh(s, s->head + s->head_n, want - s->head_n, &got, err));
        s->head_n += got;
    }
    return PROPENSE_OK;
}

/* The rest of the head first; it is given back to the heap when it is used up. */
static status read_on(csv_source *s, unsigned char *into, int64_t n, int64_t *got,
                      propense_error *err)
{
    int64_t from_head = s->head_n - s->head_at;
    if (from_head > n) from_head = n;
    if (from_head) memcpy(into, s->head + s->head_at, (size_t)from_head);
    s->head_at += from_head;
    *got = from_head;
    if (s->head_at < s->head_n) return PROPENSE_OK;
    if (s->head) {
        mem_free(s->head);
        s->head = NULL;
        s->head_n = s->head_at = s->head_capacity = 0;
    }
    int64_t fresh;
    TRY(read_fresh(s, into + *got, n - *got, &fresh, err));
    *got += fresh;
    return PROPENSE_OK;
}

/* Offset behind the last LF within [from, to), -1 without one. */
static int64_t behind_last_line(const unsigned char *p, int64_t from, int64_t to)
{
    while (to > from && p[to - 1] != '\n') to--;
    return to > from ? to : -1;
}

static status keep_tail(csv_source *s, const unsigned char *p, int64_t n, propense_error *err)
{
    void *tail = s->tail;
    if (!mem_reserve(&tail, &s->tail_capacity, n, 1)) return fail_memory(err);
    s->tail = tail;
    if (n) memcpy(s->tail, p, (size_t)n);
    s->tail_n = n;
    return PROPENSE_OK;
}

status csv_source_next(csv_source *s, csv_block *b, int64_t want, int64_t longest,
                       propense_error *err)
{
    b->n = 0;
    b->last = 0;
    if (!csv_block_room(b, s->tail_n + want)) return fail_memory(err);
    if (s->tail_n) memcpy(b->bytes, s->tail, (size_t)s->tail_n);
    b->n = s->tail_n;
    s->tail_n = 0;
    for (int64_t cut = -1; cut < 0 && !b->last;) {
        /* a record without an end yet: as much again, so that its bytes are looked at once */
        int64_t more = b->n > want ? b->n : want, got;
        if (!csv_block_room(b, b->n + more)) return fail_memory(err);
        TRY(read_on(s, b->bytes + b->n, more, &got, err));
        s->given += got;
        b->n += got;
        cut = behind_last_line(b->bytes, b->n - got, b->n);
        b->last = got < more || (cut < 0 && b->n > longest);
        if (b->last || cut < 0) continue;
        TRY(keep_tail(s, b->bytes + cut, b->n - cut, err));
        b->n = cut;
    }
    if (b->n && b->bytes[b->n - 1] != '\n') {
        if (!csv_block_room(b, b->n + 1)) return fail_memory(err);
        b->bytes[b->n++] = '\n';
    }
    return PROPENSE_OK;
}

void csv_source_close(csv_source *s)
{
    if (s->file) file_close(s->file);
    mem_free(s->head);
    mem_free(s->tail);
    *s = (csv_source){ 0 };
}
