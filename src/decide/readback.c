/* Reading results back: the plan's promise, the results' rows, and both compared.
 * Leaves the table for training and JSON to readback_write.c and the words to report/.
 * Read readback.h first. */
#include "readback.h"

#include <math.h>

#include "curves.h"
#include "files.h"
#include "holdout.h"
#include "json.h"
#include "names.h"
#include "num.h"
#include "problems.h"
#include "table_options.h"
#include "words.h"

/* ---- The promise */

static double number_at(const json_value *object, const char *key)
{
    double x = (double)NAN;
    (void)json_as_number(json_get(object, key), &x);
    return x;
}

static estimate estimate_at(const json_value *object, const char *key)
{
    const json_value *v = json_get(object, key);
    return (estimate){ number_at(v, "value"), number_at(v, "low"), number_at(v, "high") };
}

static str text_at(const json_value *object, const char *key, arena *mem)
{
    str s = { 0 };
    (void)json_as_str(json_get(object, key), &s);
    return str_keep(mem, s);
}

enum { most_contacts = INT32_MAX };

static status take_promise(readback *r, const json_value *root, const char *path,
                           propense_error *err)
{
    const json_value *economy = json_get(root, "economy"), *plan = json_get(root, "plan");
    const json_value *control = json_get(root, "control");
    str kind = { 0 };
    double contacts = number_at(plan, "contacts"), share = number_at(control, "share");
    (void)json_as_str(json_get(root, "kind"), &kind);
    if (!str_eq(kind, STR("propense plan")) || !economy || !plan || !control ||
        !(contacts >= 0 && contacts <= most_contacts) || share < 0 || share > 1)
        return fail(err, PROPENSE_E_FORMAT,
                    "%s is not a plan; --plan wants the file that --plan_out wrote", path);
    r->currency = text_at(economy, "currency", &r->mem);
    r->id = text_at(json_get(root, "customers"), "id", &r->mem);
    r->salt = text_at(control, "salt", &r->mem);
    if (!r->currency.p || !r->id.p || !r->salt.p) return fail_memory(err);
    r->margin = number_at(json_get(economy, "margin"), "middle");
    r->cost = number_at(json_get(economy, "cost"), "middle");
    r->incentive = number_at(economy, "incentive");
    r->share = share;
    r->promised = (forecast){ contacts,
                              estimate_at(plan, "conversions"),
                              estimate_at(plan, "revenue"),
                              estimate_at(plan, "cost"),
                              estimate_at(plan, "profit"),
                              estimate_at(plan, "roi") };
    if (isnan(r->incentive)) r->incentive = 0;
    if (isnan(r->share)) r->share = 0;
    return PROPENSE_OK;
}

static status read_promise(readback *r, const char *path, propense_error *err)
{
    unsigned char *bytes;
    int64_t n;
    json_doc *d;
    TRY(file_read_all(path, json_bytes_limit, &bytes, &n, err));
    status code = json_read(&d, (str){ (const char *)bytes, n }, path, err);
    if (code == PROPENSE_OK) {
        code = take_promise(r, json_root(d), path, err);
        json_free(d);
    }
    mem_free(bytes);
    return code;
}

/* ---- The results' columns */

static int32_t named(const csv_reader *r, str name, const char *words)
{
    int32_t found = -1;
    int best = 1000, which;
    for (int32_t i = 0; i < csv_n_columns(r); i++) {
        str s = csv_columns(r)[i].name;
        plain_name plain = name_plain(s);
        if (name.n && str_eq(s, name)) return i;
        if (!name.n && words && name_among(&plain, words, &which) && which < best)
            best = which, found = i;
    }
    return found;
}

static status find_columns(readback *b, const csv_reader *r, const options *o, propense_error *err)
{
    str target = str_of(option_text(o, OPT_target)),
        value = str_of(option_text(o, OPT_value_column));
    b->at_id = named(r, b->id, NULL);
    for (int32_t i = 0; b->at_id < 0 && i < csv_n_columns(r); i++)
        if (name_is_id(csv_columns(r)[i].name)) b->at_id = i;
    if (b->at_id < 0)
        return fail(err, PROPENSE_E_ARG,
                    "%s: no column '%.*s' with the customers' ids, as the plan's list has it",
                    b->name, STR_ARG(b->id));
    b->at_outcome = named(r, target,
                          "converted conversion convertido convirtio outcome label target response "
                          "respuesta purchase purchased compra compro bought y");
    if (b->at_outcome < 0)
        return fail(
            err, PROPENSE_E_ARG,
            "%s: no column 'converted' that says what happened; --target NAME picks another",
            b->name);
    b->at_arm = named(r, (str){ 0 }, "arm brazo grupo");
    b->at_value = value.n ? named(r, value, NULL) : -1;
    if (value.n && b->at_value < 0)
        return fail(err, PROPENSE_E_ARG, "%s: --value_column: there is no column '%.*s'", b->name,
                    STR_ARG(value));
    return PROPENSE_OK;
}

