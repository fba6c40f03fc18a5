/* The page's frame, escaping, tables and figures.
 * Leaves what is said to html_report.c and its sections. Read html.h first. */
#include "html.h"

#include "words.h"

static const char style[] =
#include "report.css.inc"
    ;
static const char style_media[] =
#include "report_media.css.inc"
    ;
static const char script[] =
#include "report.js.inc"
    ;

void html_raw(page *p, const char *literal)
{
    text_z(&p->out, literal);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_words(page *p, str words)
{
    for (int64_t i = 0; i < words.n; i++) {
        unsigned char c = (unsigned char)words.p[i];
        const char *named = entity(words.p[i]);
        if (named) {
            text_z(&p->out, named);
        } else if (scene_turns_direction(words, i)) {
            text_z(&p->out, "\xEF\xBF\xBD");
            i += 2;
        } else if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7F) {
            text_z(&p->out, "\xEF\xBF\xBD");
        } else {
            text_char(&p->out, words.p[i]);
        }
    }
}

void html_text(page *p, const char *english)
{
    html_words(p, str_of(tr(p->language, english)));
}

void html_begin(page *p, str title, propense_language language)
{
    *p = (page){ .language = language };
    text_f(&p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
           language == PROPENSE_SPANISH ? "es" : "en");
    html_raw(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
    html_words(p, title);
    html_raw(p, "</title>\n<style>\n");
    html_raw(p, style);
    html_raw(p, style_media);
    html_raw(p, "</style>\n</head>\n<body>\n");
}

void html_end(page *p)
{
    html_raw(p, "<script>\n");
    html_raw(p, script);
    html_raw(p, "</script>\n</body>\n</html>\n");
}

/* The tag's name alone, for its end. */
static void end_tag(page *p, const char *tag)
{
    int64_t n = 0;
    while (tag[n] && tag[n] != ' ') n++;
    html_raw(p, "</");
    text_add(&p->out, tag, n);
    html_raw(p, ">\n");
}

void html_element(page *p, const char *tag, str words)
{
    text_f(&p->out, "<%s>", tag);
    html_words(p, words);
    end_tag(p, tag);
}

void html_paragraph(page *p, str words)
{
    html_element(p, "p", words);
}

void html_heading(page *p, int level, const char *english, const char *id)
{
    text_f(&p->out, "<h%d", level);
    if (id) text_f(&p->out, " id=\"%s\"", id);
    html_raw(p, ">");
    html_text(p, english);
    text_f(&p->out, "</h%d>\n", level);
}

void html_chart(page *p, const scene *s, int is_wide)
{
    html_raw(p, is_wide ? "<figure class=\"wide\">\n" : "<figure>\n");
    scene_svg_inline(&p->out, s, ++p->n_charts);
    html_raw(p, "</figure>\n");
}

void html_table_begin(page *p, const char *caption, const char *const *heads, int n)
{
    html_raw(p, "<section class=\"scroll\" tabindex=\"0\" aria-label=\"");
    html_text(p, caption);
    html_raw(p, "\">\n<table>\n<caption><span>");
    html_text(p, caption);
    html_raw(p, "</span></caption>\n<thead><tr>");
    for (int i = 0; i < n; i++) {
        html_raw(p, "<th scope=\"col\">");
        html_text(p, heads[i]);
        html_raw(p, "</th>");
    }
    html_raw(p, "</tr></thead>\n<tbody>\n");
}

void html_row_begin(page *p)
{
    html_raw(p, "<tr>");
}
void html_row_end(page *p)
{
    html_raw(p, "</tr>\n");
}

void html_cell(page *p, str words)
{
    html_raw(p, "<td>");
    html_words(p, words);
    html_raw(p, "</td>");
}

void html_cell_words(page *p, str words)
{
    html_raw(p, "<td class=\"w\"><bdi>");
    html_words(p, words);
    html_raw(p, "</bdi></td>");
}

void html_table_end(page *p)
{
    html_raw(p, "</tbody>\n</table>\n</section>\n");
}
