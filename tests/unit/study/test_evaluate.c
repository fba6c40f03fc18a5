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
#include "natural.h"
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

/* p of the draws that were needed: the fiftieth that reached the observed area was the last. */
static void draws_end_when_chance_has_brought_enough(void **state)
{
    (void)state;
    const char *const set[][2] = { { "permutations", "400" },
                                   { "hidden", "2" },
                                   { "epochs", "1" },
                                   { "calibrate", "none" },
                                   { NULL, NULL } };
    evaluation *e = NULL;
    options *o = asked(set);
    write_data(60, 0);
    assert_int_equal(evaluate_folds(&e, path, o, NULL, NULL), PROPENSE_OK);
    const permutation_figures *p = &e->permuted;
    int reached = 0, at = 0;
    assert_true(p->n < 400 && p->n % 25 == 0);
    assert_true(p->observed == e->model.auc.auc); /* a small network is tested as it is */
    while (reached < 50 && at < p->n) reached += p->null[at++] >= p->observed;
    assert_int_equal(reached, 50);
    assert_int_equal(p->among, at);
    assert_true(p->p_value == 50.0 / at);
    evaluation_free(e);
    options_free(o);
}

/* The best preset is tested by one network a fold, the observed area too, unless the whole is asked
 * for. */
static void a_cheaper_test_is_said_to_be_one(void **state)
{
    (void)state;
    const char *const set[][2] = { { "permutations", "3" }, { NULL, NULL } };
    evaluation *one = NULL, *all = NULL;
    options *o = asked(set);
    write_data(60, 8);
    assert_int_equal(evaluate_folds(&one, path, o, NULL, NULL), PROPENSE_OK);
    assert_int_equal(one->permuted_networks, 1);
    assert_int_equal(one->permuted_rows, 0);
    assert_true(one->permuted.observed != one->model.auc.auc);
    assert_true(one->permuted_simple.observed == one->rivals[CONTENDER_LOGISTIC].of.auc.auc);
    assert_int_equal(options_set(o, STR("full_permutations"), STR("true"), NULL), PROPENSE_OK);
    assert_int_equal(evaluate_folds(&all, path, o, NULL, NULL), PROPENSE_OK);
    assert_int_equal(all->permuted_networks, 0);
    assert_true(all->permuted.observed == all->model.auc.auc);
    assert_memory_not_equal(all->permuted.null, one->permuted.null, 3 * sizeof(double));
    assert_memory_equal(all->permuted_simple.null, one->permuted_simple.null, 3 * sizeof(double));
    evaluation_free(one);
    evaluation_free(all);
    options_free(o);
}

static evaluation *judge_model(const model *m, const char *file)
{
    evaluation *e = NULL;
    options *o = options_new();
    assert_int_equal(evaluate_model(&e, m, file, o, NULL, NULL), PROPENSE_OK);
    options_free(o);
    return e;
}

/* Beside a model on other rows stand the simple models that a cross-validation of those rows has;
 * on its own rows it is known. */
static void a_model_has_the_simple_ones_beside_it(void **state)
{
    (void)state;
    const char *const set[][2] = { { "hidden", "4" }, { "epochs", "4" }, { NULL, NULL } };
    options *o = asked(set);
    model *m = NULL;
    evaluation *folds = NULL;
    write_data(150, 7);
    assert_int_equal(train_file(&m, path, o, NULL, NULL), PROPENSE_OK);
    evaluation *own = judge_model(m, path);
    assert_int_equal(own->knows_rows, 1);
    assert_int_equal(own->unseen.n, m->card.n_test);
    write_data(180, 7);
    evaluation *other = judge_model(m, path);
    assert_int_equal(other->knows_rows, 0);
    assert_int_equal(evaluate_folds(&folds, path, o, NULL, NULL), PROPENSE_OK);
    assert_true(other->rivals[CONTENDER_LOGISTIC].is_there);
    assert_memory_equal(other->rivals[CONTENDER_LOGISTIC].of.p,
                        folds->rivals[CONTENDER_LOGISTIC].of.p, 180 * sizeof(double));
    evaluation_free(own);
    evaluation_free(other);
    evaluation_free(folds);
    model_free(m);
    options_free(o);
}

/* Odds of every probability move by the ratio of the odds of both shares. */
static void another_prior_moves_the_odds(void **state)
{
    (void)state;
    const char *const set[][2] = { { "hidden", "4" }, { "epochs", "4" }, { NULL, NULL } };
    options *o = asked(set);
    model *m = NULL, moved;
    propense_error err = PROPENSE_ERROR_INIT;
    write_data(150, 7);
    assert_int_equal(train_file(&m, path, o, NULL, NULL), PROPENSE_OK);
    double rate = (double)m->card.n_positive_train / (double)m->card.n_train;
    assert_int_equal(natural_prior(&moved, m, o, NULL), PROPENSE_OK);
    assert_true(moved.calibrator.logit_shift == m->calibrator.logit_shift);
    assert_int_equal(options_set(o, STR("prior"), STR("0.05"), NULL), PROPENSE_OK);
    assert_int_equal(natural_prior(&moved, m, o, NULL), PROPENSE_OK);
    for (double z = -3; z <= 3; z += 0.5) {
        double p = model_believe(m, z).probability, q = model_believe(&moved, z).probability;
        double ratio = (0.05 / 0.95) / (rate / (1 - rate));
        double error = q / (1 - q) - ratio * p / (1 - p);
        assert_true(error < 1e-12 && error > -1e-12);
    }
    assert_int_equal(natural_prior(&moved, NULL, o, &err), PROPENSE_E_ARG);
    model_free(m);
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
                                        cmocka_unit_test(draws_end_when_chance_has_brought_enough),
                                        cmocka_unit_test(a_cheaper_test_is_said_to_be_one),
                                        cmocka_unit_test(a_model_has_the_simple_ones_beside_it),
                                        cmocka_unit_test(another_prior_moves_the_odds),
                                        cmocka_unit_test(held_out_rows_are_not_learnt_from),
                                        cmocka_unit_test(memory_may_run_out_anywhere) };
    return cmocka_run_group_tests(tests, NULL, clean);
}
