/* propense_prepare of propense.h. Leaves the work to model/prepare.h. */
#include "api_structs.h"
#include "prepare.h"

#include <math.h>
#include <stddef.h>

static propense_prepare_summary summary_of(const prepared *p)
{
    propense_prepare_summary s = PROPENSE_PREPARE_SUMMARY_INIT;
    s.n_rows = p->n_rows;
    s.n_positive = p->n_positive;
    s.n_inputs = p->n_inputs;
    for (int i = 0; i < prepared_parts; i++) {
        s.rows[i] = p->rows[i];
        s.positive[i] = p->positive[i];
    }
    s.told_apart = p->told_apart;
    s.told_apart_low = p->told_apart_low;
    s.told_apart_high = p->told_apart_high;
    return s;
}

propense_status propense_prepare(const char *path, const char *prefix,
                                 const propense_options *given, const propense_callbacks *callbacks,
                                 propense_prepare_summary *summary, propense_error *err)
{
    propense_callbacks full;
    prepared done;
    if (!path || !prefix) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    TRY(callbacks_take(&callbacks, &full, callbacks, err));
    options *own = given ? NULL : options_new();
    if (!given && !own) return fail_memory(err);
    status s = prepare_file(&done, path, prefix, given ? given : own, callbacks, err);
    options_free(own);
    propense_prepare_summary full_summary = summary_of(&done);
    struct_give(summary, &full_summary, sizeof full_summary);
    return s;
}

void propense_prepare_summary_init(propense_prepare_summary *summary, size_t size)
{
    static const propense_prepare_summary defaults = PROPENSE_PREPARE_SUMMARY_INIT;
    struct_set_up(summary, size, &defaults, sizeof defaults);
}
