/* Choosing under limits: first the least that quotas ask for, then everybody who pays.
 * Leaves the order to order.c and what the choice is worth to forecast.c. Read choose.h first. */
#include "choose.h"

#include "num.h"
#include "sorting.h"

typedef struct choosing {
    choice *out;
    uint8_t *arm;
    const int32_t *ordered;
    int64_t n;
    const campaign *c;
    const limits *l;
    int64_t *taken; /* [n_groups] contacts */
} choosing;

static int is_control(const campaign *c, int64_t row)
{
    return c->control && c->control[row];
}

static int32_t group_of(const choosing *g, int64_t row)
{
    return g->l->quotas && g->c->group ? g->c->group[row] : -1;
}

static void take(choosing *g, int64_t row)
{
    int32_t group = group_of(g, row);
    if (is_control(g->c, row)) {
        g->arm[row] = ARM_CONTROL;
        g->out->n_control++;
        return;
    }
    g->arm[row] = ARM_CONTACT;
    g->out->n_contacts++;
    g->out->cost += campaign_cost(g->c, row);
    if (group >= 0) g->taken[group]++;
}

/* ---- The least that quotas ask for */

static int64_t least_of(const limits *l, int32_t group)
{
    return l->quotas ? l->quotas[group].least : 0;
}

static int any_least(const limits *l)
{
    for (int32_t i = 0; l->quotas && i < l->n_groups; i++)
        if (l->quotas[i].least > 0) return 1;
    return 0;
}

/* Groups with fewer customers than their least, and more asked for than may be contacted. */
static status check_counts(const choosing *g, propense_error *err)
{
    const limits *l = g->l;
    int64_t sum = 0;
    memset(g->taken, 0, (size_t)l->n_groups * sizeof *g->taken);
    for (int64_t i = 0; i < g->n; i++) {
        int32_t group = group_of(g, g->ordered[i]);
        if (group >= 0 && !is_control(g->c, g->ordered[i])) g->taken[group]++;
    }
    for (int32_t i = 0; i < l->n_groups; i++) {
        const quota *q = &l->quotas[i];
        if (q->least > g->taken[i])
            return fail(err, PROPENSE_E_ARG,
                        "--quota %.*s asks for at least %lld contacts, more than the segment has "
                        "customers who may be contacted (%lld); ask for fewer",
                        STR_ARG(q->name), (long long)q->least, (long long)g->taken[i]);
        sum += q->least; /* each is at most n */
    }
    if (l->max_contacts >= 0 && sum > l->max_contacts)
        return fail(err, PROPENSE_E_ARG,
                    "the quotas ask for at least %lld contacts, --max_contacts allows %lld; raise "
                    "the one or lower the others",
                    (long long)sum, (long long)l->max_contacts);
    return PROPENSE_OK;
}

/* Every group's first rows in that order, until its least is reached. */
static void take_least(choosing *g, const int32_t *order)
{
    memset(g->taken, 0, (size_t)g->l->n_groups * sizeof *g->taken);
    for (int64_t i = 0; i < g->n; i++) {
        int64_t row = order[i];
        int32_t group = group_of(g, row);
        if (group < 0 || g->taken[group] >= least_of(g->l, group)) continue;
        take(g, row);
        if (!is_control(g->c, row) && campaign_profit(g->c, row) <= 0) g->out->n_for_quotas++;
    }
}

static int cheaper(const void *user, int32_t a, int32_t b)
{
    const choosing *g = user;
    int64_t x = campaign_cost(g->c, g->ordered[a]), y = campaign_cost(g->c, g->ordered[b]);
    return x != y ? (x > y) - (x < y) : (a > b) - (a < b);
}

/* The same rows by cost, and in their order where costs are equal: positions first, then rows. */
static status by_cost(int32_t **out, const choosing *g, propense_error *err)
{
    int64_t size = (int64_t)sizeof **out;
    int32_t *items = mem_resize_array(NULL, g->n, size);
    int32_t *scratch = mem_resize_array(NULL, g->n, size);
    status code = items && scratch ? PROPENSE_OK : fail_memory(err);
    *out = NULL;
    if (code == PROPENSE_OK) {
        for (int64_t i = 0; i < g->n; i++) items[i] = (int32_t)i;
        sort_items(items, scratch, g->n, cheaper, g);
        for (int64_t i = 0; i < g->n; i++) items[i] = g->ordered[items[i]];
        *out = items;
        items = NULL;
    }
    mem_free(items);
    mem_free(scratch);
    return code;
}

