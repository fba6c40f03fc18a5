/* The caller's structs: macros against functions, shorter and longer structs, NULL everywhere.
 * Leaves what the calls do to the tests of the other rooms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "propense/propense.h"

static const char data[] = PROPENSE_SOURCE_DIR "/data/campaign_history.csv";
static propense_model *trained; /* one epoch of it */

/* ---- Macros and functions ---------------------------------------------------------------- */

/* Static, so that the padding is zero as the functions make it. */
static const propense_error error_macro = PROPENSE_ERROR_INIT;
static const propense_callbacks callbacks_macro = PROPENSE_CALLBACKS_INIT;
static const propense_option_info info_macro = PROPENSE_OPTION_INFO_INIT;
static const propense_score_summary summary_macro = PROPENSE_SCORE_SUMMARY_INIT;

/* A struct of any kind with room behind it for one that grew. */
typedef union space {
    propense_error error;
    propense_callbacks callbacks;
    propense_option_info info;
    propense_score_summary summary;
    size_t size;
    unsigned char bytes[sizeof(propense_error) + 64];
} space;

static space filled(void)
{
    space s;
    memset(&s, 0xA5, sizeof s);
    return s;
}

static void assert_guard(const space *s, size_t from)
{
    for (size_t i = from; i < sizeof *s; i++) assert_int_equal(s->bytes[i], 0xA5);
}

static void the_functions_equal_the_macros(void **state)
{
    (void)state;
    space s = filled();
    propense_error_init(&s.error, sizeof s.error);
    assert_memory_equal(&s, &error_macro, sizeof error_macro);
    assert_guard(&s, sizeof s.error);
    s = filled();
    propense_callbacks_init(&s.callbacks, sizeof s.callbacks);
    assert_memory_equal(&s, &callbacks_macro, sizeof callbacks_macro);
    assert_guard(&s, sizeof s.callbacks);
    s = filled();
    propense_score_summary_init(&s.summary, sizeof s.summary);
    assert_memory_equal(&s, &summary_macro, sizeof summary_macro);
    assert_guard(&s, sizeof s.summary);
}

/* Two empty strings need not have one address, so here the members are compared. */
static void the_option_infos_function_equals_its_macro(void **state)
{
    (void)state;
    const propense_option_info *m = &info_macro;
    space s = filled();
    propense_option_info_init(&s.info, sizeof s.info);
    assert_true(s.info.struct_size == m->struct_size && m->struct_size == sizeof *m);
    assert_string_equal(s.info.name, m->name);
    assert_true(s.info.type == m->type && s.info.commands == m->commands);
    assert_string_equal(s.info.default_value, m->default_value);
    assert_string_equal(s.info.placeholder, m->placeholder);
    assert_true(s.info.min == m->min && s.info.max == m->max);
    assert_string_equal(s.info.choices, m->choices);
    assert_string_equal(s.info.help, m->help);
    assert_guard(&s, sizeof s.info);
}

typedef void (*init_call)(space *s, size_t size);
static void init_error(space *s, size_t size)
{
    propense_error_init(&s->error, size);
}
static void init_callbacks(space *s, size_t size)
{
    propense_callbacks_init(&s->callbacks, size);
}
static void init_info(space *s, size_t size)
{
    propense_option_info_init(&s->info, size);
}
static void init_summary(space *s, size_t size)
{
    propense_score_summary_init(&s->summary, size);
}
static const init_call inits[] = { init_error, init_callbacks, init_info, init_summary };
static const size_t sizes[] = { sizeof(propense_error), sizeof(propense_callbacks),
                                sizeof(propense_option_info), sizeof(propense_score_summary) };

static void shorter_and_longer_structs_are_set_up_to_their_size(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof inits / sizeof *inits; k++) {
        for (size_t size = 0; size <= sizes[k] + 24; size++) {
            space s = filled();
            inits[k](&s, size);
            assert_guard(&s, size < sizeof size ? 0 : size);
            if (size >= sizeof size) assert_true(s.size == size);
            for (size_t i = sizes[k]; i < size; i++) assert_int_equal(s.bytes[i], 0);
        }
    }
    propense_error_init(NULL, sizeof(propense_error));
    propense_callbacks_init(NULL, sizeof(propense_callbacks));
    propense_option_info_init(NULL, sizeof(propense_option_info));
    propense_score_summary_init(NULL, sizeof(propense_score_summary));
}

