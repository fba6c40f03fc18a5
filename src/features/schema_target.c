/* Which column is the target, and which of its values is the one to predict.
 * Leaves everything about the other columns to schema_types.c.
 * Read schema.h and schema_parts.h first. */
#include "schema_parts.h"

#include <math.h>

#include "names.h"
#include "num.h"

/* Without case and accents, the likeliest first. */
static const char target_names[] =
    "label target converted conversion y outcome response clicked purchase purchased bought churn "
    "churned subscribed etiqueta objetivo convirtio convertido compra compro comprado respuesta "
    "respondio suscrito clic abandono baja";
/* Names of amounts as well, so only where the values are two words for yes and no. */
static const char yes_no_names[] = "revenue sale sold sales venta vendido";

static const char yes_words[] = "1 yes y true t si s verdadero";
static const char no_words[] = "0 no n false f falso";

int yes_or_no(str word)
{
    double x;
    if (num_parse(word, &x)) return x == 1 ? 1 : x == 0 ? 0 : -1;
    plain_name plain = name_plain(word);
    return name_among(&plain, yes_words, NULL) ? 1 : name_among(&plain, no_words, NULL) ? 0 : -1;
}

/* ---- The column */

static int32_t by_name(const str *names, const uint8_t *is_yes_no, const column_wish *wishes,
                       int32_t n, const char *known)
{
    int32_t best = -1;
    int best_rank = INT32_MAX, rank;
    for (int32_t i = 0; i < n; i++) {
        plain_name plain = name_plain(names[i]);
        if (wishes[i] >= WISH_DATE || (is_yes_no && !is_yes_no[i])) continue;
        if (!name_among(&plain, known, &rank) || rank >= best_rank) continue;
        best = i;
        best_rank = rank;
    }
    return best;
}

static status check_asked(int32_t target, const str *names, const column_wish *wishes,
                          propense_error *err)
{
    const char *option = wish_option(wishes[target]);
    if (wishes[target] < WISH_DATE) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG,
                "column '%.*s' is the target (--target) and is named in %s too",
                STR_ARG(names[target]), option);
}

status target_choose(int32_t *target, schema_reason *why, const str *names,
                     const uint8_t *is_yes_no, const column_wish *wishes, int32_t n,
                     const schema_options *options, propense_error *err)
{
    *why = WHY_ASKED;
    if (options->target.n) {
        TRY(schema_find(target, "--target", options->target, names, n, err));
        return check_asked(*target, names, wishes, err);
    }
    *why = WHY_TARGET_NAME;
    *target = by_name(names, NULL, wishes, n, target_names);
    if (*target < 0) *target = by_name(names, is_yes_no, wishes, n, yes_no_names);
    if (*target >= 0) return PROPENSE_OK;
    *why = WHY_TARGET_LAST;
    for (*target = n - 1; *target >= 0; --*target)
        if (wishes[*target] < WISH_DATE) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "no column is left to be the target");
}

/* ---- Its values */

enum { values_shown = 8 };

/* The distinct values of a target: all of them counted, the first ones kept. */
typedef struct target_values {
    int64_t n;
    int n_kept;
    str word[values_shown]; /* numbers in their shortest form: "1", "0.5" */
    double number[values_shown];
} target_values;

/* 1 for 1.0: what a person would write. */
static str number_word(double x, arena *mem)
{
    char digits[num_buffer];
    int64_t n = num_repr(digits, x == 0 ? 0 : x);
    if (n > 2 && memcmp(digits + n - 2, ".0", 2) == 0) n -= 2;
    return str_keep(mem, (str){ digits, n });
}

static status list_numbers(target_values *v, const schema_job *job, propense_error *err)
{
    const column *c = &job->t->columns[job->s->target];
    v->n = job->facts[job->s->target].n_distinct;
    for (int64_t i = 0; i < job->t->n_rows && v->n_kept < values_shown && v->n_kept < v->n; i++) {
        int known = isnan(c->number[i]);
        for (int k = 0; k < v->n_kept && !known; k++) known = v->number[k] == c->number[i];
        if (known) continue;
        v->number[v->n_kept] = c->number[i];
        v->word[v->n_kept] = number_word(c->number[i], job->mem);
        if (!v->word[v->n_kept++].p) return fail_memory(err);
    }
    return PROPENSE_OK;
}

static status list_words(target_values *v, const schema_job *job, propense_error *err)
{
    const column *c = &job->t->columns[job->s->target];
    v->n = job->facts[job->s->target].n_distinct;
    if (!c->level) return PROPENSE_OK; /* more words than a dictionary holds */
    for (; v->n_kept < values_shown && v->n_kept < c->n_levels; v->n_kept++) {
        v->word[v->n_kept] = str_keep(job->mem, c->level[v->n_kept]);
        if (!v->word[v->n_kept].p) return fail_memory(err);
    }
    return PROPENSE_OK;
}

