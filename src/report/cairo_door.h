/* The functions of cairo that raster.c draws with. Its headers are not needed to build: the
 * prototypes are those of cairo 1.2 and later, a stable ABI. */
#ifndef PROPENSE_CAIRO_DOOR_H
#define PROPENSE_CAIRO_DOOR_H

#include "error.h"

enum { cairo_rgb24 = 1, cairo_join_round = 1, cairo_slant_normal = 0 };

typedef struct extents {
    double x_bearing, y_bearing, width, height, x_advance, y_advance;
} extents;

/* Surfaces and pens are opaque. */
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
    void (*identity_matrix)(void *pen);
    void (*translate)(void *pen, double x, double y);
    void (*scale)(void *pen, double x, double y);
    void (*set_source_rgb)(void *pen, double r, double g, double b);
    void (*paint)(void *pen);
    void (*move_to)(void *pen, double x, double y);
    void (*line_to)(void *pen, double x, double y);
    void (*set_line_width)(void *pen, double width);
    void (*set_line_join)(void *pen, int join);
    void (*set_dash)(void *pen, const double *dashes, int n, double offset);
    void (*stroke)(void *pen);
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

/* PROPENSE_E_MISSING names the package when it is not there. */
status cairo_open(cairo *out, propense_error *err);

/* The library itself, to ask for more of its functions; NULL when it is not there. Never closed
 * again: cairo and fontconfig keep caches that do not survive their code, and opening twice gives
 * the same library. */
void *cairo_library(void);
/* Fills `out`, a struct of function pointers, with the functions of these names. Returns the first
 * name that the library does not have, NULL when all are there. */
const char *cairo_load(void *out, void *library, const char *const *names, int n);

#endif
