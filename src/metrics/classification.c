/* Counts of right and wrong answers, and what follows from them.
 * Leaves the layout of reports to classification_report.c, ranking to roc.c.
 * Read classification.h first; 0 / 0 is 0, as in scikit-learn. */
#include "classification.h"

confusion confusion_of(const uint8_t *y, const float *p, int64_t n, double threshold)
{
    confusion c = { 0 };
    for (int64_t i = 0; i < n; i++) {
        int called = (double)p[i] > threshold;
        if (y[i])
            (called ? &c.true_positive : &c.false_negative)[0]++;
        else
            (called ? &c.false_positive : &c.true_negative)[0]++;
    }
    return c;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0.0;
}

static class_figures figures_of(int64_t hits, int64_t called, int64_t is)
{
    class_figures f = { 0 };
    f.precision = ratio((double)hits, (double)called);
    f.recall = ratio((double)hits, (double)is);
    f.f1 = ratio(2.0 * (double)hits, (double)is + (double)called);
    f.support = is;
    return f;
}

/* Mean of two classes with weights; products first, as numpy.average does. */
static double mean_of(double a, double b, double weight_a, double weight_b)
{
    return ratio(a * weight_a + b * weight_b, weight_a + weight_b);
}

static class_figures average(const class_figures *a, const class_figures *b, double weight_a,
                             double weight_b)
{
    class_figures f = { 0 };
    f.precision = mean_of(a->precision, b->precision, weight_a, weight_b);
    f.recall = mean_of(a->recall, b->recall, weight_a, weight_b);
    f.f1 = mean_of(a->f1, b->f1, weight_a, weight_b);
    f.support = a->support + b->support;
    return f;
}

classification classification_of(const confusion *c)
{
    int64_t is_negative = c->true_negative + c->false_positive;
    int64_t is_positive = c->true_positive + c->false_negative;
    int64_t called_negative = c->true_negative + c->false_negative;
    int64_t called_positive = c->true_positive + c->false_positive;
    classification r = { 0 };
    r.negative = figures_of(c->true_negative, called_negative, is_negative);
    r.positive = figures_of(c->true_positive, called_positive, is_positive);
    /* A class that is nowhere is no class of the mean. */
    double has_negative = is_negative + called_negative > 0;
    double has_positive = is_positive + called_positive > 0;
    r.macro = average(&r.negative, &r.positive, has_negative, has_positive);
    r.weighted = average(&r.negative, &r.positive, (double)is_negative, (double)is_positive);
    r.accuracy =
        ratio((double)(c->true_negative + c->true_positive), (double)(is_negative + is_positive));
    return r;
}
