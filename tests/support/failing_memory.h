/* The heap door with a wish: the n-th allocation from now on fails. Takes the place of base's
 * memory.c in the test that includes it, so the same code runs, arena and all. */
#ifndef PROPENSE_FAILING_MEMORY_H
#define PROPENSE_FAILING_MEMORY_H

#include <stdint.h>
#include <stdlib.h>

static _Atomic int64_t memory_calls, memory_fails_at; /* 0: never */

static inline void memory_fail_at(int64_t n)
{
    memory_calls = 0;
    memory_fails_at = n;
}

static inline void *failing_realloc(void *p, size_t n)
{
    return ++memory_calls == memory_fails_at ? NULL : realloc(p, n);
}

#define realloc failing_realloc
#include "../../src/base/memory.c"
#undef realloc

#endif
