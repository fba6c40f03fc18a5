/* alarms: made-up tables in which each sign is there or just not, areas against counting all pairs,
 * and names. */
#include "failing_memory.h"

#include "alarms.h"
#include "split.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h> /* last: it has a macro called fail */

enum { n_rows = 1000, n_train = 800, most = 8 };

/* A table of features x0, x1, ... in training rows 0 .. 799 and test rows 800 .. 999. */
typedef struct made {
    arena mem;
    table t;
    schema s;
    column columns[most];
    schema_column of_schema[most];
    uint8_t y[n_rows];
    int64_t rows[n_rows];
    split parts;
    uint64_t state;
    alarms found;
} made;

static double uniform(made *m)
{
    m->state = m->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(m->state >> 11) / 9007199254740992.0;
}

static void set_up(made *m)
{
    memset(m, 0, sizeof *m);
    m->state = 42;
    m->t = (table){ .n_rows = n_rows, .columns = m->columns };
    m->s = (schema){ .columns = m->of_schema, .target = -1, .id = -1, .n_rows = n_rows };
    m->s.positive = STR("yes");
    for (int i = 0; i < n_rows; i++) m->rows[i] = i, m->y[i] = uniform(m) < 0.3;
    m->parts = (split){ m->rows, m->rows + n_train, n_train, n_rows - n_train };
}

static int32_t add_column(made *m, const char *name, column_kind kind)
{
    int32_t i = m->t.n_columns++;
    m->s.n_columns = m->t.n_columns;
    m->columns[i] = (column){ .name = str_of(name), .kind = kind };
    m->of_schema[i] = (schema_column){ .name = str_of(name), .role = ROLE_FEATURE, .position = i };
    m->of_schema[i].n_distinct = n_rows;
    return i;
}

static double *add_numbers(made *m, const char *name)
{
    column *c = &m->columns[add_column(m, name, COLUMN_NUMBER)];
    c->number = TAKE(&m->mem, double, n_rows);
    for (int i = 0; i < n_rows; i++) c->number[i] = uniform(m);
    return c->number;
}

static int32_t *add_words(made *m, const char *name, int32_t n_levels)
{
    column *c = &m->columns[add_column(m, name, COLUMN_WORDS)];
    c->code = TAKE(&m->mem, int32_t, n_rows);
    c->n_levels = n_levels;
    m->of_schema[m->t.n_columns - 1].n_distinct = n_levels;
    for (int i = 0; i < n_rows; i++) c->code[i] = (int32_t)(uniform(m) * n_levels);
    return c->code;
}

static void find(made *m)
{
    assert_int_equal(alarms_find(&m->found, &m->t, &m->s, m->y, &m->parts, &m->mem, NULL),
                     PROPENSE_OK);
}

static const data_alarm *found(const made *m, alarm_kind kind, int32_t at)
{
    for (int32_t i = 0; i < m->found.n; i++)
        if (m->found.items[i].kind == kind && m->found.items[i].column == at)
            return &m->found.items[i];
    return NULL;
}

/* All pairs. */
static double area_of(const made *m, const double *x)
{
    double right = 0, all = 0;
    for (int i = 0; i < n_train; i++)
        for (int k = 0; k < n_train; k++) {
            if (!m->y[i] || m->y[k] || isnan(x[i]) || isnan(x[k])) continue;
            right += x[i] > x[k] ? 1 : x[i] == x[k] ? 0.5 : 0;
            all++;
        }
    return right / all;
}

static void silent_on_noise(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    for (int i = 0; i < 4; i++) add_numbers(&m, "x");
    add_words(&m, "many", 300); /* fitted and judged on the same rows this would look good */
    add_words(&m, "few", 3);
    find(&m);
    assert_int_equal(m.found.n, 0);
    arena_free(&m.mem);
}

