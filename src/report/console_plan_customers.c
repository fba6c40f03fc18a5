/* The plan's customers: segments, what sets each apart, groups by region, gender and age.
 * Leaves their figures to decide/. Read console_plan_parts.h first. */
#include <math.h>

#include "console_plan_parts.h"
#include "console_table.h"
#include "words.h"

/* ---- Segments */

/* "52% (50.6% to 53.5%)" */
static void rate_cell(console_table *t, const estimate *e, const char *more, propense_language l)
{
    text words = { 0 };
    text_f(&words, tr(l, "%s (%s to %s)"), show_share(e->value, l).p, show_share(e->low, l).p,
           show_share(e->high, l).p);
    if (*more) text_f(&words, " %s", more);
    t->words.bad |= words.bad;
    console_table_cell(t, text_view(&words));
    text_free(&words);
}

static void segment_line(console_table *t, const plan_page *g, int i)
{
    const band *b = &g->p->segments.segment[i].band;
    text span = { 0 };
    console_table_cell(t, str_of(tr(g->l, b->name)));
    console_table_cell(t, str_of(show_count(b->n, g->l).p));
    console_table_cell(t, str_of(show_count(g->p->in_segment[i], g->l).p));
    text_f(&span, tr(g->l, "%s to %s"), show_share(b->p_to, g->l).p, show_share(b->p_from, g->l).p);
    t->words.bad |= span.bad;
    console_table_cell(t, text_view(&span));
    text_free(&span);
    rate_cell(t, &b->rate, "", g->l);
}

/* Their intervals are in plan.json: here they would take a screen of their own. */
static void trait_words(plan_page *g, text *t, const trait *x)
{
    const column *k = &g->p->s.t.columns[x->column];
    propense_language l = g->l;
    if (x->level >= 0)
        text_f(t, tr(l, "%.*s %.*s %s (others %s)"), STR_ARG(k->name), STR_ARG(k->level[x->level]),
               show_share(x->here.value, l).p, show_share(x->elsewhere, l).p);
    else
        text_f(t, tr(l, "%.*s %s (others %s)"), STR_ARG(k->name), show_digits(x->here.value, l).p,
               show_digits(x->elsewhere, l).p);
}

/* What sets each apart, largest difference first. */
static void traits(plan_page *g)
{
    const struct segments *all = &g->p->segments;
    int any = 0;
    for (int i = 0; i < all->n; i++) any |= all->segment[i].n_traits > 0;
    if (any) text_f(g->out, "\n%s\n", tr(g->l, "what sets them apart"));
    for (int i = 0; i < all->n; i++) {
        const segment *s = &all->segment[i];
        text t = { 0 };
        for (int k = 0; k < s->n_traits; k++) {
            if (k) text_z(&t, "; ");
            trait_words(g, &t, &s->traits[k]);
        }
        if (s->n_traits) plan_fact(g, tr(g->l, s->band.name), &t);
    }
}

/* ---- Groups */

static void group_line(console_table *t, const plan_page *g, const plan_group *x)
{
    propense_language l = g->l;
    text name = { 0 };
    text_z(&name, "  ");
    text_str(&name, x->name);
    t->words.bad |= name.bad;
    console_table_cell(t, text_view(&name));
    text_free(&name);
    console_table_cell(t, str_of(show_count(x->n, l).p));
    console_table_cell(t, str_of(show_share(x->n ? (double)x->n_selected / (double)x->n : 0, l).p));
    console_table_cell(t, str_of(show_share(x->expected, l).p));
    const char *held = x->expected < x->rate.low    ? tr(l, "(promised too little)")
                       : x->expected > x->rate.high ? tr(l, "(promised too much)")
                                                    : "";
    if (x->n_known)
        rate_cell(t, &x->rate, held, l);
    else
        console_table_cell(t, STR(""));
}

static void group_heading(console_table *t, const plan_page *g, const group_column *k)
{
    text words = { 0 };
    text_str(&words, g->p->s.t.columns[k->column].name);
    if (k->is_sensitive) text_f(&words, " (%s)", tr(g->l, "sensitive"));
    t->words.bad |= words.bad;
    console_table_line(t, text_view(&words));
    text_free(&words);
}

static void table_heads(console_table *t, const char *const *heads, int n, propense_language l)
{
    for (int i = 0; i < n; i++) console_table_cell(t, str_of(tr(l, heads[i])));
}

void plan_groups_part(plan_page *g)
{
    static const char *const heads[] = { N_("group"), N_("customers"), N_("selected"),
                                         N_("probability"), N_("converted so far") };
    const plan_groups *all = &g->p->groups;
    propense_language l = g->l;
    int known = g->p->s.outcome != NULL, sensitive = 0;
    console_table t = { .sides = "lrrrl" };
    if (!all->n) return;
    text_char(g->out, '\n');
    table_heads(&t, heads, 4, l);
    console_table_cell(&t, str_of(known ? tr(l, heads[4]) : ""));
    for (int i = 0; i < all->n; i++) {
        const group_column *k = &all->columns[i];
        group_heading(&t, g, k);
        for (int j = 0; j < k->n; j++) group_line(&t, g, &k->groups[j]);
        sensitive |= k->is_sensitive;
    }
    console_table_write(g->out, &t);
    if (sensitive && !g->p->without.n)
        paragraph(g->out, "", 0,
                  str_of(tr(l, "Age and gender are sensitive: where the selection differs by them, "
                               "look whether that is meant. --without NAMES plans without them, "
                               "and shows what that costs.")));
}

void plan_segments_part(plan_page *g)
{
    static const char *const heads[] = { N_("segment"), N_("customers"), N_("contacts"),
                                         N_("probability"), N_("converts, if contacted") };
    console_table t = { .sides = "lrrll" };
    table_heads(&t, heads, 5, g->l);
    for (int i = 0; i < g->p->segments.n; i++) segment_line(&t, g, i);
    console_table_write(g->out, &t);
    traits(g);
}
