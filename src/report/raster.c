/* A scene as PNG: cairo, opened when it is asked for, draws; formats/png.c writes.
 * Leaves layout to the charts. cairo's own headers are not needed to build.
 * Read scene.h first; the prototypes below are those of cairo 1.2 and later, a stable ABI. */
#include "scene.h"

#include <dlfcn.h>

#include "png.h"

enum { pixel_scale = 2, format_rgb24 = 1, slant_normal = 0, join_round = 1 };

typedef struct extents {
    double x_bearing, y_bearing, width, height, x_advance, y_advance;
} extents;

/* The surface and the pen are opaque. */
typedef struct cairo {
    void *(*image_surface_create)(int format, int width, int height);
    unsigned char *(*image_surface_get_data)(void *surface);
    int (*image_surface_get_stride)(void *surface);
    int (*surface_status)(void *surface);
    void (*surface_flush)(void *surface);
    void (*surface_destroy)(void *surface);
    void *(*create)(void *surface);
    void (*destroy)(void *pen);
    int (*status)(void *pen);
    void (*scale)(void *pen, double x, double y);
    void (*set_source_rgb)(void *pen, double r, double g, double b);
    void (*paint)(void *pen);
    void (*move_to)(void *pen, double x, double y);
    void (*line_to)(void *pen, double x, double y);
    void (*set_line_width)(void *pen, double width);
    void (*set_line_join)(void *pen, int join);
    void (*set_dash)(void *pen, const double *dashes, int n, double offset);
    void (*stroke)(void *pen);
    void (*stroke_preserve)(void *pen);
    void (*fill)(void *pen);
    void (*fill_preserve)(void *pen);
    void (*rectangle)(void *pen, double x, double y, double width, double height);
    void (*arc)(void *pen, double x, double y, double radius, double from, double to);
    void (*new_path)(void *pen);
    void (*select_font_face)(void *pen, const char *family, int slant, int weight);
    void (*set_font_size)(void *pen, double size);
    void (*text_extents)(void *pen, const char *words, extents *out);
    void (*show_text)(void *pen, const char *words);
    void (*text_path)(void *pen, const char *words);
} cairo;

/* In the order of the struct, which is nothing but function pointers of one size. */
static const char *const names[] = {
    "cairo_image_surface_create",
    "cairo_image_surface_get_data",
    "cairo_image_surface_get_stride",
    "cairo_surface_status",
    "cairo_surface_flush",
    "cairo_surface_destroy",
    "cairo_create",
    "cairo_destroy",
    "cairo_status",
    "cairo_scale",
    "cairo_set_source_rgb",
    "cairo_paint",
    "cairo_move_to",
    "cairo_line_to",
    "cairo_set_line_width",
    "cairo_set_line_join",
    "cairo_set_dash",
    "cairo_stroke",
    "cairo_stroke_preserve",
    "cairo_fill",
    "cairo_fill_preserve",
    "cairo_rectangle",
    "cairo_arc",
    "cairo_new_path",
    "cairo_select_font_face",
    "cairo_set_font_size",
    "cairo_text_extents",
    "cairo_show_text",
    "cairo_text_path",
};
enum { n_names = sizeof names / sizeof names[0] };
_Static_assert(sizeof(cairo) == n_names * sizeof(void *), "one name for each function");

/* Never closed again: cairo and fontconfig keep caches that do not survive their code, and opening
 * twice gives the same library. */
static status open_cairo(cairo *out, propense_error *err)
{
    void *library = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcairo.2.dylib", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(err, PROPENSE_E_MISSING,
                    "PNG pictures need the drawing library cairo, which is not installed here: "
                    "install the package libcairo2 (Debian, Ubuntu), or write to a file that ends "
                    "in .svg, which needs nothing");
    for (int i = 0; i < n_names; i++) {
        void *function = dlsym(library, names[i]);
        if (!function)
            return fail(err, PROPENSE_E_MISSING,
                        "the cairo library installed here has no function '%s': update the "
                        "package libcairo2, or write to a file that ends in .svg",
                        names[i]);
        memcpy((unsigned char *)out + (size_t)i * sizeof function, &function, sizeof function);
    }
    return PROPENSE_OK;
}

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
    c->set_line_join(pen, join_round);
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

/* The words end with a NUL: scene_text copied them. */
static void words(const cairo *c, void *pen, const shape *s, colour background)
{
    extents e = { 0 };
    c->select_font_face(pen, "sans-serif", slant_normal, s->bold != 0);
    c->set_font_size(pen, s->size);
    c->text_extents(pen, s->words.p, &e);
    double back = s->anchor == ANCHOR_END      ? e.x_advance
                  : s->anchor == ANCHOR_MIDDLE ? e.x_advance / 2
                                               : 0;
    if (s->halo) {
        c->move_to(pen, s->points[0].x - back, s->points[0].y);
        c->text_path(pen, s->words.p);
        set_ink(c, pen, background);
        c->set_line_width(pen, 4);
        c->set_line_join(pen, join_round);
        c->set_dash(pen, NULL, 0, 0);
        c->stroke(pen);
        set_ink(c, pen, s->ink);
    }
    c->move_to(pen, s->points[0].x - back, s->points[0].y);
    c->show_text(pen, s->words.p);
}

static void draw(const cairo *c, void *pen, const scene *scene_)
{
    c->scale(pen, pixel_scale, pixel_scale);
    set_ink(c, pen, scene_->background);
    c->paint(pen);
    for (const shape *s = scene_->first; s; s = s->next) {
        set_ink(c, pen, s->ink);
        if (s->kind == SHAPE_LINE) line(c, pen, s);
        if (s->kind == SHAPE_AREA) area(c, pen, s);
        if (s->kind == SHAPE_DOT) dot(c, pen, s, scene_->background);
        if (s->kind == SHAPE_TEXT) words(c, pen, s, scene_->background);
        if (s->kind == SHAPE_RECT) {
            point a = s->points[0], b = s->points[1];
            c->rectangle(pen, a.x, a.y, b.x - a.x, b.y - a.y);
            c->fill(pen);
        }
    }
}

status scene_png(text *out, const scene *s, propense_error *err)
{
    cairo c;
    if (!s || s->bad) return fail_memory(err);
    TRY(open_cairo(&c, err));
    int width = (int)(s->width * pixel_scale), height = (int)(s->height * pixel_scale);
    void *surface = c.image_surface_create(format_rgb24, width, height);
    void *pen = c.create(surface);
    draw(&c, pen, s);
    c.surface_flush(surface);
    /* cairo's errors are sticky, and out of memory is the only one that is left here. */
    int drawn = c.status(pen) == 0 && c.surface_status(surface) == 0;
    if (drawn)
        png_write(out, (const uint32_t *)(const void *)c.image_surface_get_data(surface), width,
                  height, c.image_surface_get_stride(surface), pixel_scale);
    c.destroy(pen);
    c.surface_destroy(surface);
    return drawn && !out->bad ? PROPENSE_OK : fail_memory(err);
}

status scene_png_available(propense_error *err)
{
    cairo c;
    return open_cairo(&c, err);
}
