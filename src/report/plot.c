/* Frame, axes and marks of a chart of one panel.
 * Leaves what is drawn to the charts, round numbers to axis.c, pixels to svg.c and raster.c.
 * Read plot.h first. */
#include "plot.h"

#include <math.h>

#include "words.h"

enum { margin = 16, title_size = 16, sentence_size = 12, small = 11, line_height = 16 };
enum { foot_room = 44, most_lines = 4, row_height = 22, most_row_room = 190 };

static void put(plot *p, double x, double y, str words, double size, colour ink, int bold,
                text_anchor anchor)
{
    scene_text(p->s, (point){ x, y }, words, (text_style){ size, ink, bold, anchor, 0 });
}

/* Cut to the room with an ellipsis, at a whole letter. */
static void put_within(plot *p, point at, str words, double room, text_style style)
{
    text cut = { 0 };
    str shown = words;
    double left = room - scene_text_width(STR("\xE2\x80\xA6"), style.size, style.bold);
    if (scene_text_width(words, style.size, style.bold) <= room) left = room;
    while (shown.n && scene_text_width(shown, style.size, style.bold) > left) {
        shown.n--;
        while (shown.n && ((unsigned char)shown.p[shown.n] & 0xC0) == 0x80) shown.n--;
    }
    text_str(&cut, shown);
    if (shown.n < words.n) text_z(&cut, "\xE2\x80\xA6");
    scene_text(p->s, at, text_view(&cut), style);
    if (p->s) p->s->bad |= cut.bad;
    text_free(&cut);
}

/* Title and sentence; returns the y below them. */
static double head(plot *p, str title, str sentence)
{
    const double width = plot_width - 2 * margin;
    double size = title_size;
    while (size > 11 && scene_text_width(title, size, 1) > width) size -= 0.5;
    scene_describe(p->s, title, sentence);
    put_within(p, (point){ margin, 28 }, title, width,
               (text_style){ size, INK_DARK, 1, ANCHOR_START, 0 });
    double y = 48;
    for (int i = 0; i < most_lines && sentence.n; i++, y += line_height) {
        str line = scene_wrap(&sentence, width, sentence_size, 0);
        put(p, margin, y, line, sentence_size, INK_MIDDLE, 0, ANCHOR_START);
    }
    return y;
}

static void tick_text(plot *p, const plot_axis *a, double value, point at, text_anchor anchor)
{
    text label = { 0 };
    axis_label(&label, &a->scale, value, a->as_percent, p->language);
    put(p, at.x, at.y, text_view(&label), small, INK_PALE, 0, anchor);
    if (p->s) p->s->bad |= label.bad;
    text_free(&label);
}

static double x_place(const plot *p, double x)
{
    double at = axis_place(&p->x.scale, x, p->left, p->right);
    return at < p->left ? p->left : at > p->right ? p->right : at;
}

static double y_place(const plot *p, double y)
{
    double at = axis_place(&p->y.scale, y, p->bottom, p->top);
    return at < p->top ? p->top : at > p->bottom ? p->bottom : at;
}

point plot_at(const plot *p, double x, double y)
{
    return (point){ x_place(p, x), y_place(p, y) };
}

static void rule(plot *p, double x0, double y0, double x1, double y1, colour ink)
{
    scene_line(p->s, (point[]){ { x0, y0 }, { x1, y1 } }, 2, ink, 1, 0);
}

/* The widest label of the y axis, so that numbers never leave the chart. */
static double tick_room(const plot *p)
{
    double widest = 20;
    for (double k = p->y.scale.first; k <= p->y.scale.last; k += 1) {
        text label = { 0 };
        axis_label(&label, &p->y.scale, k * p->y.scale.step, p->y.as_percent, p->language);
        double width = scene_text_width(text_view(&label), small, 0);
        if (width > widest) widest = width;
        text_free(&label);
    }
    return widest + 10;
}

static void y_axis(plot *p)
{
    for (double k = p->y.scale.first; k <= p->y.scale.last; k += 1) {
        double value = k * p->y.scale.step, y = y_place(p, value);
        rule(p, p->left, y, p->right, y, INK_GRID);
        tick_text(p, &p->y, value, (point){ p->left - 8, y + 4 }, ANCHOR_END);
    }
    put(p, margin, p->top - 10, p->y.name, small, INK_PALE, 0, ANCHOR_START);
}

static void x_words(plot *p)
{
    for (int32_t i = 0; i < p->x.n_words; i++)
        put(p, x_place(p, i + 0.5), p->bottom + 16, p->x.words[i], small, INK_PALE, 0,
            ANCHOR_MIDDLE);
}

static void x_numbers(plot *p, int with_grid)
{
    for (double k = p->x.scale.first; k <= p->x.scale.last; k += 1) {
        double value = k * p->x.scale.step, x = x_place(p, value);
        if (with_grid)
            rule(p, x, p->top, x, p->bottom, INK_GRID);
        else
            rule(p, x, p->bottom, x, p->bottom + 4, INK_PALE);
        tick_text(p, &p->x, value, (point){ x, p->bottom + 17 }, ANCHOR_MIDDLE);
    }
}

static void x_axis(plot *p, int with_grid)
{
    if (p->x.words)
        x_words(p);
    else
        x_numbers(p, with_grid);
    put_within(p, (point){ p->right, p->bottom + 34 }, p->x.name, p->right - margin,
               (text_style){ small, INK_PALE, 0, ANCHOR_END, 0 });
}

