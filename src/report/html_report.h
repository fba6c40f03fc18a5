/* The report a marketer forwards: one file of HTML, offline, readable without its script.
 * What is not there (NULL, or none) is left out, with a sentence where a reader would miss it. */
#ifndef PROPENSE_HTML_REPORT_H
#define PROPENSE_HTML_REPORT_H

#include "evaluate.h"
#include "demographics.h"
#include "html.h"
#include "importance.h"
#include "plan_summary.h"

enum { report_most_effects = 6 };

typedef struct report_data {
    const model *m;
    str model_name, data_name; /* of the files, without folders */
    const evaluation *e;       /* NULL: no DATA */
    int is_training_data;      /* the rows are those that the model learned from */
    int is_out_of_fold;        /* and each was answered by the member that had left it out */
    int race_is_new;           /* simple models learned from the rows of DATA, in five parts */
    const importance *answers; /* NULL */
    const effect *effects;     /* [n_effects] */
    int32_t n_effects;
    const group_table *groups; /* [n_groups] */
    int32_t n_groups;
    const plan_summary *plan; /* NULL */
    str command;              /* that makes this report again; may be empty */
} report_data;

/* The page; mem for the charts. out->bad on exhaustion. Charts also go to `asset`, if not NULL, by
 * name and scene. */
typedef status (*report_asset)(void *user, const char *name, const scene *s, propense_error *err);
status html_report(text *out, const report_data *r, propense_language language, report_asset asset,
                   void *user, arena *mem, propense_error *err);

/* ---- For the files that make up the page */

typedef struct report_page {
    page page;
    const report_data *r;
    propense_language language;
    arena *mem;
    report_asset asset;
    void *user;
    propense_error *err;
    status status; /* of assets */
} report_page;

/* A chart into the page and to the assets. */
void report_chart(report_page *p, const char *name, const scene *s, int is_wide);
/* A translated format with words; as a paragraph or list item. */
void report_say(report_page *p, const char *tag, text *words);

void report_first_screen(report_page *p);
void report_data_card(report_page *p);
void report_training(report_page *p);
void report_ranking(report_page *p);
void report_probabilities(report_page *p);
void report_race(report_page *p);
void report_money(report_page *p);
void report_answers(report_page *p);
void report_groups(report_page *p);
void report_method(report_page *p);

#endif
