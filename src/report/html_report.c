/* The report's order of sections and its first screen: the verdict, the money, what to do.
 * Leaves the sections to html_*.c and the page's frame to html.c. Read html_report.h first. */
#include "html_report.h"

#include <math.h>

#include "console.h"
#include "money_text.h"
#include "words.h"

void report_chart(report_page *p, const char *name, const scene *s, int is_wide)
{
    html_chart(&p->page, s, is_wide);
    if (p->status == PROPENSE_OK && p->asset && s && !s->bad)
        p->status = p->asset(p->user, name, s, p->err);
}

void report_say(report_page *p, const char *tag, text *words)
{
    p->page.out.bad |= words->bad;
    html_element(&p->page, tag, text_view(words));
    text_free(words);
}

/* ---- The first screen */

/* Whether DATA's figures are those of rows that the model had not seen. Out of fold the card has
 * the same, and its verdict heeds the gate. */
static int is_judged(const report_data *r)
{
    return r->e && !r->is_training_data;
}

/* Rows of one kind only: there is nothing to rank. */
static int is_one_sided(const report_data *r)
{
    return r->e && (r->e->model.n_positive == 0 || r->e->model.n_positive == r->e->model.n);
}

/* What is known of the ranking: of DATA where there is one that the model had not seen. */
static verdict_kind verdict_shown(const report_data *r)
{
    if (is_judged(r)) return r->e->model.verdict;
    return r->m->card.verdict;
}

static const auc_interval *area_shown(const report_data *r)
{
    return is_judged(r) ? &r->e->model.auc : &r->m->card.auc;
}

static const char *headline(const report_page *p)
{
    if (is_one_sided(p->r))
        return tr(p->language,
                  p->r->e->model.n_positive
                      ? "All of these customers converted: they cannot judge a ranking."
                      : "None of these customers converted: they cannot judge a ranking.");
    const auc_interval *a = area_shown(p->r);
    if (verdict_shown(p->r) == VERDICT_CHANCE && a->high - a->low > 0.25)
        return tr(p->language,
                  "Not shown to be better than chance: there are too few customers to tell.");
    switch (verdict_shown(p->r)) {
    case VERDICT_CHANCE:
    case VERDICT_REVERSED:
        return tr(p->language, "No better than chance: do not choose customers by this ranking.");
    case VERDICT_WEAK:
        return tr(p->language, "Better than chance, but weak.");
    case VERDICT_FAIR:
        return tr(p->language, "Better than chance: a fair ranking.");
    case VERDICT_GOOD:
        return tr(p->language, "Better than chance: a good ranking.");
    case VERDICT_STRONG:
        return tr(p->language, "Suspiciously good: look for a leak before you use this ranking.");
    default:
        return console_headline(p->r->m, p->language);
    }
}

static void say_area(report_page *p)
{
    const auc_interval *a = area_shown(p->r);
    if (!(a->auc >= 0)) return;
    text t = { 0 };
    int decimals = a->high - a->low < 0.01 ? 1 : 0;
    text_f(&t,
           tr(p->language,
              "Of one customer who converts and one who does not, the model ranks the "
              "right one higher %s times in 100 (95%% interval %s to %s; a coin: 50)."),
           show_fixed(100 * a->auc, decimals, p->language).p,
           show_fixed(100 * a->low, decimals, p->language).p,
           show_fixed(100 * a->high, decimals, p->language).p);
    report_say(p, "p", &t);
}

static money_shown money(const report_page *p, double amount)
{
    const plan_summary *s = p->r->plan;
    double largest = fabs(s->list.profit.high) > fabs(amount) ? s->list.profit.high : amount;
    return show_money(amount, money_decimals(fabs(largest)), s->currency, p->language);
}

static void say_money(report_page *p)
{
    const plan_summary *s = p->r->plan;
    text t = { 0 };
    if (s->is_refused) {
        text_z(&t, tr(p->language, "No list is recommended: choosing customers by chance brings "
                                   "what contacting everybody or nobody brings."));
        report_say(p, "p", &t);
        return;
    }
    text_f(&t,
           tr(p->language, "Contacting %s of %s customers is expected to bring a profit of %s "
                           "(95%% interval %s to %s); contacting everybody %s."),
           show_fixed(s->list.contacts, 0, p->language).p,
           show_count(s->may_be_contacted, p->language).p, money(p, s->list.profit.value).p,
           money(p, s->list.profit.low).p, money(p, s->list.profit.high).p,
           money(p, s->everybody.profit.value).p);
    if (s->budget_binds) text_f(&t, " %s", tr(p->language, "The budget ends the list. "));
    if (s->contacts_bind)
        text_f(&t, " %s", tr(p->language, "The number of contacts ends the list. "));
    report_say(p, "p", &t);
}