static void finds_deciding_numbers(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    double *far = add_numbers(&m, "far"), *some = add_numbers(&m, "some");
    add_numbers(&m, "noise");
    for (int i = 0; i < n_rows; i++) {
        far[i] = floor(10 * (far[i] - 0.45 * m.y[i])); /* lower for the positives, with ties */
        some[i] += 0.1 * m.y[i];
        if (i % 7 == 0) far[i] = (double)NAN;
    }
    m.columns[0].n_missing = m.of_schema[0].n_missing = n_rows / 7 + 1;
    find(&m);
    assert_int_equal(m.found.n, 1);
    const data_alarm *a = found(&m, ALARM_DECIDES, 0);
    assert_non_null(a);
    assert_true(fabs(a->area - (1 - area_of(&m, far))) < 1e-12 && a->area > 0.75);
    assert_true(fabs(a->next - area_of(&m, some)) < 1e-12);
    for (int i = 0; i < n_rows; i++) some[i] += 0.25 * m.y[i]; /* no longer far above the rest */
    find(&m);
    assert_null(found(&m, ALARM_DECIDES, 0));
    for (int i = 0; i < n_rows; i++) far[i] = some[i] = m.y[i] ? 1 : uniform(&m);
    find(&m); /* two of them: each above 0.95 */
    assert_true(found(&m, ALARM_DECIDES, 0) && found(&m, ALARM_DECIDES, 1));
    arena_free(&m.mem);
}

static void finds_deciding_words(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    int32_t *code = add_words(&m, "code", 40);
    add_numbers(&m, "a");
    add_numbers(&m, "b");
    for (int i = 0; i < n_rows; i++) {
        code[i] = code[i] / 2 * 2 + (m.y[i] ^ (uniform(&m) < 0.02));
        if (code[i] == 6) code[i] = -1; /* missing is a level too */
    }
    find(&m);
    const data_alarm *a = found(&m, ALARM_DECIDES, 0);
    assert_true(a && a->area > 0.95 && a->area < 1);
    arena_free(&m.mem);
}

static void finds_one_class(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    int32_t *reason = add_words(&m, "reason", 5), *rare = add_words(&m, "rare", 2);
    double *fee = add_numbers(&m, "fee");
    for (int i = 0; i < n_rows; i++) {
        if (!m.y[i] || i % 4) reason[i] = -1; /* filled in for some positives only */
        rare[i] = i == 17;                    /* constant in a class, but by chance */
        m.y[17] = 0;
        fee[i] = m.y[i] && uniform(&m) < 0.2 ? fee[i] : 0;
    }
    find(&m);
    assert_true(found(&m, ALARM_ONE_CLASS, 0) && found(&m, ALARM_ONE_CLASS, 2));
    assert_int_equal(found(&m, ALARM_ONE_CLASS, 0)->count, 0);
    assert_null(found(&m, ALARM_ONE_CLASS, 1));
    arena_free(&m.mem);
}

static void finds_ids(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    double *counter = add_numbers(&m, "ticket"), *mixed = add_numbers(&m, "amount");
    double *named = add_numbers(&m, "userId"), *real = add_numbers(&m, "clock");
    for (int i = 0; i < n_rows; i++) {
        counter[i] = 5000 + 3 * i + (i % 100 == 0 ? 40 : 0);
        mixed[i] = floor(1e9 * mixed[i]);
        named[i] = floor(700 * named[i]);
        real[i] = i + 0.5;
    }
    for (int i = 0; i < 4; i++) m.of_schema[i].n_distinct = 990;
    m.of_schema[2].n_distinct = 550;
    find(&m);
    assert_true(found(&m, ALARM_LIKE_ID, 0) && found(&m, ALARM_LIKE_ID, 2));
    assert_true(!found(&m, ALARM_LIKE_ID, 1) && !found(&m, ALARM_LIKE_ID, 3));
    m.of_schema[0].n_distinct = 900;
    m.of_schema[2].n_distinct = 400;
    find(&m);
    assert_int_equal(m.found.n, 0);
    arena_free(&m.mem);
}

static void finds_twins(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    double *x = add_numbers(&m, "x");
    int32_t *w = add_words(&m, "w", 9);
    for (int i = 0; i < 12; i++) x[800 + i] = x[2 * i], w[800 + i] = w[2 * i];
    w[800] = (w[800] + 1) % 9; /* one differs in a word */
    x[801] = x[2] = 0, x[801] = -x[801];
    x[802] = x[4] = (double)NAN;
    find(&m);
    const data_alarm *a = found(&m, ALARM_TWINS, -1);
    assert_non_null(a);
    assert_true(a->count == 11 && a->total == 200);
    m.of_schema[0].n_distinct = 50; /* rows are alike by nature */
    find(&m);
    assert_null(found(&m, ALARM_TWINS, -1));
    m.parts.n_test = 0;
    find(&m);
    arena_free(&m.mem);
}

