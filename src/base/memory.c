/* Heap door and arena. Leaves out-of-memory messages to the callers (fail_memory).
 * Read memory.h first. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "os_memory.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { gap_bytes = 16 };
#else
#define POISON(p, n)   ((void)0)
#define UNPOISON(p, n) ((void)0)
enum { gap_bytes = 0 };
#endif

enum { block_align = 64, first_block = 16 * 1024, largest_step = 1024 * 1024 };
enum { large_block = 16 * 1024 * 1024 };

struct arena_block {
    struct arena_block *before;
    unsigned char *base; /* 64-byte aligned, within the same heap block */
    int64_t capacity, used;
};

void *mem_resize(void *p, int64_t size)
{
    if (size < 0) return NULL;
    if (size == 0) {
        free(p);
        return NULL;
    }
    p = realloc(p, (size_t)size);
    if (p && size >= large_block) os_hint_large(p, size);
    return p;
}

void *mem_resize_array(void *p, int64_t count, int64_t size)
{
    if (count < 0 || size <= 0 || count > INT64_MAX / size) return NULL;
    return mem_resize(p, count * size);
}

int mem_reserve(void **items, int64_t *capacity, int64_t need, int64_t size)
{
    if (need <= *capacity) return 1;
    int64_t grown = *capacity < 8 ? 8 : *capacity;
    while (grown < need) {
        if (grown > INT64_MAX / 2) return 0;
        grown *= 2;
    }
    void *moved = mem_resize_array(*items, grown, size);
    if (!moved) return 0;
    *items = moved;
    *capacity = grown;
    return 1;
}

static struct arena_block *add_block(arena *a, int64_t need)
{
    int64_t step = a->last ? a->last->capacity * 2 : first_block;
    if (step > largest_step) step = largest_step;
    int64_t capacity = need > step ? need : step;
    if (capacity > INT64_MAX - (int64_t)sizeof(struct arena_block) - block_align) return NULL;
    struct arena_block *b =
        mem_resize(NULL, (int64_t)sizeof(struct arena_block) + block_align + capacity);
    if (!b) return NULL;
    uintptr_t after = (uintptr_t)(b + 1);
    b->base = (unsigned char *)(b + 1) + ((block_align - after % block_align) % block_align);
    b->before = a->last;
    b->capacity = capacity;
    b->used = 0;
    POISON(b->base, (size_t)capacity);
    a->last = b;
    return b;
}

void *arena_take(arena *a, int64_t count, int64_t size, int64_t align)
{
    if (count < 0 || size <= 0 || count > (INT64_MAX / 4) / size) return NULL;
    int64_t bytes = count * size;
    struct arena_block *b = a->last;
    int64_t at = b ? (b->used + align - 1) / align * align : 0;
    if (!b || at > b->capacity - gap_bytes || bytes > b->capacity - gap_bytes - at) {
        b = add_block(a, bytes + gap_bytes);
        if (!b) return NULL;
        at = 0;
    }
    b->used = at + bytes + gap_bytes;
    a->taken += bytes;
    UNPOISON(b->base + at, (size_t)bytes);
    return bytes ? memset(b->base + at, 0, (size_t)bytes) : b->base + at;
}

arena_mark arena_here(const arena *a)
{
    return (arena_mark){ a->last, a->last ? a->last->used : 0, a->taken };
}

void arena_rewind(arena *a, arena_mark mark)
{
    while (a->last != mark.block) {
        struct arena_block *before = a->last->before;
        UNPOISON(a->last->base, (size_t)a->last->capacity);
        mem_free(a->last);
        a->last = before;
    }
    if (a->last) {
        POISON(a->last->base + mark.used, (size_t)(a->last->capacity - mark.used));
        a->last->used = mark.used;
    }
    a->taken = mark.taken;
}

void arena_free(arena *a)
{
    arena_rewind(a, (arena_mark){ 0 });
}
