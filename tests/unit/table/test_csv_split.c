/* The splitter: every level gives the marks that walking the grammar gives, for all lengths around
 * the size of a group; short numbers are num_parse's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "csv_number.h"
#include "csv_split.h"
#include "num.h"

#include <cmocka.h>

static uint64_t state = 1;

static unsigned pick(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

/* Straight from the grammar in csv_split.h. */
static void walk(csv_marks *m, const unsigned char *p, int64_t n, char separator)
{
    int inside = 0, opens = 1;
    *m = (csv_marks){ m->ends, m->records, 0, 0, 0, 0, 0 };
    for (int64_t i = 0; i < n; i++) {
        m->n_lines += p[i] == '\n';
        m->has_nul |= p[i] == 0;
        m->has_high |= p[i] >= 0x80;
        if (inside) {
            if (p[i] == '"') inside = 0, opens = 1;
        } else if (p[i] == '"' && opens) {
            inside = 1;
        } else {
            int ends_record = p[i] == '\n';
            opens = ends_record || p[i] == (unsigned char)separator;
            if (opens) m->ends[m->n_ends++] = (uint32_t)i;
            if (ends_record) m->records[m->n_records++] = (uint32_t)m->n_ends;
        }
    }
    m->open = inside;
}

static csv_marks new_marks(void)
{
    return (csv_marks){ .ends = malloc((512 + csv_spare) * sizeof(uint32_t)),
                        .records = malloc(513 * sizeof(uint32_t)) };
}

static void check_level(const char *name)
{
    const csv_level *level = csv_level_find(name);
    if (!level) return; /* not of this machine */
    csv_marks got = new_marks(), want = new_marks();
    for (int round = 0; round < 4000; round++) {
        int64_t n = round % 260;
        const char *letters = round % 3 ? "ab,,\n\"\"\"" : "abcdefgh,,,\n\"x\r\x8Bz";
        unsigned n_letters = (unsigned)strlen(letters);
        unsigned char *p = malloc((size_t)(n + csv_pad)); /* exact, for the sanitizer */
        for (int64_t i = 0; i < n + csv_pad; i++) p[i] = (unsigned char)letters[pick(n_letters)];
        if (n && round % 50 == 0) p[pick((unsigned)n)] = 0;
        walk(&want, p, n, ',');
        level->split(&got, p, n, ',');
        assert_int_equal(got.n_ends, want.n_ends);
        assert_int_equal(got.n_records, want.n_records);
        assert_int_equal(got.n_lines, want.n_lines);
        assert_int_equal(got.has_nul, want.has_nul);
        assert_int_equal(got.has_high, want.has_high);
        assert_int_equal(got.open, want.open);
        for (int64_t i = 0; i < want.n_ends; i++) assert_int_equal(got.ends[i], want.ends[i]);
        for (int64_t i = 0; i < want.n_records; i++)
            assert_int_equal(got.records[i], want.records[i]);
        free(p);
    }
    free(got.ends), free(got.records), free(want.ends), free(want.records);
}

static void every_level_follows_the_grammar(void **unused)
{
    static const char *const names[] = { "scalar", "sse2", "avx2", "avx512", "neon" };
    (void)unused;
    assert_non_null(csv_level_find("scalar"));
    assert_non_null(csv_level_find(NULL));
    assert_null(csv_level_find("avx3"));
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) check_level(names[i]);
}

static void short_numbers_are_the_same(void **unused)
{
    static const char letters[] = "0123456789012345678901234567890..-+e /:\xB1\x80";
    int n_taken = 0;
    (void)unused;
    for (int round = 0; round < 200000; round++) {
        char p[24];
        for (unsigned i = 0; i < sizeof p; i++)
            p[i] = letters[pick((unsigned)sizeof letters - 1 - (round % 2 ? 9 : 0))];
        if (pick(4) == 0) p[0] = '-';
        str s = { p, pick(11) };
        double x = 0, y = 0, z = 0;
        int taken = csv_short_number(s, '.', &x), right = num_parse(s, &y);
        for (int i = 0; i < 10; i++) /* the same with the other sign */
            p[i] = p[i] == '.' ? ',' : p[i] == ',' ? '.' : p[i];
        assert_int_equal(csv_short_number(s, ',', &z), taken);
        assert_memory_equal(&x, &z, sizeof x);
        n_taken += taken;
        if (taken) assert_true(right && memcmp(&x, &y, sizeof x) == 0);
    }
    assert_true(n_taken > 20000);
}

/* A column of one field a row, in an exact-size block with its padding. Returns its rows. */
static int random_column(csv_fields *f, uint32_t ends[1 + csv_group], char *block, int64_t size)
{
    static const char letters[] = "0123456789.,-+e x\xB1";
    int n = (int)pick(1 + csv_group), wild = 10 + (int)pick(9);
    int64_t at = 0;
    ends[0] = UINT32_MAX;
    for (int i = 0; i < n; i++) {
        for (unsigned k = pick(11), first = 1; k > 0; k--, first = 0)
            block[at++] = first && pick(4) == 0 ? '-'
                          : pick(9) == 0        ? ",."[pick(2)]
                                                : letters[pick((unsigned)wild)];
        ends[i + 1] = (uint32_t)at;
        block[at++] = '\n';
    }
    assert_true(at + csv_pad <= size);
    *f = (csv_fields){ block, ends, ends + 1, 1, 1 };
    return n;
}

/* Those with a minus and eight more bytes may be left to others. */
static void columns_are_the_same_at_every_level(void **unused)
{
    (void)unused;
    enum { size = 12 * csv_group + csv_pad };
    static const char *const names[] = { "scalar", "sse2", "avx2", "avx512", "neon" };
    char *block = calloc(1, size);
    uint32_t ends[1 + csv_group];
    for (int round = 0; round < 20000; round++) {
        csv_fields f;
        int n = random_column(&f, ends, block, size);
        char decimal = ".,"[round % 2];
        double want[csv_group], got[csv_group + csv_lanes];
        uint64_t odd = csv_numbers_plain(want, &f, 0, n, decimal);
        for (unsigned level = 0; level < sizeof names / sizeof *names; level++) {
            if (!csv_level_find(names[level])) continue;
            uint64_t is_odd = csv_level_find(names[level])->numbers(got, &f, 0, n, decimal);
            for (int i = 0; i < n; i++) {
                int left = (int)(is_odd >> i & 1);
                if (left) assert_true((odd >> i & 1) || csv_field_at(&f, i).n == 9);
                if (left) continue;
                assert_false(odd >> i & 1);
                assert_memory_equal(&got[i], &want[i], sizeof *got);
            }
        }
    }
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_level_follows_the_grammar),
                                        cmocka_unit_test(short_numbers_are_the_same),
                                        cmocka_unit_test(columns_are_the_same_at_every_level) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
