/* Looks for columns that know the answer, ids in disguise, and rows on both sides of the split.
 * Leaves the sentences to alarms_tell.c and names to alarm_names.c.
 * Read alarms.h first. */
#include "alarms.h"

#include <math.h>

#include "maths.h"
#include "names.h"
#include "sorting.h"
#include "split.h"

enum { sample_rows = 16384, fewest_a_class = 5, fewest_one_class = 20, fewest_unique = 50 };

/* A column alone: at least so good, or better than chance by so many times the next best. */
static const double decides_area = 0.95, far_area = 0.7, far_times = 1.5;
static const double by_no_chance = 14; /* -log of about one in a million */
static const double nearly_all = 0.95; /* of the values are different, of the steps go one way */
static const double twins_by_nature = 0.25; /* for a row of the test part */
static const double twins_share = 0.01;     /* of the test part, from which on it matters */

typedef struct job {
    alarms *out;
    const table *t;
    const schema *s;
    const uint8_t *y;
    const split *parts;
    const int64_t *rows; /* [n] of the training part: all, or every so-manieth */
    int64_t n;
    double *positive, *negative, *scratch; /* [n] each */
    uint8_t *decides;                      /* [n_columns] of the schema */
    double *area, *error;                  /* [n_columns] of the schema; area 0: not judged */
} job;

static const column *data_of(const job *j, int32_t i)
{
    return &j->t->columns[j->s->columns[i].position];
}

static int is_feature(const job *j, int32_t i)
{
    const column *c = data_of(j, i);
    return j->s->columns[i].role == ROLE_FEATURE && (c->number || c->code);
}

static void add(job *j, data_alarm a)
{
    j->out->items[j->out->n++] = a;
}

/* ---- What a column alone is worth: the area under the ROC curve, by counting pairs */

/* Pairs with the higher value on the positive side, ties half, of all pairs. Sorts both. */
static double area_between(double *p, int64_t n_p, double *n, int64_t n_n, double *scratch)
{
    int64_t below = 0, up_to = 0;
    double sum = 0;
    sort_numbers(p, scratch, n_p);
    sort_numbers(n, scratch, n_n);
    for (int64_t i = 0; i < n_p; i++) {
        while (below < n_n && n[below] < p[i]) below++;
        while (up_to < n_n && n[up_to] <= p[i]) up_to++;
        sum += (double)below + 0.5 * (double)(up_to - below);
    }
    return sum / ((double)n_p * (double)n_n);
}

/* Standard error of an area (Hanley & McNeil 1982). */
static double area_error(double a, int64_t n_p, int64_t n_n)
{
    double q1 = a / (2 - a), q2 = 2 * a * a / (1 + a), p = (double)n_p, n = (double)n_n;
    double variance = (a * (1 - a) + (p - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (p * n);
    return variance > 0 ? sqrt(variance) : 0;
}

static void judge(job *j, int32_t i, int64_t n_p, int64_t n_n, int either_way)
{
    if (n_p < fewest_a_class || n_n < fewest_a_class) return;
    double a = area_between(j->positive, n_p, j->negative, n_n, j->scratch);
    if (either_way && a < 0.5) a = 1 - a;
    j->area[i] = a;
    j->error[i] = area_error(a, n_p, n_n);
}

static void judge_numbers(job *j, int32_t i)
{
    const double *x = data_of(j, i)->number;
    int64_t n_p = 0, n_n = 0;
    for (int64_t k = 0; k < j->n; k++) {
        double value = x[j->rows[k]];
        if (value != value) continue;
        if (j->y[j->rows[k]])
            j->positive[n_p++] = value;
        else
            j->negative[n_n++] = value;
    }
    judge(j, i, n_p, n_n, 1);
}

/* The share of positives by level, learnt on every other row (shrunk to the share of all as by one
 * row more) and judged on the others, so that many levels cannot look good by chance. */
static status judge_words(job *j, int32_t i, arena *tmp, propense_error *err)
{
    const column *c = data_of(j, i);
    arena_mark mark = arena_here(tmp);
    double *rate = TAKE(tmp, double, (int64_t)c->n_levels + 1);
    double *rows = TAKE(tmp, double, (int64_t)c->n_levels + 1);
    if (!rate || !rows) return fail_memory(err);
    double all = 0;
    for (int64_t k = 0; k < j->n; k += 2) {
        int32_t level = c->code[j->rows[k]] + 1;
        rows[level]++;
        rate[level] += j->y[j->rows[k]];
        all += j->y[j->rows[k]];
    }
    int64_t half = (j->n + 1) / 2;
    all /= (double)half;
    for (int32_t l = 0; l <= c->n_levels; l++) rate[l] = (rate[l] + all) / (rows[l] + 1);
    int64_t n_p = 0, n_n = 0;
    for (int64_t k = 1; k < j->n; k += 2) {
        double value = rate[c->code[j->rows[k]] + 1];
        if (j->y[j->rows[k]])
            j->positive[n_p++] = value;
        else
            j->negative[n_n++] = value;
    }
    judge(j, i, n_p, n_n, 0);
    arena_rewind(tmp, mark);
    return PROPENSE_OK;
}

/* The best two columns. */
static void best_two(const job *j, int32_t *first, double best[2])
{
    *first = -1;
    best[0] = best[1] = 0.5;
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        double a = j->area[i];
        if (a > best[0]) {
            best[1] = best[0];
            best[0] = a;
            *first = i;
        } else if (a > best[1]) {
            best[1] = a;
        }
    }
}

static status find_deciding(job *j, arena *tmp, propense_error *err)
{
    int32_t n_judged = 0;
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        if (!is_feature(j, i)) continue;
        if (data_of(j, i)->number)
            judge_numbers(j, i);
        else
            TRY(judge_words(j, i, tmp, err));
        n_judged += j->area[i] > 0;
    }
    int32_t first;
    double best[2];
    best_two(j, &first, best);
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        double a = j->area[i], next = best[i == first];
        int far = n_judged >= 3 && a >= far_area && a - 2 * j->error[i] > next &&
                  a - 0.5 >= far_times * (next - 0.5);
        j->decides[i] = a >= decides_area || far;
        if (j->decides[i])
            add(j, (data_alarm){ .kind = ALARM_DECIDES, .column = i, .area = a, .next = next });
    }
    return PROPENSE_OK;
}

