/* A scene as SVG: one file of its own, readable by screen readers, with nothing from outside.
 * Leaves layout to the charts and pixels to raster.c.
 * Read scene.h first; SVG 2, WAI-ARIA graphics (role img, title, desc). */
#include "num.h"
#include "scene.h"

/* What XML 1.0 does not allow at all becomes U+FFFD; bytes are otherwise taken as UTF-8. */
static void escaped(text *out, str s)
{
    for (int64_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '&')
            text_z(out, "&amp;");
        else if (c == '<')
            text_z(out, "&lt;");
        else if (c == '>')
            text_z(out, "&gt;");
        else if (c == '"')
            text_z(out, "&quot;");
        else if ((unsigned char)c < ' ' && c != '\t' && c != '\n' && c != '\r')
            text_z(out, "\xEF\xBF\xBD");
        else if (scene_turns_direction(s, i)) {
            text_z(out, "\xEF\xBF\xBD");
            i += 2;
        } else
            text_char(out, c);
    }
}

/* Hundredths of a pixel, without zeros at the end. */
static void coordinate(text *out, double value)
{
    char digits[num_buffer];
    int64_t n = num_fixed(digits, value, 2);
    while (n > 1 && digits[n - 1] == '0') n--;
    if (digits[n - 1] == '.') n--;
    str shown = { digits, n };
    text_str(out, str_eq(shown, STR("-0")) ? STR("0") : shown);
}

static void attribute(text *out, const char *name, double value)
{
    text_f(out, " %s=\"", name);
    coordinate(out, value);
    text_char(out, '"');
}

static void ink(text *out, const char *name, colour c)
{
    text_f(out, " %s=\"#%06x\"", name, (unsigned)(c & 0xFFFFFFu));
}

static void points(text *out, const char *element, const shape *s)
{
    text_f(out, "<%s points=\"", element);
    for (int64_t i = 0; i < s->n_points; i++) {
        if (i) text_char(out, ' ');
        coordinate(out, s->points[i].x);
        text_char(out, ',');
        coordinate(out, s->points[i].y);
    }
    text_char(out, '"');
}

static void area(text *out, const shape *s)
{
    points(out, "polygon", s);
    ink(out, "fill", s->ink);
    text_z(out, "/>\n");
}

static void line(text *out, const shape *s)
{
    points(out, "polyline", s);
    text_z(out, " fill=\"none\"");
    ink(out, "stroke", s->ink);
    attribute(out, "stroke-width", s->size);
    text_z(out, " stroke-linejoin=\"round\"");
    if (s->dash > 0) attribute(out, "stroke-dasharray", s->dash);
    text_z(out, "/>\n");
}

static void rect(text *out, const shape *s)
{
    point a = s->points[0], b = s->points[1];
    text_z(out, "<rect");
    attribute(out, "x", a.x < b.x ? a.x : b.x);
    attribute(out, "y", a.y < b.y ? a.y : b.y);
    attribute(out, "width", a.x < b.x ? b.x - a.x : a.x - b.x);
    attribute(out, "height", a.y < b.y ? b.y - a.y : a.y - b.y);
    ink(out, "fill", s->ink);
    text_z(out, "/>\n");
}

static void dot(text *out, const shape *s, colour background)
{
    text_z(out, "<circle");
    attribute(out, "cx", s->points[0].x);
    attribute(out, "cy", s->points[0].y);
    attribute(out, "r", s->size);
    ink(out, "fill", s->hollow ? background : s->ink);
    if (s->hollow) {
        ink(out, "stroke", s->ink);
        text_z(out, " stroke-width=\"2\"");
    }
    text_z(out, "/>\n");
}

static void words(text *out, const shape *s, colour background)
{
    static const char *const anchors[] = { "start", "middle", "end" };
    text_z(out, "<text");
    attribute(out, "x", s->points[0].x);
    attribute(out, "y", s->points[0].y);
    attribute(out, "font-size", s->size);
    ink(out, "fill", s->ink);
    if (s->halo) {
        text_z(out, " paint-order=\"stroke\" stroke-width=\"4\" stroke-linejoin=\"round\"");
        ink(out, "stroke", background);
    }
    if (s->bold) text_z(out, " font-weight=\"bold\"");
    if (s->anchor != ANCHOR_START) text_f(out, " text-anchor=\"%s\"", anchors[s->anchor]);
    text_char(out, '>');
    escaped(out, s->words);
    text_z(out, "</text>\n");
}

static void shape_out(text *out, const shape *s, colour background)
{
    switch (s->kind) {
    case SHAPE_LINE:
        line(out, s);
        break;
    case SHAPE_RECT:
        rect(out, s);
        break;
    case SHAPE_AREA:
        area(out, s);
        break;
    case SHAPE_DOT:
        dot(out, s, background);
        break;
    case SHAPE_TEXT:
        words(out, s, background);
        break;
    case SHAPE_OPEN:
        text_z(out, "<g><title>");
        escaped(out, s->words);
        text_z(out, "</title>\n");
        break;
    case SHAPE_CLOSE:
        text_z(out, "</g>\n");
        break;
    }
}

static void view_box(text *out, const scene *s)
{
    text_z(out, " viewBox=\"0 0 ");
    coordinate(out, s->width);
    text_char(out, ' ');
    coordinate(out, s->height);
    text_char(out, '"');
}

/* What a screen reader says of the picture; `suffix` keeps ids apart in a page. */
static void spoken(text *out, const scene *s, const char *suffix)
{
    text_f(out, "<title id=\"title%s\">", suffix);
    escaped(out, s->title);
    text_f(out, "</title>\n<desc id=\"desc%s\">", suffix);
    escaped(out, s->description);
    text_z(out, "</desc>\n");
}

static void head(text *out, const scene *s)
{
    text_z(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    attribute(out, "width", s->width);
    attribute(out, "height", s->height);
    view_box(out, s);
    text_f(out, " role=\"img\" aria-labelledby=\"title desc\" xml:lang=\"%s\"",
           s->language == PROPENSE_SPANISH ? "es" : "en");
    text_z(out, " font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', "
                "Arial, 'DejaVu Sans', sans-serif\">\n");
    spoken(out, s, "");
    text_z(out, "<rect width=\"100%\" height=\"100%\"");
    ink(out, "fill", s->background);
    text_z(out, "/>\n");
}

static void body(text *out, const scene *s)
{
    for (const shape *at = s->first; at; at = at->next) shape_out(out, at, s->background);
    text_z(out, "</svg>\n");
}

void scene_svg(text *out, const scene *s)
{
    if (!s || s->bad) {
        out->bad = 1;
        return;
    }
    head(out, s);
    body(out, s);
}

void scene_svg_inline(text *out, const scene *s, int number)
{
    if (!s || s->bad) {
        out->bad = 1;
        return;
    }
    text suffix = { 0 };
    text_f(&suffix, "-%d", number);
    out->bad |= suffix.bad;
    if (!suffix.bad) {
        text_z(out, "<svg");
        view_box(out, s);
        text_f(out, " role=\"img\" aria-labelledby=\"title%s desc%s\">\n", suffix.p, suffix.p);
        spoken(out, s, suffix.p);
        body(out, s);
    }
    text_free(&suffix);
}
