/* Every layer taken apart: the operations carried out one by one in double say what the network
 * says. Leaves exporters to their rooms. Read elementary.h first. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "elementary.h"
#include "fit_bench.h"
#include "kernels.h"

#include <cmocka.h> /* last: its fail() hides ours */

enum { n_in = 6, n_rows = 25 };

static double second(const operation *o, double *const *values, const operation *all, int64_t r,
                     int32_t j)
{
    if (o->b >= 0) {
        int32_t width = all[o->b - 1].width;
        return values[o->b][r * width + (width > 1 ? j : 0)];
    }
    return o->constant ? (double)o->constant[o->constant_width > 1 ? j : 0] : 0;
}

static double over_row(operation_kind kind, const double *x, int32_t n)
{
    double sum = 0, most = x[0];
    for (int32_t j = 0; j < n; j++) sum += x[j], most = fmax(most, x[j]);
    return kind == OPERATION_ROW_MAX ? most : kind == OPERATION_ROW_SUM ? sum : sum / n;
}

static double one(const operation *o, const double *row, int32_t width, int32_t j, double b)
{
    double a = row[j < width ? j : 0],
           sum = 0; /* one column stands for all; a product looks itself */
    switch (o->kind) {
    case OPERATION_PRODUCT:
        for (int32_t k = 0; k < width; k++)
            sum += row[k] * (double)o->constant[(int64_t)k * o->width + j];
        return sum;
    case OPERATION_ADD:
        return a + b;
    case OPERATION_SUBTRACT:
        return a - b;
    case OPERATION_MULTIPLY:
        return a * b;
    case OPERATION_DIVIDE:
        return a / b;
    case OPERATION_MAX:
        return fmax(a, b);
    case OPERATION_MIN:
        return fmin(a, b);
    case OPERATION_GREATER:
        return a > b;
    case OPERATION_ABS:
        return fabs(a);
    case OPERATION_EXP:
        return exp(a);
    case OPERATION_LOG:
        return log(a);
    case OPERATION_SQRT:
        return sqrt(a);
    case OPERATION_TANH:
        return tanh(a);
    case OPERATION_ERF:
        return erf(a);
    case OPERATION_SIGMOID:
        return 1 / (1 + exp(-a));
    case OPERATION_COLUMN:
        return row[(int)o->constant[0]];
    default:
        return over_row(o->kind, row, width);
    }
}

/* P(1) of every row. */
static void carry_out(double *p, const operation *all, int32_t n, const float *x)
{
    double *values[400];
    assert_true(n < 400);
    values[0] = malloc(n_rows * n_in * sizeof(double));
    for (int i = 0; i < n_rows * n_in; i++) values[0][i] = (double)x[i];
    for (int32_t i = 0; i < n; i++) {
        const operation *o = &all[i];
        int32_t width = o->a ? all[o->a - 1].width : n_in;
        assert_true(o->a <= i && o->b <= i && o->width > 0);
        values[i + 1] = malloc((size_t)n_rows * (size_t)o->width * sizeof(double));
        for (int64_t r = 0; r < n_rows; r++)
            for (int32_t j = 0; j < o->width; j++)
                values[i + 1][r * o->width + j] =
                    one(o, values[o->a] + r * width, width, j, second(o, values, all, r, j));
    }
    assert_int_equal(all[n - 1].width, 1);
    memcpy(p, values[n], n_rows * sizeof *p);
    for (int32_t i = 0; i <= n; i++) free(values[i]);
}

static void compare(const layer_spec *specs, int32_t n_specs)
{
    bench b;
    double p[n_rows];
    float z[n_rows];
    operation *all;
    int32_t n;
    assert_true(bench_begin(&b, n_in, specs, n_specs, n_rows));
    b.options.epochs = 3;
    assert_int_equal(bench_fit(&b, NULL), PROPENSE_OK);
    assert_int_equal(network_operations(&all, &n, &b.net, b.params, &b.mem, NULL), PROPENSE_OK);
    carry_out(p, all, n, b.x);
    float *scratch = TAKE_WIDE(&b.mem, float, network_predict_scratch(&b.net, n_rows));
    network_logits(&b.net, b.params, kernels_best(), b.x, n_rows, z, scratch);
    for (int i = 0; i < n_rows; i++) assert_true(fabs(p[i] - 1 / (1 + exp(-(double)z[i]))) < 2e-6);
    arena_free(&b.mem);
}

static void activations_are_made_of_elements(void **state)
{
    (void)state;
    for (int act = ACT_LINEAR; act <= ACT_LEAKY_RELU; act++) {
        const layer_spec specs[] = { DENSE(9, (activation)act), DENSE(1, ACT_SIGMOID) };
        compare(specs, 2);
    }
}

static void layers_are_made_of_elements(void **state)
{
    (void)state;
    static const int32_t at[] = { 0, 1, 4, 6 };
    const layer_spec specs[] = {
        { .kind = LAYER_GROUPS, .units = 3, .n_groups = 3, .group_at = at, .act = ACT_TANH },
        { .kind = LAYER_GAUSSIAN_NOISE, .stddev = 0.1F },
        { .kind = LAYER_BATCH_NORM, .momentum = 0.9F, .epsilon = 1e-3F },
        { .kind = LAYER_RELU, .alpha = 0.1F, .max_value = 1.5F, .threshold = 0.2F },
        DROPOUT(0.2F),
        { .kind = LAYER_DENSE, .units = 8, .act = ACT_GELU, .no_bias = 1 },
        { .kind = LAYER_LAYER_NORM, .epsilon = 1e-3F },
        { .kind = LAYER_PRELU, .alpha = 0.25F },
        { .kind = LAYER_RELU, .max_value = 2 },
        { .kind = LAYER_LEAKY_RELU, .alpha = 0.3F },
        { .kind = LAYER_ELU, .alpha = 0.7F },
        { .kind = LAYER_SOFTMAX },
        DENSE(2, ACT_SOFTMAX)
    };
    compare(specs, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_are_made_of_elements),
        cmocka_unit_test(layers_are_made_of_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
