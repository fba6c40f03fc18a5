/* A chart of one panel: title, a sentence that says what to see, axes, and marks in data's units.
 *
 * Marks that fall outside the axes are the caller's mistake, but are kept within the panel. As with
 * scenes, a refused allocation sets the scene's `bad` and is told once, by the back ends. */
#ifndef PROPENSE_PLOT_H
#define PROPENSE_PLOT_H

#include "axis.h"
#include "palette.h"
#include "scene.h"

enum { plot_width = 480, plot_height = 372 };

/* One axis: its numbers, its name, and whether it counts in percent. */
typedef struct plot_axis {
    axis scale;
    str name;
    int as_percent;
    const str *words; /* [n_words] in place of numbers: bar k stands at k + 0.5; NULL = numbers */
    int32_t n_words;
} plot_axis;

typedef struct plot {
    scene *s; /* NULL: memory ran out; every call is harmless then */
    propense_language language;
    double left, right, top, bottom;
    plot_axis x, y;
} plot;

/* Frame and axes in a scene of its own, taken from mem. `sentence` is wrapped below the title and
 * is what a screen reader says. */
plot plot_begin(str title, str sentence, plot_axis x, plot_axis y, propense_language language,
                arena *mem);
/* The same with room for long words (bars from left to right, the first on top): y.words. */
plot plot_begin_rows(str title, str sentence, plot_axis x, const str *rows, int32_t n_rows,
                     propense_language language, arena *mem);

point plot_at(const plot *p, double x, double y);
/* Through (x[i], y[i]); points that no eye could tell apart are left out, NaN breaks the line. */
void plot_curve(plot *p, const double *x, const double *y, int64_t n, colour ink, double width,
                double dash);
/* Between low[i] and high[i]. */
void plot_band(plot *p, const double *x, const double *low, const double *high, int64_t n,
               colour ink);
void plot_bar(plot *p, double x0, double x1, double y0, double y1, colour ink, str title);
/* An interval from (x, low) to (x, high), or from (low, y) to (high, y). */
void plot_whisker(plot *p, double x, double low, double high, colour ink);
void plot_whisker_row(plot *p, double y, double low, double high, colour ink);
void plot_dot(plot *p, double x, double y, double radius, colour ink, int hollow, str title);
/* Words at a place in data's units, shifted by (dx, dy) pixels and kept inside the chart. */
void plot_words(plot *p, double x, double y, double dx, double dy, str words, colour ink, int bold,
                text_anchor anchor);

#endif