/* Two values are shown and thought of in order, whichever came first. */
static void order_two(target_values *v, int is_number)
{
    int wrong = v->n_kept == 2 &&
                (is_number ? v->number[0] > v->number[1] : str_order(v->word[0], v->word[1]) > 0);
    if (!wrong) return;
    str word = v->word[0];
    double number = v->number[0];
    v->word[0] = v->word[1];
    v->number[0] = v->number[1];
    v->word[1] = word;
    v->number[1] = number;
}

static void list_values(text *out, const target_values *v)
{
    for (int i = 0; i < v->n_kept; i++) {
        text_z(out, i ? ", '" : "'");
        text_f(out, "%.*s'", (int)(v->word[i].n > 40 ? 40 : v->word[i].n), v->word[i].p);
    }
    if (v->n > v->n_kept) text_z(out, ", ...");
}

/* ---- The one to predict */

static status fail_many_values(const schema_job *job, const target_values *v, propense_error *err)
{
    text list = { 0 };
    list_values(&list, v);
    status code = list.bad ? fail_memory(err)
                           : fail(err, PROPENSE_E_PARSE,
                                  "%s: target '%.*s' has %lld different values (%s), and two are "
                                  "expected; --positive WORD sets one against the rest, --target "
                                  "NAME picks another column",
                                  job->file, STR_ARG(job->names[job->s->target]), (long long)v->n,
                                  list.p ? list.p : "...");
    text_free(&list);
    return code;
}

/* A word as the shell takes it. */
static void quote_for_shell(text *out, str word)
{
    int plain = word.n > 0;
    for (int64_t i = 0; i < word.n; i++) {
        unsigned char c = (unsigned char)word.p[i];
        plain &= c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                 (c >= 'a' && c <= 'z') || strchr("_-./:+%@", c) != NULL;
    }
    if (plain) {
        text_str(out, word);
        return;
    }
    text_char(out, '\'');
    for (int64_t i = 0; i < word.n; i++) {
        if (word.p[i] == '\'')
            text_z(out, "'\\''");
        else
            text_char(out, word.p[i]);
    }
    text_char(out, '\'');
}

static status fail_unknown_meaning(const schema_job *job, const target_values *v,
                                   propense_error *err)
{
    text one = { 0 }, two = { 0 };
    quote_for_shell(&one, v->word[0]);
    quote_for_shell(&two, v->word[1]);
    status code = one.bad || two.bad
                      ? fail_memory(err)
                      : fail(err, PROPENSE_E_PARSE,
                             "%s: target '%.*s' is '%.*s' or '%.*s', and which of them to predict "
                             "is not known; add --positive %s or --positive %s",
                             job->file, STR_ARG(job->names[job->s->target]), STR_ARG(v->word[0]),
                             STR_ARG(v->word[1]), one.p, two.p);
    text_free(&one);
    text_free(&two);
    return code;
}

/* 1 when `word` says yes beside `other`: 1 beside 0 or -1 only, a single letter beside a word for
 * no only. */
static int says_yes(str word, str other)
{
    double x, beside;
    if (yes_or_no(word) != 1 || yes_or_no(other) == 1) return 0;
    if (num_parse(word, &x))
        return yes_or_no(other) == 0 || (num_parse(other, &beside) && beside == -1);
    return word.n > 1 || yes_or_no(other) == 0;
}

static status choose_positive(const schema_job *job, const target_values *v, propense_error *err)
{
    schema *s = job->s;
    if (v->n > 2) return fail_many_values(job, v, err);
    for (int i = 0; i < 2; i++) {
        if (!says_yes(v->word[i], v->word[1 - i])) continue;
        s->positive = v->word[i];
        s->negative = v->word[1 - i];
        return PROPENSE_OK;
    }
    return fail_unknown_meaning(job, v, err);
}

/* The level that --positive means: the same bytes, else the same number, else the same but for
 * case where only one is. -1 without. */
static int32_t find_level(const column *c, str wanted)
{
    double number, other;
    int32_t nocase = -1, n_nocase = 0;
    int is_number = num_parse(wanted, &number);
    for (int32_t k = 0; k < c->n_levels; k++)
        if (str_eq(c->level[k], wanted)) return k;
    for (int32_t k = 0; k < c->n_levels; k++) {
        if (is_number && num_parse(c->level[k], &other) && number == other) return k;
        if (!str_eq_nocase(c->level[k], wanted)) continue;
        nocase = k;
        n_nocase++;
    }
    return n_nocase == 1 ? nocase : -1;
}

