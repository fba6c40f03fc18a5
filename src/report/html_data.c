/* The report's sections on what came in, how it learned, and how to repeat it.
 * Leaves the facts to the model's schema and card. Read html_report.h first. */
#include "command_words.h"
#include "console_text.h"
#include "history_chart.h"
#include "html_report.h"
#include "words.h"

static void say_rows(report_page *p)
{
    const schema *s = &p->r->m->schema;
    const card *c = &p->r->m->card;
    propense_language l = p->language;
    text t = { 0 };
    text_f(&t, tr(l, "%s rows with a known answer; %s of them converted."),
           show_count(s->n_rows - s->n_no_target, l).p, show_count(s->n_positive, l).p);
    if (s->n_no_target)
        text_f(&t, tr(l, " %s rows without an answer were left out."),
               show_count(s->n_no_target, l).p);
    if (c->n_test)
        text_f(&t, tr(l, " Trained on %s rows, judged on %s others."), show_count(c->n_train, l).p,
               show_count(c->n_test, l).p);
    report_say(p, "p", &t);
}

static void column_row(report_page *p, int32_t at)
{
    const schema *s = &p->r->m->schema;
    const schema_column *c = &s->columns[at];
    propense_language l = p->language;
    text why = { 0 };
    schema_why(&why, s, at, l);
    html_row_begin(&p->page);
    html_cell_words(&p->page, c->name);
    html_cell_words(&p->page, str_of(role_name(c->role, l)));
    html_cell_words(&p->page, str_of(type_name(c->type, l)));
    html_cell(&p->page, str_of(show_count(c->n_missing, l).p));
    html_cell_words(&p->page, text_view(&why));
    html_row_end(&p->page);
    p->page.out.bad |= why.bad;
    text_free(&why);
}

static void alarm_list(report_page *p)
{
    const alarms *a = &p->r->m->card.alarms;
    if (a->n == 0) return;
    html_heading(&p->page, 3, N_("Look at these before you trust the figures"), NULL);
    html_raw(&p->page, "<ul>\n");
    for (int32_t i = 0; i < a->n; i++) {
        text t = { 0 };
        if (a->items[i].column >= 0)
            text_f(&t, "%.*s: ", STR_ARG(p->r->m->schema.columns[a->items[i].column].name));
        text_z(&t, alarm_words(a->items[i].kind, p->language));
        report_say(p, "li", &t);
    }
    html_raw(&p->page, "</ul>\n");
}

void report_data_card(report_page *p)
{
    static const char *const heads[] = { N_("column"), N_("role"), N_("kind"), N_("missing"),
                                         N_("why") };
    enum { most_columns = 200 };
    const schema *s = &p->r->m->schema;
    say_rows(p);
    alarm_list(p);
    html_table_begin(&p->page, N_("Columns of the training file"), heads, 5);
    for (int32_t c = 0; c < s->n_columns && c < most_columns; c++) column_row(p, c);
    html_table_end(&p->page);
    if (s->n_columns <= most_columns) return;
    text t = { 0 };
    text_f(&t, tr(p->language, "and %s more columns: propense inspect lists them all."),
           show_count(s->n_columns - most_columns, p->language).p);
    report_say(p, "p", &t);
}

void report_training(report_page *p)
{
    html_raw(&p->page, "<div class=\"charts\">\n");
    report_chart(p, "training", history_chart(&p->r->m->card.history, p->language, p->mem), 1);
    html_raw(&p->page, "</div>\n");
    if (p->r->m->n_members) {
        text t = { 0 };
        text_f(&t,
               tr(p->language,
                  "The model is the mean of %lld networks, each trained without a share "
                  "of the rows of its own: the rows held out in the chart are these, "
                  "all together."),
               (long long)p->r->m->n_members);
        report_say(p, "p", &t);
    }
}

static void item(report_page *p, const char *english)
{
    html_element(&p->page, "li", str_of(tr(p->language, english)));
}

/* The card does not know the file's name, only its fingerprint. */
static void trained_with(report_page *p)
{
    const card *c = &p->r->m->card;
    text t = { 0 };
    html_element(&p->page, "p", str_of(tr(p->language, "The model was made by:")));
    text_z(&t, "propense train DATA.csv");
    for (int32_t i = 0; i < c->n_options; i++) {
        text_f(&t, " --%.*s ", STR_ARG(c->options[i].name));
        shell_word(&t, c->options[i].value);
    }
    text_z(&t, " --model_out ");
    shell_word(&t, p->r->model_name);
    report_say(p, "pre", &t);
}

void report_method(report_page *p)
{
    const card *c = &p->r->m->card;
    html_raw(&p->page, "<ul>\n");
    item(p, N_("An interval of 95% holds the true figure in 95 of 100 samples of customers. It "
               "covers the choice of customers, not another training and not another season."));
    item(p,
         N_("ROC AUC: how often the model ranks a converter above another customer. Its interval "
            "is DeLong's, on the logit scale."));
    item(p, N_("Lift: how many times more often the best tenth converts than all together."));
    item(p, N_("Log-loss and calibration error judge the probabilities, not only their order; "
               "lower is better."));
    item(p, N_("Importance and dependence say what the model does. They do not say what makes "
               "customers buy: only a test with a control group does."));
    html_raw(&p->page, "</ul>\n");
    text t = { 0 };
    text_f(&t,
           tr(p->language, "Fingerprint of the training data: %.*s; seed %lld, seed of the "
                           "split %lld."),
           STR_ARG(c->fingerprint), (long long)c->seed, (long long)c->split_seed);
    report_say(p, "p", &t);
    trained_with(p);
    if (p->r->command.n) {
        html_element(&p->page, "p", str_of(tr(p->language, "This report again:")));
        html_element(&p->page, "pre", p->r->command);
    }
}
