/* The option table: defaults, bounds, names, and the sentences of its errors. */
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static status set(options *o, const char *name, const char *value, propense_error *err)
{
    *err = (propense_error)PROPENSE_ERROR_INIT;
    return options_set(o, str_of(name), str_of(value), err);
}

static void defaults_are_the_reference_network(void **unused)
{
    (void)unused;
    options *o = options_new();
    assert_non_null(o);
    assert_string_equal(option_text(o, OPT_hidden), "64,32");
    assert_int_equal(option_int(o, OPT_epochs), 20);
    assert_int_equal(option_int(o, OPT_batch_size), 32);
    assert_true(option_number(o, OPT_lr) == 1e-3);
    assert_true(option_number(o, OPT_dropout) == 0.3);
    assert_true(option_number(o, OPT_test_size) == 0.2);
    assert_int_equal(option_int(o, OPT_split_seed), 42);
    assert_int_equal(option_int(o, OPT_seed), 1);
    assert_int_equal(option_flag(o, OPT_stratify), 0);
    options_free(o);
}

static void every_default_is_allowed(void **unused)
{
    (void)unused;
    propense_error err;
    options *o = options_new();
    for (int i = 0; i < OPTION_COUNT; i++) {
        const option_row *row = &option_table[i];
        if (row->kind == KIND_TEXT && !*row->initial) continue;
        assert_int_equal(set(o, row->name, row->initial, &err), PROPENSE_OK);
        assert_true(row->commands != 0 && *row->help);
    }
    options_free(o);
}

static void names_take_dashes_and_second_names(void **unused)
{
    (void)unused;
    propense_error err;
    options *o = options_new();
    assert_int_equal(set(o, "batch-size", "64", &err), PROPENSE_OK);
    assert_int_equal(option_int(o, OPT_batch_size), 64);
    assert_int_equal(set(o, "learning_rate", "0.01", &err), PROPENSE_OK);
    assert_true(option_number(o, OPT_lr) == 0.01);
    assert_int_equal(set(o, "stratify", "yes", &err), PROPENSE_OK);
    assert_int_equal(option_flag(o, OPT_stratify), 1);
    assert_int_equal(set(o, "stratify", "false", &err), PROPENSE_OK);
    assert_int_equal(option_flag(o, OPT_stratify), 0);
    options_free(o);
}

static void errors_say_what_was_met_and_expected(void **unused)
{
    (void)unused;
    static const struct {
        const char *name, *value, *message;
    } cases[] = {
        { "epochs", "0", "--epochs: met '0', expected a whole number in 1 .. 1000000" },
        { "epochs", "2.5", "--epochs: met '2.5', expected a whole number in 1 .. 1000000" },
        { "epochs", "many", "--epochs: met 'many', expected a whole number in 1 .. 1000000" },
        { "dropout", "1", "--dropout: met '1', expected a number in 0 .. 0.95" },
        { "lr", "nan", "--lr: met 'nan', expected a number in 1e-08 .. 100" },
        { "schedule", "steps",
          "--schedule: met 'steps', expected one of constant|exponential|cosine|plateau" },
        { "stratify", "perhaps", "--stratify: met 'perhaps', expected true or false" },
        { "epoch", "3", "--epoch is not an option; did you mean --epochs?" },
        { "frobnicate", "3", "--frobnicate is not an option; 'propense help' lists them all" },
    };
    propense_error err;
    options *o = options_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(set(o, cases[i].name, cases[i].value, &err), PROPENSE_E_ARG);
        assert_string_equal(err.message, cases[i].message);
    }
    assert_int_equal(option_int(o, OPT_epochs), 20);
    options_free(o);
}

static void errors_speak_the_callers_language(void **unused)
{
    (void)unused;
    options *o = options_new();
    propense_error err = PROPENSE_ERROR_INIT;
    err.language = PROPENSE_SPANISH;
    assert_int_equal(options_set(o, STR("epochs"), STR("0"), &err), PROPENSE_E_ARG);
    assert_string_equal(
        err.message, "--epochs: encontrado '0', se esperaba un número entero entre 1 .. 1000000");
    options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_reference_network),
        cmocka_unit_test(every_default_is_allowed),
        cmocka_unit_test(names_take_dashes_and_second_names),
        cmocka_unit_test(errors_say_what_was_met_and_expected),
        cmocka_unit_test(errors_speak_the_callers_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
