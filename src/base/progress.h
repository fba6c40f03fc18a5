/* Progress and messages on their way to the caller's callbacks. */
#ifndef PROPENSE_PROGRESS_H
#define PROPENSE_PROGRESS_H

#include "error.h"
#include "str.h"
#include "threads.h"

/* A progress record with every figure unknown (NaN). */
propense_progress progress_of(int32_t phase);
/* PROPENSE_E_CANCELLED when the caller asked to stop. cb may be NULL. */
status progress_tell(const propense_callbacks *cb, const propense_progress *p, propense_error *err);
/* Work that the pool shares out is told as judging, and stopped when the caller asks. cb (may be
 * NULL) is borrowed as long as the pool. */
void progress_watch(pool *p, const propense_callbacks *cb);
/* PROPENSE_E_CANCELLED once it was. */
status progress_stopped(const pool *p, propense_error *err);
/* A message in the caller's language: the format is translated, then filled. No floating point. */
void say(const propense_callbacks *cb, int32_t level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
propense_language callbacks_language(const propense_callbacks *cb);

#endif
