/* What an analyst reads: the right sentence first, one screen, no more digits than are known. */
#include "console.h"
#include "console_text.h"
#include "json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static schema_column columns[2];
static layer layers[1];
static epoch_figures epochs[2] = { { 0.7, 0.5, 0.5, 0.69, 0.7, 0.5 },
                                   { 0.6, 0.6, 0.6, 0.68, 0.7, 0.5 } };

static model campaign(double area, double low, double high)
{
    model m = { .optimiser = { .iteration = 260, .learning_rate = 0.001 } };
    columns[0] = (schema_column){ .name = STR("age"), .why = WHY_NUMBERS, .low = 18, .high = 69 };
    columns[1] = (schema_column){
        .name = STR("label"), .role = ROLE_TARGET, .type = TYPE_BOOLEAN, .why = WHY_TARGET_NAME
    };
    columns[1].low = columns[1].high = (double)NAN;
    m.schema = (schema){ .n_columns = 2, .columns = columns, .target = 1, .id = -1 };
    m.schema.positive = STR("1"), m.schema.negative = STR("0");
    m.schema.n_rows = 500, m.schema.n_positive = 163;
    layers[0] = (layer){ .spec = { LAYER_DENSE, 1, ACT_SIGMOID, 0 }, .n_in = 1, .n_out = 1 };
    m.network = (network){ .n_inputs = 1, .n_layers = 1, .layers = layers, .n_trainable = 2 };
    card *c = &m.card;
    c->n_rows = 500, c->n_train = 400, c->n_test = 100;
    c->n_positive_test = 27, c->n_positive_train = 136;
    c->test = (confusion){ 73, 0, 27, 0 };
    c->auc = (auc_interval){ area, 0.004, low, high, 27, 73 };
    c->verdict = verdict_of(&c->auc);
    c->version = STR("0.1.0"), c->fingerprint = STR("00112233445566778899aabbccddeeff");
    c->history = (history){ 2, epochs };
    return m;
}

/* The text, checked to be one screen of at most 79 columns. */
static text verdict(const model *m, propense_language l)
{
    text t = { 0 };
    int lines = 0;
    console_verdict(&t, m, l);
    assert_false(t.bad);
    str rest = text_view(&t), line;
    while (str_cut(&rest, &line, '\n')) {
        assert_true(str_columns(line) <= 79);
        lines++;
    }
    assert_true(lines - 1 <= 30);
    return t;
}

static void says(const model *m, const char *what)
{
    text t = verdict(m, PROPENSE_ENGLISH), flat = { 0 };
    for (int64_t i = 0; i < t.n; i++) { /* line ends as blanks, runs of blanks as one */
        char c = t.p[i] == '\n' ? ' ' : t.p[i];
        if (c != ' ' || (flat.n && flat.p[flat.n - 1] != ' ')) text_char(&flat, c);
    }
    if (!strstr(flat.p, what)) fail_msg("'%s' is not in: %s", what, flat.p);
    text_free(&t);
    text_free(&flat);
    text spanish = verdict(m, PROPENSE_SPANISH);
    text_free(&spanish);
}

static void chance(void **state)
{
    (void)state;
    model m = campaign(0.4916, 0.3735, 0.6112);
    text t = verdict(&m, PROPENSE_ENGLISH);
    assert_int_equal(strncmp(t.p, "VERDICT: No better than chance:", 31), 0);
    assert_null(strstr(t.p, "0.49"
                            "16"));
    text_free(&t);
    says(&m, "0.49, 95% interval 0.37 to 0.61 (DeLong)");
    says(&m, "about 0.63 or more");
    says(&m, "100 rows kept out of training; 27 of them converted (label = 1)");
    says(&m, "accuracy 0.73; always answering \"no\" gets 0.73 without a model");
    says(&m, "163 of 500 converted, so contacting all pays when one contact costs less than 33%");
    says(&m, "settings chosen by these figures look better than they are");
}

static void below_chance(void **state)
{
    (void)state;
    model m = campaign(0.39, 0.30, 0.48);
    says(&m, "VERDICT: No better than chance");
    says(&m, "The whole interval lies below 0.5. That is chance too, and no reason to turn the "
             "ranking round");
}

static void better(void **state)
{
    (void)state;
    model m = campaign(0.62, 0.5031, 0.72);
    says(&m, "VERDICT: Better than chance, but weak.");
    says(&m, "0.620, 95% interval 0.503 to 0.720"); /* not "0.50 to 0.72" */
    says(&m, "anything from weak to fair");
    says(&m, "62 times in 100");
    m = campaign(0.75, 0.71, 0.79);
    says(&m, "a fair ranking");
    m = campaign(0.85, 0.81, 0.89);
    says(&m, "a good ranking");
    says(&m, "Nobody passes 0.5");
    m = campaign(0.97, 0.91, 0.99);
    m.card.test = (confusion){ 70, 3, 7, 20 };
    says(&m, "VERDICT: Suspiciously good: look for a leak");
    says(&m, "known only after the outcome");
}

static void nothing_judged(void **state)
{
    (void)state;
    model m = campaign(0.6, 0.5, 0.7);
    m.card.verdict = VERDICT_NONE;
    says(&m, "Nothing was judged");
    says(&m, "All rows of the test part have the same answer");
    m.card.n_test = 0;
    says(&m, "--test_size 0.2");
    m.optimiser.iteration = 0;
    says(&m, "VERDICT: This model is untrained");
}

static void inspect_shows_all(void **state)
{
    (void)state;
    model m = campaign(0.4916, 0.3735, 0.6112);
    columns[0].name = STR("a\x1b[31mge");
    text t = { 0 };
    console_inspect(&t, &m, PROPENSE_ENGLISH);
    assert_false(t.bad);
    const char *const parts[] = { "No better than chance",
                                  "Dense",
                                  "sigmoid",
                                  "2 parameters",
                                  "260 steps",
                                  "label",
                                  "00112233445566778899aabbccddeeff",
                                  "0.4916",
                                  "weighted avg",
                                  "a?[31mge" };
    for (int i = 0; i < 10; i++)
        if (!strstr(t.p, parts[i])) fail_msg("'%s' is not in: %s", parts[i], t.p);
    assert_null(strchr(t.p, 27));
    text_free(&t);
}

static void inspect_json_is_json(void **state)
{
    (void)state;
    model m = campaign(0.49163421, 0.3735, 0.6112);
    text t = { 0 };
    console_inspect_json(&t, &m);
    assert_false(t.bad);
    json_doc *d = NULL;
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(json_read(&d, text_view(&t), "inspect", &err), PROPENSE_OK);
    const json_value *root = json_root(d);
    double area = 0;
    int64_t n = 0;
    int trained = 0;
    assert_true(json_as_number(json_get(json_get(root, "metrics"), "roc_auc"), &area));
    assert_true(area == 0.49163421);
    assert_true(json_as_int(json_get(json_get(root, "network"), "parameters"), &n) && n == 2);
    assert_true(json_as_bool(json_get(root, "trained"), &trained) && trained);
    assert_true(json_as_number(json_get(json_get(root, "report"), "accuracy"), &area));
    assert_true(area == 0.73);
    assert_int_equal(json_length(json_get(root, "column_reasons")), 2);
    json_free(d);
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chance),
        cmocka_unit_test(below_chance),
        cmocka_unit_test(better),
        cmocka_unit_test(nothing_judged),
        cmocka_unit_test(inspect_shows_all),
        cmocka_unit_test(inspect_json_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