static void say_without_money(report_page *p)
{
    const schema *s = &p->r->m->schema;
    const evaluation *e = p->r->e;
    int64_t rows = e ? e->model.n : s->n_rows - s->n_no_target;
    int64_t converted = e ? e->model.n_positive : s->n_positive;
    if (rows <= 0) return;
    text t = { 0 };
    text_f(&t,
           tr(p->language, "%s of %s customers converted: contacting everybody pays when one "
                           "contact costs less than %s%% of what a conversion earns."),
           show_count(converted, p->language).p, show_count(rows, p->language).p,
           show_percent(converted, rows, p->language).p);
    report_say(p, "p", &t);
}

static void say_what_to_do(report_page *p)
{
    verdict_kind v = verdict_shown(p->r);
    const char *words;
    if (v == VERDICT_NONE)
        words = N_("Judge it on customers whose answer is known before a campaign rests on it.");
    else if (verdict_sign(v) <= 0)
        words = N_("Treat everybody alike, or test: contact a random sample, leave a random group "
                   "alone, and compare.");
    else if (v == VERDICT_STRONG)
        words = N_("First look for a column that is known only after the outcome, leave it out and "
                   "train again; then contact from the top of the list down.");
    else if (p->r->plan && !p->r->plan->is_refused)
        words = N_("Contact the customers of the list, and leave a random group without contact: "
                   "only that shows what the campaign itself brings.");
    else
        words = N_("Contact from the top of the list down as far as a contact still pays, and "
                   "leave a random group without contact: only that shows what the campaign "
                   "itself brings.");
    html_element(&p->page, "p", str_of(tr(p->language, words)));
}

static void headline_figure(report_page *p, const char *name, text *value, const char *beside)
{
    html_raw(&p->page, "<li><span>");
    html_text(&p->page, name);
    html_raw(&p->page, "</span><b>");
    p->page.out.bad |= value->bad;
    html_words(&p->page, text_view(value));
    html_raw(&p->page, "</b><span>");
    html_words(&p->page, str_of(beside));
    html_raw(&p->page, "</span></li>\n");
    text_free(value);
}

/* Decimals that the interval lets one believe. */
static int digits_of(const interval *i, double times)
{
    double wide = (i->high - i->low) * times;
    return i->method == INTERVAL_NONE ? 2 : wide > 4 ? 0 : wide > 0.4 ? 1 : wide > 0.02 ? 2 : 3;
}

static void interval_figure(report_page *p, const char *name, const interval *i, double times)
{
    int decimals = digits_of(i, times);
    text value = { 0 }, beside = { 0 };
    text_local(&value, i->value * times, decimals, p->language);
    if (i->method != INTERVAL_NONE)
        text_f(&beside, tr(p->language, "95%% interval %s to %s"),
               show_fixed(i->low * times, decimals, p->language).p,
               show_fixed(i->high * times, decimals, p->language).p);
    p->page.out.bad |= beside.bad;
    headline_figure(p, name, &value, beside.p ? beside.p : "");
    text_free(&beside);
}

static void headline_figures(report_page *p)
{
    const evaluation *e = p->r->e;
    if (!e || is_one_sided(p->r)) return;
    html_raw(&p->page, "<ul class=\"figures\">\n");
    const interval *f = e->model.figures;
    interval_figure(p, N_("ROC AUC"), &f[FIGURE_AUC], 1);
    interval_figure(p, N_("lift of the best tenth"), &f[FIGURE_LIFT], 1);
    interval_figure(p, N_("conversions in the best tenth, %"), &f[FIGURE_GAIN], 100);
    text error = { 0 }, floor = { 0 };
    text_local(&error, 100 * e->model.ece.ece, 1, p->language);
    text_f(&floor, tr(p->language, "by chance alone: %s"),
           show_fixed(100 * e->model.ece.noise_floor, 1, p->language).p);
    p->page.out.bad |= floor.bad;
    headline_figure(p, N_("mean error of the probabilities, points"), &error,
                    floor.p ? floor.p : "");
    text_free(&floor);
    html_raw(&p->page, "</ul>\n");
}

