/* A chart as a list of shapes: one scene, two back ends (svg.c, raster.c). Coordinates in CSS
 * pixels, y downwards. */
#ifndef PROPENSE_SCENE_H
#define PROPENSE_SCENE_H

#include "error.h"
#include "memory.h"
#include "str.h"

/* The shapes are the owner's to design: lines, polylines, rectangles, text with anchor and size,
 * groups with a title for hover. */
typedef struct scene scene;

void scene_svg(text *out, const scene *s);
/* PNG at 2x through cairo, which is opened on demand: PROPENSE_E_MISSING names the package when it
 * is not there. */
status scene_png(text *out, const scene *s, propense_error *err);
/* PROPENSE_OK when scene_png could draw: asked before a long training. */
status scene_png_available(propense_error *err);

#endif
