/* What the options of networks come to: layers, training, presets, the JSON file.
 * Leaves the arithmetic to tests/unit/network. Read pipeline_options.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "layer_words.h"
#include "options.h"
#include "pipeline_options.h"

#include <cmocka.h> /* last: its fail() hides ours */

typedef struct made {
    options *o;
    arena mem;
    layer_spec *specs;
    int32_t n;
    fit_options fit;
    propense_error err;
    status s;
} made;

/* Pairs of name and value; the end is NULL. */
static made make(const char *const *words)
{
    made m = { .o = options_new(), .err = PROPENSE_ERROR_INIT };
    for (; *words && m.s == PROPENSE_OK; words += 2)
        m.s = options_set(m.o, str_of(words[0]), str_of(words[1]), &m.err);
    if (m.s == PROPENSE_OK) m.s = layers_of_options(&m.specs, &m.n, m.o, &m.mem, &m.err);
    if (m.s == PROPENSE_OK) m.s = fit_of_options(&m.fit, m.o, &m.err);
    return m;
}
static void end(made *m)
{
    options_free(m->o);
    arena_free(&m->mem);
}
#define MAKE(...) make((const char *const[]){ __VA_ARGS__, NULL })

static void hidden_layers_repeat(void **state)
{
    (void)state;
    made m = MAKE("hidden", "200x4,16", "dropout", "0", "activation", "elu", "l2", "1e-4", "init",
                  "he_normal", "max_norm", "3");
    assert_int_equal(m.s, PROPENSE_OK);
    assert_int_equal(m.n, 6);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(m.specs[i].units, i < 4 ? 200 : 16);
        assert_int_equal(m.specs[i].act, ACT_ELU);
        assert_int_equal(m.specs[i].init, INIT_HE_NORMAL);
        assert_true(m.specs[i].l2 == 1e-4F && m.specs[i].max_norm == 3);
    }
    assert_true(m.specs[5].units == 1 && m.specs[5].act == ACT_SIGMOID && m.specs[5].max_norm == 0);
    end(&m);
    m = MAKE("hidden", "8", "normalize", "batch", "activation", "prelu", "noise", "0.1");
    assert_int_equal(m.n, 6);
    const layer_kind kinds[] = { LAYER_GAUSSIAN_NOISE, LAYER_DENSE,   LAYER_BATCH_NORM,
                                 LAYER_PRELU,          LAYER_DROPOUT, LAYER_DENSE };
    for (int i = 0; i < 6; i++) assert_int_equal(m.specs[i].kind, kinds[i]);
    assert_int_equal(m.specs[1].act, ACT_LINEAR);
    end(&m);
}

static void layers_are_read_one_by_one(void **state)
{
    (void)state;
    made m = MAKE("layers",
                  "dense 20 gelu l1=0.1 no_bias init=orthogonal, batch_norm momentum=0.9 , "
                  "dropout 0.25,leaky_relu,leaky_relu 0.1, relu max_value=6 slope=0.01, elu, "
                  "softmax, mish, noise 0.5, prelu, layer_norm",
                  "head", "softmax");
    assert_int_equal(m.s, PROPENSE_OK);
    const layer_spec *s = m.specs;
    assert_int_equal(m.n, 13);
    assert_true(s[0].units == 20 && s[0].act == ACT_GELU && s[0].l1 == 0.1F && s[0].no_bias);
    assert_int_equal(s[0].init, INIT_ORTHOGONAL);
    assert_true(s[1].kind == LAYER_BATCH_NORM && s[1].momentum == 0.9F && s[1].epsilon == 1e-3F);
    assert_true(s[2].kind == LAYER_DROPOUT && s[2].rate == 0.25F);
    assert_true(s[3].kind == LAYER_LEAKY_RELU && s[3].alpha == 0.3F && s[4].alpha == 0.1F);
    assert_true(s[5].kind == LAYER_RELU && s[5].max_value == 6 && s[5].alpha == 0.01F);
    assert_true(s[6].kind == LAYER_ELU && s[6].alpha == 1 && s[7].kind == LAYER_SOFTMAX);
    assert_true(s[8].kind == LAYER_ACTIVATION && s[8].act == ACT_MISH && s[9].stddev == 0.5F);
    assert_true(s[10].kind == LAYER_PRELU && s[11].kind == LAYER_LAYER_NORM);
    assert_true(s[12].units == 2 && s[12].act == ACT_SOFTMAX);
    end(&m);
}

