/* Bytes in, inflated and turned into UTF-8 where need be: the head for the sample, then blocks that
 * end behind an LF. Leaves quotes to the splitter: the LF a block ends with may stand within them.
 * Read csv_source.h first. */
#include "csv_source.h"

#include "csv_split.h"

/* The padding is looked at and never used; a known value keeps its reading defined. */
static void pad(unsigned char *end)
{
    memset(end, 0, csv_pad);
}

int csv_block_room(csv_block *b, int64_t n)
{
    if (n > b->capacity) {
        unsigned char *moved = mem_resize(b->bytes, n + csv_pad);
        if (!moved) return 0;
        b->bytes = moved;
        b->capacity = n;
    }
    pad(b->bytes + n);
    return 1;
}

/* ---- Stages: raw bytes, inflated ones, UTF-8. Each gives up to n bytes, fewer only at its end. */

static status read_raw(void *source, unsigned char *into, int64_t n, int64_t *got,
                       propense_error *err)
{
    csv_source *s = source;
    *got = 0;
    if (!s->file) {
        *got = n < s->memory.n ? n : s->memory.n;
        if (*got) memcpy(into, s->memory.p, (size_t)*got);
        s->memory = (str){ s->memory.p + *got, s->memory.n - *got };
        return PROPENSE_OK;
    }
    if (s->n_ahead) {
        *got = n < s->n_ahead ? n : s->n_ahead;
        memcpy(into, s->ahead, (size_t)*got);
        s->n_ahead -= *got;
        memmove(s->ahead, s->ahead + *got, (size_t)s->n_ahead);
    }
    for (int64_t more = 1; *got < n && more; *got += more)
        TRY(file_read(s->file, into + *got, n - *got, &more, err));
    return PROPENSE_OK;
}

static status read_inflated(csv_source *s, unsigned char *into, int64_t n, int64_t *got,
                            propense_error *err)
{
    if (!s->gzip) return read_raw(s, into, n, got, err);
    return csv_gzip_read(s->gzip, read_raw, s, s->name, into, n, got, err);
}

enum { stage_piece = 16 * 1024, stage_made = csv_recode_most * stage_piece + csv_recode_rest };

/* The next piece of text, turned into UTF-8 unless there is nothing to turn. */
static status fill_stage(csv_source *s, propense_error *err)
{
    int64_t got;
    if (!s->stage) s->stage = mem_resize(NULL, stage_piece + stage_made);
    if (!s->stage) return fail_memory(err);
    TRY(read_inflated(s, s->stage, stage_piece, &got, err));
    s->stage_at = 0;
    s->stage_n = got;
    s->stage_ended = got < stage_piece;
    if (!s->recoder.from) return PROPENSE_OK;
    unsigned char *made = s->stage + stage_piece;
    s->stage_n = csv_recode(&s->recoder, s->stage, got, s->stage_ended, made);
    s->stage_at = stage_piece;
    s->stage_n += stage_piece;
    return PROPENSE_OK;
}

static status read_text(csv_source *s, unsigned char *into, int64_t n, int64_t *got,
                        propense_error *err)
{
    *got = 0;
    for (;;) {
        int64_t more = s->stage_n - s->stage_at;
        if (more > n - *got) more = n - *got;
        if (more) memcpy(into + *got, s->stage + s->stage_at, (size_t)more);
        s->stage_at += more;
        *got += more;
        if (*got == n || s->stage_ended) return PROPENSE_OK;
        if (!s->recoder.from) break;
        TRY(fill_stage(s, err));
    }
    int64_t rest;
    TRY(read_inflated(s, into + *got, n - *got, &rest, err));
    *got += rest;
    return PROPENSE_OK;
}

static void end_lines(unsigned char *p, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (p[i] == '\r') p[i] = '\n';
}

static status read_fresh(csv_source *s, unsigned char *into, int64_t n, int64_t *got,
                         propense_error *err)
{
    *got = 0;
    if (s->ended) return PROPENSE_OK;
    TRY(read_text(s, into, n, got, err));
    if (s->cr_lines) end_lines(into, *got);
    s->ended = *got < n || (!s->file && s->memory.n == 0 && !s->gzip && !s->stage);
    return PROPENSE_OK;
}

/* The first bytes of the file or memory, still to be read. */
static status look_ahead(csv_source *s, str *first, propense_error *err)
{
    *first = s->memory;
    if (!s->file) return PROPENSE_OK;
    for (int64_t more = 1; s->n_ahead < (int64_t)sizeof s->ahead && more; s->n_ahead += more)
        TRY(file_read(s->file, s->ahead + s->n_ahead, (int64_t)sizeof s->ahead - s->n_ahead, &more,
                      err));
    *first = (str){ (const char *)s->ahead, s->n_ahead };
    return PROPENSE_OK;
}

