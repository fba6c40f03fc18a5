/* What the files of the plan's console text share. For src/report/console_plan*.c only. */
#ifndef PROPENSE_CONSOLE_PLAN_PARTS_H
#define PROPENSE_CONSOLE_PLAN_PARTS_H

#include "money_text.h"
#include "plan.h"

/* The text being written. */
typedef struct plan_page {
    text *out;
    const plan *p;
    propense_language l;
    int decimals; /* of amounts in tables */
    int bad;
} plan_page;

/* An amount as the tables have it, and in cents. */
money_shown plan_money(const plan_page *g, double amount);
money_shown plan_cents(const plan_page *g, double amount);
/* A name, then its words, wrapped beside it; nothing without words. Frees them. */
void plan_fact(plan_page *g, const char *name, text *words);
/* Cells of a table: `width` to the left or to the right. */
void plan_name_cell(plan_page *g, const char *words, int width);
void plan_cell(plan_page *g, const char *words, int width);

/* console_plan_figures.c: what the list brings, and what the other ways would. */
void plan_figures_part(plan_page *g);
void plan_strategies_part(plan_page *g);
/* console_plan_customers.c: the segments and what sets them apart, the groups. */
void plan_segments_part(plan_page *g);
void plan_groups_part(plan_page *g);
/* console_plan_without.c */
void plan_without_part(plan_page *g);

#endif
