/* Progress, messages and words. */
#include "progress.h" /* error.h in it: before cmocka, which has a macro named fail */
#include "words.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

struct heard {
    int calls, level, stop;
    char words[4000];
};

static int32_t on_progress(void *user, const propense_progress *p)
{
    struct heard *h = user;
    h->calls++;
    assert_int_equal(p->struct_size, sizeof *p);
    return h->stop;
}

static void on_message(void *user, int32_t level, const char *words)
{
    struct heard *h = user;
    h->calls++;
    h->level = level;
    (void)strncpy(h->words, words, sizeof h->words - 1);
}

static void unknown_figures_are_nan(void **state)
{
    (void)state;
    propense_progress p = progress_of(PROPENSE_PHASE_TRAIN);
    assert_int_equal(p.phase, PROPENSE_PHASE_TRAIN);
    assert_true(isnan(p.loss) && isnan(p.accuracy) && isnan(p.auc));
    assert_true(isnan(p.val_loss) && isnan(p.val_accuracy) && isnan(p.val_auc));
}

static void a_caller_may_stop(void **state)
{
    (void)state;
    struct heard h = { 0 };
    propense_callbacks cb = { .struct_size = sizeof cb, .user = &h, .progress = on_progress };
    propense_progress p = progress_of(PROPENSE_PHASE_READ);
    propense_error err = PROPENSE_ERROR_INIT;
    assert_int_equal(progress_tell(NULL, &p, &err), PROPENSE_OK);
    assert_int_equal(progress_tell(&cb, &p, &err), PROPENSE_OK);
    h.stop = 1;
    assert_int_equal(progress_tell(&cb, &p, &err), PROPENSE_E_CANCELLED);
    assert_int_equal(err.code, PROPENSE_E_CANCELLED);
    assert_int_equal(h.calls, 2);
    cb.progress = NULL;
    assert_int_equal(progress_tell(&cb, &p, &err), PROPENSE_OK);
}

struct shared {
    pool *p;
    int64_t parts[4];
};

static void share(void *user, int worker)
{
    struct shared *s = user;
    while (pool_goes_on(s->p, worker, 3, 7)) s->parts[worker]++;
}

static int32_t stop_at_the_tenth(void *user, const propense_progress *p)
{
    struct heard *h = user;
    assert_int_equal(p->phase, PROPENSE_PHASE_EVALUATE);
    assert_int_equal(p->done, 3);
    assert_int_equal(p->total, 7);
    return ++h->calls >= 10;
}

/* Only the caller's thread calls back, and all end. */
static void a_caller_may_stop_what_threads_share(void **state)
{
    (void)state;
    struct heard h = { 0 };
    propense_callbacks cb = { .struct_size = sizeof cb, .user = &h, .progress = stop_at_the_tenth };
    struct shared s = { .p = pool_new(4) };
    propense_error err = PROPENSE_ERROR_INIT;
    assert_true(pool_goes_on(NULL, 0, 3, 7) && pool_goes_on(s.p, 0, 3, 7));
    progress_watch(s.p, NULL);
    assert_true(pool_goes_on(s.p, 0, 3, 7));
    progress_watch(s.p, &cb);
    assert_int_equal(progress_stopped(s.p, &err), PROPENSE_OK);
    pool_run(s.p, pool_size(s.p), share, &s);
    assert_int_equal(h.calls, 10);
    assert_int_equal(s.parts[0], 9);
    assert_int_equal(progress_stopped(s.p, &err), PROPENSE_E_CANCELLED);
    assert_string_equal(err.message, "stopped; nothing was written");
    assert_int_equal(progress_stopped(NULL, &err), PROPENSE_OK);
    pool_free(s.p);
}

static void messages_reach_the_caller_in_his_language(void **state)
{
    (void)state;
    struct heard h = { 0 };
    propense_callbacks cb = { .struct_size = sizeof cb, .user = &h, .message = on_message };
    say(NULL, 1, "nobody");
    say(&cb, 2, "%s has %d", "x", 5);
    assert_string_equal(h.words, "x has 5");
    assert_int_equal(h.level, 2);
    cb.language = PROPENSE_SPANISH;
    say(&cb, 1, "out of memory");
    assert_string_equal(h.words, "memoria agotada");
    assert_int_equal(callbacks_language(&cb), PROPENSE_SPANISH);
    assert_int_equal(callbacks_language(NULL), PROPENSE_ENGLISH);
}

static void a_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    static char words[3000];
    struct heard h = { 0 };
    propense_callbacks cb = { .struct_size = sizeof cb, .user = &h, .message = on_message };
    for (int i = 0; i < 1499; i++) memcpy(words + 2 * i, "\xC3\xA1", 2);
    say(&cb, 1, "%s", words);
    assert_int_equal(strlen(h.words), 2046);
    say(&cb, 1, "x%s", words);
    assert_int_equal(strlen(h.words), 2047);
}

static void words_without_a_translation_stay(void **state)
{
    (void)state;
    assert_string_equal(tr(PROPENSE_SPANISH, "out of memory"), "memoria agotada");
    assert_string_equal(tr(PROPENSE_ENGLISH, "out of memory"), "out of memory");
    static const char unknown[] = "no such sentence";
    assert_ptr_equal(tr(PROPENSE_SPANISH, unknown), unknown);
    assert_string_equal(tr(PROPENSE_SPANISH, "\x01"),
                        "\x01"); /* before the first, behind the last */
    assert_string_equal(tr(PROPENSE_SPANISH, "\xFF"), "\xFF");
    assert_string_equal(tr(PROPENSE_SPANISH, ""), "");
    assert_string_equal(tr(77, "out of memory"), "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_figures_are_nan),
        cmocka_unit_test(a_caller_may_stop),
        cmocka_unit_test(a_caller_may_stop_what_threads_share),
        cmocka_unit_test(messages_reach_the_caller_in_his_language),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(words_without_a_translation_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
