/* A page of HTML as a growing text: whatever comes from data passes through html_words and is
 * escaped there; tags are literals of the code. Nothing is loaded from anywhere. */
#ifndef PROPENSE_HTML_H
#define PROPENSE_HTML_H

#include "scene.h"

typedef struct page {
    text out; /* bad: an allocation was refused */
    propense_language language;
    int n_charts; /* so far: sets their ids apart */
} page;

/* Head, style and the open body; html_end closes it with the script. */
void html_begin(page *p, str title, propense_language language);
void html_end(page *p);

/* Escaped; control characters and marks that turn the direction of a line round are shown as
 * U+FFFD.
 */
void html_words(page *p, str words);
void html_text(page *p, const char *english); /* translated, escaped */
/* <tag>words</tag>; attributes as they stand in the tag ("p class=\"of\""). */
void html_element(page *p, const char *tag, str words);
void html_paragraph(page *p, str words);
void html_heading(page *p, int level, const char *english, const char *id);
void html_raw(page *p, const char *literal);

/* A chart as a figure; NULL or bad scenes make the page bad. */
void html_chart(page *p, const scene *s, int is_wide);

/* A table: caption, head, rows of cells. The first column is words, the others are numbers. */
void html_table_begin(page *p, const char *caption, const char *const *heads, int n);
void html_row_begin(page *p);
void html_cell(page *p, str words); /* a number */
void html_cell_words(page *p, str words);
void html_row_end(page *p);
void html_table_end(page *p);

#endif