/* ---- The option table -------------------------------------------------------------------- */

static void a_shorter_option_info_takes_what_it_has(void **state)
{
    (void)state;
    propense_option_info full = PROPENSE_OPTION_INFO_INIT;
    assert_int_equal(propense_option_describe(&full, 0, PROPENSE_SPANISH), PROPENSE_OK);
    for (size_t size = sizeof size; size <= sizeof full + 16; size++) {
        space s = filled();
        s.size = size;
        assert_int_equal(propense_option_describe(&s.info, 0, PROPENSE_SPANISH), PROPENSE_OK);
        assert_true(s.size == size);
        size_t n = size < sizeof full ? size : sizeof full;
        assert_memory_equal(s.bytes + sizeof size, (const char *)&full + sizeof size,
                            n - sizeof size);
        assert_guard(&s, n);
    }
    space s = filled();
    s.size = 0;
    assert_int_equal(propense_option_describe(&s.info, 0, 0), PROPENSE_E_ARG);
    assert_guard(&s, sizeof s.size);
    assert_int_equal(propense_option_describe(&full, propense_option_count(), 0), PROPENSE_E_ARG);
    assert_int_equal(propense_option_describe(&full, -1, 0), PROPENSE_E_ARG);
    assert_int_equal(propense_option_describe(NULL, 0, 0), PROPENSE_E_ARG);
}

/* ---- Callbacks --------------------------------------------------------------------------- */

typedef struct heard {
    int n_progress, n_messages, cancel;
} heard;

static int on_progress(void *user, const propense_progress *p)
{
    heard *h = user;
    assert_true(p->struct_size == sizeof *p);
    h->n_progress++;
    return h->cancel;
}

static void on_message(void *user, int32_t level, const char *text)
{
    heard *h = user;
    assert_true((level == PROPENSE_NOTE || level == PROPENSE_WARNING) && *text);
    h->n_messages++;
}

static propense_status train_with(const propense_callbacks *callbacks, propense_error *err)
{
    propense_options *o = NULL;
    propense_model *m = NULL;
    assert_int_equal(propense_options_new(&o, NULL), PROPENSE_OK);
    assert_int_equal(propense_options_set(o, "epochs", "1", NULL), PROPENSE_OK);
    propense_status s = propense_train(&m, data, o, callbacks, err);
    assert_true((s == PROPENSE_OK) == (m != NULL));
    propense_model_free(m);
    propense_options_free(o);
    return s;
}

/* What lies behind struct_size is no callback, whatever bytes are there. */
static void older_callbacks_without_the_last_ones_work(void **state)
{
    (void)state;
    heard h = { 0 };
    space s = filled();
    s.callbacks = (propense_callbacks){ offsetof(propense_callbacks, message), &h, PROPENSE_ENGLISH,
                                        on_progress, NULL };
    memset(&s.callbacks.message, 0xA5, sizeof s.callbacks.message);
    assert_int_equal(train_with(&s.callbacks, NULL), PROPENSE_OK);
    assert_true(h.n_progress > 0 && h.n_messages == 0);
    h = (heard){ .cancel = 1 };
    assert_int_equal(train_with(&s.callbacks, NULL), PROPENSE_E_CANCELLED);
    s.callbacks.struct_size = offsetof(propense_callbacks, progress);
    memset(&s.callbacks.progress, 0xA5, sizeof s.callbacks.progress);
    assert_int_equal(train_with(&s.callbacks, NULL), PROPENSE_OK);
    s.callbacks.struct_size = sizeof(size_t);
    assert_int_equal(train_with(&s.callbacks, NULL), PROPENSE_OK);
}

