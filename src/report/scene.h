/* A chart as a list of shapes: one scene, two back ends (svg.c, raster.c). Coordinates in CSS
 * pixels, y downwards.
 *
 * Building cannot fail midway: an allocation that was refused sets `bad`, further calls do nothing,
 * and the back ends report it once.
 */
#ifndef PROPENSE_SCENE_H
#define PROPENSE_SCENE_H

#include "error.h"
#include "memory.h"
#include "str.h"

typedef uint32_t colour; /* 0xRRGGBB */

typedef struct point {
    double x, y;
} point;

typedef enum shape_kind {
    SHAPE_LINE, /* through all points, round joins */
    SHAPE_RECT, /* from points[0] to points[1], filled */
    SHAPE_AREA, /* the polygon through all points, filled */
    SHAPE_DOT,  /* circle around points[0]; hollow ones are filled with the background */
    SHAPE_TEXT, /* one line, its baseline at points[0] */
    SHAPE_OPEN, /* a group with a title for hover and screen readers, until its CLOSE */
    SHAPE_CLOSE
} shape_kind;

typedef enum text_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } text_anchor;

typedef struct shape {
    struct shape *next;
    shape_kind kind;
    colour ink;
    point *points; /* [n_points] */
    int64_t n_points;
    double size; /* LINE: width; DOT: radius; TEXT: font size */
    double dash; /* LINE: length of dashes and gaps, 0 = solid */
    int hollow;  /* DOT */
    int bold;    /* TEXT */
    int halo;    /* TEXT: with a rim of background, to be read across lines */
    text_anchor anchor;
    str words; /* TEXT, OPEN */
} shape;

typedef struct scene {
    double width, height;
    colour background;
    propense_language language;
    str title, description; /* what a screen reader says */
    shape *first, *last;
    arena *mem;
    int bad;
} scene;

/* An empty scene in mem; NULL on exhaustion. Texts are copied. */
scene *scene_new(arena *mem, double width, double height, propense_language language);
void scene_describe(scene *s, str title, str description);
void scene_line(scene *s, const point *points, int64_t n, colour ink, double width, double dash);
void scene_rect(scene *s, point from, point to, colour ink);
void scene_area(scene *s, const point *points, int64_t n, colour ink);
void scene_dot(scene *s, point centre, double radius, colour ink, int hollow);
typedef struct text_style {
    double size;
    colour ink;
    int bold;
    text_anchor anchor;
    int halo;
} text_style;
void scene_text(scene *s, point baseline, str words, text_style style);
void scene_open(scene *s, str title);
void scene_close(scene *s);

/* Width of a line of text for layout: of a font like Helvetica, with an eighth added, since other
 * systems' sans-serif is wider. */
double scene_text_width(str words, double size, int bold);
/* Cuts off the first line of *words that fits into `width` at a blank; at least one word. Empty at
 * the end. */
str scene_wrap(str *words, double width, double size, int bold);

/* 1 when a mark begins at s.p[i] that would turn what stands behind it round (U+200E, U+200F,
 * U+202A to U+202E, U+2066 to U+2069; three bytes each): shown as U+FFFD instead. */
int scene_turns_direction(str s, int64_t i);

/* Both accept NULL (a scene that could not be made): out->bad, or PROPENSE_E_NOMEM. */
void scene_svg(text *out, const scene *s);
/* The same for within a page: `number` keeps its ids apart from other charts', the page's font and
 * width hold. */
void scene_svg_inline(text *out, const scene *s, int number);
/* PNG at 2x through cairo, which is opened on demand: PROPENSE_E_MISSING names the package when it
 * is not there. */
status scene_png(text *out, const scene *s, propense_error *err);
/* PROPENSE_OK when scene_png could draw: asked before a long training. */
status scene_png_available(propense_error *err);

#endif