static int has_number(const column *c, int64_t n_rows, double wanted)
{
    for (int64_t i = 0; i < n_rows; i++)
        if (c->number[i] == wanted) return 1;
    return 0;
}

static status find_asked(const schema_job *job, propense_error *err)
{
    schema *s = job->s;
    const column *c = &job->t->columns[s->target];
    double number;
    int32_t level = -1;
    s->positive = (str){ 0 };
    if (c->kind == COLUMN_NUMBER) {
        if (num_parse(job->options->positive, &number) && has_number(c, s->n_rows, number))
            s->positive = number_word(number, job->mem);
    } else if (c->level) {
        level = find_level(c, job->options->positive);
        if (level >= 0) s->positive = str_keep(job->mem, c->level[level]);
    }
    return s->positive.p || level < 0 ? PROPENSE_OK : fail_memory(err);
}

static status take_asked(const schema_job *job, const target_values *v, propense_error *err)
{
    schema *s = job->s;
    text list = { 0 };
    if (job->t->columns[s->target].overflow)
        return fail(err, PROPENSE_E_PARSE,
                    "%s: target '%.*s' has %lld different values; an answer with few was expected",
                    job->file, STR_ARG(job->names[s->target]), (long long)v->n);
    TRY(find_asked(job, err));
    if (!s->positive.p && job->options->to_judge)
        s->positive = str_keep(job->mem, job->options->positive); /* nobody's answer here */
    list_values(&list, v);
    status code = PROPENSE_OK;
    if (list.bad)
        code = fail_memory(err);
    else if (!s->positive.p)
        code = fail(err, PROPENSE_E_ARG,
                    "%s: --positive '%.*s' is not among the values of target '%.*s' (%s)",
                    job->file, STR_ARG(job->options->positive), STR_ARG(job->names[s->target]),
                    list.p ? list.p : "...");
    text_free(&list);
    if (v->n == 2) s->negative = v->word[str_eq(v->word[0], s->positive) ? 1 : 0];
    return code;
}

/* ---- y */

static void mark_rows(const schema_job *job, uint8_t *y)
{
    schema *s = job->s;
    const column *c = &job->t->columns[s->target];
    double number = 0;
    int32_t level = -1;
    if (c->kind == COLUMN_NUMBER)
        (void)num_parse(s->positive, &number);
    else
        level = find_level(c, s->positive);
    for (int64_t i = 0; i < s->n_rows; i++) {
        int missing = c->kind == COLUMN_NUMBER ? isnan(c->number[i]) : c->code[i] < 0;
        int yes = c->kind == COLUMN_NUMBER ? c->number[i] == number : c->code[i] == level;
        y[i] = missing ? 255 : (uint8_t)yes;
        s->n_positive += y[i] == 1;
        s->n_no_target += missing;
    }
}

static void tell(const schema_job *job, const target_values *v)
{
    schema *s = job->s;
    if (v->n > 2)
        say(job->cb, PROPENSE_NOTE,
            "target '%.*s': '%.*s' (%lld rows) is set against the other %lld values",
            STR_ARG(job->names[s->target]), STR_ARG(s->positive), (long long)s->n_positive,
            (long long)v->n - 1);
    if (s->n_no_target)
        say(job->cb, PROPENSE_WARNING,
            "%lld of %lld rows have no value in the target '%.*s' and are left out",
            (long long)s->n_no_target, (long long)s->n_rows, STR_ARG(job->names[s->target]));
}

static status check_values(const schema_job *job, const target_values *v, propense_error *err)
{
    str name = job->names[job->s->target];
    if (v->n == 0)
        return fail(err, PROPENSE_E_PARSE, "%s: target '%.*s' has no value in any row", job->file,
                    STR_ARG(name));
    if (v->n == 1 && !job->options->to_judge)
        return fail(
            err, PROPENSE_E_PARSE,
            "%s: target '%.*s' is '%.*s' in every row; there have to be two values to learn "
            "the difference",
            job->file, STR_ARG(name), STR_ARG(v->word[0]));
    return PROPENSE_OK;
}

status target_read(const schema_job *job, uint8_t *y, propense_error *err)
{
    schema *s = job->s;
    target_values v = { 0 };
    s->target_is_number = job->t->columns[s->target].kind == COLUMN_NUMBER;
    if (s->target_is_number)
        TRY(list_numbers(&v, job, err));
    else
        TRY(list_words(&v, job, err));
    order_two(&v, s->target_is_number);
    TRY(check_values(job, &v, err));
    if (job->options->positive.n)
        TRY(take_asked(job, &v, err));
    else
        TRY(choose_positive(job, &v, err));
    mark_rows(job, y);
    tell(job, &v);
    return PROPENSE_OK;
}