static int begins_with(str s, const char *two)
{
    return s.n >= 2 && s.p[0] == two[0] && s.p[1] == two[1];
}

/* An encoding that has to be turned into UTF-8. */
static void choose_recoder(csv_source *s, str first, csv_encoding encoding)
{
    int little = begins_with(first, "\xFF\xFE"), big = begins_with(first, "\xFE\xFF");
    if (encoding == CSV_ENCODING_AUTO && (little || big)) encoding = CSV_UTF_16;
    if (encoding == CSV_ENCODING_AUTO || encoding == CSV_UTF_8) return;
    s->recoder = (csv_recoder){ .from = encoding, .big_endian = big };
}

status csv_source_begin(csv_source *s, const char *name, csv_encoding encoding, int *is_plain,
                        propense_error *err)
{
    str first;
    s->name = name;
    TRY(look_ahead(s, &first, err));
    if (begins_with(first, "\x1F\x8B")) {
        s->gzip = csv_gzip_new();
        if (!s->gzip) return fail_memory(err);
        TRY(fill_stage(s, err)); /* nothing is turned yet: as it was packed */
        first = (str){ (const char *)s->stage, s->stage_n };
    }
    choose_recoder(s, first, encoding);
    *is_plain = !s->gzip && !s->recoder.from;
    if (!s->gzip || !s->recoder.from) return PROPENSE_OK;
    /* the piece that was looked at is turned now */
    s->stage_n = stage_piece + csv_recode(&s->recoder, s->stage, s->stage_n, s->stage_ended,
                                          s->stage + stage_piece);
    s->stage_at = stage_piece;
    return PROPENSE_OK;
}

status csv_source_head(csv_source *s, int64_t want, propense_error *err)
{
    /* no more room than bytes in memory can fill */
    int64_t most = s->head_n + s->memory.n;
    if (!s->file && !s->gzip && !s->recoder.from && want > most) want = most + 1;
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
        pad(s->head + s->head_n);
    }
    return PROPENSE_OK;
}

/* High bytes, none of them as UTF-8 has them, none that Windows-1252 leaves free. */
static int may_be_windows(const unsigned char *p, int64_t n, int is_all)
{
    enum { longest = 4 };
    int n_high = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t left = n - i < longest ? n - i : longest;
        unsigned char b = p[i];
        if (b == 0 || b == 0x81 || b == 0x8D || b == 0x8F || b == 0x90 || b == 0x9D) return 0;
        if (b < 0x80) continue;
        if (left < longest && !is_all) break; /* cut through, perhaps */
        if (csv_text_check(p + i, left) > 0) return 0;
        n_high = 1;
    }
    return n_high;
}

/* What was read so far is turned as all that follows will be. */
static status recode_head(csv_source *s, propense_error *err)
{
    int64_t room = csv_recode_most * s->head_n + csv_recode_rest;
    unsigned char *utf_8 = mem_resize(NULL, room + csv_pad);
    if (!utf_8) return fail_memory(err);
    s->recoder = (csv_recoder){ .from = CSV_WINDOWS_1252 };
    s->head_n = csv_recode(&s->recoder, s->head, s->head_n, 0, utf_8);
    s->head_capacity = room;
    mem_free(s->head);
    s->head = utf_8;
    pad(s->head + s->head_n);
    return PROPENSE_OK;
}

status csv_source_understand(csv_source *s, int guess, propense_error *err)
{
    int is_raw = !s->recoder.from && s->stage_at == s->stage_n;
    if (s->head_n == 0) return PROPENSE_OK;
    if (guess && is_raw && may_be_windows(s->head, s->head_n, s->ended)) TRY(recode_head(s, err));
    const unsigned char *cr = memchr(s->head, '\r', (size_t)s->head_n);
    int at_end = cr && cr + 1 == s->head + s->head_n && !s->ended; /* an LF may follow */
    s->cr_lines = cr && !at_end && !memchr(s->head, '\n', (size_t)s->head_n);
    if (s->cr_lines) end_lines(s->head, s->head_n);
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
    pad(b->bytes + b->n);
    return PROPENSE_OK;
}

void csv_source_close(csv_source *s)
{
    if (s->file) file_close(s->file);
    csv_gzip_free(s->gzip);
    mem_free(s->stage);
    mem_free(s->head);
    mem_free(s->tail);
    *s = (csv_source){ 0 };
}
