/* The option table and its checks. Leaves the meaning of each option to the room that uses it.
 * Read options.def first. */
#include "options.h"

#include <math.h>

#include "num.h"
#include "option_sets.h"

enum {
    TRAIN = PROPENSE_COMMAND_TRAIN,
    SCORE = PROPENSE_COMMAND_SCORE,
    INSPECT = PROPENSE_COMMAND_INSPECT,
    PREPARE = PROPENSE_COMMAND_PREPARE,
    EVALUATE = PROPENSE_COMMAND_EVALUATE,
    PLAN = PROPENSE_COMMAND_PLAN,
    REPORT = PROPENSE_COMMAND_REPORT,
    FIT = TRAIN | EVALUATE,      /* evaluate fits the pipeline in every fold */
    READ = FIT | PREPARE | PLAN, /* whoever reads a file that is new to him */
    RESULT = 1,
    ELSE = 0
};

const option_row option_table[OPTION_COUNT] = {
#define OPTION(kind, name, other, initial, min, max, commands, effect, place, choices, help)       \
    { #name, other, KIND_##kind, initial, min, max, commands, effect, place, choices, help },
#include "options.def"
#undef OPTION
};

/* Equal but for - and _. */
static int same_name(str a, const char *b)
{
    int64_t n = (int64_t)strlen(b);
    if (a.n != n || n == 0) return 0;
    for (int64_t i = 0; i < n; i++) {
        char x = a.p[i] == '-' ? '_' : a.p[i];
        if (x != b[i]) return 0;
    }
    return 1;
}

int option_find(str name)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (same_name(name, option_table[i].name) || same_name(name, option_table[i].other))
            return i;
    return -1;
}

static int parse_flag(str value, double *out)
{
    static const char *const yes[] = { "true", "1", "yes", "si" };
    static const char *const no[] = { "false", "0", "no" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (str_eq_nocase(value, str_of(yes[i]))) return *out = 1, 1;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (str_eq_nocase(value, str_of(no[i]))) return *out = 0, 1;
    return 0;
}

options *options_new(void)
{
    options *o = mem_resize(NULL, (int64_t)sizeof *o);
    if (!o) return NULL;
    memset(o, 0, sizeof *o);
    for (int i = 0; i < OPTION_COUNT; i++) {
        str initial = str_of(option_table[i].initial);
        if (option_table[i].kind == KIND_FLAG)
            (void)parse_flag(initial, &o->number[i]);
        else if (option_table[i].kind != KIND_TEXT)
            (void)num_parse(initial, &o->number[i]);
    }
    return o;
}

void options_free(options *o)
{
    if (!o) return;
    for (int i = 0; i < OPTION_COUNT; i++) mem_free(o->value[i]);
    mem_free(o);
}

/* The allowed range as people write it: "1 to 1000000". */
static void range_text(text *t, const option_row *row)
{
    char low[num_buffer], high[num_buffer];
    int64_t low_n = num_repr(low, row->min), high_n = num_repr(high, row->max);
    if (low_n > 2 && strcmp(low + low_n - 2, ".0") == 0) low[low_n - 2] = '\0';
    if (high_n > 2 && strcmp(high + high_n - 2, ".0") == 0) high[high_n - 2] = '\0';
    text_f(t, "%s .. %s", low, high);
}

static status bad_number(const option_row *row, str value, propense_error *err)
{
    text range = { 0 };
    range_text(&range, row);
    status s;
    if (range.bad)
        s = fail_memory(err);
    else if (row->kind == KIND_INTEGER)
        s = fail(err, PROPENSE_E_ARG, "--%s: met '%.*s', expected a whole number in %s", row->name,
                 STR_ARG(value), range.p);
    else
        s = fail(err, PROPENSE_E_ARG, "--%s: met '%.*s', expected a number in %s", row->name,
                 STR_ARG(value), range.p);
    text_free(&range);
    return s;
}

static status check_choice(const option_row *row, str value, propense_error *err)
{
    str rest = str_of(row->choices), word;
    if (!*row->choices) return PROPENSE_OK;
    while (str_cut(&rest, &word, '|'))
        if (str_eq(word, value)) return PROPENSE_OK;
    return fail(err, PROPENSE_E_ARG, "--%s: met '%.*s', expected one of %s", row->name,
                STR_ARG(value), row->choices);
}

static status check_value(const option_row *row, str value, double *number, propense_error *err)
{
    int ok;
    switch (row->kind) {
    case KIND_TEXT:
        return check_choice(row, value, err);
    case KIND_FLAG:
        if (parse_flag(value, number)) return PROPENSE_OK;
        return fail(err, PROPENSE_E_ARG, "--%s: met '%.*s', expected true or false", row->name,
                    STR_ARG(value));
    default:
        ok = num_parse(str_trim(value), number) && *number >= row->min && *number <= row->max &&
             (row->kind == KIND_NUMBER || *number == floor(*number));
        return ok ? PROPENSE_OK : bad_number(row, value, err);
    }
}

static status unknown_option(str name, propense_error *err)
{
    int nearest = -1, least = 4;
    for (int i = 0; i < OPTION_COUNT; i++) {
        int distance = str_distance(name, str_of(option_table[i].name), 3);
        if (distance < least) least = distance, nearest = i;
    }
    if (nearest >= 0)
        return fail(err, PROPENSE_E_ARG, "--%.*s is not an option; did you mean --%s?",
                    STR_ARG(name), option_table[nearest].name);
    return fail(err, PROPENSE_E_ARG, "--%.*s is not an option; 'propense help' lists them all",
                STR_ARG(name));
}

status options_set_by(options *o, str name, str value, int by, propense_error *err)
{
    int id = option_find(name);
    if (id < 0) return unknown_option(name, err);
    double number = 0;
    TRY(check_value(&option_table[id], value, &number, err));
    if (o->set_by[id] > by) return PROPENSE_OK;
    char *copy = mem_resize(NULL, value.n + 1);
    if (!copy) return fail_memory(err);
    if (value.n) memcpy(copy, value.p, (size_t)value.n);
    copy[value.n] = '\0';
    mem_free(o->value[id]);
    o->value[id] = copy;
    o->number[id] = number;
    o->set_by[id] = (unsigned char)by;
    return PROPENSE_OK;
}

status options_set(options *o, str name, str value, propense_error *err)
{
    TRY(options_set_by(o, name, value, SET_BY_CALLER, err));
    int id = option_find(name);
    if (id == OPT_preset) return preset_apply(o, option_text(o, OPT_preset), err);
    if (id == OPT_network && value.n) return network_file_apply(o, option_text(o, id), err);
    return PROPENSE_OK;
}

const char *option_text(const options *o, option_id id)
{
    return o->value[id] ? o->value[id] : option_table[id].initial;
}

double option_number(const options *o, option_id id)
{
    return o->number[id];
}
int64_t option_int(const options *o, option_id id)
{
    return (int64_t)o->number[id];
}
int option_flag(const options *o, option_id id)
{
    return o->number[id] != 0;
}
