/* Keras' schedules. The rate of a plateau is lowered by fit.c, which sees the figures.
 * Leaves the steps along the gradient to the kernels.
 * Read schedule.h first. */
#include "schedule.h"

#include <math.h>

#include "maths.h"

schedule schedule_begin(const schedule_settings *s, double rate, int32_t epochs, int64_t n_steps)
{
    schedule out = { .settings = *s, .rate = rate };
    double all = (double)epochs * (double)n_steps;
    out.warmup_steps = rint(s->warmup_epochs * (double)n_steps);
    out.decay_steps = rint(s->decay_epochs * (double)n_steps);
    if (!(out.decay_steps > 0)) out.decay_steps = all - out.warmup_steps;
    if (!(out.decay_steps > 0)) out.decay_steps = 1;
    return out;
}

/* rate decay_rate^(done / decay_steps); in stairs the exponent is cut to whole numbers. */
static double exponential(const schedule *s, double done)
{
    double part = done / s->decay_steps;
    if (s->settings.staircase) part = floor(part);
    return s->rate * m_pow(s->settings.decay_rate, part);
}

/* Loshchilov & Hutter 2017, without restarts: from 0 to the rate over the warm-up, then half a
 * cosine down to the share that is to be left. */
static double cosine(const schedule *s, double done)
{
    const double pi = 3.14159265358979323846;
    if (done < s->warmup_steps) return s->rate * (done / s->warmup_steps);
    double part = (done - s->warmup_steps) / s->decay_steps;
    double wave = 0.5 * (1 + m_cos(pi * (part < 1 ? part : 1)));
    return s->rate * ((1 - s->settings.final_share) * wave + s->settings.final_share);
}

double schedule_rate(const schedule *s, int64_t done)
{
    if (s->settings.kind == SCHEDULE_EXPONENTIAL) return exponential(s, (double)done);
    if (s->settings.kind == SCHEDULE_COSINE) return cosine(s, (double)done);
    return s->rate;
}
