/* What the system is told about memory. For memory.c. */
#ifndef PROPENSE_OS_MEMORY_H
#define PROPENSE_OS_MEMORY_H

#include <stdint.h>

/* This block is large and will be used all over: a hint, which may do nothing. */
void os_hint_large(void *p, int64_t size);

#endif
