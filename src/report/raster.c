/* A scene as PNG: cairo, opened when it is asked for, draws it strip by strip; formats/png.c
 * writes. Leaves layout to the charts, cairo's functions to cairo_door.c, fonts to typeface.c. Read
 * scene.h first. */
#include "scene.h"

#include "cairo_door.h"
#include "png.h"
#include "typeface.h"

/* A strip of 64 rows stays in the nearest caches, and what a picture takes does not grow with it:
 * drawn as a whole, half of the time went into the kernel's clearing of 5 MB of fresh pages. */
enum { pixel_scale = 2, strip_height = 64 };

static void set_ink(const cairo *c, void *pen, colour ink)
{
    c->set_source_rgb(pen, (ink >> 16 & 255) / 255.0, (ink >> 8 & 255) / 255.0,
                      (ink & 255) / 255.0);
}

static void line(const cairo *c, void *pen, const shape *s)
{
    c->move_to(pen, s->points[0].x, s->points[0].y);
    for (int64_t i = 1; i < s->n_points; i++) c->line_to(pen, s->points[i].x, s->points[i].y);
    c->set_line_width(pen, s->size);
    c->set_line_join(pen, cairo_join_round);
    c->set_dash(pen, &s->dash, s->dash > 0, 0);
    c->stroke(pen);
}

static void area(const cairo *c, void *pen, const shape *s)
{
    c->move_to(pen, s->points[0].x, s->points[0].y);
    for (int64_t i = 1; i < s->n_points; i++) c->line_to(pen, s->points[i].x, s->points[i].y);
    c->fill(pen);
}

static void dot(const cairo *c, void *pen, const shape *s, colour background)
{
    c->new_path(pen);
    c->arc(pen, s->points[0].x, s->points[0].y, s->size, 0, 6.283185307179586);
    if (!s->hollow) {
        c->fill(pen);
        return;
    }
    set_ink(c, pen, background);
    c->fill_preserve(pen);
    set_ink(c, pen, s->ink);
    c->set_line_width(pen, 2);
    c->set_dash(pen, NULL, 0, 0);
    c->stroke(pen);
}

/* A rim of background around words, through which no line runs into them. */
static void halo(const cairo *c, void *pen, const shape *s, double x, colour background)
{
    c->move_to(pen, x, s->points[0].y);
    c->text_path(pen, s->words.p);
    set_ink(c, pen, background);
    c->set_line_width(pen, 4);
    c->set_line_join(pen, cairo_join_round);
    c->set_dash(pen, NULL, 0, 0);
    c->stroke(pen);
    set_ink(c, pen, s->ink);
}

/* The words end with a NUL: scene_text copied them. */
static void words(typefaces *faces, void *pen, const shape *s, colour background)
{
    const cairo *c = faces->c;
    extents e = { 0 };
    typefaces_choose(faces, pen, s->words, s->bold);
    c->set_font_size(pen, s->size);
    c->text_extents(pen, s->words.p, &e);
    double back = s->anchor == ANCHOR_END      ? e.x_advance
                  : s->anchor == ANCHOR_MIDDLE ? e.x_advance / 2
                                               : 0;
    if (s->halo) halo(c, pen, s, s->points[0].x - back, background);
    c->move_to(pen, s->points[0].x - back, s->points[0].y);
    c->show_text(pen, s->words.p);
}

/* Whether a shape can touch rows from..to: by its points, and generously by what reaches beyond
 * them (accents on accents, the tips of thick lines). */
static int touches(const shape *s, double from, double to)
{
    double reach = s->kind == SHAPE_TEXT ? 3 * s->size : s->size + 2, low = 0, high = 0;
    if (s->n_points == 0) return 0;
    low = high = s->points[0].y;
    for (int64_t i = 1; i < s->n_points; i++) {
        low = s->points[i].y < low ? s->points[i].y : low;
        high = s->points[i].y > high ? s->points[i].y : high;
    }
    return high + reach >= from && low - reach <= to;
}

typedef struct canvas {
    cairo c;
    typefaces faces;
    const scene *scene;
    void *surface, *pen; /* one strip */
} canvas;

static void draw_shape(canvas *v, const shape *s)
{
    const cairo *c = &v->c;
    set_ink(c, v->pen, s->ink);
    if (s->kind == SHAPE_LINE) line(c, v->pen, s);
    if (s->kind == SHAPE_AREA) area(c, v->pen, s);
    if (s->kind == SHAPE_DOT) dot(c, v->pen, s, v->scene->background);
    if (s->kind == SHAPE_TEXT) words(&v->faces, v->pen, s, v->scene->background);
    if (s->kind == SHAPE_RECT) {
        point a = s->points[0], b = s->points[1];
        c->rectangle(v->pen, a.x, a.y, b.x - a.x, b.y - a.y);
        c->fill(v->pen);
    }
}

static const uint32_t *draw_strip(void *user, int y, int *stride)
{
    canvas *v = user;
    const cairo *c = &v->c;
    double from = (double)y / pixel_scale, to = (double)(y + strip_height) / pixel_scale;
    c->identity_matrix(v->pen);
    c->translate(v->pen, 0, -y);
    c->scale(v->pen, pixel_scale, pixel_scale);
    set_ink(c, v->pen, v->scene->background);
    c->paint(v->pen);
    for (const shape *s = v->scene->first; s; s = s->next)
        if (touches(s, from, to)) draw_shape(v, s);
    c->surface_flush(v->surface);
    /* cairo's errors are sticky, and out of memory is the only one that is left here. */
    if (c->status(v->pen) || c->surface_status(v->surface)) return NULL;
    *stride = c->image_surface_get_stride(v->surface);
    return (const uint32_t *)(const void *)c->image_surface_get_data(v->surface);
}

status scene_png(text *out, const scene *s, propense_error *err)
{
    canvas v = { .scene = s };
    if (!s || s->bad) return fail_memory(err);
    TRY(cairo_open(&v.c, err));
    v.faces.c = &v.c;
    int width = (int)(s->width * pixel_scale), height = (int)(s->height * pixel_scale);
    png_source source = { width, height, pixel_scale, strip_height, draw_strip, &v };
    v.surface = v.c.image_surface_create(cairo_rgb24, width, strip_height);
    v.pen = v.c.create(v.surface);
    png_write(out, &source);
    v.c.destroy(v.pen);
    v.c.surface_destroy(v.surface);
    typefaces_close(&v.faces);
    return out->bad ? fail_memory(err) : PROPENSE_OK;
}

status scene_png_available(propense_error *err)
{
    cairo c;
    return cairo_open(&c, err);
}
