/* Training curves as a chart: loss on the left, accuracy on the right, a line for the training rows
 * and one for rows held out (the test part, rows watched, or those each network left out), named at
 * their ends.
 * Leaves the sentence to history_words.c and the round numbers to axis.c.
 * Read scene.h first. */
#include "history_chart.h"

#include <math.h>
#include <stddef.h>

#include "axis.h"
#include "history_words.h"
#include "words.h"

/* Okabe & Ito's blue and vermillion are told apart with every kind of colour vision; the test part
 * is dashed as well, for prints in grey. */
static const colour blue = 0x0072B2, vermillion = 0xC24E00;
static const colour dark = 0x1A1A1A, middle = 0x4D4D4D, pale = 0x6B6B6B, grid = 0xE4E4E4;

enum { page_width = 800, page_height = 392, margin = 28, panel_top = 138, panel_bottom = 322 };
static const double no_bound = 1e300;
enum { panel_gap = 16, tick_room = 42, most_dots = 30, label_step = 30 };

/* One of the two charts side by side. */
typedef struct panel {
    scene *s;
    const history *h;
    propense_language language;
    double left, right; /* of the plot */
    size_t train, test; /* offsets of the figures within epoch_figures */
    int as_percent;
    axis y;
    int32_t best; /* epoch index, -1 without */
} panel;

static double figure_at(const panel *p, size_t which, int32_t epoch)
{
    double value;
    memcpy(&value, (const char *)&p->h->epochs[epoch] + which, sizeof value);
    return value;
}

/* NaN and what no axis can hold is left out. */
static int drawable(double value)
{
    return fabs(value) < 1e100;
}

static double x_of(const panel *p, int32_t epoch)
{
    if (p->h->n_epochs < 2) return (p->left + p->right) / 2;
    return p->left + (p->right - p->left) * epoch / (p->h->n_epochs - 1);
}

static point place(const panel *p, int32_t epoch, double value)
{
    return (point){ x_of(p, epoch), axis_place(&p->y, value, panel_bottom, panel_top) };
}

/* The axis that holds every figure of both lines. */
static axis axis_for(const panel *p)
{
    double low = no_bound, high = -no_bound;
    for (int32_t i = 0; i < p->h->n_epochs; i++) {
        const double both[2] = { figure_at(p, p->train, i), figure_at(p, p->test, i) };
        for (int k = 0; k < 2; k++) {
            if (!drawable(both[k])) continue;
            if (both[k] < low) low = both[k];
            if (both[k] > high) high = both[k];
        }
    }
    if (low > high) return axis_of(0, 1, 4, 0, 0, 1);
    if (p->as_percent) return axis_of(low, high, 4, 0.05, 0, 1);
    /* A change of a few percent must not look like a fall; below 0 only where losses are. */
    double least = 0.1 * (fabs(low) > fabs(high) ? fabs(low) : fabs(high));
    return axis_of(low, high, 4, least > 0 ? least : 1, low < 0 ? -no_bound : 0, no_bound);
}

/* ---- The frame */

static void grid_lines(const panel *p)
{
    for (double k = p->y.first; k <= p->y.last; k += 1) {
        double value = k * p->y.step, y = axis_place(&p->y, value, panel_bottom, panel_top);
        text label = { 0 };
        axis_label(&label, &p->y, value, p->as_percent, p->language);
        scene_line(p->s, (point[]){ { p->left, y }, { p->right, y } }, 2, grid, 1, 0);
        scene_text(p->s, (point){ p->left - 9, y + 4 }, text_view(&label),
                   (text_style){ 11.5, pale, 0, ANCHOR_END, 0 });
        p->s->bad |= label.bad;
        text_free(&label);
    }
}

static void epoch_labels(const panel *p)
{
    int32_t n = p->h->n_epochs;
    for (int32_t tick = 1; tick; tick = axis_next_epoch(tick, n, 8)) {
        double x = x_of(p, tick - 1);
        text label = { 0 };
        text_f(&label, "%d", (int)tick);
        scene_line(p->s, (point[]){ { x, panel_bottom }, { x, panel_bottom + 4 } }, 2, pale, 1, 0);
        scene_text(p->s, (point){ x, panel_bottom + 18 }, text_view(&label),
                   (text_style){ 11.5, pale, 0, ANCHOR_MIDDLE, 0 });
        p->s->bad |= label.bad;
        text_free(&label);
    }
    scene_line(p->s, (point[]){ { p->left, panel_bottom }, { p->right, panel_bottom } }, 2, pale, 1,
               0);
    scene_text(p->s, (point){ (p->left + p->right) / 2, panel_bottom + 36 },
               str_of(tr(p->language, "epoch")), (text_style){ 11.5, pale, 0, ANCHOR_MIDDLE, 0 });
}

