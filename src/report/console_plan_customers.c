/* The plan's customers: segments, what sets each apart, groups by region, gender and age.
 * Leaves their figures to decide/. Read console_plan_parts.h first. */
#include <math.h>

#include "console_plan_parts.h"
#include "words.h"

/* ---- Segments */

static void segment_line(plan_page *g, int i)
{
    const band *b = &g->p->segments.segment[i].band;
    text t = { 0 };
    plan_name_cell(g, tr(g->l, b->name), 11);
    plan_cell(g, show_count(b->n, g->l).p, 11);
    plan_cell(g, show_count(g->p->in_segment[i], g->l).p, 13);
    text_f(&t, tr(g->l, "%s to %s"), show_share(b->p_to, g->l).p, show_share(b->p_from, g->l).p);
    text_z(g->out, "  ");
    text_pad(g->out, text_view(&t), 22);
    t.n = 0;
    text_f(&t, tr(g->l, "%s (%s to %s)"), show_share(b->rate.value, g->l).p,
           show_share(b->rate.low, g->l).p, show_share(b->rate.high, g->l).p);
    text_str(g->out, text_view(&t));
    text_char(g->out, '\n');
    g->bad |= t.bad;
    text_free(&t);
}

static void trait_words(plan_page *g, text *t, const trait *x)
{
    const column *k = &g->p->s.t.columns[x->column];
    propense_language l = g->l;
    if (x->level >= 0)
        text_f(t, tr(l, "%.*s %.*s %s (%s to %s; others %s)"), STR_ARG(k->name),
               STR_ARG(k->level[x->level]), show_share(x->here.value, l).p,
               show_share(x->here.low, l).p, show_share(x->here.high, l).p,
               show_share(x->elsewhere, l).p);
    else
        text_f(t, tr(l, "%.*s %s (%s to %s; others %s)"), STR_ARG(k->name),
               show_digits(x->here.value, l).p, show_digits(x->here.low, l).p,
               show_digits(x->here.high, l).p, show_digits(x->elsewhere, l).p);
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

static void group_line(plan_page *g, const plan_group *x, int outcome_known)
{
    text_z(g->out, "  ");
    text_pad(g->out, x->name, 16);
    plan_cell(g, show_count(x->n, g->l).p, 11);
    plan_cell(g, show_share(x->n ? (double)x->n_selected / (double)x->n : 0, g->l).p, 13);
    plan_cell(g, show_share(x->expected, g->l).p, 14);
    if (outcome_known && x->n_known) {
        text t = { 0 };
        text_f(&t, tr(g->l, "%s (%s to %s)"), show_share(x->rate.value, g->l).p,
               show_share(x->rate.low, g->l).p, show_share(x->rate.high, g->l).p);
        text_f(g->out, "   %s", t.p ? t.p : "");
        if (x->expected < x->rate.low) text_f(g->out, " %s", tr(g->l, "(promised too little)"));
        if (x->expected > x->rate.high) text_f(g->out, " %s", tr(g->l, "(promised too much)"));
        g->bad |= t.bad;
        text_free(&t);
    }
    text_char(g->out, '\n');
}

void plan_groups_part(plan_page *g)
{
    const plan_groups *all = &g->p->groups;
    propense_language l = g->l;
    int known = g->p->s.outcome != NULL, sensitive = 0;
    if (!all->n) return;
    text_char(g->out, '\n');
    plan_name_cell(g, tr(l, "group"), 18);
    plan_cell(g, tr(l, "customers"), 11);
    plan_cell(g, tr(l, "selected"), 13);
    plan_cell(g, tr(l, "probability"), 14);
    text_f(g->out, "%s%s\n", known ? "   " : "", known ? tr(l, "converted so far") : "");
    for (int i = 0; i < all->n; i++) {
        const group_column *k = &all->columns[i];
        text_tame(g->out, g->p->s.t.columns[k->column].name);
        if (k->is_sensitive) text_f(g->out, " (%s)", tr(l, "sensitive"));
        text_char(g->out, '\n');
        for (int j = 0; j < k->n; j++) group_line(g, &k->groups[j], known);
        sensitive |= k->is_sensitive;
    }
    if (sensitive && !g->p->without.n)
        paragraph(g->out, "", 0,
                  str_of(tr(l, "Age and gender are sensitive: where the selection differs by them, "
                               "look whether that is meant. --without NAMES plans without them, "
                               "and shows what that costs.")));
}

void plan_segments_part(plan_page *g)
{
    propense_language l = g->l;
    plan_name_cell(g, tr(l, "segment"), 11);
    plan_cell(g, tr(l, "customers"), 11);
    plan_cell(g, tr(l, "contacts"), 13);
    text_z(g->out, "  ");
    text_pad(g->out, str_of(tr(l, "probability")), 22);
    text_f(g->out, "%s\n", tr(l, "converts, if contacted"));
    for (int i = 0; i < g->p->segments.n; i++) segment_line(g, i);
    traits(g);
}
