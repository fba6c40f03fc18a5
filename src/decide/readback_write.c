/* Results as a table to train on, and the comparison as JSON.
 * Leaves the comparison to readback.c.
 * Read readback.h first. */
#include "csv.h"
#include "json.h"
#include "names.h"
#include "num.h"
#include "readback.h"

/* What a plan wrote says nothing of the customer but the old model's opinion. */
static int is_plans_own(const readback *r, int32_t at)
{
    plain_name plain = name_plain(r->t.columns[at].name);
    if (at == r->at_outcome || at == r->at_arm) return 1;
    return name_among(&plain, "probability expectedprofit rank decile segment arm caution", NULL);
}

static void put_cell(text *out, const column *k, int64_t row)
{
    char number[num_buffer];
    if (k->kind == COLUMN_TEXT) {
        csv_write_field(
            out, (str){ k->bytes + k->offset[row], k->offset[row + 1] - k->offset[row] }, ',');
    } else if (k->kind == COLUMN_WORDS && !k->overflow && k->code[row] >= 0) {
        csv_write_field(out, k->level[k->code[row]], ',');
    } else if (k->kind == COLUMN_NUMBER && !column_is_missing(k, row)) {
        int64_t n = num_repr(number, k->number[row]);
        if (n > 2 && number[n - 1] == '0' && number[n - 2] == '.') n -= 2;
        text_add(out, number, n);
    }
}

/* Words with too many levels are not kept in a table: free text, which nothing is trained on. */
static int is_written(const readback *r, int32_t at)
{
    return at == r->at_id || (!is_plans_own(r, at) && !r->t.columns[at].overflow &&
                              r->t.columns[at].kind != COLUMN_SKIPPED);
}

void readback_csv(text *out, const readback *r)
{
    for (int32_t i = 0; i < r->t.n_columns; i++) {
        if (!is_written(r, i)) continue;
        csv_write_field(out, r->t.columns[i].name, ',');
        text_char(out, ',');
    }
    text_z(out, "contacted,converted\n");
    for (int64_t row = 0; row < r->t.n_rows; row++) {
        if (r->repeats[row]) continue;
        for (int32_t i = 0; i < r->t.n_columns; i++) {
            if (!is_written(r, i)) continue;
            put_cell(out, &r->t.columns[i], row);
            text_char(out, ',');
        }
        text_f(out, "%d,%d\n", (int)r->contacted[row], (int)r->converted[row]);
    }
}

static void put_estimate(json_writer *w, const char *key, const estimate *e)
{
    json_open(w, key, '{');
    json_number(w, "value", e->value);
    json_number(w, "low", e->low);
    json_number(w, "high", e->high);
    json_close(w, '}');
}

static void put_arm(json_writer *w, const char *key, const arm_result *a)
{
    json_open(w, key, '{');
    json_int(w, "customers", a->n);
    json_int(w, "converted", a->converted);
    put_estimate(w, "rate", &a->rate);
    json_number(w, "value", a->value);
    json_close(w, '}');
}

void readback_json(text *out, const readback *r)
{
    json_writer w = { .out = out, .indent = 1 };
    json_open(&w, NULL, '{');
    json_str(&w, "kind", STR("propense readback"));
    json_int(&w, "format", 1);
    put_arm(&w, "contacted", &r->contact);
    put_arm(&w, "control", &r->control);
    json_number(&w, "promise_scaled_by", r->scale);
    put_estimate(&w, "promised_conversions", &r->promised.conversions);
    put_estimate(&w, "promised_profit", &r->promised.profit);
    json_number(&w, "conversions", r->conversions.value);
    json_number(&w, "profit", r->profit.value);
    if (r->has_control) {
        put_estimate(&w, "lift", &r->lift);
        put_estimate(&w, "conversions_added", &r->added);
        put_estimate(&w, "profit_added", &r->added_profit);
    }
    json_close(&w, '}');
    text_char(out, '\n');
}
