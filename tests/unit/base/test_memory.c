/* The heap door and the arena: alignment, zeroing, limits, marks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "memory.h"

/* The address sanitizer ends a program that asks for too much, unless it is told to refuse. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void the_heap_refuses_what_cannot_be(void **state)
{
    (void)state;
    assert_null(mem_resize(NULL, -1));
    assert_null(mem_resize(NULL, 0));
    assert_null(mem_resize_array(NULL, -1, 8));
    assert_null(mem_resize_array(NULL, 8, 0));
    assert_null(mem_resize_array(NULL, INT64_MAX / 4, 8));
    char *p = mem_resize(NULL, 3);
    assert_non_null(p);
    memcpy(p, "abc", 3);
    p = mem_resize(p, 100000);
    assert_non_null(p);
    assert_memory_equal(p, "abc", 3);
    mem_free(p);
    mem_free(NULL);
}

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    arena a = { 0 };
    unsigned char *before = NULL;
    for (int64_t i = 0; i < 3000; i++) {
        int64_t n = i * 37 % 200, align = (int64_t)1 << i % 7;
        unsigned char *p = arena_take(&a, n, 1, align);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % (uintptr_t)align, 0);
        for (int64_t j = 0; j < n; j++) assert_int_equal(p[j], 0);
        if (n) memset(p, 0xAA, (size_t)n);
        if (before) assert_int_equal(before[0], 0x55); /* what others got is untouched */
        if (n && i % 3 == 0) {
            before = p;
            before[0] = 0x55;
        }
    }
    double *wide = TAKE_WIDE(&a, double, 100);
    assert_int_equal((uintptr_t)wide % 64, 0);
    arena_free(&a);
    assert_true(a.last == NULL && a.taken == 0);
    arena_free(&a);
}

static void arenas_hold_large_things_and_refuse_the_impossible(void **state)
{
    (void)state;
    arena a = { 0 };
    assert_null(arena_take(&a, -1, 8, 8));
    assert_null(arena_take(&a, INT64_MAX, 8, 8));
    assert_null(arena_take(&a, INT64_MAX / 16, 8, 8)); /* more than any machine has */
    char *large = TAKE(&a, char, 5000000);
    assert_non_null(large);
    large[0] = large[4999999] = 1;
    assert_non_null(TAKE(&a, int, 1));
    assert_int_equal(a.taken, 5000000 + (int64_t)sizeof(int));
    assert_non_null(TAKE(&a, int, 0));
    arena_free(&a);
}

static void rewinding_gives_back_what_came_after_the_mark(void **state)
{
    (void)state;
    arena a = { 0 };
    arena_mark empty = arena_here(&a);
    int *kept = TAKE(&a, int, 10);
    kept[9] = 42;
    arena_mark mark = arena_here(&a);
    int *first = NULL;
    for (int round = 0; round < 5; round++) {
        int *scratch = TAKE(&a, int, 100);
        assert_non_null(scratch);
        assert_int_equal(scratch[99], 0); /* zeroed again although it was used before */
        scratch[99] = 7;
        if (!round) first = scratch;
        assert_ptr_equal(scratch, first);
        assert_non_null(TAKE(&a, char, 3000000));
        arena_rewind(&a, mark);
        assert_int_equal(a.taken, 10 * (int64_t)sizeof(int));
    }
    assert_int_equal(kept[9], 42);
    arena_rewind(&a, empty);
    assert_null(a.last);
}

static void an_array_grows_by_doubling(void **state)
{
    (void)state;
    void *items = NULL;
    int64_t capacity = 0, growths = 0;
    for (int64_t n = 1; n <= 1000; n++) {
        int64_t before = capacity;
        assert_true(mem_reserve(&items, &capacity, n, 8));
        assert_true(capacity >= n);
        growths += capacity != before;
        ((int64_t *)items)[n - 1] = n;
    }
    assert_true(growths < 12);
    for (int64_t i = 0; i < 1000; i++) assert_int_equal(((int64_t *)items)[i], i + 1);
    assert_false(mem_reserve(&items, &capacity, INT64_MAX, 8));
    assert_false(mem_reserve(&items, &capacity, INT64_MAX / 2, 8));
    assert_int_equal(((int64_t *)items)[999], 1000); /* untouched by the refusal */
    mem_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heap_refuses_what_cannot_be),
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(arenas_hold_large_things_and_refuse_the_impossible),
        cmocka_unit_test(rewinding_gives_back_what_came_after_the_mark),
        cmocka_unit_test(an_array_grows_by_doubling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
