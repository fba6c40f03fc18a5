/* PNGs are read back by a decoder of the test's own: chunks, checksums, palette, pixels. */
#include "png.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

typedef struct decoded {
    uint32_t width, height, per_metre, n_colours;
    unsigned char palette[768];
    unsigned char *index; /* [height][width] */
} decoded;

static uint32_t u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void decode_pixels(decoded *d, const unsigned char *data, uint32_t n)
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

static void decode_chunk(decoded *d, const unsigned char *type, const unsigned char *data,
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

static decoded decode(const text *t)
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

static uint32_t colour_at(const decoded *d, uint32_t x, uint32_t y)
{
    const unsigned char *c = d->palette + 3 * d->index[y * d->width + x];
    return (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
}

static void few_colours_are_exact(void **state)
{
    (void)state;
    enum { w = 67, h = 41, wide = 80 };
    static uint32_t rgb[h][wide];
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < wide; x++)
            rgb[y][x] = 0xAB000000u | ((x * 7 + y) % 256) * 65793u / 3u * 3u;
    text t = { 0 };
    png_write(&t, &rgb[0][0], w, h, wide * 4, 2);
    assert_false(t.bad);
    decoded d = decode(&t);
    assert_int_equal(d.width, w);
    assert_int_equal(d.height, h);
    assert_int_equal(d.per_metre, 7559); /* 192 / 0.0254 = 7559.06 */
    assert_true(d.n_colours <= 256);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++)
            assert_int_equal(colour_at(&d, x, y), rgb[y][x] & 0xFFFFFFu);
    free(d.index);
    text_free(&t);
}

static int off_by(uint32_t a, uint32_t b)
{
    int most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int gap = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
        if (gap > most) most = gap;
    }
    return most;
}

/* A white page, one pure colour on a third of it, and a thousand shades. */
static void many_colours_are_near(void **state)
{
    (void)state;
    enum { w = 120, h = 90 };
    static uint32_t rgb[h][w];
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++)
            rgb[y][x] = y < 40   ? 0xFFFFFFu
                        : y < 70 ? 0x0072B2u
                                 : ((x * 2 + 3) << 16 | (y - 60) * 8 << 8 | 0x80u);
    text t = { 0 };
    png_write(&t, &rgb[0][0], w, h, w * 4, 1);
    decoded d = decode(&t);
    assert_int_equal(d.per_metre, 3780);
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            if (y < 70) assert_int_equal(colour_at(&d, x, y), rgb[y][x]);
            assert_true(off_by(colour_at(&d, x, y), rgb[y][x]) < 32);
        }
    }
    free(d.index);
    text_free(&t);
}

static void worst_case_and_empty(void **state)
{
    (void)state;
    enum { w = 256, h = 256 };
    static uint32_t rgb[h][w];
    uint64_t s = 1;
    for (int i = 0; i < w * h; i++) {
        s = s * 6364136223846793005u + 1442695040888963407u;
        rgb[i / w][i % w] = (uint32_t)(s >> 40);
    }
    text t = { 0 }, none = { 0 };
    png_write(&t, &rgb[0][0], w, h, w * 4, 1);
    decoded d = decode(&t);
    for (uint32_t i = 0; i < w * h; i++)
        assert_true(off_by(colour_at(&d, i % w, i / w), rgb[i / w][i % w]) < 64);
    free(d.index);
    text_free(&t);
    png_write(&t, &rgb[0][0], 1, 1, 4, 1);
    d = decode(&t);
    assert_int_equal(colour_at(&d, 0, 0), rgb[0][0]);
    free(d.index);
    text_free(&t);
    png_write(&none, &rgb[0][0], 0, 5, 0, 1);
    assert_true(none.bad && none.n == 0);
    text_free(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_colours_are_exact),
        cmocka_unit_test(many_colours_are_near),
        cmocka_unit_test(worst_case_and_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
