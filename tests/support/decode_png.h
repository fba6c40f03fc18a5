/* A decoder of the palette PNGs that png.c writes, for tests: chunks, checksums, palette, pixels.
 * Include cmocka.h first. */
#ifndef PROPENSE_TEST_DECODE_PNG_H
#define PROPENSE_TEST_DECODE_PNG_H

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "str.h"

typedef struct decoded {
    uint32_t width, height, per_metre, n_colours;
    unsigned char palette[768];
    unsigned char *index; /* [height][width] */
} decoded;

static inline uint32_t u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void decode_pixels(decoded *d, const unsigned char *data, uint32_t n)
{
    uLongf size = (uLongf)d->height * (d->width + 1), got = size;
    unsigned char *raw = malloc(size);
    assert_int_equal(uncompress(raw, &got, data, n), Z_OK);
    assert_int_equal(got, size);
    d->index = malloc((size_t)d->width * d->height);
    for (uint32_t y = 0; y < d->height; y++) {
        const unsigned char *line = raw + y * (d->width + 1);
        unsigned char *to = d->index + y * d->width;
        assert_true(line[0] == 0 || (line[0] == 2 && y > 0)); /* none, or up: the row above added */
        for (uint32_t x = 0; x < d->width; x++)
            to[x] = (unsigned char)(line[x + 1] + (line[0] ? to[(int64_t)x - d->width] : 0));
    }
    free(raw);
}

static inline void decode_chunk(decoded *d, const unsigned char *type, const unsigned char *data,
                                uint32_t n)
{
    if (!memcmp(type, "IHDR", 4)) {
        d->width = u32(data);
        d->height = u32(data + 4);
        assert_memory_equal(data + 8, "\x08\x03\x00\x00\x00", 5);
    } else if (!memcmp(type, "pHYs", 4)) {
        d->per_metre = u32(data);
        assert_int_equal(d->per_metre, u32(data + 4));
        assert_int_equal(data[8], 1);
    } else if (!memcmp(type, "PLTE", 4)) {
        d->n_colours = n / 3;
        memcpy(d->palette, data, n);
    } else if (!memcmp(type, "IDAT", 4)) {
        decode_pixels(d, data, n);
    }
}

static inline decoded decode(const text *t)
{
    decoded d = { 0 };
    const unsigned char *p = (const unsigned char *)t->p, *end = p + t->n;
    assert_memory_equal(p, "\x89PNG\r\n\x1a\n", 8);
    int ended = 0;
    for (p += 8; p < end;) {
        uint32_t n = u32(p);
        assert_true(end - p >= (ptrdiff_t)n + 12);
        assert_int_equal(crc32(0, p + 4, n + 4), u32(p + 8 + n));
        decode_chunk(&d, p + 4, p + 8, n);
        ended = !memcmp(p + 4, "IEND", 4);
        p += n + 12;
    }
    assert_true(ended && d.index);
    return d;
}

static inline uint32_t colour_at(const decoded *d, uint32_t x, uint32_t y)
{
    const unsigned char *c = d->palette + 3 * d->index[y * d->width + x];
    return (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
}

#endif
