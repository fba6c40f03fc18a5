/* What each column that is not the target holds, and which of them is the id.
 * Leaves the target to schema_target.c and the sentences about single columns to schema_print.c.
 * Read schema.h and schema_parts.h first. */
#include "schema_parts.h"

#include <math.h>

#include "encoder.h"
#include "names.h"
#include "sorting.h"
#include "words.h"

/* ---- Dates */

/* Reads 1 to `most` digits; returns how many there were. */
static int digits(str *s, int most, int *value)
{
    int n = 0;
    for (*value = 0; n < most && n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
        *value = *value * 10 + (s->p[n] - '0');
    s->p += n;
    s->n -= n;
    return n;
}

static int take(str *s, const char *any_of)
{
    if (!s->n || !s->p[0] || !strchr(any_of, s->p[0])) return 0;
    s->p++;
    s->n--;
    return 1;
}

/* Nothing, or 10:15, 10:15:30, 10:15:30.123, each with Z or +02:00 behind it. */
static int is_time_of_day(str s)
{
    int value;
    if (!s.n) return 1;
    if (!take(&s, "T ")) return 0;
    if (!digits(&s, 2, &value) || value > 24 || !take(&s, ":")) return 0;
    if (digits(&s, 2, &value) != 2 || value > 59) return 0;
    if (take(&s, ":")) {
        if (digits(&s, 2, &value) != 2 || value > 60) return 0;
        if (take(&s, ".,") && !digits(&s, 9, &value)) return 0;
    }
    if (take(&s, "Z") || !s.n) return !s.n;
    if (!take(&s, "+-") || digits(&s, 2, &value) != 2) return 0;
    (void)take(&s, ":");
    return !s.n || (digits(&s, 2, &value) == 2 && !s.n);
}

static int is_day(int day, int month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

int is_date(str s)
{
    int first, second, third;
    int n_first = digits(&s, 4, &first);
    char mark = s.n ? s.p[0] : '\0';
    const char one_mark[2] = { mark, '\0' };
    if ((n_first != 4 && n_first != 1 && n_first != 2) || !take(&s, "-/.")) return 0;
    if (!digits(&s, 2, &second) || !take(&s, one_mark)) return 0;
    int n_third = digits(&s, n_first == 4 ? 2 : 4, &third);
    if (n_first == 4) return n_third > 0 && is_day(third, second) && is_time_of_day(s);
    if (n_third != 4 && n_third != 2) return 0;
    return (is_day(first, second) || is_day(second, first)) && is_time_of_day(s);
}

/* ---- Facts */

/* The q-th quantile of sorted numbers, linear between neighbours, as numpy.percentile has it. */
static double quantile(const double *sorted, int64_t n, double q)
{
    double at = (double)(n - 1) * q, below = floor(at), t = at - below;
    int64_t i = (int64_t)below;
    if (i >= n - 1) return sorted[n - 1];
    double a = sorted[i], b = sorted[i + 1], step = b - a;
    return t >= 0.5 ? b - step * (1 - t) : a + step * t;
}

static void count_sorted(column_facts *f, const double *x, int64_t n_rows)
{
    int64_t n = f->n_values;
    f->is_whole = 1;
    for (int64_t i = 0; i < n; i++) {
        f->n_distinct += i == 0 || x[i] != x[i - 1];
        f->is_whole &= x[i] == floor(x[i]);
    }
    f->is_unique = n == n_rows && f->n_distinct == n;
    /* Beyond 2^53 neighbouring integers read as one double, so a column of long numbers that is
     * nearly unique is taken to be unique. */
    if (n == n_rows && f->is_whole && fabs(x[n - 1]) >= 0x1p53)
        f->is_unique = f->n_distinct >= n - n / 10;
    f->is_run = f->is_unique && f->is_whole && x[n - 1] - x[0] == (double)(n - 1);
    f->is_yes_no = f->n_distinct == 2 && x[0] == 0 && x[n - 1] == 1;
    f->low = quantile(x, n, 0.1 / 100);
    f->high = quantile(x, n, 99.9 / 100);
}

static status count_numbers(column_facts *f, const column *c, int64_t n_rows, arena *scratch,
                            propense_error *err)
{
    double *x = TAKE(scratch, double, n_rows), *spare = TAKE(scratch, double, n_rows);
    if (!x || !spare) return fail_memory(err);
    for (int64_t i = 0; i < n_rows; i++) {
        x[f->n_values] = c->number[i];
        f->n_values += c->number[i] == c->number[i];
    }
    if (!f->n_values) return PROPENSE_OK;
    sort_numbers(x, spare, f->n_values);
    count_sorted(f, x, n_rows);
    return PROPENSE_OK;
}

static void count_levels(column_facts *f, const column *c)
{
    int64_t n_dates = 0, bytes = 0, n = 0;
    for (int32_t k = 0; k < c->n_levels; k++) {
        int64_t rows = c->level_rows ? c->level_rows[k] : 1;
        n += rows;
        n_dates += is_date(c->level[k]) ? rows : 0;
        bytes += rows * c->level[k].n;
    }
    f->is_date = n > 0 && n_dates >= n - n / 10;
    f->length = n > 0 ? (double)bytes / (double)n : 0;
    if (c->n_levels == 2) {
        int first = yes_or_no(c->level[0]), second = yes_or_no(c->level[1]);
        f->is_yes_no = first >= 0 && second >= 0 && first != second;
    }
}

status column_count(column_facts *out, const column *c, int64_t n_rows, arena *scratch,
                    propense_error *err)
{
    *out = (column_facts){ .low = (double)NAN, .high = (double)NAN };
    if (c->kind == COLUMN_SKIPPED) return PROPENSE_OK;
    if (c->kind == COLUMN_NUMBER) return count_numbers(out, c, n_rows, scratch, err);
    out->n_values = n_rows - c->n_missing;
    out->n_distinct = c->level ? c->n_levels : c->n_distinct;
    out->is_unique = out->n_values == n_rows && out->n_distinct == n_rows;
    if (c->level) count_levels(out, c);
    return PROPENSE_OK;
}

/* ---- Types */

static void set(schema_column *c, column_role role, column_type type, schema_reason why)
{
    c->role = role;
    c->type = type;
    c->why = why;
}

static int is_named_date(str name)
{
    plain_name last = name_last_part(name), first = name_first_part(name);
    const char *names = "date datetime time timestamp fecha hora dia";
    return name_among(&last, names, NULL) || name_among(&first, names, NULL);
}

/* More words than inputs could be made of, mostly different ones, or sentences. */
static int is_free_text(const column *c, const column_facts *f)
{
    int mostly_different = f->n_distinct > f->n_values / 2;
    if (!c->level) return 1;
    if (f->n_distinct > encoder_level_limit && mostly_different) return 1;
    if (f->n_distinct > 20 && f->n_distinct >= f->n_values - f->n_values / 10) return 1;
    return f->n_distinct > 20 && f->length > (mostly_different ? 40 : 80);
}

static void decide_words(schema_column *out, const column *c, const column_facts *f)
{
    if (f->is_yes_no)
        set(out, ROLE_FEATURE, TYPE_BOOLEAN, WHY_YES_NO);
    else if (f->is_date || (!c->level && is_named_date(c->name)))
        set(out, ROLE_LEFT_OUT, TYPE_DATE, WHY_DATES);
    else if (is_free_text(c, f))
        set(out, ROLE_LEFT_OUT, TYPE_TEXT, WHY_FREE_TEXT);
    else
        set(out, ROLE_FEATURE, TYPE_CATEGORICAL, WHY_WORDS);
}

static void decide_type(schema_column *out, const column *c, const column_facts *f)
{
    if (f->n_values == 0)
        set(out, ROLE_LEFT_OUT, TYPE_EMPTY, WHY_EMPTY);
    else if (f->n_distinct == 1 && out->n_missing == 0)
        set(out, ROLE_LEFT_OUT, TYPE_CONSTANT, WHY_CONSTANT);
    else if (c->kind != COLUMN_NUMBER)
        decide_words(out, c, f);
    else if (f->is_yes_no)
        set(out, ROLE_FEATURE, TYPE_BOOLEAN, WHY_YES_NO);
    else
        set(out, ROLE_FEATURE, TYPE_NUMERIC, WHY_NUMBERS);
}

/* What --types and --drop ask; an empty column has nothing to be a feature of. */
static void apply_wish(schema_column *out, const column *c, column_wish wish)
{
    switch (wish) {
    case WISH_NONE:
    case WISH_ID:
        break;
    case WISH_NUMERIC:
    case WISH_CATEGORICAL:
        if (out->type != TYPE_EMPTY)
            set(out, ROLE_FEATURE, c->kind == COLUMN_NUMBER ? TYPE_NUMERIC : TYPE_CATEGORICAL,
                WHY_ASKED);
        break;
    case WISH_DATE:
        set(out, ROLE_LEFT_OUT, TYPE_DATE, WHY_ASKED);
        break;
    case WISH_TEXT:
        set(out, ROLE_LEFT_OUT, TYPE_TEXT, WHY_ASKED);
        break;
    case WISH_DROP:
        set(out, ROLE_LEFT_OUT, TYPE_UNREAD, WHY_ASKED);
        break;
    case WISH_WEIGHT:
        set(out, ROLE_WEIGHT, TYPE_NUMERIC, WHY_ASKED);
        break;
    }
}

static column_type type_of_target(const column *c, const column_facts *f)
{
    if (f->is_yes_no) return TYPE_BOOLEAN;
    return c->kind == COLUMN_NUMBER ? TYPE_NUMERIC : TYPE_CATEGORICAL;
}

/* ---- Ids */

static int is_named_id(str name)
{
    plain_name plain = name_plain(name), last = name_last_part(name);
    plain_name first = name_first_part(name);
    return name_among(
               &last,
               "id ids uid uuid guid code codigo key clave number numero num nr nro customer "
               "cliente client user usuario contact contacto dni nif email mail index row fila",
               NULL) ||
           name_among(&first, "id uid uuid", NULL) ||
           name_among(
               &plain,
               "customerid clientid clienteid idcliente userid usuarioid contactid accountid "
               "memberid leadid orderid sessionid visitorid personid rowid recordid",
               NULL);
}

/* How much a column looks like an id: 0 not at all, then text without a name for it, first column
 * or an unbroken run of numbers, a name. */
static int id_likeness(const schema_job *job, int32_t i)
{
    const column_facts *f = &job->facts[i];
    const schema_column *c = &job->s->columns[i];
    int is_number = job->t->columns[i].kind == COLUMN_NUMBER;
    if (!f->is_unique || job->wishes[i] != WISH_NONE || c->role == ROLE_TARGET) return 0;
    if (c->type == TYPE_DATE || c->type == TYPE_CONSTANT || c->type == TYPE_BOOLEAN) return 0;
    if (is_number && !f->is_whole) return 0;
    if (is_named_id(c->name)) return 4;
    if (is_number && !f->is_run && i > 0) return 0;
    if (!is_number && f->length > 40) return 0; /* sentences */
    return i == 0 ? 3 : is_number ? 2 : 1;
}

static void take_id(const schema_job *job, int32_t i, schema_reason why)
{
    schema_column *c = &job->s->columns[i];
    column_type type = job->t->columns[i].kind == COLUMN_NUMBER ? TYPE_NUMERIC : TYPE_TEXT;
    set(c, ROLE_ID, type, why);
    job->s->id = i;
}

static void find_id(const schema_job *job)
{
    int best = 0;
    int32_t id = -1;
    for (int32_t i = 0; i < job->s->n_columns; i++) {
        int likeness = id_likeness(job, i);
        if (likeness > best) {
            best = likeness;
            id = i;
        }
    }
    if (id >= 0) take_id(job, id, WHY_UNIQUE_ID);
}

/* With --id none a unique number is a feature like any other; a unique word tells nothing. */
static void leave_out_unique(const schema_job *job, int numbers_too)
{
    for (int32_t i = 0; i < job->s->n_columns; i++) {
        schema_column *c = &job->s->columns[i];
        int is_number = job->t->columns[i].kind == COLUMN_NUMBER;
        if (i == job->s->id || !id_likeness(job, i) || (is_number && !numbers_too)) continue;
        set(c, ROLE_LEFT_OUT, is_number ? TYPE_NUMERIC : TYPE_TEXT, WHY_UNIQUE_ID);
    }
}

static void decide_ids(const schema_job *job)
{
    int none = str_eq_nocase(job->options->id, STR("none"));
    for (int32_t i = 0; i < job->s->n_columns; i++)
        if (job->wishes[i] == WISH_ID) take_id(job, i, WHY_ASKED);
    if (job->s->id < 0 && !none) find_id(job);
    leave_out_unique(job, !none);
    if (job->s->id < 0 || job->facts[job->s->id].is_unique) return;
    say(job->cb, PROPENSE_NOTE, "the id '%.*s' is not different in every row",
        STR_ARG(job->names[job->s->id]));
}

/* ---- What is told */

static int is_told(const schema_column *c, schema_reason why)
{
    return c->role == ROLE_LEFT_OUT && c->why == why;
}

static void list_names(text *out, const schema *s, schema_reason why)
{
    enum { list_bytes = 1200 }; /* what a message has room for */
    int n = 0, n_more = 0;
    for (int32_t i = 0; i < s->n_columns; i++) {
        if (!is_told(&s->columns[i], why)) continue;
        if (out->n > list_bytes) {
            n_more++;
            continue;
        }
        text_f(out, n++ ? ", '%.*s'" : "'%.*s'", STR_ARG(s->columns[i].name));
    }
    if (n_more) text_f(out, ", ... (+%d)", n_more);
}

static void tell_one(const schema_job *job, schema_reason why, const char *list)
{
    switch (why) {
    case WHY_UNIQUE_ID:
        say(job->cb, PROPENSE_NOTE, "left out, different in every row like an id: %s", list);
        break;
    case WHY_DATES:
        say(job->cb, PROPENSE_NOTE, "left out, dates: %s", list);
        break;
    case WHY_FREE_TEXT:
        say(job->cb, PROPENSE_NOTE, "left out, free text (too many different words): %s", list);
        break;
    case WHY_CONSTANT:
        say(job->cb, PROPENSE_NOTE, "left out, the same value in every row: %s", list);
        break;
    case WHY_EMPTY:
        say(job->cb, PROPENSE_NOTE, "left out, no value in any row: %s", list);
        break;
    default:
        break;
    }
}

static status tell_left_out(const schema_job *job, propense_error *err)
{
    int bad = 0;
    for (int why = WHY_ASKED + 1; why <= WHY_FREE_TEXT; why++) {
        text list = { 0 };
        list_names(&list, job->s, (schema_reason)why);
        if (list.n) tell_one(job, (schema_reason)why, list.p);
        bad |= list.bad;
        text_free(&list);
    }
    return bad ? fail_memory(err) : PROPENSE_OK;
}

/* The most frequent levels, for the console. */
static status give_example(schema_column *out, const column *c, arena *mem, propense_error *err)
{
    enum { shown = 3 };
    int32_t best[shown] = { 0 };
    int n = 0;
    text list = { 0 };
    for (int32_t k = 0; k < c->n_levels && c->level_rows; k++) {
        int at = n < shown ? n++ : shown;
        while (at > 0 && c->level_rows[best[at - 1]] < c->level_rows[k]) {
            if (at < shown) best[at] = best[at - 1];
            at--;
        }
        if (at < shown) best[at] = k;
    }
    for (int i = 0; i < n; i++) {
        str word = c->level[best[i]];
        text_f(&list, i ? ", %.*s" : "%.*s", (int)(word.n > 30 ? 30 : word.n), word.p);
    }
    if (c->n_levels > n && n) text_z(&list, ", ...");
    out->example = str_keep(mem, text_view(&list));
    int bad = list.bad || !out->example.p;
    text_free(&list);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

/* ---- All of it */

static status check_wish(const schema_job *job, int32_t i, propense_error *err)
{
    const column *c = &job->t->columns[i];
    if (job->wishes[i] != WISH_CATEGORICAL || c->kind == COLUMN_NUMBER || c->level)
        return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "%s: column '%.*s' has %lld different values, too many to be categorical",
                job->file, STR_ARG(c->name), (long long)c->n_distinct);
}

static status decide_column(const schema_job *job, int32_t i, propense_error *err)
{
    schema_column *out = &job->s->columns[i];
    const column *c = &job->t->columns[i];
    const column_facts *f = &job->facts[i];
    out->n_missing = c->kind == COLUMN_SKIPPED ? 0 : job->s->n_rows - f->n_values;
    out->n_distinct = f->n_distinct;
    out->low = out->high = (double)NAN;
    if (i == job->s->target) {
        set(out, ROLE_TARGET, type_of_target(c, f), out->why);
        return PROPENSE_OK;
    }
    TRY(check_wish(job, i, err));
    decide_type(out, c, f);
    apply_wish(out, c, job->wishes[i]);
    return PROPENSE_OK;
}

/* What depends on the role that a column has in the end: ranges and levels of features only. */
static status finish_column(const schema_job *job, int32_t i, int *n_features, propense_error *err)
{
    schema_column *out = &job->s->columns[i];
    if (out->role != ROLE_FEATURE) return PROPENSE_OK;
    ++*n_features;
    if (out->type == TYPE_NUMERIC) {
        out->low = job->facts[i].low;
        out->high = job->facts[i].high;
    }
    if (job->t->columns[i].kind != COLUMN_WORDS) return PROPENSE_OK;
    return give_example(out, &job->t->columns[i], job->mem, err);
}

status columns_decide(const schema_job *job, propense_error *err)
{
    int n_features = 0;
    for (int32_t i = 0; i < job->s->n_columns; i++) TRY(decide_column(job, i, err));
    decide_ids(job);
    for (int32_t i = 0; i < job->s->n_columns; i++) TRY(finish_column(job, i, &n_features, err));
    TRY(tell_left_out(job, err));
    if (n_features) return PROPENSE_OK;
    return fail(err, PROPENSE_E_PARSE,
                "%s: no column is left to learn from; every one is the target, an id or left out",
                job->file);
}
