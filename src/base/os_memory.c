/* Large blocks in large pages: a sort or a hash table of ten million rows goes all over its memory,
 * and with pages of 4 KB finding each page took a quarter of the time of a plan.
 * Leaves the heap to memory.c. Read os_memory.h first. */
#define _DEFAULT_SOURCE /* madvise */
#include "os_memory.h"

#include <sys/mman.h>

enum { large_page = 2 * 1024 * 1024 };

/* Whole large pages within the block; the rest stays as it is. */
void os_hint_large(void *p, int64_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)p + large_page - 1) / large_page * large_page;
    uintptr_t to = ((uintptr_t)p + (uintptr_t)size) / large_page * large_page;
    if (from < to) (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
#else
    (void)p;
    (void)size;
#endif
}
