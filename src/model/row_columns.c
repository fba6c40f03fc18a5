/* Groups and times out of a dataset's columns. Leaves the folds made from them to folds.c and
 * evaluate_time.c. Read row_columns.h first. */
#include "row_columns.h"

#include <math.h>

#include "names.h"
#include "sorting.h"

/* The column by name; what it says is told apart from what is learnt from. */
static status take_column(const column **out, dataset *d, str wanted, const char *option,
                          arena *mem, propense_error *err)
{
    schema *s = &d->schema;
    int32_t at = 0;
    while (at < s->n_columns && !str_eq(s->columns[at].name, wanted)) at++;
    if (at == s->n_columns) {
        text quoted = { 0 };
        str *names = TAKE(mem, str, s->n_columns);
        if (!names) return fail_memory(err);
        for (int32_t c = 0; c < s->n_columns; c++) names[c] = s->columns[c].name;
        name_quote_nearest(&quoted, wanted, names, s->n_columns, error_language(err));
        status code =
            quoted.bad ? fail_memory(err)
                       : fail(err, PROPENSE_E_ARG, "%s: there is no column %s", option, quoted.p);
        text_free(&quoted);
        return code;
    }
    if (at == s->target)
        return fail(err, PROPENSE_E_ARG, "%s: column '%.*s' is the target", option,
                    STR_ARG(wanted));
    *out = &d->data.columns[s->columns[at].position];
    if ((*out)->kind == COLUMN_SKIPPED)
        return fail(err, PROPENSE_E_ARG,
                    "%s: column '%.*s' is in --drop too, so it is not read; it is no feature "
                    "anyway when it is named here",
                    option, STR_ARG(wanted));
    if ((*out)->kind == COLUMN_WORDS && !(*out)->code)
        return fail(err, PROPENSE_E_ARG,
                    "%s: column '%.*s' has more than %d different words; numbers would do, or "
                    "fewer words",
                    option, STR_ARG(wanted), (int)column_level_limit);
    s->columns[at].role = ROLE_LEFT_OUT;
    s->columns[at].why = WHY_ASKED;
    return PROPENSE_OK;
}

/* ---- Order */

typedef struct keys {
    const double *key; /* [n] */
} keys;

