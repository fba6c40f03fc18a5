/* Builds the list of shapes and measures text for layout.
 * Leaves drawing to svg.c and raster.c, and what is drawn to the charts.
 * Read scene.h first. */
#include "scene.h"

scene *scene_new(arena *mem, double width, double height, propense_language language)
{
    scene *s = TAKE(mem, scene, 1);
    if (!s) return NULL;
    s->width = width;
    s->height = height;
    s->background = 0xFFFFFF;
    s->language = language;
    s->mem = mem;
    return s;
}

static str keep(scene *s, str words)
{
    str kept = str_keep(s->mem, words);
    if (!kept.p) s->bad = 1;
    return kept;
}

void scene_describe(scene *s, str title, str description)
{
    if (!s) return;
    s->title = keep(s, title);
    s->description = keep(s, description);
}

/* A new shape at the end of the list, with copies of the points; NULL when memory ran out. */
static shape *add(scene *s, shape_kind kind, const point *points, int64_t n)
{
    if (!s || s->bad) return NULL;
    shape *new = TAKE(s->mem, shape, 1);
    point *kept = TAKE(s->mem, point, n);
    if (!new || !kept) {
        s->bad = 1;
        return NULL;
    }
    if (n) memcpy(kept, points, (size_t)n * sizeof *points);
    *new = (shape){ .kind = kind, .points = kept, .n_points = n };
    if (s->last)
        s->last->next = new;
    else
        s->first = new;
    s->last = new;
    return new;
}

void scene_line(scene *s, const point *points, int64_t n, colour ink, double width, double dash)
{
    shape *new = n > 1 ? add(s, SHAPE_LINE, points, n) : NULL;
    if (!new) return;
    new->ink = ink;
    new->size = width;
    new->dash = dash;
}

void scene_rect(scene *s, point from, point to, colour ink)
{
    shape *new = add(s, SHAPE_RECT, (point[2]){ from, to }, 2);
    if (new) new->ink = ink;
}

void scene_area(scene *s, const point *points, int64_t n, colour ink)
{
    shape *new = n > 2 ? add(s, SHAPE_AREA, points, n) : NULL;
    if (new) new->ink = ink;
}

void scene_dot(scene *s, point centre, double radius, colour ink, int hollow)
{
    shape *new = add(s, SHAPE_DOT, &centre, 1);
    if (!new) return;
    new->ink = ink;
    new->size = radius;
    new->hollow = hollow;
}

void scene_text(scene *s, point baseline, str words, text_style style)
{
    shape *new = add(s, SHAPE_TEXT, &baseline, 1);
    if (!new) return;
    new->ink = style.ink;
    new->size = style.size;
    new->bold = style.bold;
    new->anchor = style.anchor;
    new->halo = style.halo;
    new->words = keep(s, words);
}

void scene_open(scene *s, str title)
{
    shape *new = add(s, SHAPE_OPEN, NULL, 0);
    if (new) new->words = keep(s, title);
}

void scene_close(scene *s)
{
    (void)add(s, SHAPE_CLOSE, NULL, 0);
}

int scene_turns_direction(str s, int64_t i)
{
    if (i + 2 >= s.n || (unsigned char)s.p[i] != 0xE2) return 0;
    unsigned char b = (unsigned char)s.p[i + 1], c = (unsigned char)s.p[i + 2];
    return (b == 0x80 && (c == 0x8E || c == 0x8F || (c >= 0xAA && c <= 0xAE))) ||
           (b == 0x81 && c >= 0xA6 && c <= 0xA9);
}

/* ---- Measuring */

/* Thousandths of the font size from ' ' to '~', as in fonts with Helvetica's metrics. */
static const short advance[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};

double scene_text_width(str words, double size, int bold)
{
    int64_t thousandths = 0;
    for (int64_t i = 0; i < words.n; i++) {
        unsigned char c = (unsigned char)words.p[i];
        if (c >= ' ' && c <= '~')
            thousandths += advance[c - ' '];
        else if (c >= 0xC0) /* the first byte of a longer sequence stands for the letter */
            thousandths += c < 0xE0 ? 556 : 1000;
    }
    return (double)thousandths / 1000 * size * 1.125 * (bold ? 1.13 : 1.0);
}

str scene_wrap(str *words, double width, double size, int bold)
{
    str all = str_trim(*words), line = { all.p, 0 };
    int64_t at = 0;
    while (at < all.n) {
        int64_t end = at + 1;
        while (end < all.n && all.p[end] != ' ') end++;
        str longer = { all.p, end };
        if (line.n && scene_text_width(longer, size, bold) > width) break;
        line = longer;
        at = end;
    }
    *words = (str){ all.p + line.n, all.n - line.n };
    return line;
}
