/* Applying a calibrator: the map, the shift, the bounds, the decile.
 * Leaves the map itself to metrics/, fitting to study/calibrate.c and the file's form to
 * calibrator_json.c. Read calibrator.h first. */
#include "calibrator.h"

#include <math.h>

#include "maths.h"
#include "model.h"

double calibrator_logit(const calibrator *c, double logit)
{
    double z = c->is_base_rate                   ? c->base_logit
               : c->map.kind == CALIBRATION_NONE ? logit
                                                 : calibration_apply(&c->map, logit);
    return z + c->logit_shift;
}

/* The same correction for a bound, which may be exactly 0 or 1. */
static double shifted(double p, double shift)
{
    return shift == 0 || p <= 0 || p >= 1 ? p : m_sigmoid(m_logit(p) + shift);
}

static int32_t decile_of(const calibrator *c, double z)
{
    if (!c->has_deciles) return 0;
    int32_t decile = 1;
    while (decile < calibrator_deciles && !(z >= c->decile_at[decile - 1])) decile++;
    return decile;
}

believed model_believe(const model *m, double logit)
{
    const calibrator *c = &m->calibrator;
    believed b = { .probability = m_sigmoid(calibrator_logit(c, logit)),
                   .lower = (double)NAN,
                   .upper = (double)NAN,
                   .decile = decile_of(c, logit) };
    if (c->venn.n == 0) return b;
    venn_abers_bounds v = venn_abers_apply(&c->venn, logit);
    double low = shifted(v.p0, c->logit_shift), high = shifted(v.p1, c->logit_shift);
    b.lower = low < b.probability ? low : b.probability;
    b.upper = high > b.probability ? high : b.probability;
    return b;
}