/* ---- One value in every row of a class */

static int same_value(const column *c, int64_t a, int64_t b)
{
    if (c->code) return c->code[a] == c->code[b];
    return c->number[a] == c->number[b] || (isnan(c->number[a]) && isnan(c->number[b]));
}

/* A class that has one value only, where the other has more; -1 without. first: a row of it. */
static int constant_class(const job *j, const column *c, int64_t *first, int64_t *n_class)
{
    int64_t row[2] = { -1, -1 }, n[2] = { 0, 0 };
    int varies[2] = { 0, 0 };
    for (int64_t k = 0; k < j->n && !(varies[0] && varies[1]); k++) {
        int y = j->y[j->rows[k]];
        if (row[y] < 0) row[y] = j->rows[k];
        n[y]++;
        varies[y] |= !same_value(c, row[y], j->rows[k]);
    }
    int y = !varies[0] ? 0 : 1;
    if (varies[0] == varies[1] || n[y] < fewest_one_class) return -1;
    *first = row[y];
    *n_class = n[y];
    return y;
}

static void find_one_class(job *j)
{
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        int64_t first, n_class, n_same = 0;
        if (!is_feature(j, i) || j->decides[i]) continue;
        const column *c = data_of(j, i);
        int y = constant_class(j, c, &first, &n_class);
        if (y < 0) continue;
        for (int64_t k = 0; k < j->n; k++) n_same += same_value(c, first, j->rows[k]);
        if (-(double)n_class * m_log((double)n_same / (double)j->n) > by_no_chance)
            add(j, (data_alarm){ .kind = ALARM_ONE_CLASS, .column = i, .count = y });
    }
}

/* ---- Ids */

/* 1 when nearly all steps from row to row go one way; stops once that is out of reach. */
static int goes_with_rows(const double *x, int64_t n)
{
    int64_t up = 0, down = 0, most = (int64_t)((1 - nearly_all) * (double)n);
    for (int64_t i = 1; i < n; i++) {
        up += x[i] > x[i - 1];
        down += x[i] < x[i - 1];
        if (i - up > most && i - down > most) return 0;
    }
    return 1;
}

static int are_whole(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i]) && x[i] != floor(x[i])) return 0;
    return 1;
}

static void find_ids(job *j)
{
    int64_t n = j->t->n_rows;
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        const schema_column *c = &j->s->columns[i];
        const double *x = is_feature(j, i) ? data_of(j, i)->number : NULL;
        int64_t n_values = n - c->n_missing;
        if (!x || n_values < fewest_unique) continue;
        int named = name_is_id(c->name) && 2 * c->n_distinct > n_values;
        if (!named && (double)c->n_distinct < nearly_all * (double)n_values) continue;
        if (are_whole(x, n) && (named || goes_with_rows(x, n)))
            add(j, (data_alarm){ .kind = ALARM_LIKE_ID, .column = i });
    }
}

/* ---- The same row on both sides of the split */

/* SplitMix64's finaliser (Steele, Lea & Flood 2014). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t cell_bits(const column *c, int64_t row)
{
    if (c->code) return (uint64_t)(int64_t)c->code[row];
    double x = c->number[row] + 0.0;
    uint64_t bits = 0;
    if (x == x) memcpy(&bits, &x, sizeof bits);
    return x == x ? bits : UINT64_MAX;
}

/* hash: [n] of the rows' features, never 0. */
static void hash_rows(const job *j, uint64_t *hash, const int64_t *rows, int64_t n)
{
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        if (!is_feature(j, i)) continue;
        const column *c = data_of(j, i);
        uint64_t salt = (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);
        for (int64_t k = 0; k < n; k++) hash[k] += mix(cell_bits(c, rows[k]) ^ salt);
    }
    for (int64_t k = 0; k < n; k++) hash[k] |= hash[k] == 0;
}