static void money_words(text *t, int64_t amount)
{
    text_repr(t, (double)amount / money_unit);
}

static status over_budget(const choosing *g, propense_error *err)
{
    text needed = { 0 }, budget = { 0 };
    money_words(&needed, g->out->cost);
    money_words(&budget, g->l->budget);
    status code = needed.bad || budget.bad
                      ? fail_memory(err)
                      : fail(err, PROPENSE_E_ARG,
                             "the contacts that the quotas ask for cost at least %s, --budget is "
                             "%s; raise the one or lower the others",
                             needed.p, budget.p);
    text_free(&needed);
    text_free(&budget);
    return code;
}

/* The best rows where the budget reaches that far, else the cheapest. */
static status choose_least(choosing *g, int64_t n_rows, propense_error *err)
{
    int32_t *cheap = NULL;
    if (!any_least(g->l)) return PROPENSE_OK;
    TRY(check_counts(g, err));
    take_least(g, g->ordered);
    if (g->l->budget < 0 || g->out->cost <= g->l->budget) return PROPENSE_OK;
    TRY(by_cost(&cheap, g, err));
    memset(g->arm, ARM_NONE, (size_t)n_rows);
    *g->out = (choice){ 0 };
    take_least(g, cheap);
    mem_free(cheap);
    return g->out->cost <= g->l->budget ? PROPENSE_OK : over_budget(g, err);
}

/* ---- Everybody else who pays */

/* Whether one more contact is possible; says what forbids it. */
static int fits(choosing *g, int64_t row)
{
    const limits *l = g->l;
    int32_t group = group_of(g, row);
    int full = l->max_contacts >= 0 && g->out->n_contacts >= l->max_contacts;
    int dear = l->budget >= 0 && g->out->cost + campaign_cost(g->c, row) > l->budget;
    int quota_full = group >= 0 && g->taken[group] >= l->quotas[group].most;
    g->out->contacts_bind |= full;
    g->out->budget_binds |= dear && !full;
    g->out->quotas_bind |= quota_full && !full && !dear;
    return !full && !dear && !quota_full;
}

static void choose_paying(choosing *g)
{
    for (int64_t i = 0; i < g->n; i++) {
        int64_t row = g->ordered[i];
        campaign_prefetch(g->c, g->ordered, i, g->n);
        double profit = campaign_profit(g->c, row);
        if (g->arm[row] != ARM_NONE || profit <= 0 || !fits(g, row)) continue;
        take(g, row);
        if (g->arm[row] == ARM_CONTACT) g->out->profit += profit;
    }
}

/* In order, whatever was taken first: where quotas took some before the others. */
static void sum_profit(choosing *g)
{
    g->out->profit = 0;
    for (int64_t i = 0; i < g->n; i++) {
        campaign_prefetch(g->c, g->ordered, i, g->n);
        if (g->arm[g->ordered[i]] == ARM_CONTACT)
            g->out->profit += campaign_profit(g->c, g->ordered[i]);
    }
}

status choose_rows(choice *out, uint8_t *into, const int32_t *ordered, int64_t n, const campaign *c,
                   const limits *l, propense_error *err)
{
    choosing g = { .out = out, .arm = into, .ordered = ordered, .n = n, .c = c, .l = l };
    *out = (choice){ 0 };
    if (l->n_groups > 0) {
        g.taken = mem_resize_array(NULL, l->n_groups, (int64_t)sizeof *g.taken);
        if (!g.taken) return fail_memory(err);
        memset(g.taken, 0, (size_t)l->n_groups * sizeof *g.taken);
    }
    status code = choose_least(&g, c->n, err);
    if (code == PROPENSE_OK) {
        choose_paying(&g);
        if (any_least(l)) sum_profit(&g);
    }
    mem_free(g.taken);
    return code;
}