static void newer_callbacks_work_as_far_as_they_are_known(void **state)
{
    (void)state;
    heard h = { 0 };
    space s = filled();
    s.callbacks = (propense_callbacks){ sizeof(propense_callbacks) + 16, &h, PROPENSE_ENGLISH,
                                        on_progress, on_message };
    assert_int_equal(train_with(&s.callbacks, NULL), PROPENSE_OK);
    assert_true(h.n_progress > 0 && h.n_messages > 0);
    assert_guard(&s, sizeof s.callbacks);
}

static void callbacks_that_were_never_set_up_are_refused(void **state)
{
    (void)state;
    propense_callbacks zero = { 0 };
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(train_with(&zero, &err), PROPENSE_E_ARG);
    assert_non_null(strstr(err.message, "PROPENSE_CALLBACKS_INIT"));
    err.language = PROPENSE_SPANISH;
    assert_int_equal(propense_score(trained, data, "never.csv", NULL, &zero, NULL, &err),
                     PROPENSE_E_ARG);
    assert_int_equal(access("never.csv", F_OK), -1);
}

/* ---- Scores and errors ------------------------------------------------------------------- */

static void a_shorter_summary_takes_what_it_has(void **state)
{
    (void)state;
    char out[] = "api-structs-XXXXXX";
    int file = mkstemp(out);
    assert_true(file >= 0);
    (void)close(file);
    propense_score_summary full = PROPENSE_SCORE_SUMMARY_INIT;
    assert_int_equal(propense_score(trained, data, out, NULL, NULL, &full, NULL), PROPENSE_OK);
    assert_true(full.n_rows > 100);
    space s = filled();
    s.size = offsetof(propense_score_summary, n_missing);
    assert_int_equal(propense_score(trained, data, out, NULL, NULL, &s.summary, NULL), PROPENSE_OK);
    assert_true(s.summary.n_rows == full.n_rows);
    assert_guard(&s, s.size);
    s = filled();
    s.size = 0;
    assert_int_equal(propense_score(trained, data, out, NULL, NULL, &s.summary, NULL), PROPENSE_OK);
    assert_guard(&s, sizeof s.size);
    s = filled();
    s.size = sizeof full + 16;
    assert_int_equal(propense_score(trained, data, out, NULL, NULL, &s.summary, NULL), PROPENSE_OK);
    assert_true(s.size == sizeof full + 16 && s.summary.n_rows == full.n_rows);
    assert_guard(&s, sizeof full);
    (void)remove(out);
}

static void a_shorter_error_has_a_shorter_message(void **state)
{
    (void)state;
    space s = filled();
    s.size = offsetof(propense_error, message) + 12;
    s.error.language = PROPENSE_ENGLISH;
    propense_model *m = NULL;
    propense_error full = PROPENSE_ERROR_INIT;
    const char *nowhere = "nowhere/at/all.csv";
    assert_int_equal(propense_train(&m, nowhere, NULL, NULL, &full), PROPENSE_E_IO);
    assert_int_equal(propense_train(&m, nowhere, NULL, NULL, &s.error), PROPENSE_E_IO);
    assert_int_equal(s.error.code, PROPENSE_E_IO);
    assert_true(strlen(full.message) > 11 && strlen(s.error.message) == 11);
    assert_memory_equal(s.error.message, full.message, 11);
    assert_guard(&s, s.size);
    s.size = offsetof(propense_error, row); /* the code alone */
    assert_int_equal(propense_model_load(&m, data, &s.error), PROPENSE_E_FORMAT);
    assert_int_equal(s.error.code, PROPENSE_E_FORMAT);
}

/* ---- NULL -------------------------------------------------------------------------------- */

static int take_all(void *user, const void *bytes, size_t n)
{
    return (void)user, (void)bytes, (void)n, 0;
}