static status read_results(readback *b, const char *path, const options *o,
                           const propense_callbacks *cb, propense_error *err)
{
    csv_options co;
    csv_reader *r;
    TRY(csv_options_of(&co, o, option_text(o, OPT_missing), &b->mem, err));
    TRY(csv_open(&r, path, &co, err));
    csv_tell(r, cb);
    b->name = str_keep(&b->mem, str_of(csv_name(r))).p;
    status code = b->name ? find_columns(b, r, o, err) : fail_memory(err);
    column_kind *kinds = TAKE(&b->mem, column_kind, csv_n_columns(r));
    if (code == PROPENSE_OK && !kinds) code = fail_memory(err);
    if (code == PROPENSE_OK) {
        for (int32_t i = 0; i < csv_n_columns(r); i++) kinds[i] = csv_columns(r)[i].guess;
        kinds[b->at_id] = COLUMN_TEXT;
        kinds[b->at_outcome] = COLUMN_WORDS;
        if (b->at_arm >= 0) kinds[b->at_arm] = COLUMN_WORDS;
        if (b->at_value >= 0) kinds[b->at_value] = COLUMN_NUMBER;
        csv_plan(r, kinds);
        code = csv_read(r, &b->t, cb, err);
    }
    csv_close(r);
    return code;
}

/* ---- Rows */

/* 1, 0, or -1 for a word that is neither. */
static int yes_or_no(str word, str positive)
{
    double x;
    if (positive.n) return str_eq(word, positive);
    if (num_parse(word, &x)) return x == 1 ? 1 : x == 0 ? 0 : -1;
    plain_name plain = name_plain(word);
    if (name_among(&plain, "yes y true si verdadero converted", NULL)) return 1;
    return name_among(&plain, "no n false falso", NULL) ? 0 : -1;
}

/* What a column of words holds; a column of too many words has none. */
static str word_at(const readback *b, int32_t at, int64_t row)
{
    const column *k = &b->t.columns[at];
    return k->overflow ? STR("?") : k->code[row] < 0 ? (str){ 0 } : k->level[k->code[row]];
}

static void bad_word(problems *list, const readback *b, int32_t at, int64_t row, str met,
                     const char *expected)
{
    propense_error *err = problem_next(list);
    if (!err) return;
    (void)fail_at(err, PROPENSE_E_PARSE, row + 1, at + 1,
                  "%s, row %lld, column '%.*s': met '%.*s', expected %s", b->name,
                  (long long)row + 1, STR_ARG(b->t.columns[at].name), STR_ARG(met),
                  tr(error_language(err), expected));
    problem_told(list);
}

/* An empty outcome is no conversion: results often hold the buyers alone. */
static int outcome_of(problems *list, const readback *b, int64_t row, str positive)
{
    const column *k = &b->t.columns[b->at_outcome];
    str word = word_at(b, b->at_outcome, row);
    if (!k->overflow && k->code[row] < 0) return 0;
    int yes = k->overflow ? -1 : yes_or_no(word, positive);
    if (yes < 0) bad_word(list, b, b->at_outcome, row, word, N_("1 or 0, yes or no"));
    return yes > 0;
}

static int is_contacted(problems *list, const readback *b, const campaign *c,
                        const holdout_key *key, int64_t row)
{
    if (b->at_arm < 0)
        return b->share <= 0 || holdout_place(key, id_bare(campaign_id(c, row))) >= b->share;
    str word = word_at(b, b->at_arm, row);
    if (str_eq(word, STR("control"))) return 0;
    if (!str_eq(word, STR("contact")))
        bad_word(list, b, b->at_arm, row, word, N_("contact or control"));
    return 1;
}

/* A customer's further rows count towards his first: he converted if any says so. */
static void take_row(problems *list, readback *b, const campaign *c, id_index *ids,
                     const holdout_key *key, int64_t row, str positive)
{
    int converted = outcome_of(list, b, row, positive);
    str id = campaign_id(c, row);
    if (!id.n) bad_word(list, b, b->at_id, row, id, N_("the customer's id"));
    int64_t first = id_index_add(ids, row);
    b->repeats[row] = first >= 0;
    b->n_repeats += first >= 0;
    if (first >= 0) {
        b->converted[first] |= (uint8_t)converted;
        return;
    }
    b->converted[row] = (uint8_t)converted;
    b->contacted[row] = (uint8_t)is_contacted(list, b, c, key, row);
}

static status take_rows(readback *b, const options *o, const propense_callbacks *cb,
                        propense_error *err)
{
    int64_t n = b->t.n_rows;
    const column *id = &b->t.columns[b->at_id];
    campaign c = { .n = n, .id_offset = id->offset, .id_bytes = id->bytes };
    holdout_key key = holdout_key_of(b->salt);
    str positive = str_of(option_text(o, OPT_positive));
    id_index ids;
    b->contacted = TAKE(&b->mem, uint8_t, n);
    b->converted = TAKE(&b->mem, uint8_t, n);
    b->repeats = TAKE(&b->mem, uint8_t, n);
    if (!b->contacted || !b->converted || !b->repeats) return fail_memory(err);
    TRY(id_index_new(&ids, &c, err));
    problems list = problems_of(cb, err);
    for (int64_t i = 0; i < n; i++) take_row(&list, b, &c, &ids, &key, i, positive);
    id_index_free(&ids);
    return problems_end(&list);
}

