/* Chooses between numbers of threads by what they took.
 * Leaves the clock and the steps to run_step.c.
 * Read pace.h first. */
#include "pace.h"

pace pace_begin(int most)
{
    pace p = { .most = most < 1 ? 1 : most };
    while (p.n_counts < pace_counts && p.most >> p.n_counts > 0) p.n_counts++;
    return p;
}

static int fastest(const pace *p)
{
    int best = 0;
    for (int i = 1; i < p->n_counts; i++)
        if (p->ns[i] < p->ns[best]) best = i;
    return best;
}

/* At first each count in turn, twice, as the first steps of all are slow; then one of the others
 * every twelfth turn. */
int pace_next(pace *p)
{
    enum { between_trials = 12 };
    int best = fastest(p);
    p->warming = p->turns < 2 * p->n_counts;
    p->trying = p->n_counts > 1 && (p->warming || p->turns % between_trials == 0);
    p->at = best;
    if (p->warming)
        p->at = (int)(p->turns % p->n_counts);
    else if (p->trying) {
        p->at = (int)(p->trials++ % p->n_counts);
        if (p->at == best) p->at = (p->at + 1) % p->n_counts;
    }
    p->turns++;
    return p->most >> p->at;
}

/* The fastest of the first turns; a trial's figure, as the ones before are old; of the count in use
 * the mean of this turn and the ones before, so that one slow moment does not decide. */
void pace_learn(pace *p, double ns_per_step)
{
    double before = p->ns[p->at];
    if (!(before > 0) || (p->warming ? ns_per_step < before : p->trying))
        p->ns[p->at] = ns_per_step;
    else if (!p->warming)
        p->ns[p->at] = (before + ns_per_step) / 2;
}
