/* The report's sections on what the model looks at and whom it treats how.
 * Leaves the figures to study/, charts to answer_charts.c. Read html_report.h first. */
#include <math.h>

#include "answer_charts.h"
#include "console_text.h"
#include "html_report.h"
#include "words.h"

static void cell_of(report_page *p, const char *shown_words)
{
    html_cell(&p->page, str_of(shown_words));
}

/* ---- Importance */

static void group_rows(report_page *p, const importance *i)
{
    static const char *const heads[] = { N_("group of columns"), N_("columns"),
                                         N_("fall of the area"), N_("95% interval") };
    html_table_begin(&p->page, N_("Columns that speak of the same, shuffled together"), heads, 4);
    for (int32_t k = 0; k < i->n_groups; k++) {
        const importance_row *row = &i->groups[k];
        text range = { 0 };
        text_f(&range, tr(p->language, "%s to %s"), show_fixed(row->low, 4, p->language).p,
               show_fixed(row->high, 4, p->language).p);
        html_row_begin(&p->page);
        html_cell_words(&p->page, str_of(tr(p->language, importance_group_name(row->group))));
        cell_of(p, show_count(row->n_columns, p->language).p);
        cell_of(p, show_fixed(row->drop, 4, p->language).p);
        p->page.out.bad |= range.bad;
        html_cell(&p->page, text_view(&range));
        html_row_end(&p->page);
        text_free(&range);
    }
    html_table_end(&p->page);
}

static double mean_probability(const appraisal *a)
{
    double sum = 0;
    for (int64_t i = 0; i < a->n; i++) sum += a->p[i];
    return a->n ? sum / (double)a->n : 0;
}

static void say_levelled(report_page *p)
{
    html_element(&p->page, "p",
                 str_of(tr(p->language, "The columns told nothing that held on customers the model "
                                        "had not seen, so it promises everybody practically the "
                                        "same: there is nothing to show here.")));
}

void report_answers(report_page *p)
{
    const report_data *r = p->r;
    double base = r->e && r->e->model.p ? mean_probability(&r->e->model) : 0;
    if (r->e && verdict_sign(r->e->model.verdict) <= 0)
        html_element(&p->page, "p",
                     str_of(tr(p->language, "The ranking is no better than chance, so what it "
                                            "rests on says nothing about customers: bars to the "
                                            "left of 0 are as likely as bars to the right.")));
    if (r->m->levelled) {
        say_levelled(p);
        return;
    }
    html_raw(&p->page, "<div class=\"charts\">\n");
    report_chart(p, "importance", importance_chart(r->answers, p->language, p->mem), 0);
    if (r->answers->n_groups > 1)
        report_chart(p, "importance_groups",
                     importance_groups_chart(r->answers, p->language, p->mem), 0);
    html_raw(&p->page, "</div>\n");
    if (r->answers->n_groups) group_rows(p, r->answers);
    if (r->n_effects == 0) return;
    html_heading(&p->page, 3, N_("How the answer changes with one column"), NULL);
    html_element(&p->page, "p",
                 str_of(tr(p->language, "The mean probability if every customer had this value and "
                                        "all else stayed as it is; dashed, the mean as it is now. "
                                        "It shows what the model does, not what makes customers "
                                        "buy.")));
    html_raw(&p->page, "<div class=\"charts\">\n");
    for (int32_t i = 0; i < r->n_effects; i++) {
        char name[] = "effect_0";
        name[sizeof name - 2] = (char)('1' + i);
        report_chart(p, name, effect_chart(&r->effects[i], base, p->language, p->mem), 0);
    }
    html_raw(&p->page, "</div>\n");
}

/* ---- Groups */

static void group_name(text *out, const group_row *row, propense_language language)
{
    if (!isnan(row->from))
        text_f(out, tr(language, "%s to %s"), show_number(row->from, language).p,
               show_number(row->to, language).p);
    else
        text_str(out, row->level);
}

static void group_line(report_page *p, const group_row *row)
{
    propense_language l = p->language;
    text name = { 0 }, range = { 0 };
    group_name(&name, row, l);
    text_f(&range, tr(l, "%s to %s"), show_fixed(100 * row->low, 1, l).p,
           show_fixed(100 * row->high, 1, l).p);
    int is_off = row->promised < row->low || row->promised > row->high;
    html_row_begin(&p->page);
    html_cell_words(&p->page, text_view(&name));
    cell_of(p, show_count(row->n, l).p);
    cell_of(p, show_fixed(100 * row->rate, 1, l).p);
    html_cell(&p->page, text_view(&range));
    cell_of(p, show_fixed(100 * row->promised, 1, l).p);
    html_cell_words(&p->page, str_of(tr(l, is_off ? "outside" : "within")));
    html_row_end(&p->page);
    p->page.out.bad |= name.bad | range.bad;
    text_free(&name);
    text_free(&range);
}

void report_groups(report_page *p)
{
    static const char *const heads[] = { N_("group"),        N_("customers"),   N_("converted, %"),
                                         N_("95% interval"), N_("promised, %"), N_("compared") };
    html_element(&p->page, "p",
                 str_of(tr(p->language, "Where the promise lies outside the interval, the model "
                                        "treats that group as likelier or less likely than it is. "
                                        "Of twenty rows one does so by chance.")));
    for (int32_t i = 0; i < p->r->n_groups; i++) {
        const group_table *t = &p->r->groups[i];
        text caption = { 0 };
        text_f(&caption, "%.*s", STR_ARG(t->name));
        if (t->is_sensitive)
            text_z(&caption,
                   tr(p->language,
                      " (sensitive: better left out of the model, if it need not be used)"));
        p->page.out.bad |= caption.bad;
        html_table_begin(&p->page, caption.p ? caption.p : "", heads, 6);
        for (int32_t k = 0; k < t->n; k++) group_line(p, &t->rows[k]);
        html_table_end(&p->page);
        text_free(&caption);
    }
}
