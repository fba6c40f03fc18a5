/* From the options' words to amounts, ranges and quotas.
 * Leaves their columns to scored.c.
 * Read plan_options.h first. */
#include "plan_options.h"

#include "num.h"
#include "pipeline_options.h"

static int amount_of(double *out, str word, double most)
{
    word = str_trim(word);
    return num_parse(word, out) && *out >= 0 && *out <= most;
}

/* Cuts at "..". */
static int cut_range(str *low, str *high, str word)
{
    for (int64_t i = 0; i + 1 < word.n; i++) {
        if (word.p[i] != '.' || word.p[i + 1] != '.') continue;
        *low = (str){ word.p, i };
        *high = (str){ word.p + i + 2, word.n - i - 2 };
        return 1;
    }
    *low = *high = word;
    return 0;
}

static status range_of(money_range *out, const options *o, option_id id, double most,
                       propense_error *err)
{
    str word = str_trim(str_of(option_text(o, id))), low, high;
    *out = (money_range){ 0 };
    if (!word.n) return PROPENSE_OK;
    (void)cut_range(&low, &high, word);
    if (!amount_of(&out->low, low, most) || !amount_of(&out->high, high, most) ||
        out->low > out->high)
        return fail(err, PROPENSE_E_ARG,
                    "--%s: met '%.*s', expected an amount as 0.50 or a range as 0.40..0.60, not "
                    "negative and with a decimal point",
                    option_table[id].name, STR_ARG(word));
    out->middle = out->low + (out->high - out->low) / 2;
    out->is_given = 1;
    return PROPENSE_OK;
}

static status count_of(int64_t *out, const options *o, option_id id, propense_error *err)
{
    str word = str_trim(str_of(option_text(o, id)));
    *out = -1;
    if (!word.n) return PROPENSE_OK;
    if (num_parse_int(word, out) && *out >= 0) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "--%s: met '%.*s', expected a whole number, 0 or more",
                option_table[id].name, STR_ARG(word));
}

static status budget_of(int64_t *out, const options *o, propense_error *err)
{
    str word = str_trim(str_of(option_text(o, OPT_budget)));
    double amount;
    *out = -1;
    if (!word.n) return PROPENSE_OK;
    if (!amount_of(&amount, word, MONEY_MOST))
        return fail(err, PROPENSE_E_ARG,
                    "--budget: met '%.*s', expected an amount as 2000 or 2000.50, not negative",
                    STR_ARG(word));
    *out = money_of(amount);
    return PROPENSE_OK;
}

/* ---- Quotas: north=100..500,south=..300,east=50.. */

static int quota_count(int64_t *out, str word, int64_t otherwise)
{
    word = str_trim(word);
    *out = otherwise;
    return !word.n || (num_parse_int(word, out) && *out >= 0);
}

static status quota_of(quota *q, str word, propense_error *err)
{
    int64_t equals = word.n - 1; /* the last one: names may hold others */
    str low, high;
    while (equals > 0 && word.p[equals] != '=') equals--;
    q->name = str_trim((str){ word.p, equals > 0 ? equals : 0 });
    if (equals > 0 && q->name.n) {
        str range = { word.p + equals + 1, word.n - equals - 1 };
        int is_range = cut_range(&low, &high, range);
        if (str_trim(range).n && quota_count(&q->least, low, 0) &&
            quota_count(&q->most, high, is_range ? INT64_MAX : 0) && q->least <= q->most)
            return PROPENSE_OK;
    }
    return fail(err, PROPENSE_E_ARG,
                "--quota: met '%.*s', expected a segment's name and its least and most contacts, "
                "as north=100..500, north=100.. or north=..500",
                STR_ARG(word));
}

static status quotas_of(plan_options *out, const options *o, arena *mem, propense_error *err)
{
    str *words;
    TRY(words_of_option(&words, &out->n_quotas, option_text(o, OPT_quota), mem, err));
    if (out->n_quotas && !out->segment_by.n)
        return fail(err, PROPENSE_E_ARG,
                    "--quota needs the column that its segments are levels of: --segment_by NAME");
    out->quotas = TAKE(mem, quota, out->n_quotas);
    if (!out->quotas) return fail_memory(err);
    for (int32_t i = 0; i < out->n_quotas; i++) {
        TRY(quota_of(&out->quotas[i], words[i], err));
        for (int32_t k = 0; k < i; k++)
            if (str_eq(out->quotas[k].name, out->quotas[i].name))
                return fail(err, PROPENSE_E_ARG, "--quota: '%.*s' stands there twice",
                            STR_ARG(out->quotas[i].name));
    }
    return PROPENSE_OK;
}

/* ---- All together */

static status check_money(const plan_options *p, propense_error *err)
{
    if (p->margin.is_given && p->value_column.n)
        return fail(err, PROPENSE_E_ARG,
                    "--margin and --value_column both say what a conversion earns; give one");
    if (p->cost.is_given && p->cost_column.n)
        return fail(err, PROPENSE_E_ARG,
                    "--cost and --cost_column both say what a contact costs; give one");
    if (!p->margin.is_given && !p->value_column.n)
        return fail(err, PROPENSE_E_ARG,
                    "what does a conversion earn? --margin 40, or --value_column NAME where it "
                    "differs by customer");
    if (!p->cost.is_given && !p->cost_column.n)
        return fail(err, PROPENSE_E_ARG,
                    "what does a contact cost? --cost 0.50, or --cost_column NAME where it differs "
                    "by customer");
    if (p->margin.is_given && !(p->incentive < p->margin.low)) {
        if (p->incentive > 0)
            return fail(err, PROPENSE_E_ARG,
                        "--incentive is not below --margin: every conversion would cost more than "
                        "it earns");
        return fail(err, PROPENSE_E_ARG, "--margin is 0: no conversion would earn anything");
    }
    return PROPENSE_OK;
}

status plan_options_of(plan_options *out, const options *o, arena *mem, propense_error *err)
{
    *out = (plan_options){ .incentive = option_number(o, OPT_incentive),
                           .holdout = option_number(o, OPT_holdout),
                           .salt = str_of(option_text(o, OPT_salt)),
                           .currency = str_trim(str_of(option_text(o, OPT_currency))),
                           .value_column = str_of(option_text(o, OPT_value_column)),
                           .cost_column = str_of(option_text(o, OPT_cost_column)),
                           .score_column = str_of(option_text(o, OPT_score_column)),
                           .id = str_of(option_text(o, OPT_id)),
                           .segment_by = str_of(option_text(o, OPT_segment_by)),
                           .suppress = option_text(o, OPT_suppress),
                           .force = option_flag(o, OPT_force),
                           .seed = (uint64_t)option_int(o, OPT_seed) };
    TRY(range_of(&out->margin, o, OPT_margin, MONEY_MOST, err));
    TRY(range_of(&out->cost, o, OPT_cost, COST_MOST, err));
    TRY(budget_of(&out->budget, o, err));
    TRY(count_of(&out->max_contacts, o, OPT_max_contacts, err));
    TRY(check_money(out, err));
    TRY(words_of_option(&out->without, &out->n_without, option_text(o, OPT_without), mem, err));
    if (*option_text(o, OPT_train_data) && !out->n_without)
        return fail(err, PROPENSE_E_ARG,
                    "--train_data is for --without, which names the columns to train without");
    return quotas_of(out, o, mem, err);
}
