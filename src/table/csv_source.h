/* Bytes for the reader: a file, a pipe or memory, inflated where they are gzip and turned into
 * UTF-8 where they are another encoding, with the beginning kept for the sample, handed out in
 * blocks that end behind an LF. */
#ifndef PROPENSE_CSV_SOURCE_H
#define PROPENSE_CSV_SOURCE_H

#include "csv_gzip.h"
#include "csv_text.h"
#include "files.h"

typedef struct csv_source {
    file_in *file; /* NULL: memory */
    str memory;    /* what of the caller's bytes was not read yet */
    int ended;     /* file and memory are used up */
    const char *name;
    unsigned char ahead[4]; /* of the file, looked at and not read yet */
    int64_t n_ahead;
    csv_gzip *gzip;       /* NULL: the bytes are not gzip */
    csv_recoder recoder;  /* .from 0: nothing to turn */
    int cr_lines;         /* lines end with a CR alone, which becomes an LF */
    unsigned char *stage; /* bytes on their way: some to be turned into UTF-8, then the UTF-8 */
    int64_t stage_at, stage_n;
    int stage_ended;
    /* The beginning, read for header and sample, and handed out again. */
    unsigned char *head;
    int64_t head_n, head_capacity, head_at;
    /* What stood behind the last LF of the block before. */
    unsigned char *tail;
    int64_t tail_n, tail_capacity;
    int64_t given; /* bytes handed out in blocks so far */
} csv_source;

/* Heap bytes, csv_pad of them always readable behind the n that count. */
typedef struct csv_block {
    unsigned char *bytes;
    int64_t n, capacity;
    int last; /* nothing follows */
} csv_block;

/* Room for n bytes, and csv_pad zeros behind them. The contents stay. 0 on exhaustion. */
int csv_block_room(csv_block *b, int64_t n);

/* Looks at the first bytes and decides what to do with all. 1 in *is_plain: they are handed out as
 * they are. */
status csv_source_begin(csv_source *s, const char *name, csv_encoding encoding, int *is_plain,
                        propense_error *err);

/* Reads on until the head holds `want` bytes (csv_pad more are readable) or the input ends. */
status csv_source_head(csv_source *s, int64_t want, propense_error *err);

/* Looks at the head, which holds the beginning and nothing else was read yet: text that is not
 * UTF-8 and may be Windows-1252 is that (`guess` 1), and where there are CRs and no LF, lines end
 * with them. */
status csv_source_understand(csv_source *s, int guess, propense_error *err);

/* The next block: about `want` bytes more, cut behind the last LF; longer when there is none, up to
 * `longest`. The last one is given a final LF if it has none. May be empty at the end. */
status csv_source_next(csv_source *s, csv_block *b, int64_t want, int64_t longest,
                       propense_error *err);
void csv_source_close(csv_source *s);

#endif