static void panel_title(const panel *p, const char *name, const char *hint)
{
    str title = str_of(tr(p->language, name));
    scene_text(p->s, (point){ p->left, panel_top - 32 }, title,
               (text_style){ 14, dark, 1, ANCHOR_START, 0 });
    scene_text(p->s, (point){ p->left + scene_text_width(title, 14, 1) + 8, panel_top - 32 },
               str_of(tr(p->language, hint)), (text_style){ 11.5, pale, 0, ANCHOR_START, 0 });
}

/* A thin line at the epoch where the test part's loss is lowest, named above the plot. */
static void best_epoch(const panel *p)
{
    if (p->best < 0 || p->h->n_epochs < 2) return;
    double x = x_of(p, p->best);
    scene_line(p->s, (point[]){ { x, panel_top - 6 }, { x, panel_bottom } }, 2, pale, 1, 2);
    if (p->as_percent) return; /* the same line in the second panel needs no words */
    text label = { 0 };
    text_f(&label, tr(p->language, "lowest loss held out: epoch %d"), (int)p->best + 1);
    double half = scene_text_width(text_view(&label), 11, 0) / 2, at = x;
    if (at - half < p->left) at = p->left + half;
    if (at + half > p->right + 40) at = p->right + 40 - half;
    scene_text(p->s, (point){ at, panel_top - 10 }, text_view(&label),
               (text_style){ 11, middle, 0, ANCHOR_MIDDLE, 0 });
    p->s->bad |= label.bad;
    text_free(&label);
}

/* ---- The lines */

/* Pieces between figures that are no numbers. */
static void curve(const panel *p, size_t which, colour ink, double dash)
{
    int32_t n = p->h->n_epochs, from = 0;
    point *points = TAKE(p->s->mem, point, n);
    if (!points) {
        p->s->bad = 1;
        return;
    }
    for (int32_t i = 0; i <= n; i++) {
        double value = i < n ? figure_at(p, which, i) : (double)NAN;
        if (drawable(value)) {
            points[i] = place(p, i, value);
            continue;
        }
        scene_line(p->s, points + from, i - from, ink, 2.25, dash);
        from = i + 1;
    }
}

/* Small marks that tell their figure on hover. A single epoch has larger ones, the test part's
 * within the other's where they coincide. */
static void dots(const panel *p, size_t which, const char *name, colour ink)
{
    double lone = which == p->train ? 5.5 : 3.5;
    int32_t n = p->h->n_epochs;
    for (int32_t i = 0; i < n && n <= most_dots; i++) {
        double value = figure_at(p, which, i);
        if (!drawable(value)) continue;
        text title = { 0 };
        text_f(&title, tr(p->language, "epoch %d"), (int)i + 1);
        text_f(&title, ", %s: ", tr(p->language, name));
        axis_figure(&title, value, p->as_percent, p->language);
        scene_open(p->s, text_view(&title));
        scene_dot(p->s, place(p, i, value), n < 2 ? lone : 2.5, ink, 0);
        scene_close(p->s);
        p->s->bad |= title.bad;
        text_free(&title);
    }
}

/* Last figure that is drawn, -1 without. */
static int32_t end_of(const panel *p, size_t which)
{
    int32_t i = p->h->n_epochs - 1;
    while (i >= 0 && !drawable(figure_at(p, which, i))) i--;
    return i;
}

/* The name of a line and its last figure, in two rows beside its end. */
static void line_label(const panel *p, size_t which, const char *name, colour ink, double y)
{
    text value = { 0 };
    axis_figure(&value, figure_at(p, which, end_of(p, which)), p->as_percent, p->language);
    scene_text(p->s, (point){ p->right + 10, y - 2 }, str_of(tr(p->language, name)),
               (text_style){ 12, ink, 1, ANCHOR_START, 0 });
    scene_text(p->s, (point){ p->right + 10, y + 12 }, text_view(&value),
               (text_style){ 12, ink, 0, ANCHOR_START, 0 });
    p->s->bad |= value.bad;
    text_free(&value);
}