/* The place of h in an open table of `places` (a power of two), or where it would be. */
static int64_t place_of(const uint64_t *set, int64_t places, uint64_t h)
{
    int64_t at = (int64_t)(mix(h) & (uint64_t)(places - 1));
    while (set[at] && set[at] != h) at = (at + 1) & (places - 1);
    return at;
}

/* How likely two rows are alike in a column of d different values among n: 1/d where all come as
 * often; where most come once, the n - d repetitions among n^2/2 pairs. */
static double likeness(double n, double d)
{
    return d > 0.75 * n ? 2 * (n - d) / (n * n) : 1 / d;
}

/* Rows of a few words and small numbers are alike by nature: how many of n rows equal a given one
 * where columns do not depend on each other. */
static double expected_twins(const job *j, int64_t n)
{
    double expected = (double)n;
    for (int32_t i = 0; i < j->s->n_columns; i++) {
        const schema_column *c = &j->s->columns[i];
        double n_values = (double)(j->t->n_rows - c->n_missing);
        if (is_feature(j, i) && c->n_distinct > 1)
            expected *= likeness(n_values, (double)c->n_distinct);
    }
    return expected;
}

static status find_twins(job *j, arena *tmp, propense_error *err)
{
    int64_t n = j->parts->n_train, n_test = j->parts->n_test, places = 2, n_different = 0;
    if (!n_test || n > INT64_MAX / 64 || expected_twins(j, n) > twins_by_nature) return PROPENSE_OK;
    while (places < 2 * n) places *= 2;
    uint64_t *hash = TAKE(tmp, uint64_t, n), *test = TAKE(tmp, uint64_t, n_test);
    uint64_t *set = TAKE(tmp, uint64_t, places);
    if (!hash || !test || !set) return fail_memory(err);
    hash_rows(j, hash, j->parts->train, n);
    hash_rows(j, test, j->parts->test, n_test);
    for (int64_t k = 0; k < n; k++) {
        int64_t at = place_of(set, places, hash[k]);
        n_different += set[at] == 0;
        set[at] = hash[k];
    }
    int64_t twins = 0;
    for (int64_t k = 0; k < n_test; k++) twins += set[place_of(set, places, test[k])] != 0;
    if (twins > 0 && (double)twins >= twins_share * (double)n_test && 2 * n_different >= n)
        add(j, (data_alarm){ .kind = ALARM_TWINS, .column = -1, .count = twins, .total = n_test });
    return PROPENSE_OK;
}

/* ---- All of it */

static void find_names(job *j, alarm_kind kind, int (*is_one)(str))
{
    for (int32_t i = 0; i < j->s->n_columns; i++)
        if (is_feature(j, i) && is_one(j->s->columns[i].name))
            add(j, (data_alarm){ .kind = kind, .column = i });
}

static status take_sample(job *j, arena *tmp, propense_error *err)
{
    const split *p = j->parts;
    int64_t step = (p->n_train + sample_rows - 1) / sample_rows;
    int64_t *rows = TAKE(tmp, int64_t, sample_rows < p->n_train ? sample_rows : p->n_train);
    if (!rows) return fail_memory(err);
    for (int64_t k = 0; k < p->n_train; k += step) rows[j->n++] = p->train[k];
    j->rows = rows;
    j->positive = TAKE(tmp, double, j->n);
    j->negative = TAKE(tmp, double, j->n);
    j->scratch = TAKE(tmp, double, j->n);
    j->decides = TAKE(tmp, uint8_t, j->s->n_columns);
    j->area = TAKE(tmp, double, j->s->n_columns);
    j->error = TAKE(tmp, double, j->s->n_columns);
    if (!j->positive || !j->negative || !j->scratch || !j->decides || !j->area || !j->error)
        return fail_memory(err);
    return PROPENSE_OK;
}

static status find_all(job *j, arena *tmp, propense_error *err)
{
    TRY(take_sample(j, tmp, err));
    TRY(find_deciding(j, tmp, err));
    find_names(j, ALARM_AFTERWARDS, name_is_afterwards);
    find_one_class(j);
    find_ids(j);
    TRY(find_twins(j, tmp, err));
    find_names(j, ALARM_MACHINE, name_is_of_opens);
    return PROPENSE_OK;
}

status alarms_find(alarms *out, const table *t, const schema *s, const uint8_t *y,
                   const struct split *parts, arena *mem, propense_error *err)
{
    job j = { .out = out, .t = t, .s = s, .y = y, .parts = parts };
    arena tmp = { 0 };
    *out = (alarms){ .items = TAKE(mem, data_alarm, (int64_t)s->n_columns * alarm_kind_end) };
    if (!out->items) return fail_memory(err);
    status code = find_all(&j, &tmp, err);
    arena_free(&tmp);
    return code;
}
