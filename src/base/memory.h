/* The only door to the heap, and the arena that nearly everything is taken from.
 *
 * Lifetime decides: process (constant tables), handle (the arena of a model or table), run
 * (training), call (scratch). Few things are freed one by one.
 */
#ifndef PROPENSE_MEMORY_H
#define PROPENSE_MEMORY_H

#include <stdint.h>

/* Resizes a heap block: p NULL allocates, size 0 frees and returns NULL. NULL on exhaustion, p is
 * then untouched. New bytes are not cleared. Tests wrap this one function to let the n-th call
 * fail. */
void *mem_resize(void *p, int64_t size);

/* count * size bytes, overflow checked. */
void *mem_resize_array(void *p, int64_t count, int64_t size);
static inline void mem_free(void *p)
{
    (void)mem_resize(p, 0);
}

/* A chain of blocks; all-zero is a valid empty arena. Pointers stay valid until the arena is freed
 * or rewound behind them. Not thread-safe. */
struct arena_block;
typedef struct arena {
    struct arena_block *last;
    int64_t taken; /* bytes handed out, for reports of memory */
} arena;

typedef struct arena_mark {
    struct arena_block *block;
    int64_t used, taken;
} arena_mark;

/* Zeroed memory for count items of `size`, aligned to `align` (a power of two up to 64). NULL on
 * exhaustion, negative counts and overflow. */
void *arena_take(arena *a, int64_t count, int64_t size, int64_t align);
#define TAKE(a, T, n) ((T *)arena_take((a), (n), (int64_t)sizeof(T), (int64_t) _Alignof(T)))
/* For what kernels read: aligned to 64 bytes. */
#define TAKE_WIDE(a, T, n) ((T *)arena_take((a), (n), (int64_t)sizeof(T), 64))

/* Scratch: mark, take, rewind. */
arena_mark arena_here(const arena *a);
void arena_rewind(arena *a, arena_mark mark);
void arena_free(arena *a);

/* Grows *items (a heap array of `size`-byte items) so that it holds `need` items; doubles. Returns
 * 0 on exhaustion. Free with mem_free. */
int mem_reserve(void **items, int64_t *capacity, int64_t need, int64_t size);

#endif
