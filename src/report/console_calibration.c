/* How a model's scores become probabilities, in a few lines for a console.
 * Leaves the rest of the model to console_inspect.c. Read model/calibrator.h first. */
#include "console_calibration.h"

#include "console_text.h"
#include "words.h"

enum { label_width = 17 };

static void line(text *out, const char *name, text *words)
{
    text label = { 0 };
    text_z(&label, "  ");
    text_pad(&label, str_of(name), label_width - 2);
    out->bad |= label.bad | words->bad;
    if (label.p && words->p) paragraph(out, label.p, label_width, text_view(words));
    text_free(&label);
    text_free(words);
}

static void map_line(text *out, const calibrator *c, propense_language l)
{
    text t = { 0 };
    if (c->is_base_rate)
        text_z(&t, tr(l, "the base rate for everybody: out of fold the scores could not be told "
                         "from chance"));
    else if (c->map.kind == CALIBRATION_PLATT)
        text_f(&t, tr(l, "Platt: logit times %s, plus %s"), show_number(c->map.a, l).p,
               show_number(c->map.c, l).p);
    else if (c->map.kind == CALIBRATION_BETA)
        text_f(&t, tr(l, "beta: %s log p - %s log(1 - p), plus %s"), show_number(c->map.a, l).p,
               show_number(c->map.b, l).p, show_number(c->map.c, l).p);
    else if (c->map.kind == CALIBRATION_ISOTONIC)
        text_f(&t, tr(l, "isotonic, straight between %d knots"), (int)c->map.n_knots);
    else
        text_z(&t, tr(l, "none: the network's own scores were best"));
    line(out, tr(l, "calibration"), &t);
}

static void judged_lines(text *out, const calibrator *c, propense_language l)
{
    text judged = { 0 }, error = { 0 };
    if (c->n <= 0) return;
    text_f(&judged, tr(l, "%s training rows in %d folds: log-loss %s, before %s"),
           show_count(c->n, l).p, (int)c->n_folds, show_fixed(c->loss_after, 4, l).p,
           show_fixed(c->loss_before, 4, l).p);
    line(out, tr(l, "judged on"), &judged);
    text_f(&error, tr(l, "%s, before %s; noise alone gives %s"), show_fixed(c->ece_after, 4, l).p,
           show_fixed(c->ece_before, 4, l).p, show_fixed(c->ece_floor, 4, l).p);
    line(out, tr(l, "error (ECE)"), &error);
}

void console_calibration(text *out, const calibrator *c, propense_language l)
{
    if (c->n <= 0 && c->map.kind == CALIBRATION_NONE && !c->is_base_rate && c->logit_shift == 0)
        return;
    text_f(out, "\n%s\n", tr(l, "From scores to probabilities"));
    map_line(out, c, l);
    judged_lines(out, c, l);
    if (c->venn.n > 0) {
        text bounds = { 0 };
        text_f(&bounds, tr(l, "Venn-Abers, %d steps"), (int)c->venn.n);
        line(out, tr(l, "bounds"), &bounds);
    }
    if (c->logit_shift != 0) {
        text shift = { 0 };
        text_f(&shift, tr(l, "%s added to the logit, for another share of conversions"),
               show_number(c->logit_shift, l).p);
        line(out, tr(l, "prior"), &shift);
    }
    if (!calibrator_is_plain(c)) {
        text alone = { 0 };
        text_z(&alone, tr(l, "reads the network alone: scores before all this"));
        line(out, "Keras", &alone);
    }
}
