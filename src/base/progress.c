/* Hands progress and messages to the caller. Leaves their display to the CLI or binding.
 * Read progress.h first. */
#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "str.h"
#include "words.h"

propense_progress progress_of(int32_t phase)
{
    double unknown = (double)NAN;
    return (propense_progress){ .struct_size = sizeof(propense_progress),
                                .phase = phase,
                                .loss = unknown,
                                .accuracy = unknown,
                                .auc = unknown,
                                .val_loss = unknown,
                                .val_accuracy = unknown,
                                .val_auc = unknown };
}

static status cancelled(propense_error *err)
{
    return fail(err, PROPENSE_E_CANCELLED, "stopped; nothing was written");
}

status progress_tell(const propense_callbacks *cb, const propense_progress *p, propense_error *err)
{
    if (!cb || !cb->progress || !cb->progress(cb->user, p)) return PROPENSE_OK;
    return cancelled(err);
}

static int ask(const void *user, int64_t done, int64_t total)
{
    propense_progress p = progress_of(PROPENSE_PHASE_EVALUATE);
    p.done = done;
    p.total = total;
    return progress_tell(user, &p, NULL) != PROPENSE_OK;
}

void progress_watch(pool *p, const propense_callbacks *cb)
{
    if (p && cb) pool_watch(p, ask, cb);
}

status progress_stopped(const pool *p, propense_error *err)
{
    return pool_is_stopped(p) ? cancelled(err) : PROPENSE_OK;
}

propense_language callbacks_language(const propense_callbacks *cb)
{
    return cb ? cb->language : PROPENSE_ENGLISH;
}

void say(const propense_callbacks *cb, int32_t level, const char *format, ...)
{
    if (!cb || !cb->message) return;
    char small[2048];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, tr(cb->language, format), args);
    va_end(args);
    if (n < 0) return;
    if (n >= (int)sizeof small) str_mend(small);
    str_tame(small, (int64_t)strlen(small), 0);
    cb->message(cb->user, level, small);
}
