/* The report's numbers as CSV files. Leaves the curves to evaluation_csv.c, charts to the others.
 * Read report_tables.h first. */
#include "report_tables.h"

#include <math.h>

#include "csv.h"
#include "evaluation_files.h"
#include "num.h"

static void number(text *t, double x)
{
    text_char(t, ',');
    if (!isnan(x)) text_repr(t, x);
}

static void count(text *t, int64_t n)
{
    text_f(t, ",%lld", (long long)n);
}

static const char *const group_keys[importance_group_count] = { "", "recency_and_value", "email",
                                                                "demographics" };

static void importance_rows(text *t, const importance_row *rows, int32_t n, const char *kind)
{
    for (int32_t i = 0; i < n; i++) {
        const importance_row *row = &rows[i];
        text_z(t, kind);
        text_char(t, ',');
        csv_write_field(t, row->column >= 0 ? row->name : str_of(group_keys[row->group]), ',');
        number(t, row->drop);
        number(t, row->low);
        number(t, row->high);
        number(t, row->deviation);
        text_char(t, '\n');
    }
}

static void importance_csv(text *t, const importance *i)
{
    text_z(t, "kind,name,auc_drop,low,high,standard_deviation\n");
    importance_rows(t, i->rows, i->n_rows, "column");
    importance_rows(t, i->groups, i->n_groups, "group");
}

static void effects_csv(text *t, const effect *effects, int32_t n)
{
    text_z(t, "column,value,mean_probability,share\n");
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < effects[i].n; k++) {
            const effect_point *p = &effects[i].points[k];
            csv_write_field(t, effects[i].name, ',');
            if (effects[i].is_number) {
                number(t, p->value);
            } else {
                text_char(t, ',');
                csv_write_field(t, p->level, ',');
            }
            number(t, p->probability);
            number(t, p->share);
            text_char(t, '\n');
        }
    }
}

static void groups_csv(text *t, const group_table *tables, int32_t n)
{
    text_z(t, "column,level,from,to,customers,converted,rate,low,high,promised\n");
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < tables[i].n; k++) {
            const group_row *row = &tables[i].rows[k];
            csv_write_field(t, tables[i].name, ',');
            text_char(t, ',');
            csv_write_field(t, row->level, ',');
            number(t, row->from);
            number(t, row->to);
            count(t, row->n);
            count(t, row->n_positive);
            number(t, row->rate);
            number(t, row->low);
            number(t, row->high);
            number(t, row->promised);
            text_char(t, '\n');
        }
    }
}

static void history_csv(text *t, const history *h)
{
    text_z(t, "epoch,accuracy,auc,loss,val_accuracy,val_auc,val_loss\n");
    for (int32_t i = 0; i < h->n_epochs; i++) {
        const epoch_figures *f = &h->epochs[i];
        text_f(t, "%d", (int)i + 1);
        number(t, f->accuracy);
        number(t, f->auc);
        number(t, f->loss);
        number(t, f->val_accuracy);
        number(t, f->val_auc);
        number(t, f->val_loss);
        text_char(t, '\n');
    }
}

static void profit_csv(text *t, const plan_summary *s)
{
    text_z(t, "contacts,expected_profit,low,high\n");
    for (int64_t i = 0; i < s->n_curve; i++) {
        text_repr(t, s->curve_contacts[i]);
        number(t, s->curve_profit[i]);
        number(t, s->curve_low[i]);
        number(t, s->curve_high[i]);
        text_char(t, '\n');
    }
}

/* Writes table number i into t; returns its name, NULL where there is none, "" behind the last. */
static const char *table_at(text *t, const report_data *r, int i)
{
    switch (i) {
    case 0:
        if (!r->e) return NULL;
        t->bad |= !evaluation_roc_csv(t, r->e);
        return "roc";
    case 1:
        if (!r->e) return NULL;
        t->bad |= !evaluation_precision_recall_csv(t, r->e);
        return "precision_recall";
    case 2:
        if (r->e) evaluation_gains_csv(t, r->e);
        return r->e ? "deciles" : NULL;
    case 3:
        if (r->e) evaluation_reliability_csv(t, r->e);
        return r->e ? "calibration" : NULL;
    case 4:
        if (r->e) evaluation_figures_csv(t, r->e);
        return r->e ? "figures" : NULL;
    case 5:
        if (r->answers) importance_csv(t, r->answers);
        return r->answers ? "importance" : NULL;
    case 6:
        effects_csv(t, r->effects, r->n_effects);
        return r->n_effects ? "effects" : NULL;
    case 7:
        groups_csv(t, r->groups, r->n_groups);
        return r->n_groups ? "groups" : NULL;
    case 8:
        history_csv(t, &r->m->card.history);
        return "training";
    case 9:
        if (r->plan) profit_csv(t, r->plan);
        return r->plan && r->plan->n_curve ? "profit" : NULL;
    default:
        return "";
    }
}

status report_tables(const report_data *r, report_table_put put, void *user, propense_error *err)
{
    for (int i = 0;; i++) {
        text t = { 0 };
        const char *name = table_at(&t, r, i);
        status s = t.bad ? fail_memory(err) : PROPENSE_OK;
        if (s == PROPENSE_OK && name && *name) s = put(user, name, &t, err);
        text_free(&t);
        TRY(s);
        if (name && !*name) return PROPENSE_OK;
    }
}
