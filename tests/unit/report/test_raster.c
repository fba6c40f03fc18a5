/* Scenes as pixels: strips meet without a seam, words of any script are drawn. Skipped where cairo
 * is not installed. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "decode_png.h"

/* fontconfig and cairo keep caches that they never free. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

enum { width = 300, height = 260 };

static decoded draw(const scene *s)
{
    propense_error err = PROPENSE_ERROR_INIT;
    text out = { 0 };
    if (scene_png_available(&err) != PROPENSE_OK) {
        assert_int_equal(err.code, PROPENSE_E_MISSING);
        skip();
    }
    assert_int_equal(scene_png(&out, s, &err), PROPENSE_OK);
    decoded d = decode(&out);
    text_free(&out);
    return d;
}

/* Shapes of every kind, most of them across several strips of 32 CSS pixels. */
static scene *of_every_kind(arena *mem, double down)
{
    scene *s = scene_new(mem, width, height, PROPENSE_ENGLISH);
    point curve[] = {
        { 10, 20 + down }, { 120, 200 + down }, { 150, 34 + down }, { 290, 180 + down }
    };
    point sail[] = { { 200, 30 + down }, { 280, 120 + down }, { 190, 150 + down } };
    scene_rect(s, (point){ 20, 25 + down }, (point){ 60, 190.25 + down }, 0xEEDDCC);
    scene_area(s, sail, 3, 0x88AACC);
    scene_line(s, curve, 4, 0x0072B2, 2.5, 0);
    scene_line(s, curve + 1, 3, 0xD55E00, 3, 5);
    for (int i = 0; i < 6; i++)
        scene_dot(s, (point){ 30.0 + 45 * i, 31.75 + 30 * i + down }, 4, 0x117733, i % 2);
    for (int i = 0; i < 8; i++)
        scene_text(s, (point){ 150, 30 + 22 * i + down }, STR("Ágil Öffnung gjpqy"),
                   (text_style){ 8 + 3.0 * i, 0x222222, i % 2, (text_anchor)(i % 3), i > 5 });
    return s;
}

/* The same picture some device pixels lower has its seams elsewhere. */
static void strips_have_no_seam(void **state)
{
    (void)state;
    const int lower[] = { 1, 13, 31, 32, 50 };
    arena mem = { 0 };
    decoded here = draw(of_every_kind(&mem, 0));
    assert_true(here.n_colours > 20 && here.n_colours <= 256);
    for (int k = 0; k < 5; k++) {
        decoded there = draw(of_every_kind(&mem, lower[k] / 2.0));
        uint32_t n = here.height - (uint32_t)lower[k];
        for (uint32_t y = 0; y < n; y++)
            for (uint32_t x = 0; x < here.width; x++)
                assert_int_equal(colour_at(&there, x, y + (uint32_t)lower[k]),
                                 colour_at(&here, x, y));
        free(there.index);
    }
    free(here.index);
    arena_free(&mem);
}

static int64_t dark_pixels(str words, int bold)
{
    arena mem = { 0 };
    scene *s = scene_new(&mem, width, height, PROPENSE_ENGLISH);
    scene_text(s, (point){ 20, 100 }, words, (text_style){ 16, 0x000000, bold, ANCHOR_START });
    decoded d = draw(s);
    int64_t n = 0;
    for (uint32_t y = 0; y < d.height; y++)
        for (uint32_t x = 0; x < d.width; x++) n += (colour_at(&d, x, y) & 255) < 128;
    free(d.index);
    arena_free(&mem);
    return n;
}

/* Letters that one face lacks are asked of fontconfig: an ordinary letter beside them stays. */
static void words_of_any_script(void **state)
{
    (void)state;
    const str
        words[] = { STR("Ñandú, Zoë, Łódź, Příliš"),
                    STR("Καλημέρα Здравствуйте"),
                    STR("مرحبا"),
                    STR("東京 Tokyo"),
                    STR("😀 smile"),
                    STR("cut \xE6\x9D") /* text_add never makes this, a font must not mind */ };
    assert_int_equal(dark_pixels(STR(" "), 0), 0);
    int64_t plain = dark_pixels(STR("customers"), 0);
    assert_true(plain > 100);
    assert_true(dark_pixels(STR("customers"), 1) > plain * 5 / 4);
    for (int i = 0; i < 5; i++) assert_true(dark_pixels(words[i], i % 2) > 60);
    /* cairo refuses text that is not UTF-8; nothing is read beyond its end. */
    arena mem = { 0 };
    text out = { 0 };
    scene *s = scene_new(&mem, width, height, PROPENSE_ENGLISH);
    scene_text(s, (point){ 20, 100 }, words[5], (text_style){ 16, 0, 0, ANCHOR_START });
    (void)scene_png(&out, s, NULL);
    text_free(&out);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strips_have_no_seam),
        cmocka_unit_test(words_of_any_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
