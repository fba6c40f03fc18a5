/* Evaluations as a whole: the same figures for any number of threads, a coin flip is chance, what
 * is seen is seen, and memory that runs out anywhere. Formulas are the metrics' tests' business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "failing_memory.h"

#include "calibrate.h"
#include "evaluate.h"
#include "random.h"

#include <cmocka.h>

static const char path[] = "test_evaluate.csv";

/* `signal` of ten rows follow the number of visits, the others a coin. */
static void write_data(int rows, int signal)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "id,day,visits,spent,region,label\n");
    for (int i = 0; i < rows; i++) {
        draw_key key = { 9, DRAW_NOISE, 0 };
        int visits = (int)draw_below(key, 1, (uint64_t)i, 20);
        int coin = draw_double(key, 2, (uint64_t)i) < 0.4;
        int yes = (int)draw_below(key, 3, (uint64_t)i, 10) < signal ? visits > 11 : coin;
        fprintf(f, "C%d,2024-%02d-%02d,%d,%d.%d,%s,%d\n", i, 1 + i / 28 % 12, 1 + i % 28, visits,
                i * 13 % 50, i % 10, i % 3 ? "north" : "south", yes);
    }
    assert_int_equal(fclose(f), 0);
}

static options *asked(const char *const set[][2])
{
    options *o = options_new();
    for (int i = 0; o && set[i][0]; i++)
        if (options_set(o, str_of(set[i][0]), str_of(set[i][1]), NULL)) {
            options_free(o);
            return NULL;
        }
    return o;
}

static evaluation *run(const char *threads)
{
    const char *const set[][2] = {
        { "threads", threads },   { "repeats", "2" }, { "permutations", "6" },
        { "time", "day" },        { "hidden", "4" },  { "epochs", "8" },
        { "calibrate", "platt" }, { "lr", "0.01" },   { NULL, NULL }
    };
    evaluation *e = NULL;
    options *o = asked(set);
    assert_non_null(o);
    assert_int_equal(evaluate_folds(&e, path, o, NULL, NULL), PROPENSE_OK);
    options_free(o);
    return e;
}

static void threads_change_nothing(void **state)
{
    (void)state;
    write_data(150, 7);
    evaluation *one = run("1"), *many = run("5");
    assert_int_equal(one->model.n, 150);
    assert_memory_equal(one->model.p, many->model.p, 150 * sizeof(double));
    assert_memory_equal(one->repeats, many->repeats, 2 * sizeof(repeat_figures));
    assert_memory_equal(one->permuted.null, many->permuted.null, 6 * sizeof(double));
    for (int i = 0; i < figure_count; i++) {
        assert_memory_equal(&one->model.figures[i].value, &many->model.figures[i].value, 24);
        const figure_difference *a = &one->rivals[CONTENDER_LOGISTIC].difference[i];
        const figure_difference *b = &many->rivals[CONTENDER_LOGISTIC].difference[i];
        assert_memory_equal(&a->difference, &b->difference, 24);
    }
    assert_int_equal(one->n_cuts, evaluation_cuts);
    for (int i = 0; i < one->n_cuts; i++)
        assert_true(one->cuts[i].model.auc == many->cuts[i].model.auc);
    evaluation_free(one);
    evaluation_free(many);
}

static void a_signal_is_seen(void **state)
{
    (void)state;
    write_data(150, 7);
    evaluation *e = run("0");
    assert_true(e->model.auc.low > 0.6);
    assert_true(e->permuted.p_value < 0.15); /* 1 / 7 at least */
    assert_true(e->permuted.null_mean < 0.6 && e->permuted.null_mean > 0.4);
    assert_true(e->model.figures[FIGURE_LOG_LOSS].value < e->model.base_loss);
    evaluation_free(e);
}

static void a_coin_is_chance(void **state)
{
    (void)state;
    write_data(150, 0);
    evaluation *e = run("0");
    assert_true(verdict_sign(e->model.verdict) == 0);
    assert_true(e->permuted.p_value > 0.05);
    assert_true(e->rivals[CONTENDER_LOGISTIC].of.auc.low < 0.5);
    evaluation_free(e);
}

/* Held-out rows reach nothing: with the last turn's targets changed, its own scores stay. */
static void held_out_rows_are_not_learnt_from(void **state)
{
    (void)state;
    enum { rows = 120 };
    const char *const set[][2] = { { "hidden", "4" }, { "epochs", "3" }, { NULL, NULL } };
    options *o = asked(set);
    arena mem = { 0 };
    pipeline_plan plan;
    dataset d;
    uint8_t fold[rows], changed[rows];
    write_data(rows, 7);
    assert_int_equal(pipeline_plan_of(&plan, o, &mem, NULL), PROPENSE_OK);
    assert_int_equal(dataset_read(&d, path, o, NULL, NULL), PROPENSE_OK);
    for (int i = 0; i < rows; i++) {
        fold[i] = (uint8_t)(i % 3);
        changed[i] = fold[i] == 2 ? !d.y[i] : d.y[i];
    }
    crossfit_set sets[2] = { { .fold = fold, .n_folds = 3, .seed = 1 },
                             { .y = changed, .fold = fold, .n_folds = 3, .seed = 1 } };
    crossfit_job job = { .d = &d,
                         .rows = { d.known, d.n_known },
                         .plan = &plan,
                         .sets = sets,
                         .n_sets = 2,
                         .contenders = (1u << contender_count) - 1 };
    crossfit out;
    assert_int_equal(crossfit_run(&out, &job, &mem, NULL), PROPENSE_OK);
    for (int who = 0; who < contender_count; who++) {
        const float *z = out.score[who];
        int differ = 0;
        if (!z) continue; /* no columns for the rule of thumb */
        for (int i = 0; i < rows; i++) {
            if (fold[i] == 2) assert_true(z[i] == z[rows + i]);
            differ += z[i] != z[rows + i];
        }
        assert_true(differ > rows / 3);
    }
    dataset_free(&d);
    arena_free(&mem);
    options_free(o);
}

/* Every allocation at first, then some: there are thousands. */
static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    const char *const set[][2] = { { "threads", "1" },      { "cv", "2" },
                                   { "permutations", "1" }, { "hidden", "2" },
                                   { "epochs", "1" },       { "ordered", "true" },
                                   { "calibrate", "auto" }, { NULL, NULL } };
    write_data(40, 10);
    for (int64_t at = 1;; at += 1 + at / 12) {
        evaluation *e = NULL;
        memory_fail_at(at);
        options *o = asked(set);
        status s = o ? evaluate_folds(&e, path, o, NULL, NULL) : PROPENSE_E_NOMEM;
        int over = memory_calls < at;
        options_free(o);
        evaluation_free(e);
        memory_fail_at(0);
        if (over) {
            assert_int_equal(s, PROPENSE_OK);
            break;
        }
        if (s != PROPENSE_OK) assert_int_equal(s, PROPENSE_E_NOMEM);
    }
}

static int clean(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(threads_change_nothing),
                                        cmocka_unit_test(a_signal_is_seen),
                                        cmocka_unit_test(a_coin_is_chance),
                                        cmocka_unit_test(held_out_rows_are_not_learnt_from),
                                        cmocka_unit_test(memory_may_run_out_anywhere) };
    return cmocka_run_group_tests(tests, NULL, clean);
}
