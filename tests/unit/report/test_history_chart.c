/* Charts of awkward histories: nothing leaves the page, labels do not meet, both back ends work. */
#include "history_chart.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

/* fontconfig keeps a cache that it never frees. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

static void text_box(const shape *s, double box[4])
{
    double width = scene_text_width(s->words, s->size, s->bold), x = s->points[0].x;
    box[0] = s->anchor == ANCHOR_END ? x - width : s->anchor == ANCHOR_MIDDLE ? x - width / 2 : x;
    box[1] = s->points[0].y - 0.75 * s->size;
    box[2] = box[0] + width;
    box[3] = s->points[0].y;
}

static void texts_do_not_meet(const scene *c)
{
    for (const shape *a = c->first; a; a = a->next) {
        double p[4], q[4];
        if (a->kind != SHAPE_TEXT) continue;
        text_box(a, p);
        assert_true(p[0] >= 0 && p[2] <= c->width && p[1] >= 0 && p[3] <= c->height);
        for (const shape *b = a->next; b; b = b->next) {
            if (b->kind != SHAPE_TEXT) continue;
            text_box(b, q);
            assert_false(p[0] < q[2] && q[0] < p[2] && p[1] < q[3] && q[1] < p[3]);
        }
    }
}

static void nothing_leaves_the_page(const scene *c)
{
    int depth = 0;
    for (const shape *s = c->first; s; s = s->next) {
        for (int64_t i = 0; i < s->n_points; i++) {
            assert_true(s->points[i].x >= 0 && s->points[i].x <= c->width);
            assert_true(s->points[i].y >= 0 && s->points[i].y <= c->height);
        }
        depth += (s->kind == SHAPE_OPEN) - (s->kind == SHAPE_CLOSE);
        assert_true(depth >= 0);
    }
    assert_int_equal(depth, 0);
}

static void check(const history *h)
{
    for (propense_language l = 0; l < 2; l++) {
        arena mem = { 0 };
        text svg = { 0 };
        scene *c = history_chart(h, l, &mem);
        assert_non_null(c);
        assert_false(c->bad);
        nothing_leaves_the_page(c);
        texts_do_not_meet(c);
        scene_svg(&svg, c);
        assert_false(svg.bad);
        assert_non_null(strstr(svg.p, l ? "xml:lang=\"es\"" : "xml:lang=\"en\""));
        assert_null(strstr(svg.p, "nan"));
        assert_null(strstr(svg.p, "inf"));
        text_free(&svg);
        arena_free(&mem);
    }
}

enum { most = 300 };
static epoch_figures epochs[most];

static history fill(int n, double loss, double slope, double val_loss, double val_slope)
{
    for (int i = 0; i < n; i++) {
        epoch_figures e = { loss + slope * i,         0.5 + 0.4 * i / n, 0.5,
                            val_loss + val_slope * i, 0.9 - 0.4 * i / n, 0.5 };
        epochs[i] = e;
    }
    return (history){ n, epochs };
}

static void ordinary(void **state)
{
    (void)state;
    const int sizes[] = { 0, 1, 2, 3, 20, 31, 300 };
    for (int k = 0; k < 7; k++) {
        history h = fill(sizes[k], 0.7, -0.002, 0.69, 0.001);
        check(&h);
        h = fill(sizes[k], 0.7, 0, 0.7, 0);
        check(&h);
        h = fill(sizes[k], 3, 0, (double)NAN, 0);
        check(&h);
    }
}

static void awkward(void **state)
{
    (void)state;
    history h = fill(20, 1e8, -1e6, 2e8, 1e6);
    check(&h);
    h = fill(20, 1e-9, 0, 0, 0);
    check(&h);
    h = fill(20, (double)NAN, 0, (double)NAN, 0);
    check(&h);
    h = fill(20, 0.6, -0.01, 0.6, 0.01);
    epochs[0].loss = epochs[7].loss = epochs[8].val_loss = epochs[19].val_loss = (double)NAN;
    epochs[3].loss = (double)INFINITY, epochs[4].loss = 1e200;
    check(&h);
    h = fill(10, 0.5, 0, 0.5, 0);
    for (int i = 0; i < 10; i++) epochs[i].accuracy = 1, epochs[i].val_accuracy = 1;
    check(&h);
    for (int i = 0; i < 10; i++) epochs[i].accuracy = 0, epochs[i].val_accuracy = 0;
    check(&h);
}

static void says_what_is_seen(void **state)
{
    (void)state;
    arena mem = { 0 };
    history h = fill(20, 0.7, -0.01, 0.6, 0.01);
    scene *c = history_chart(&h, PROPENSE_ENGLISH, &mem);
    assert_non_null(strstr(c->description.p, "lowest at epoch 1 (0.600) and then rises to 0.790"));
    h = fill(20, 0.7, -0.01, 0.6, -0.01);
    c = history_chart(&h, PROPENSE_ENGLISH, &mem);
    assert_non_null(strstr(c->description.p, "lowest in the last epoch (0.410)"));
    h = fill(20, 0.7, -0.01, 0.6, 0.0001);
    c = history_chart(&h, PROPENSE_ENGLISH, &mem);
    assert_non_null(strstr(c->description.p, "hardly moved"));
    h = fill(20, 0.7, -0.01, (double)NAN, 0);
    c = history_chart(&h, PROPENSE_ENGLISH, &mem);
    assert_non_null(strstr(c->description.p, "from 0.700 to 0.510"));
    assert_non_null(strstr(c->description.p, "No rows were held back"));
    arena_free(&mem);
}

static void svg_is_escaped(void **state)
{
    (void)state;
    arena mem = { 0 };
    text svg = { 0 };
    scene *c = scene_new(&mem, 100, 50, PROPENSE_ENGLISH);
    scene_describe(c, STR("a<b & \"c\""), STR("x>y\x01"));
    scene_text(c, (point){ 1, 2.005 }, STR("<script>"),
               (text_style){ 10, 0x123456, 1, ANCHOR_END });
    scene_svg(&svg, c);
    assert_non_null(strstr(svg.p, "<title id=\"title\">a&lt;b &amp; &quot;c&quot;</title>"));
    assert_non_null(strstr(svg.p, "<desc id=\"desc\">x&gt;y\xEF\xBF\xBD</desc>"));
    assert_non_null(strstr(svg.p, "&lt;script&gt;"));
    assert_null(strstr(svg.p, "<script>"));
    assert_non_null(strstr(svg.p, "fill=\"#123456\""));
    text_free(&svg);
    text none = { 0 };
    scene_svg(&none, NULL);
    assert_true(none.bad);
    arena_free(&mem);
}

static void wrapping(void **state)
{
    (void)state;
    str words = STR("one two three four"), line;
    line = scene_wrap(&words, scene_text_width(STR("one two "), 10, 0), 10, 0);
    assert_true(str_eq(line, STR("one two")));
    line = scene_wrap(&words, 1, 10, 0);
    assert_true(str_eq(line, STR("three")));
    line = scene_wrap(&words, 1000, 10, 0);
    assert_true(str_eq(line, STR("four")));
    assert_true(scene_wrap(&words, 1000, 10, 0).n == 0);
}

/* Skipped where cairo is not installed; then the error names the package. */
static void png(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    arena mem = { 0 };
    text out = { 0 };
    history h = fill(20, 0.7, -0.01, 0.6, 0.01);
    if (scene_png_available(&err) != PROPENSE_OK) {
        assert_int_equal(err.code, PROPENSE_E_MISSING);
        assert_non_null(strstr(err.message, "libcairo2"));
        skip();
    }
    assert_int_equal(scene_png(&out, history_chart(&h, 0, &mem), &err), PROPENSE_OK);
    const unsigned char *p = (const unsigned char *)out.p;
    assert_true(out.n > 5000 && out.n < 200000);
    assert_int_equal(p[18] << 8 | p[19], 1600); /* IHDR: width */
    assert_int_equal(scene_png(&out, NULL, &err), PROPENSE_E_NOMEM);
    text_free(&out);
    arena_free(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary),          cmocka_unit_test(awkward),
        cmocka_unit_test(says_what_is_seen), cmocka_unit_test(svg_is_escaped),
        cmocka_unit_test(wrapping),          cmocka_unit_test(png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
