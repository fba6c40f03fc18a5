/* EarlyStopping and ReduceLROnPlateau, as Keras 3 has them, and what they watch.
 * Leaves weights and rates to fit.c.
 * Read watch.h first. */
#include "watch.h"

double monitored(monitor what, const epoch_figures *f)
{
    switch (what) {
    case MONITOR_VAL_LOSS:
        return f->val_loss;
    case MONITOR_VAL_ACCURACY:
        return f->val_accuracy;
    case MONITOR_VAL_AUC:
        return f->val_auc;
    case MONITOR_LOSS:
        return f->loss;
    case MONITOR_ACCURACY:
        return f->accuracy;
    case MONITOR_AUC:
        return f->auc;
    }
    return f->val_loss;
}

int monitor_is_low(monitor what, monitor_mode mode)
{
    if (mode != MODE_AUTO) return mode == MODE_MIN;
    return what == MONITOR_VAL_LOSS || what == MONITOR_LOSS;
}

int monitor_needs_validation(monitor what)
{
    return what <= MONITOR_VAL_AUC;
}

const char *monitor_word(monitor what)
{
    static const char *const words[] = { "val_loss", "val_accuracy", "val_auc",
                                         "loss",     "accuracy",     "auc" };
    return words[what];
}

int is_better(double value, double than, double min_delta, int low)
{
    if (low) return (float)(value + min_delta) < (float)than;
    return (float)(value - min_delta) > (float)than;
}

stopping_advice stopping_look(stopping_watch *w, const stopping_settings *s, int32_t epoch,
                              double value)
{
    int low = monitor_is_low(s->monitor, s->mode);
    stopping_advice a = { 0 };
    if (value != value || epoch < s->start_from_epoch) return a;
    if (!w->has_weights) a.keep = w->has_weights = 1, w->best_epoch = epoch;
    w->wait++;
    if (!w->has_best || is_better(value, w->best, s->min_delta, low)) {
        w->has_best = a.keep = 1;
        w->best = value;
        w->best_epoch = epoch;
        if (!s->has_baseline || is_better(value, s->baseline, s->min_delta, low)) w->wait = 0;
        return a;
    }
    a.stop = w->wait >= s->patience && epoch > 0;
    return a;
}

double plateau_look(plateau_watch *w, const schedule_settings *s, double value, int low,
                    double rate)
{
    if (w->cooling > 0) w->cooling--, w->wait = 0;
    if (!w->has_best || is_better(value, w->best, s->min_delta, low)) {
        w->has_best = 1;
        w->best = value;
        w->wait = 0;
        return rate;
    }
    if (w->cooling > 0 || ++w->wait < s->patience) return rate;
    if (!((float)rate > (float)s->min_rate)) return rate;
    w->cooling = s->cooldown;
    w->wait = 0;
    return rate * s->factor > s->min_rate ? rate * s->factor : s->min_rate;
}
