/* Metrics for test_metrics.py. Reads cases from standard input until its end: n as int64, y as n
 * bytes, scores as n float32, all little-endian; prints the figures of each. */
#include "classification.h"
#include "num.h"
#include "roc.h"

#include <stdio.h>
#include <stdlib.h>

static void number(const char *name, double value)
{
    char digits[num_buffer];
    num_repr(digits, value);
    printf("%s %s\n", name, digits);
}

static void block(const char *name, text *t)
{
    printf("%s %lld\n", name, (long long)t->n);
    fwrite(t->p, 1, (size_t)t->n, stdout);
    text_free(t);
}

static int one_case(int64_t n)
{
    uint8_t *y = malloc((size_t)n + 1);
    float *p = malloc(((size_t)n + 1) * sizeof *p);
    arena tmp = { 0 };
    double area = 0;
    auc_interval a;
    keras_auc k = { { 0 }, { 0 } };
    text csv = { 0 }, report = { 0 };
    int ok = y && p && fread(y, 1, (size_t)n, stdin) == (size_t)n &&
             fread(p, sizeof *p, (size_t)n, stdin) == (size_t)n;
    ok = ok && roc_auc(&area, y, p, n, &tmp) && auc_delong(&a, y, p, n, 0.95, &tmp);
    if (ok) {
        keras_auc_add(&k, y, p, n);
        confusion c = confusion_of(y, p, n, 0.5);
        classification_csv(&csv, &c, STR("0"), STR("1"), area);
        classification_text(&report, &c, STR("0"), STR("1"), 0);
        number("auc", area);
        number("delong_auc", a.auc);
        number("variance", a.variance);
        number("low", a.low);
        number("high", a.high);
        number("keras", keras_auc_value(&k));
        block("csv", &csv);
        block("text", &report);
    }
    arena_free(&tmp);
    free(y);
    free(p);
    return ok;
}

int main(void)
{
    int64_t n;
    while (fread(&n, sizeof n, 1, stdin) == 1)
        if (n < 0 || !one_case(n)) return 1;
    return 0;
}
