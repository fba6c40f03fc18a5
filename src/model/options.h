/* Options by name and text, checked against options.def as they are set. */
#ifndef PROPENSE_OPTIONS_H
#define PROPENSE_OPTIONS_H

#include "error.h"
#include "str.h"

typedef enum option_id {
#define OPTION(kind, name, other, initial, min, max, commands, effect, place, choices, help)       \
    OPT_##name,
#include "options.def"
#undef OPTION
    OPTION_COUNT
} option_id;

typedef enum option_kind { KIND_INTEGER, KIND_NUMBER, KIND_TEXT, KIND_FLAG } option_kind;

typedef struct option_row {
    const char *name, *other; /* other: a second name, "" without */
    option_kind kind;
    const char *initial;
    double min, max;
    uint32_t commands; /* PROPENSE_COMMAND_* */
    int is_result;     /* changes the model, so the model remembers it */
    const char *place, *choices, *help;
} option_row;
extern const option_row option_table[OPTION_COUNT];

struct propense_options {
    char *value[OPTION_COUNT];   /* heap copies; NULL = the initial one */
    double number[OPTION_COUNT]; /* INTEGER, NUMBER and FLAG, parsed */
    unsigned char set_by[OPTION_COUNT];
};
/* Who set an option: later ones win over earlier ones. */
enum { SET_BY_NOBODY = 0, SET_BY_PRESET = 1, SET_BY_FILE = 2, SET_BY_CALLER = 3 };
typedef struct propense_options options;

options *options_new(void); /* all at their defaults; NULL on exhaustion */
void options_free(options *o);
/* -1 when there is no option of that name; - and _ are the same. */
int option_find(str name);
status options_set(options *o, str name, str value, propense_error *err);
/* Checks the value, and takes it unless somebody above `by` has set the option. */
status options_set_by(options *o, str name, str value, int by, propense_error *err);

const char *option_text(const options *o, option_id id);
double option_number(const options *o, option_id id);
int64_t option_int(const options *o, option_id id);
int option_flag(const options *o, option_id id);
/* 1 when it was set by name or in a file, be it to its default. */
static inline int option_given(const options *o, option_id id)
{
    return o->set_by[id] >= SET_BY_FILE;
}

#endif
