/* Palette PNGs: strips asked for, colours counted, rows packed, chunks written.
 * Leaves drawing to report/raster.c, packing to deflate_runs.c.
 * Read png.h first; PNG specification (third edition), chunks IHDR, pHYs, PLTE, IDAT, IEND. */
#include "png.h"

#include <zlib.h>

#include "deflate_runs.h"

enum { most_colours = 256, n_slots = 1024, fewest_bits = 2 };

/* ---- A picture as runs of one colour, row by row. A chart of a million pixels has some 50,000. */

typedef struct run {
    uint32_t pixel; /* xRGB, x = 0; or like_above */
    int32_t n;
} run;
static const uint32_t like_above = 1u << 24; /* a whole row as the one above it */

typedef struct picture {
    run *runs;
    int64_t n_runs, capacity;
    int width;
} picture;

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

static int collect(palette *p, const picture *m, int bits)
{
    memset(p, 0, sizeof *p);
    p->mask = mask_of(bits);
    for (int64_t i = 0; i < m->n_runs; i++) {
        const run *r = m->runs + i;
        if (r->pixel == like_above) continue;
        int cell = cell_of(p, r->pixel);
        if (cell < 0) return 0;
        vote(p, cell, r->pixel, r->n);
    }
    return 1;
}

/* ---- Strips into runs */

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

static int add_row(picture *m, const uint32_t *row, const uint32_t *above)
{
    if (!mem_reserve((void **)&m->runs, &m->capacity, m->n_runs + m->width, sizeof *m->runs))
        return 0;
    if (above && memcmp(above, row, (size_t)m->width * sizeof *row) == 0) {
        m->runs[m->n_runs++] = (run){ like_above, m->width };
        return 1;
    }
    for (int x = 0, end; x < m->width; x = end) {
        end = run_end(row, x, m->width);
        m->runs[m->n_runs++] = (run){ row[x] & 0xFFFFFFu, end - x };
    }
    return 1;
}

/* `last`: room for the last row of the strip before, which is gone once the next one is there. */
static int add_strip(picture *m, const uint32_t *rgb, int stride, int n, uint32_t *last, int first)
{
    const uint32_t *above = first ? NULL : last;
    for (int i = 0; i < n; i++) {
        if (!add_row(m, rgb, above)) return 0;
        above = rgb;
        rgb += stride / (int)sizeof *rgb;
    }
    memcpy(last, above, (size_t)m->width * sizeof *last);
    return 1;
}

static int gather(picture *m, const png_source *source)
{
    uint32_t *last = mem_resize_array(NULL, source->width, sizeof *last);
    int ok = last != NULL, height = source->strip_height;
    for (int y = 0; ok && y < source->height; y += height) {
        int stride = 0, n = source->height - y < height ? source->height - y : height;
        const uint32_t *rgb = source->strip(source->user, y, &stride);
        ok = rgb && add_strip(m, rgb, stride, n, last, y == 0);
    }
    mem_free(last);
    return ok;
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

static void head(text *out, const png_source *m)
{
    unsigned char h[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0 }; /* 8 bits, palette */
    put_u32(h, (uint32_t)m->width);
    put_u32(h + 4, (uint32_t)m->height);
    text_z(out, "\x89PNG\r\n\x1a\n");
    chunk(out, "IHDR", h, sizeof h);
    /* CSS pixels are 1/96 inch: pixels a metre = 96 / 0.0254 * scale */
    unsigned char density[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    uint32_t per_metre = (uint32_t)(((int64_t)960000 * m->scale + 127) / 254);
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

/* ---- Pixels: a row is a filter byte and its palette indexes. Filter 2, up, where a row is like
 * the one above it, as many of a chart's are: all differences are zero. Else filter 0, none. */

static void pack(deflate_runs *d, text *out, const picture *m, palette *p)
{
    deflate_runs_begin(d, out);
    for (int64_t i = 0, x = 0; i < m->n_runs; i++) {
        const run *r = m->runs + i;
        int same = r->pixel == like_above;
        if (x == 0) deflate_runs_add(d, same ? 2 : 0, 1);
        deflate_runs_add(d, same ? 0 : (unsigned char)cell_of(p, r->pixel), r->n);
        x = x + r->n == m->width ? 0 : x + r->n;
    }
    deflate_runs_end(d);
}

typedef struct workshop {
    palette colours;
    deflate_runs packer;
    text packed;
} workshop;

static void write_picture(text *out, const png_source *source, const picture *m, workshop *w)
{
    for (int bits = 8; !collect(&w->colours, m, bits) && bits > fewest_bits;) bits--;
    pack(&w->packer, &w->packed, m, &w->colours);
    if (w->packed.bad) return;
    head(out, source);
    put_palette(out, &w->colours);
    chunk(out, "IDAT", (const unsigned char *)w->packed.p, w->packed.n);
    chunk(out, "IEND", NULL, 0);
}

void png_write(text *out, const png_source *source)
{
    picture m = { .width = source->width };
    workshop *w = mem_resize(NULL, (int64_t)sizeof *w);
    if (w) w->packed = (text){ 0 };
    int ok = w && source->width > 0 && source->height > 0 && gather(&m, source);
    if (ok) write_picture(out, source, &m, w);
    if (!ok || w->packed.bad) out->bad = 1;
    if (w) text_free(&w->packed);
    mem_free(w);
    mem_free(m.runs);
}