/* y, or the nearest place where a label that reaches `around` farther still fits. */
static double within_plot(double y, double around)
{
    double top = panel_top + 4 + around, bottom = panel_bottom - 14 - around;
    return y < top ? top : y > bottom ? bottom : y;
}

/* Labels sit at the ends of their lines, pushed apart where they would meet. */
static void line_labels(const panel *p)
{
    int32_t a = end_of(p, p->train), b = end_of(p, p->test);
    double train_end = a < 0 ? 0 : place(p, a, figure_at(p, p->train, a)).y;
    double test_end = b < 0 ? 0 : place(p, b, figure_at(p, p->test, b)).y;
    double train = within_plot(train_end, 0), test = within_plot(test_end, 0);
    if (a >= 0 && b >= 0 && fabs(train - test) < label_step) {
        double centre = within_plot((train + test) / 2, label_step / 2.0);
        double half = train_end <= test_end ? -label_step / 2.0 : label_step / 2.0;
        train = centre + half;
        test = centre - half;
    }
    if (a >= 0) line_label(p, p->train, N_("training"), blue, train);
    if (b >= 0) line_label(p, p->test, N_("held out"), vermillion, test);
}

static void panel_draw(panel *p, const char *name, const char *hint)
{
    p->y = axis_for(p);
    scene_open(p->s, str_of(tr(p->language, name)));
    panel_title(p, name, hint);
    grid_lines(p);
    best_epoch(p);
    epoch_labels(p);
    curve(p, p->train, blue, 0);
    curve(p, p->test, vermillion, 6);
    dots(p, p->train, N_("training"), blue);
    dots(p, p->test, N_("held out"), vermillion);
    line_labels(p);
    scene_close(p->s);
}

/* ---- The page */

static void head(scene *s, str sentence, propense_language language)
{
    str title = str_of(tr(language, "Training curves"));
    scene_describe(s, title, sentence);
    scene_text(s, (point){ margin, 40 }, title, (text_style){ 21, dark, 1, ANCHOR_START, 0 });
    const double width = page_width - 2 * margin;
    double size = 13; /* smaller where two lines would not hold it */
    while (size > 9 && scene_text_width(sentence, size, 0) > 1.9 * width) size -= 0.5;
    for (double y = 62; sentence.n && y < 90; y += 17) {
        str line = scene_wrap(&sentence, width, size, 0);
        scene_text(s, (point){ margin, y }, line, (text_style){ size, middle, 0, ANCHOR_START, 0 });
    }
}

static void foot(scene *s, propense_language language)
{
    scene_text(s, (point){ margin, page_height - 10 },
               str_of(tr(language, "Training: mean over each epoch, while the model still "
                                   "changes. Held out: measured at the end of each epoch.")),
               (text_style){ 10.5, pale, 0, ANCHOR_START, 0 });
}

/* What the labels beside a plot need. */
static double label_room(propense_language language)
{
    double a = scene_text_width(str_of(tr(language, "training")), 12, 1);
    double b = scene_text_width(str_of(tr(language, "held out")), 12, 1);
    return (a > b ? a : b) + 10;
}

scene *history_chart(const history *h, propense_language language, arena *mem)
{
    scene *s = scene_new(mem, page_width, page_height, language);
    if (!s) return NULL;
    text sentence = { 0 };
    history_sentence(&sentence, h, language);
    s->bad |= sentence.bad;
    head(s, text_view(&sentence), language);
    text_free(&sentence);
    if (h->n_epochs < 1) return s;
    foot(s, language);
    const double panel_width = (page_width - 2 * margin - panel_gap) / 2.0;
    const double plot_width = panel_width - tick_room - label_room(language);
    panel p = { .s = s, .h = h, .language = language, .best = history_look(h).best };
    p.left = margin + tick_room;
    p.right = p.left + plot_width;
    p.train = offsetof(epoch_figures, loss);
    p.test = offsetof(epoch_figures, val_loss);
    panel_draw(&p, N_("Loss"), N_("lower is better"));
    p.left += panel_width + panel_gap;
    p.right += panel_width + panel_gap;
    p.train = offsetof(epoch_figures, accuracy);
    p.test = offsetof(epoch_figures, val_accuracy);
    p.as_percent = 1;
    panel_draw(&p, N_("Accuracy"), N_("higher is better"));
    return s;
}