plot plot_begin(str title, str sentence, plot_axis x, plot_axis y, propense_language language,
                arena *mem)
{
    plot p = {
        .s = scene_new(mem, plot_width, plot_height, language), .language = language, .x = x, .y = y
    };
    p.top = head(&p, title, sentence) + 22;
    p.bottom = plot_height - foot_room;
    p.left = margin + tick_room(&p);
    p.right = plot_width - margin - 8;
    y_axis(&p);
    x_axis(&p, 0);
    rule(&p, p.left, p.bottom, p.right, p.bottom, INK_PALE);
    return p;
}

static void row_name(plot *p, int32_t row, str name, double room)
{
    point at = { p->left - 8, y_place(p, row + 0.5) + 4 };
    put_within(p, at, name, room, (text_style){ small, INK_MIDDLE, 0, ANCHOR_END, 0 });
}

plot plot_begin_rows(str title, str sentence, plot_axis x, const str *rows, int32_t n_rows,
                     propense_language language, arena *mem)
{
    plot p = { .s = scene_new(mem, plot_width, plot_height, language),
               .language = language,
               .x = x };
    double room = 40;
    for (int32_t i = 0; i < n_rows; i++) {
        double width = scene_text_width(rows[i], small, 0) + 14;
        room = width > room ? width : room;
    }
    if (room > most_row_room) room = most_row_room;
    p.top = head(&p, title, sentence) + 8;
    p.bottom = p.top + (n_rows > 0 ? n_rows : 1) * row_height;
    if (p.s) p.s->height = p.bottom + foot_room;
    p.left = margin + room;
    p.right = plot_width - margin - 8;
    /* Row k lies around k + 0.5, the first on top. */
    p.y.scale = (axis){ .low = n_rows > 0 ? n_rows : 1, .high = 0, .step = 1 };
    x_axis(&p, 1);
    for (int32_t i = 0; i < n_rows; i++) row_name(&p, i, rows[i], room);
    return p;
}

/* ---- Marks */

/* Kept unless it lies within a third of a pixel of the last one kept. */
static int is_apart(point a, point b)
{
    return fabs(a.x - b.x) >= 0.34 || fabs(a.y - b.y) >= 0.34;
}

void plot_curve(plot *p, const double *x, const double *y, int64_t n, colour ink, double width,
                double dash)
{
    point *points = p->s ? TAKE(p->s->mem, point, n) : NULL;
    if (!points) {
        if (p->s) p->s->bad = 1;
        return;
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i])) {
            scene_line(p->s, points, kept, ink, width, dash);
            kept = 0;
            continue;
        }
        point at = plot_at(p, x[i], y[i]);
        if (kept && i < n - 1 && !is_apart(at, points[kept - 1])) continue;
        points[kept++] = at;
    }
    scene_line(p->s, points, kept, ink, width, dash);
}

void plot_band(plot *p, const double *x, const double *low, const double *high, int64_t n,
               colour ink)
{
    point *points = p->s ? TAKE(p->s->mem, point, 2 * n) : NULL;
    if (!points) {
        if (p->s) p->s->bad = 1;
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        points[i] = plot_at(p, x[i], low[i]);
        points[2 * n - 1 - i] = plot_at(p, x[i], high[i]);
    }
    scene_area(p->s, points, 2 * n, ink);
}

void plot_bar(plot *p, double x0, double x1, double y0, double y1, colour ink, str title)
{
    scene_open(p->s, title);
    scene_rect(p->s, plot_at(p, x0, y0), plot_at(p, x1, y1), ink);
    scene_close(p->s);
}

void plot_whisker(plot *p, double x, double low, double high, colour ink)
{
    point a = plot_at(p, x, low), b = plot_at(p, x, high);
    rule(p, a.x, a.y, b.x, b.y, ink);
    rule(p, a.x - 3, a.y, a.x + 3, a.y, ink);
    rule(p, b.x - 3, b.y, b.x + 3, b.y, ink);
}

void plot_whisker_row(plot *p, double y, double low, double high, colour ink)
{
    point a = plot_at(p, low, y), b = plot_at(p, high, y);
    scene_line(p->s, (point[]){ a, b }, 2, ink, 2, 0);
}

void plot_dot(plot *p, double x, double y, double radius, colour ink, int hollow, str title)
{
    scene_open(p->s, title);
    scene_dot(p->s, plot_at(p, x, y), radius, ink, hollow);
    scene_close(p->s);
}

void plot_words(plot *p, double x, double y, double dx, double dy, str words, colour ink, int bold,
                text_anchor anchor)
{
    double width = scene_text_width(words, 12, bold);
    point at = plot_at(p, x, y);
    at.x += dx;
    at.y += dy;
    double from = anchor == ANCHOR_START    ? at.x
                  : anchor == ANCHOR_MIDDLE ? at.x - width / 2
                                            : at.x - width;
    if (from < p->left + 2) at.x += p->left + 2 - from;
    if (from + width > plot_width - 4) at.x -= from + width - (plot_width - 4);
    if (at.y < p->top + 10) at.y = p->top + 10;
    if (at.y > p->bottom - 4) at.y = p->bottom - 4;
    scene_text(p->s, at, words, (text_style){ 12, ink, bold, anchor, 1 });
}