/* ---- Comparing */

/* What a customer earned: the column's value where there is one, else the margin of a conversion.
 */
static double earned(const readback *b, int64_t row)
{
    if (b->at_value < 0) return b->converted[row] ? b->margin : 0;
    double x = b->t.columns[b->at_value].number[row];
    return isnan(x) ? 0 : x;
}

static void count_arms(readback *b)
{
    for (int64_t i = 0; i < b->t.n_rows; i++) {
        if (b->repeats[i]) continue;
        arm_result *a = b->contacted[i] ? &b->contact : &b->control;
        double x = earned(b, i);
        a->n++;
        a->converted += b->converted[i];
        a->value += x;
        a->value2 += x * x;
    }
    arm_result *arms[] = { &b->contact, &b->control };
    for (int i = 0; i < 2; i++) {
        arm_result *a = arms[i];
        share_interval w = wilson((double)a->converted, (double)a->n, 0.95);
        a->rate =
            (estimate){ a->n ? (double)a->converted / (double)a->n : (double)NAN, w.low, w.high };
    }
}

static double hypot2(double x, double y)
{
    return sqrt(x * x + y * y);
}

/* Difference of two shares from their Wilson intervals: Newcombe 1998, method 10. */
static estimate newcombe(const estimate *a, const estimate *b)
{
    double d = a->value - b->value;
    double down = hypot2(a->value - a->low, b->high - b->value);
    double up = hypot2(a->high - a->value, b->value - b->low);
    return (estimate){ d, d - down, d + up };
}

static double mean_variance(const arm_result *a, double *mean)
{
    double n = (double)a->n;
    *mean = a->value / n;
    double v = n > 1 ? (a->value2 - n * *mean * *mean) / (n - 1) : 0;
    return v > 0 ? v / n : 0;
}

/* What each contact earned more than each customer of the control group: Welch, normal quantile. */
static estimate value_added(const readback *b)
{
    double x, y;
    double variance = mean_variance(&b->contact, &x) + mean_variance(&b->control, &y);
    double half = 1.959963984540054 * sqrt(variance);
    return (estimate){ x - y, x - y - half, x - y + half };
}

static estimate scaled(const estimate *e, double by, double less)
{
    return (estimate){ e->value * by - less, e->low * by - less, e->high * by - less };
}

static void compare(readback *b)
{
    double n = (double)b->contact.n;
    double cost = n * b->cost + b->incentive * (double)b->contact.converted;
    double profit = b->contact.value - cost, conversions = (double)b->contact.converted;
    b->scale = b->promised.n > 0 ? n / b->promised.n : 0;
    b->conversions = (estimate){ conversions, conversions, conversions };
    b->profit = (estimate){ profit, profit, profit };
    b->has_control = b->control.n > 0 && b->contact.n > 0;
    if (!b->has_control) return;
    b->lift = newcombe(&b->contact.rate, &b->control.rate);
    b->added = scaled(&b->lift, n, 0);
    estimate each = value_added(b);
    b->added_profit =
        b->at_value < 0 ? scaled(&b->lift, n * b->margin, cost) : scaled(&each, n, cost);
}

static status check_money(const readback *b, propense_error *err)
{
    if (isnan(b->margin) && b->at_value < 0)
        return fail(err, PROPENSE_E_ARG,
                    "the plan's values stood in a column; --value_column NAME says which column of "
                    "%s holds what each customer earned",
                    b->name);
    return PROPENSE_OK;
}

static status make(readback *b, const char *results, const char *plan_path, const options *o,
                   const propense_callbacks *cb, propense_error *err)
{
    TRY(read_promise(b, plan_path, err));
    TRY(read_results(b, results, o, cb, err));
    TRY(check_money(b, err));
    /* costs by customer are known as their mean alone */
    if (isnan(b->cost))
        b->cost = b->promised.n > 0
                      ? (b->promised.cost.value - b->incentive * b->promised.conversions.value) /
                            b->promised.n
                      : 0;
    TRY(take_rows(b, o, cb, err));
    count_arms(b);
    if (b->contact.n == 0)
        return fail(err, PROPENSE_E_PARSE, "%s: nobody in it was contacted", b->name);
    compare(b);
    if (b->contact.n != (int64_t)b->promised.n)
        say(cb, PROPENSE_NOTE,
            "%s holds %lld contacted customers, the plan had %lld; the promise is scaled to them. "
            "Whoever did not convert has to be in the file too",
            b->name, (long long)b->contact.n, (long long)b->promised.n);
    return PROPENSE_OK;
}

status readback_make(readback *out, const char *results, const char *plan_path, const options *o,
                     const propense_callbacks *cb, propense_error *err)
{
    *out = (readback){ .at_id = -1, .at_outcome = -1, .at_arm = -1, .at_value = -1 };
    status code = make(out, results, plan_path, o, cb, err);
    if (code != PROPENSE_OK) readback_free(out);
    return code;
}

void readback_free(readback *r)
{
    table_free(&r->t);
    arena_free(&r->mem);
    *r = (readback){ 0 };
}