void report_first_screen(report_page *p)
{
    verdict_kind kind = verdict_shown(p->r);
    int sign = kind == VERDICT_STRONG ? 0 : verdict_sign(kind); /* too good is no good news */
    html_raw(&p->page, sign > 0   ? "<section class=\"verdict good\">\n"
                       : sign < 0 ? "<section class=\"verdict\">\n"
                                  : "<section class=\"verdict bad\">\n");
    html_element(&p->page, "p", str_of(headline(p)));
    say_area(p);
    if (p->r->plan)
        say_money(p);
    else
        say_without_money(p);
    say_what_to_do(p);
    html_raw(&p->page, "</section>\n");
    if (p->r->is_out_of_fold)
        html_element(
            &p->page, "p",
            str_of(tr(p->language, "The file is the one the model learned from. Every "
                                   "figure and curve here is nevertheless one of customers "
                                   "not seen: each row is answered only by the network that "
                                   "had left it out. All networks together are a little "
                                   "better.")));
    else if (p->r->is_training_data)
        html_element(&p->page, "p",
                     str_of(tr(p->language, "The file given is the one the model learned from: "
                                            "figures on it flatter the model. The verdict is that "
                                            "of the rows kept out of training.")));
    headline_figures(p);
}

/* ---- The page */

static void header(report_page *p)
{
    html_raw(&p->page, "<header>\n<h1>");
    html_text(&p->page, "Who will convert, and can that be believed?");
    html_raw(&p->page, "</h1>\n<p class=\"of\">");
    text t = { 0 };
    text_f(&t, tr(p->language, "Model %.*s"), STR_ARG(p->r->model_name));
    if (p->r->data_name.n)
        text_f(&t, tr(p->language, ", customers of %.*s"), STR_ARG(p->r->data_name));
    p->page.out.bad |= t.bad;
    html_words(&p->page, text_view(&t));
    text_free(&t);
    html_raw(&p->page, "</p>\n</header>\n");
}

static void footer(report_page *p)
{
    text t = { 0 };
    html_raw(&p->page, "<footer>\n");
    text_f(&t,
           tr(p->language, "Made by propense %.*s. The file is complete: nothing is loaded from "
                           "anywhere."),
           STR_ARG(p->r->m->card.version));
    report_say(p, "p", &t);
    html_raw(&p->page, "</footer>\n");
}

static const struct {
    void (*write)(report_page *p);
    const char *id, *name;
} sections[] = {
    { report_money, "money", N_("What it will bring") },
    { report_ranking, "ranking", N_("How good is the ranking?") },
    { report_probabilities, "probabilities", N_("Can the probabilities be believed?") },
    { report_race, "race", N_("Is there a simpler way?") },
    { report_answers, "answers", N_("What does the model look at?") },
    { report_groups, "groups", N_("Is it the same for everybody?") },
    { report_data_card, "data", N_("What came in") },
    { report_training, "training", N_("How it learned") },
    { report_method, "method", N_("How to read and repeat this") },
};
enum { n_sections = sizeof sections / sizeof *sections };

static int is_there(const report_data *r, int i)
{
    if (sections[i].write == report_money) return r->plan != NULL;
    if (sections[i].write == report_ranking || sections[i].write == report_probabilities)
        return r->e && !is_one_sided(r);
    if (sections[i].write == report_race)
        return r->e &&
               (r->e->rivals[CONTENDER_LOGISTIC].is_there || r->e->rivals[CONTENDER_RULE].is_there);
    if (sections[i].write == report_answers) return r->answers != NULL;
    if (sections[i].write == report_groups) return r->n_groups > 0;
    if (sections[i].write == report_training) return r->m->card.history.n_epochs > 0;
    return 1;
}

static void contents(report_page *p)
{
    html_raw(&p->page, "<nav aria-label=\"");
    html_text(&p->page, "Contents");
    html_raw(&p->page, "\">\n<ul>\n");
    for (int i = 0; i < n_sections; i++) {
        if (!is_there(p->r, i)) continue;
        text_f(&p->page.out, "<li><a href=\"#%s\">", sections[i].id);
        html_text(&p->page, sections[i].name);
        html_raw(&p->page, "</a></li>\n");
    }
    html_raw(&p->page, "</ul>\n</nav>\n");
}

status html_report(text *out, const report_data *r, propense_language language, report_asset asset,
                   void *user, arena *mem, propense_error *err)
{
    report_page p = {
        .r = r, .language = language, .mem = mem, .asset = asset, .user = user, .err = err
    };
    html_begin(&p.page, str_of(tr(language, "propense: report of a conversion model")), language);
    header(&p);
    html_raw(&p.page, "<main>\n");
    report_first_screen(&p);
    contents(&p);
    for (int i = 0; i < n_sections; i++) {
        if (!is_there(r, i)) continue;
        html_heading(&p.page, 2, sections[i].name, sections[i].id);
        sections[i].write(&p);
    }
    html_raw(&p.page, "</main>\n");
    footer(&p);
    html_end(&p.page);
    *out = p.page.out;
    return out->bad ? fail_memory(err) : p.status;
}