static int by_key(const void *user, int32_t a, int32_t b)
{
    const double *key = ((const keys *)user)->key;
    if (key[a] != key[b]) return key[a] < key[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Indexes 0 .. n - 1 by key, equals in their order. */
static status sort_by(int32_t **out, const double *key, int64_t n, arena *mem, propense_error *err)
{
    if (n > INT32_MAX)
        return fail(err, PROPENSE_E_ARG, "more than %lld rows", (long long)INT32_MAX);
    keys k = { key };
    *out = TAKE(mem, int32_t, n);
    int32_t *spare = TAKE(mem, int32_t, n);
    if (!*out || !spare) return fail_memory(err);
    for (int32_t i = 0; i < n; i++) (*out)[i] = i;
    sort_items(*out, spare, n, by_key, &k);
    return PROPENSE_OK;
}

/* ---- Groups */

static status number_groups(int32_t *group, int32_t *n_groups, const dataset *d, const column *c,
                            arena *mem, propense_error *err)
{
    int32_t *order;
    double *key = TAKE(mem, double, d->n_known);
    if (!key) return fail_memory(err);
    for (int64_t i = 0; i < d->n_known; i++) {
        double v = c->number[d->known[i]];
        key[i] = v == v ? v : HUGE_VAL; /* at the end, each apart */
    }
    TRY(sort_by(&order, key, d->n_known, mem, err));
    int32_t number = -1;
    for (int64_t i = 0; i < d->n_known; i++) {
        int same = i > 0 && key[order[i]] == key[order[i - 1]] && key[order[i]] < HUGE_VAL;
        if (!same) number++;
        group[order[i]] = number;
    }
    *n_groups = number + 1;
    return PROPENSE_OK;
}

static status word_groups(int32_t *group, int32_t *n_groups, const dataset *d, const column *c,
                          arena *mem, propense_error *err)
{
    int32_t *number = TAKE(mem, int32_t, c->n_levels); /* + 1; 0: not met among the known rows */
    int32_t n = 0;
    if (!number) return fail_memory(err);
    for (int64_t i = 0; i < d->n_known; i++) {
        int32_t code = c->code[d->known[i]];
        if (code >= 0 && number[code] == 0) number[code] = ++n;
        group[i] = code >= 0 ? number[code] - 1 : n++;
    }
    *n_groups = n;
    return PROPENSE_OK;
}

status column_groups(dataset *d, str wanted, propense_error *err)
{
    const column *c;
    arena tmp = { 0 };
    if (d->n_known > INT32_MAX)
        return fail(err, PROPENSE_E_ARG, "more than %lld rows", (long long)INT32_MAX);
    TRY(take_column(&c, d, wanted, "--group", &d->mem, err));
    int32_t *known = TAKE(&tmp, int32_t, d->n_known);
    d->group = TAKE(&d->mem, int32_t, d->n_rows);
    status s = !known || !d->group        ? fail_memory(err)
               : c->kind == COLUMN_NUMBER ? number_groups(known, &d->n_groups, d, c, &tmp, err)
                                          : word_groups(known, &d->n_groups, d, c, &tmp, err);
    for (int64_t i = 0; s == PROPENSE_OK && i < d->n_known; i++) d->group[d->known[i]] = known[i];
    arena_free(&tmp);
    return s;
}

/* ---- Times */

/* The next number of a date: digits, up to 9 of them. 0 without. */
static int next_number(str *s, int *value, int *n_digits)
{
    while (s->n && (s->p[0] < '0' || s->p[0] > '9')) s->p++, s->n--;
    *value = *n_digits = 0;
    while (s->n && s->p[0] >= '0' && s->p[0] <= '9' && *n_digits < 9) {
        *value = *value * 10 + (s->p[0] - '0');
        ++*n_digits;
        s->p++, s->n--;
    }
    return *n_digits > 0;
}

typedef struct moment {
    int first, second, third; /* of the date, as written */
    int year_first;
    double time; /* of the day, 0 to 1 */
} moment;

static int read_moment(moment *m, str s)
{
    int n, n_third, hour = 0, minute = 0, second = 0;
    *m = (moment){ 0 };
    if (!next_number(&s, &m->first, &n)) return 0;
    m->year_first = n == 4;
    if (!next_number(&s, &m->second, &n) || !next_number(&s, &m->third, &n_third)) return 0;
    if (!m->year_first && n_third == 2) m->third += m->third < 70 ? 2000 : 1900;
    if (next_number(&s, &hour, &n) && next_number(&s, &minute, &n))
        (void)next_number(&s, &second, &n);
    m->time = ((hour * 60.0 + minute) * 60 + second) / 86400;
    return 1;
}

static double moment_key(const moment *m, int month_first)
{
    int year = m->year_first ? m->first : m->third;
    int month = m->year_first || !month_first ? m->second : m->first;
    int day = m->year_first ? m->third : month_first ? m->second : m->first;
    return (year * 12.0 + month) * 31 + day + m->time;
}

/* The day stands first in most of the world; where a second part is above 12 and no first part is,
 * the month does. */
static int months_stand_first(const moment *m, int32_t n)
{
    int first = 0, second = 0;
    for (int32_t i = 0; i < n; i++) {
        if (m[i].year_first) continue;
        first |= m[i].first > 12;
        second |= m[i].second > 12;
    }
    return second && !first;
}

static status word_times(double *key, const dataset *d, const column *c, str name,
                         const propense_callbacks *cb, arena *mem, propense_error *err)
{
    moment *moments = TAKE(mem, moment, c->n_levels);
    if (!moments) return fail_memory(err);
    for (int32_t k = 0; k < c->n_levels; k++)
        if (!read_moment(&moments[k], c->level[k]))
            return fail(err, PROPENSE_E_PARSE,
                        "--time: '%.*s' in column '%.*s' is neither a number nor a date",
                        STR_ARG(c->level[k]), STR_ARG(name));
    int month_first = months_stand_first(moments, c->n_levels);
    if (month_first)
        say(cb, PROPENSE_NOTE, "dates in '%.*s' are read with the month first", STR_ARG(name));
    for (int64_t i = 0; i < d->n_known; i++) {
        int32_t code = c->code[d->known[i]];
        key[i] = code < 0 ? -HUGE_VAL : moment_key(&moments[code], month_first);
    }
    return PROPENSE_OK;
}

status column_order(int64_t **order, dataset *d, str wanted, const propense_callbacks *cb,
                    arena *mem, propense_error *err)
{
    *order = TAKE(mem, int64_t, d->n_known);
    if (!*order) return fail_memory(err);
    for (int64_t i = 0; i < d->n_known; i++) (*order)[i] = i;
    if (!wanted.n) return PROPENSE_OK;
    const column *c;
    int32_t *sorted;
    TRY(take_column(&c, d, wanted, "--time", mem, err));
    double *key = TAKE(mem, double, d->n_known);
    if (!key) return fail_memory(err);
    if (c->kind == COLUMN_NUMBER) {
        for (int64_t i = 0; i < d->n_known; i++) {
            double v = c->number[d->known[i]];
            key[i] = v == v ? v : -HUGE_VAL;
        }
    } else {
        TRY(word_times(key, d, c, wanted, cb, mem, err));
    }
    TRY(sort_by(&sorted, key, d->n_known, mem, err));
    for (int64_t i = 0; i < d->n_known; i++) (*order)[i] = sorted[i];
    return PROPENSE_OK;
}
