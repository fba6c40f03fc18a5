/* Reads training curves: where the test part was best, and what came after.
 * Leaves the picture to history_chart.c.
 * Read history_words.h first. */
#include "history_words.h"

#include <math.h>

#include "axis.h"
#include "words.h"

history_seen history_look(const history *h)
{
    const double none = (double)NAN;
    history_seen s = { 0, -1, none, none, none, none, none };
    for (int32_t i = 0; i < h->n_epochs; i++) {
        const epoch_figures *e = &h->epochs[i];
        if (isfinite(e->loss)) {
            if (isnan(s.first)) s.first = e->loss;
            s.last = e->loss;
        }
        if (!isfinite(e->val_loss)) continue;
        s.has_validation = 1;
        s.last_val = e->val_loss;
        if (s.best < 0 || e->val_loss < s.best_val) {
            s.best = i;
            s.best_val = e->val_loss;
        }
    }
    if (s.best >= 0) s.last_train_gain = h->epochs[s.best].loss - s.last;
    return s;
}

/* The figures of a sentence as words. */
typedef struct shown {
    const char *first, *last, *best_val, *last_val;
} shown;

static void without_validation(text *out, const history *h, const history_seen *s, const shown *f,
                               propense_language l)
{
    if (isnan(s->last))
        text_z(out, tr(l, "No loss of this training is a number."));
    else if (h->n_epochs == 1)
        text_f(out, tr(l, "One epoch, with a loss of %s on the training rows."), f->last);
    else if (s->first == s->last)
        text_f(out, tr(l, "The loss on the training rows ends where it began, at %s."), f->last);
    else
        text_f(out, tr(l, "The loss on the training rows went from %s to %s."), f->first, f->last);
    text_char(out, ' ');
    text_z(out, tr(l, "No rows were held back, so nothing here says how the model does on "
                      "customers it has not seen."));
}

static void with_validation(text *out, const history *h, const history_seen *s, const shown *f,
                            propense_language l)
{
    int best = (int)s->best + 1;
    if (h->n_epochs == 1 && !isnan(s->last))
        text_f(out,
               tr(l, "One epoch: a loss of %s on the training rows and %s on the rows held out. "
                     "One point shows no trend."),
               f->last, f->last_val);
    else if (best == h->n_epochs)
        text_f(out,
               tr(l,
                  "The loss on the rows held out is lowest in the last epoch (%s): more epochs may "
                  "still lower it."),
               f->best_val);
    else if (s->last_val - s->best_val <= 0.02 * fabs(s->best_val))
        text_f(out,
               tr(l,
                  "The loss on the rows held out is lowest at epoch %d (%s) and has hardly moved "
                  "since: more epochs bring nothing."),
               best, f->best_val);
    else if (s->last_train_gain > 0)
        text_f(out,
               tr(l,
                  "The loss on the rows held out is lowest at epoch %d (%s) and then rises to %s, "
                  "while the training rows are fitted ever better: from there on the model "
                  "learns them by heart."),
               best, f->best_val, f->last_val);
    else
        text_f(
            out,
            tr(l, "The loss on the rows held out is lowest at epoch %d (%s) and then rises to %s."),
            best, f->best_val, f->last_val);
}

void history_sentence(text *out, const history *h, propense_language language)
{
    if (h->n_epochs < 1) {
        text_z(out, tr(language, "This model was not trained: there are no epochs to show."));
        return;
    }
    history_seen s = history_look(h);
    const double figures[4] = { s.first, s.last, s.best_val, s.last_val };
    text t[4] = { { 0 } };
    for (int i = 0; i < 4; i++) axis_figure(&t[i], figures[i], 0, language);
    const shown f = { t[0].p, t[1].p, t[2].p, t[3].p };
    if (!f.first || !f.last || !f.best_val || !f.last_val)
        out->bad = 1;
    else if (s.has_validation)
        with_validation(out, h, &s, &f, language);
    else
        without_validation(out, h, &s, &f, language);
    for (int i = 0; i < 4; i++) text_free(&t[i]);
}