static void bad_layers_have_their_sentence(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        { "layers", "dense", "--layers: 'dense': met '', expected units (1 .. 65536)" },
        { "layers", "dense 20 rellu", "met 'rellu', which means nothing there" },
        { "layers", "dropout 2", "'dropout 2': rate: met '2', expected a number in 0.0 .. 0.95" },
        { "layers", "dropout", "'dropout': rate: met '', expected a number in 0.0 .. 0.95" },
        { "layers", "dense 5,, dense 6", "--layers: '': met ''" },
        { "layers", "dense 5 l2=x", "l2: met 'x', expected a number in 0.0 .. 1000.0" },
        { "layers", "dense 5 rate=1", "met 'rate=1', which means nothing there" },
        { "layers", "softmax 3", "met '3', which means nothing there" },
        { "hidden", "200x", "--hidden: met '200x', expected units as 64,32 or 200x4" },
        { "hidden", "20x65", "--hidden: met more than 64 layers" },
        { "class_weight", "1;2", "--class_weight: met '1;2', expected none, balanced" },
        { "class_weight", "0,0", "--class_weight" },
        { "baseline", "low", "--baseline: met 'low', expected a number" },
        { "l2", "-1", "--l2: met '-1', expected a number in 0 .. 1000" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        made m = MAKE(cases[i][0], cases[i][1]);
        assert_int_equal(m.s, PROPENSE_E_ARG);
        if (!strstr(m.err.message, cases[i][2])) fail_msg("met: %s", m.err.message);
        end(&m);
    }
    made m = MAKE("clip_norm", "1", "clip_value", "1");
    assert_non_null(strstr(m.err.message, "choose one"));
    end(&m);
}

static void training_is_as_asked(void **state)
{
    (void)state;
    made m = MAKE("optimizer", "sgd", "momentum", "0.9", "nesterov", "true", "schedule", "cosine",
                  "warmup_epochs", "2", "patience", "3", "monitor", "val_auc", "loss", "focal",
                  "class_weight", "1,5", "baseline", "0.5");
    const fit_options *f = &m.fit;
    assert_int_equal(f->optimiser.kind, OPTIMISER_SGD);
    assert_true(f->optimiser.momentum == 0.9 && f->optimiser.nesterov);
    assert_true(f->schedule.kind == SCHEDULE_COSINE && f->schedule.warmup_epochs == 2);
    assert_true(f->stopping.on && f->stopping.patience == 3 && f->stopping.has_baseline);
    assert_true(f->stopping.monitor == MONITOR_VAL_AUC && f->stopping.baseline == 0.5);
    assert_true(f->loss.kind == LOSS_FOCAL && f->loss.gamma == 2);
    assert_true(f->class_weight[0] == 1 && f->class_weight[1] == 5);
    end(&m);
    m = MAKE("optimizer", "adamw");
    assert_true(m.fit.optimiser.weight_decay == 0.004 && m.fit.optimiser.beta1 == 0.9);
    assert_true(!m.fit.stopping.on && m.fit.schedule.kind == SCHEDULE_CONSTANT);
    end(&m);
}

static void presets_give_way(void **state)
{
    (void)state;
    made m = MAKE("epochs", "7", "preset", "audiobooks", "batch_size", "10");
    assert_int_equal(m.n, 5);
    assert_true(m.specs[3].units == 200 && m.specs[3].act == ACT_RELU && m.specs[4].units == 2);
    assert_int_equal(m.fit.epochs, 7);
    assert_int_equal(m.fit.batch_size, 10);
    assert_true(m.fit.stopping.on && m.fit.stopping.patience == 3);
    end(&m);
    m = MAKE("preset", "campaign");
    assert_int_equal(m.n, 5);
    assert_int_equal(m.fit.epochs, 20);
    end(&m);
}

static made with_file(const char *json)
{
    static const char path[] = "net_test.json";
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(json, f);
    fclose(f);
    made m = MAKE("epochs", "9", "preset", "audiobooks", "network", path);
    remove(path);
    return m;
}

static void files_are_checked_by_the_same_table(void **state)
{
    (void)state;
    made m = with_file("{ \"layers\": [\"dense 30 elu\", \"dropout 0.1\"], \"lr\": 0.01,\n"
                       "  \"nesterov\": true, \"optimizer\": \"sgd\", \"epochs\": 50 }");
    assert_int_equal(m.s, PROPENSE_OK);
    assert_int_equal(m.n, 3);
    assert_true(m.specs[0].act == ACT_ELU && m.fit.learning_rate == 0.01);
    assert_true(m.fit.optimiser.nesterov && m.fit.epochs == 9); /* the flag wins */
    assert_int_equal(m.fit.batch_size, 50);                     /* the preset's */
    end(&m);
    m = with_file("{ \"hidden\": [20, 10], \"l2\": 1e-4 }");
    assert_true(m.specs[1].units == 10 && m.specs[1].l2 == 1e-4F);
    end(&m);
    static const char *const bad[][2] = {
        { "{ \"dropuot\": 0.3 }",
          "net_test.json: 'dropuot' is not an option of training; did you mean 'dropout'?" },
        { "{ \"dropout\": 2 }",
          "net_test.json: --dropout: met '2', expected a number in 0 .. 0.95" },
        { "{ \"threads\": 2 }", "'threads' is not an option of training" },
        { "{ \"hidden\": {} }", "'hidden' has to be a word, a number" },
        { "[1]", "net_test.json: expected an object of options" },
        { "{ \"hidden\": ", "net_test.json" },
        { "{ \"network\": \"x\" }", "is not an option of training" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        m = with_file(bad[i][0]);
        assert_true(m.s != PROPENSE_OK);
        if (!strstr(m.err.message, bad[i][1])) fail_msg("met: %s", m.err.message);
        end(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_layers_repeat),
        cmocka_unit_test(layers_are_read_one_by_one),
        cmocka_unit_test(bad_layers_have_their_sentence),
        cmocka_unit_test(training_is_as_asked),
        cmocka_unit_test(presets_give_way),
        cmocka_unit_test(files_are_checked_by_the_same_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
