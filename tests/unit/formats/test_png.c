/* PNGs are read back by a decoder of the tests' own: chunks, checksums, palette, pixels. */
#include "png.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "decode_png.h"

/* An array as strips of any height: each is handed out in a block of its own, so that nothing of
 * the one before can be read. */
typedef struct array {
    const uint32_t *rgb;
    int wide, width, height, strip_height;
    uint32_t *lent;
} array;

static const uint32_t *strip_of_array(void *user, int y, int *stride)
{
    array *a = user;
    int n = a->height - y < a->strip_height ? a->height - y : a->strip_height;
    size_t size = (size_t)n * (size_t)a->wide * 4;
    free(a->lent);
    a->lent = malloc(size);
    memcpy(a->lent, a->rgb + (int64_t)y * a->wide, size);
    *stride = a->wide * 4;
    return a->lent;
}

static void write_strips(text *out, array a, int scale, int strip_height)
{
    a.strip_height = strip_height;
    png_source source = { a.width, a.height, scale, strip_height, strip_of_array, &a };
    png_write(out, &source);
    free(a.lent);
}

/* The same bytes in strips of any height. */
static void write_array(text *out, const uint32_t *rgb, int width, int height, int wide, int scale)
{
    array a = { rgb, wide, width, height, 0, NULL };
    write_strips(out, a, scale, height);
    for (int strip = 1; strip < height; strip = strip * 2 + 1) {
        text other = { 0 };
        write_strips(&other, a, scale, strip);
        assert_int_equal(other.n, out->n);
        assert_memory_equal(other.p, out->p, (size_t)out->n);
        text_free(&other);
    }
}

static const uint32_t *no_strip(void *user, int y, int *stride)
{
    (void)user, (void)y, (void)stride;
    return NULL;
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
    write_array(&t, &rgb[0][0], w, h, wide, 2);
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
    write_array(&t, &rgb[0][0], w, h, w, 1);
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
    write_array(&t, &rgb[0][0], w, h, w, 1);
    decoded d = decode(&t);
    for (uint32_t i = 0; i < w * h; i++)
        assert_true(off_by(colour_at(&d, i % w, i / w), rgb[i / w][i % w]) < 64);
    free(d.index);
    text_free(&t);
    write_array(&t, &rgb[0][0], 1, 1, 1, 1);
    d = decode(&t);
    assert_int_equal(colour_at(&d, 0, 0), rgb[0][0]);
    free(d.index);
    text_free(&t);
    png_write(&none, &(png_source){ .height = 5, .scale = 1, .strip_height = 1 });
    assert_true(none.bad && none.n == 0);
    none.bad = 0;
    png_write(&none, &(png_source){ 3, 5, 1, 1, no_strip, NULL });
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
