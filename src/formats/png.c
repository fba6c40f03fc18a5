/* Palette PNGs: colours counted, rows packed by zlib, chunks written.
 * Leaves drawing to report/raster.c.
 * Read png.h first; PNG specification (third edition), chunks IHDR, pHYs, PLTE, IDAT, IEND. */
#include "png.h"

#include <zlib.h>

enum { most_colours = 256, n_slots = 1024, fewest_bits = 2 };

typedef struct image {
    const unsigned char *pixels;
    int width, height;
    int64_t stride;
} image;

static const uint32_t *row_of(const image *m, int y)
{
    /* The surface is aligned for 32-bit pixels, and so is its stride. */
    return (const uint32_t *)(const void *)(m->pixels + (int64_t)y * m->stride);
}

/* ---- Palette: colours that agree in their top `bits` bits share a cell; the one that holds the
 * majority of a cell's pixels is its colour (Boyer & Moore's vote), so that plain areas and lines
 * keep their exact colour and only the shades of smoothed edges move. */
typedef struct palette {
    uint32_t mask;         /* the bits that count */
    int n;                 /* colours so far */
    uint32_t key[n_slots]; /* open addressing */
    int16_t slot[n_slots]; /* index + 1, 0 = free */
    uint32_t colour[most_colours];
    int64_t votes[most_colours];
} palette;

static uint32_t mask_of(int bits)
{
    uint32_t one = 0xFFu & ~((1u << (8 - bits)) - 1);
    return one << 16 | one << 8 | one;
}

/* Index of a colour's cell, made when it is new; -1 when the palette is full. */
static int cell_of(palette *p, uint32_t pixel)
{
    uint32_t key = pixel & p->mask;
    uint32_t at = (key * 2654435761u) >> 22;
    while (p->slot[at] && p->key[at] != key) at = (at + 1) & (n_slots - 1);
    if (p->slot[at]) return p->slot[at] - 1;
    if (p->n == most_colours) return -1;
    p->key[at] = key;
    p->slot[at] = (int16_t)(p->n + 1);
    p->colour[p->n] = pixel & 0xFFFFFFu;
    return p->n++;
}

/* A run of n equal pixels votes at once: adds to its own colour, wears another one down. */
static void vote(palette *p, int cell, uint32_t pixel, int64_t n)
{
    if (p->colour[cell] == pixel) {
        p->votes[cell] += n;
    } else if (p->votes[cell] >= n) {
        p->votes[cell] -= n;
    } else {
        p->colour[cell] = pixel;
        p->votes[cell] = n - p->votes[cell];
    }
}

/* A row like the one above it, as most rows of a chart are. */
static int repeats(const image *m, int y)
{
    return y > 0 && memcmp(row_of(m, y), row_of(m, y - 1), (size_t)m->width * 4) == 0;
}

/* The first place behind x where another colour stands. Most of a chart is one colour: eight at a
 * time. */
static int run_end(const uint32_t *row, int x, int width)
{
    const uint32_t pixel = row[x];
    for (; x + 8 <= width; x += 8) {
        uint32_t other = 0;
        for (int i = 0; i < 8; i++) other |= row[x + i] ^ pixel;
        if (other) break;
    }
    while (x < width && row[x] == pixel) x++;
    return x;
}

static int collect_row(palette *p, const uint32_t *row, int width)
{
    for (int x = 0, start = 0; x < width; start = x) {
        x = run_end(row, start, width);
        int cell = cell_of(p, row[start]);
        if (cell < 0) return 0;
        vote(p, cell, row[start] & 0xFFFFFFu, x - start);
    }
    return 1;
}

static int collect(palette *p, const image *m, int bits)
{
    memset(p, 0, sizeof *p);
    p->mask = mask_of(bits);
    for (int y = 0; y < m->height; y++)
        if (!repeats(m, y) && !collect_row(p, row_of(m, y), m->width)) return 0;
    return 1;
}

/* ---- Chunks */

static void put_u32(unsigned char *at, uint32_t v)
{
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(v >> (24 - 8 * i));
}

static void chunk(text *out, const char *type, const unsigned char *data, int64_t n)
{
    unsigned char number[4];
    put_u32(number, (uint32_t)n);
    text_add(out, number, 4);
    text_add(out, type, 4);
    text_add(out, data, n);
    uLong crc = crc32_z(0, (const unsigned char *)type, 4);
    if (n) crc = crc32_z(crc, data, (size_t)n);
    put_u32(number, (uint32_t)crc);
    text_add(out, number, 4);
}