static void reads_names(void **state)
{
    (void)state;
    static const char *const after[] = { "duration",      "Call_Duration",  "duracion_llamada",
                                         "Duración",      "result",         "resultado",
                                         "callResult",    "outcome",        "revenue_after",
                                         "response_time", "conversionDate", "churn reason",
                                         "motivo_baja" };
    static const char *const before[] = { "poutcome",
                                          "previous_outcome",
                                          "last_result",
                                          "Administrative_Duration",
                                          "ProductRelated_Duration",
                                          "response_rate",
                                          "recency",
                                          "age",
                                          "afternoon_calls",
                                          "resultado_anterior",
                                          "last_response_date",
                                          "" };
    static const char *const opens[] = { "open_rate",     "ctr",          "CTR",
                                         "opens",         "EmailOpens",   "click_rate",
                                         "openRate",      "clicks_30d",   "open",
                                         "tasa_apertura", "emails_opened" };
    static const char *const others[] = { "account_open_date", "open_balance",
                                          "openness",          "electric",
                                          "store_open_hours",  "ad_clicks",
                                          "accounts_opened",   "" };
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        if (!name_is_afterwards(str_of(after[i]))) fail_msg("%s", after[i]);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (name_is_afterwards(str_of(before[i]))) fail_msg("%s", before[i]);
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
        if (!name_is_of_opens(str_of(opens[i]))) fail_msg("%s", opens[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (name_is_of_opens(str_of(others[i]))) fail_msg("%s", others[i]);
}

/* ---- What is said */

typedef struct heard {
    char lines[4096];
    int n;
} heard;

static void hear(void *user, int32_t level, const char *message)
{
    heard *h = user;
    assert_int_equal(level, PROPENSE_WARNING);
    size_t used = strlen(h->lines);
    snprintf(h->lines + used, sizeof h->lines - used, "%s\n", message);
    h->n++;
}

static void says_one_line_each(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    heard h = { "", 0 };
    propense_callbacks cb = PROPENSE_CALLBACKS_INIT;
    cb.user = &h;
    cb.message = hear;
    double *duration = add_numbers(&m, "duration");
    add_numbers(&m, "open_rate"), add_numbers(&m, "ctr"), add_numbers(&m, "result");
    for (int i = 0; i < n_rows; i++) duration[i] += 0.4 * m.y[i];
    find(&m);
    assert_int_equal(alarms_tell(&m.found, &m.s, &cb, NULL), PROPENSE_OK);
    assert_int_equal(h.n, 3); /* duration is told of once */
    assert_non_null(strstr(h.lines, "column 'duration' alone"));
    assert_non_null(strstr(h.lines, "and by its name it is known only after the outcome"));
    assert_non_null(strstr(h.lines, "by the name: 'result'."));
    assert_non_null(strstr(h.lines, "('open_rate', 'ctr')"));
    arena_free(&m.mem);
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    made m;
    set_up(&m);
    add_numbers(&m, "x");
    add_words(&m, "w", 30);
    status s = PROPENSE_E_NOMEM;
    int64_t n = 0;
    while (s != PROPENSE_OK) {
        arena mem = { 0 };
        memory_fail_at(++n);
        s = alarms_find(&m.found, &m.t, &m.s, m.y, &m.parts, &mem, NULL);
        arena_free(&mem);
        assert_true(s == PROPENSE_OK || s == PROPENSE_E_NOMEM);
    }
    memory_fail_at(0);
    assert_true(n >= 3);
    arena_free(&m.mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_on_noise),
        cmocka_unit_test(finds_deciding_numbers),
        cmocka_unit_test(finds_deciding_words),
        cmocka_unit_test(finds_one_class),
        cmocka_unit_test(finds_ids),
        cmocka_unit_test(finds_twins),
        cmocka_unit_test(reads_names),
        cmocka_unit_test(says_one_line_each),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
