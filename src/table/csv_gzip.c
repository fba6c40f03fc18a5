/* Inflating as the reader goes, with zlib.
 * Leaves where the bytes come from to csv_source.c.
 * Read csv_gzip.h first. */
#include "csv_gzip.h"

#include <zlib.h>

#include "memory.h"

enum { piece = 64 * 1024, gzip_only = 15 + 16 /* largest window; header and checksum of gzip */ };

struct csv_gzip {
    z_stream z;
    int within; /* a member has begun and not ended */
    int n_members;
    int ended;
    unsigned char in[piece];
};

static voidpf take(voidpf unused, uInt count, uInt size)
{
    (void)unused;
    return mem_resize_array(NULL, (int64_t)count, (int64_t)size);
}

static void give_back(voidpf unused, voidpf p)
{
    (void)unused;
    mem_free(p);
}

csv_gzip *csv_gzip_new(void)
{
    csv_gzip *g = mem_resize(NULL, (int64_t)sizeof *g);
    if (!g) return NULL;
    g->z = (z_stream){ .zalloc = take, .zfree = give_back };
    g->within = g->n_members = g->ended = 0;
    if (inflateInit2(&g->z, gzip_only) == Z_OK) return g;
    mem_free(g);
    return NULL;
}

void csv_gzip_free(csv_gzip *g)
{
    if (!g) return;
    (void)inflateEnd(&g->z);
    mem_free(g);
}

static status damaged(const char *file, propense_error *err)
{
    return fail(err, PROPENSE_E_PARSE,
                "%s: its gzip data is damaged; make the file again or fetch it again", file);
}

/* At the end of the data: between members that is as it should be. */
static status at_end(csv_gzip *g, const char *file, propense_error *err)
{
    g->ended = 1;
    if (!g->within) return PROPENSE_OK;
    return fail(err, PROPENSE_E_PARSE,
                "%s: its gzip data ends too early: the file was cut off; fetch it again", file);
}

/* A next member, or padding up to the end. */
static status begin_member(csv_gzip *g, const char *file, propense_error *err)
{
    while (g->n_members && g->z.avail_in && *g->z.next_in == 0) g->z.next_in++, g->z.avail_in--;
    if (g->z.avail_in == 0) return PROPENSE_OK;
    if (inflateReset(&g->z) != Z_OK) return damaged(file, err);
    g->within = 1;
    g->n_members++;
    return PROPENSE_OK;
}

static status inflate_some(csv_gzip *g, const char *file, propense_error *err)
{
    if (!g->within) TRY(begin_member(g, file, err));
    if (!g->within) return PROPENSE_OK;
    switch (inflate(&g->z, Z_NO_FLUSH)) {
    case Z_STREAM_END:
        g->within = 0;
        return PROPENSE_OK;
    case Z_OK:
    case Z_BUF_ERROR: /* wants more bytes */
        return PROPENSE_OK;
    case Z_MEM_ERROR:
        return fail_memory(err);
    default:
        return damaged(file, err);
    }
}

status csv_gzip_read(csv_gzip *g, csv_bytes raw, void *from, const char *file, unsigned char *into,
                     int64_t n, int64_t *got, propense_error *err)
{
    *got = 0;
    while (*got < n && !g->ended) {
        if (g->z.avail_in == 0) {
            int64_t more;
            TRY(raw(from, g->in, piece, &more, err));
            if (more == 0) return at_end(g, file, err);
            g->z.next_in = g->in;
            g->z.avail_in = (uInt)more;
        }
        int64_t room = n - *got < piece ? n - *got : piece;
        g->z.next_out = into + *got;
        g->z.avail_out = (uInt)room;
        TRY(inflate_some(g, file, err));
        *got += room - (int64_t)g->z.avail_out;
    }
    return PROPENSE_OK;
}