static void a_missing_argument_is_an_error_and_no_crash(void **state)
{
    (void)state;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_options *o = NULL;
    propense_model *m = trained; /* any value: failure makes it NULL */
    const int32_t text = PROPENSE_AS_TEXT, view = PROPENSE_VIEW_VERDICT;
    assert_int_equal(propense_options_new(NULL, &err), PROPENSE_E_ARG);
    assert_int_equal(propense_options_new(&o, NULL), PROPENSE_OK);
    assert_int_equal(propense_options_set(NULL, "epochs", "1", &err), PROPENSE_E_ARG);
    assert_int_equal(propense_options_set(o, NULL, "1", &err), PROPENSE_E_ARG);
    assert_int_equal(propense_options_set(o, "epochs", NULL, &err), PROPENSE_E_ARG);
    assert_int_equal(propense_options_set(o, "epochs", "none", NULL), PROPENSE_E_ARG);
    assert_null(propense_options_get(NULL, "epochs"));
    assert_null(propense_options_get(o, NULL));
    propense_options_free(o);
    propense_options_free(NULL);
    assert_int_equal(propense_train(NULL, data, NULL, NULL, &err), PROPENSE_E_ARG);
    assert_int_equal(propense_train(&m, NULL, NULL, NULL, NULL), PROPENSE_E_ARG);
    assert_null(m);
    assert_int_equal(propense_model_load(NULL, data, &err), PROPENSE_E_ARG);
    m = trained;
    assert_int_equal(propense_model_load(&m, NULL, NULL), PROPENSE_E_ARG);
    assert_null(m);
    assert_int_equal(propense_model_save(NULL, "x.keras", &err), PROPENSE_E_ARG);
    assert_int_equal(propense_model_save(trained, NULL, NULL), PROPENSE_E_ARG);
    assert_int_equal(propense_check_model_output(NULL, &err), PROPENSE_E_ARG);
    assert_int_equal(propense_check_output(view, NULL, &err), PROPENSE_E_ARG);
    propense_model_free(NULL);
    assert_int_equal(propense_model_write(NULL, view, text, 0, take_all, NULL, &err),
                     PROPENSE_E_ARG);
    assert_int_equal(propense_model_write(trained, view, text, 0, NULL, NULL, NULL),
                     PROPENSE_E_ARG);
    assert_int_equal(propense_model_write(trained, view, text, 0, take_all, NULL, NULL),
                     PROPENSE_OK);
    assert_int_equal(propense_model_write_file(NULL, view, 0, "x.txt", &err), PROPENSE_E_ARG);
    assert_int_equal(propense_model_write_file(trained, view, 0, NULL, NULL), PROPENSE_E_ARG);
    assert_int_equal(propense_model_verdict(NULL), -1);
    assert_int_equal(propense_score(NULL, data, "x.csv", NULL, NULL, NULL, &err), PROPENSE_E_ARG);
    assert_int_equal(propense_score(trained, NULL, "x.csv", NULL, NULL, NULL, NULL),
                     PROPENSE_E_ARG);
    assert_int_equal(propense_score(trained, data, NULL, NULL, NULL, NULL, NULL), PROPENSE_E_ARG);
    assert_string_equal(propense_translate(PROPENSE_SPANISH, NULL), "");
}

static int train_once(void **state)
{
    (void)state;
    propense_options *o = NULL;
    int bad = propense_options_new(&o, NULL) || propense_options_set(o, "epochs", "1", NULL) ||
              propense_train(&trained, data, o, NULL, NULL);
    propense_options_free(o);
    return bad;
}

static int free_trained(void **state)
{
    (void)state;
    propense_model_free(trained);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_functions_equal_the_macros),
        cmocka_unit_test(the_option_infos_function_equals_its_macro),
        cmocka_unit_test(shorter_and_longer_structs_are_set_up_to_their_size),
        cmocka_unit_test(a_shorter_option_info_takes_what_it_has),
        cmocka_unit_test(older_callbacks_without_the_last_ones_work),
        cmocka_unit_test(newer_callbacks_work_as_far_as_they_are_known),
        cmocka_unit_test(callbacks_that_were_never_set_up_are_refused),
        cmocka_unit_test(a_shorter_summary_takes_what_it_has),
        cmocka_unit_test(a_shorter_error_has_a_shorter_message),
        cmocka_unit_test(a_missing_argument_is_an_error_and_no_crash),
    };
    return cmocka_run_group_tests(tests, train_once, free_trained);
}