static void head(text *out, const image *m, int scale)
{
    unsigned char h[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0 }; /* 8 bits, palette */
    put_u32(h, (uint32_t)m->width);
    put_u32(h + 4, (uint32_t)m->height);
    text_z(out, "\x89PNG\r\n\x1a\n");
    chunk(out, "IHDR", h, sizeof h);
    /* CSS pixels are 1/96 inch: pixels a metre = 96 / 0.0254 * scale */
    unsigned char density[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    uint32_t per_metre = (uint32_t)(((int64_t)960000 * scale + 127) / 254);
    put_u32(density, per_metre);
    put_u32(density + 4, per_metre);
    chunk(out, "pHYs", density, sizeof density);
}

static void put_palette(text *out, const palette *p)
{
    unsigned char rgb[most_colours * 3];
    for (int i = 0; i < p->n; i++) {
        rgb[3 * i] = (unsigned char)(p->colour[i] >> 16);
        rgb[3 * i + 1] = (unsigned char)(p->colour[i] >> 8);
        rgb[3 * i + 2] = (unsigned char)p->colour[i];
    }
    chunk(out, "PLTE", rgb, (int64_t)p->n * 3);
}

/* ---- Pixels */

static voidpf zlib_take(voidpf user, uInt count, uInt size)
{
    (void)user;
    return mem_resize_array(NULL, (int64_t)count, (int64_t)size);
}
static void zlib_give(voidpf user, voidpf p)
{
    (void)user;
    mem_free(p);
}

/* One row as palette indexes behind its filter byte: 0, none. A row like the one above it is filter
 * 2, up: all differences are zero. */
static void index_row(unsigned char *line, palette *p, const image *m, int y)
{
    const uint32_t *row = row_of(m, y);
    int width = m->width;
    memset(line, 0, (size_t)width + 1);
    if (repeats(m, y)) {
        line[0] = 2;
        return;
    }
    for (int x = 0, end; x < width; x = end) {
        end = run_end(row, x, width);
        memset(line + 1 + x, cell_of(p, row[x]), (size_t)(end - x));
    }
}

/* Feeds one buffer to zlib and appends what comes out. */
static int deflate_into(text *out, z_stream *z, unsigned char *in, int64_t n, int flush)
{
    unsigned char packed[16384];
    z->next_in = in;
    z->avail_in = (uInt)n;
    do {
        z->next_out = packed;
        z->avail_out = sizeof packed;
        if (deflate(z, flush) == Z_STREAM_ERROR) return 0;
        text_add(out, packed, (int64_t)sizeof packed - z->avail_out);
    } while (z->avail_out == 0);
    return 1;
}

/* Not one allocation of zlib's goes past base/memory.h. */
static int pack(text *out, const image *m, palette *p)
{
    z_stream z = { .zalloc = zlib_take, .zfree = zlib_give };
    unsigned char *line = mem_resize(NULL, (int64_t)m->width + 1);
    /* Runs are all that there is to find in a chart: Z_RLE takes a fifth of the usual search's
     * time. */
    if (!line || deflateInit2(&z, 6, Z_DEFLATED, 15, 8, Z_RLE) != Z_OK) {
        mem_free(line);
        return 0;
    }
    int ok = 1;
    for (int y = 0; ok && y < m->height; y++) {
        index_row(line, p, m, y);
        ok = deflate_into(out, &z, line, (int64_t)m->width + 1,
                          y + 1 == m->height ? Z_FINISH : Z_NO_FLUSH);
    }
    (void)deflateEnd(&z);
    mem_free(line);
    return ok && !out->bad;
}

void png_write(text *out, const uint32_t *rgb, int width, int height, int stride, int scale)
{
    image m = { (const unsigned char *)rgb, width, height, stride };
    palette *p = mem_resize(NULL, (int64_t)sizeof *p);
    text packed = { 0 };
    if (p && width > 0 && height > 0) {
        for (int bits = 8; !collect(p, &m, bits) && bits > fewest_bits;) bits--;
        if (pack(&packed, &m, p)) {
            head(out, &m, scale);
            put_palette(out, p);
            chunk(out, "IDAT", (const unsigned char *)packed.p, packed.n);
            chunk(out, "IEND", NULL, 0);
        } else {
            out->bad = 1;
        }
    } else {
        out->bad = 1;
    }
    text_free(&packed);
    mem_free(p);
}
