/* Signs of leaks and of data that is not what it seems, looked for before training. Nothing is
 * changed by them: they are said, and kept in the model. */
#ifndef PROPENSE_ALARMS_H
#define PROPENSE_ALARMS_H

#include "schema.h"
struct split;

typedef enum alarm_kind {
    ALARM_DECIDES = 1, /* alone it nearly decides the target, or is far better than the rest */
    ALARM_AFTERWARDS,  /* by its name known only after the outcome */
    ALARM_ONE_CLASS,   /* one value in every row of a class, by no chance */
    ALARM_LIKE_ID,     /* integers, nearly all different, that go with the row order or are named
                          like an id */
    ALARM_TWINS,       /* test rows whose features stand in training as well; no column */
    ALARM_MACHINE,     /* opens and clicks, which scanners make too */
    alarm_kind_end
} alarm_kind;

typedef struct data_alarm {
    alarm_kind kind;
    int32_t column;    /* of the schema; -1 for all of them */
    double area, next; /* DECIDES: ROC AUC of the column alone, and of the best among the others */
    int64_t count, total; /* TWINS: rows of the test part; ONE_CLASS: count is the class, 0 or 1 */
} data_alarm;

typedef struct alarms {
    int32_t n;
    data_alarm *items; /* [n], by kind, then by column */
} alarms;

/* A pure function of its arguments. y: [t->n_rows], 0 or 1 in the rows of `parts`. Of many rows
 * a sample is looked at where an order is needed; n log n steps a column at most. */
status alarms_find(alarms *out, const table *t, const schema *s, const uint8_t *y,
                   const struct split *parts, arena *mem, propense_error *err);
/* One line each, with what to do about it. */
status alarms_tell(const alarms *a, const schema *s, const propense_callbacks *cb,
                   propense_error *err);
/* A few words for a list of them. */
const char *alarm_words(alarm_kind kind, propense_language language);

/* What a name says: parts of it as "response_time", "openRate". */
int name_is_afterwards(str name);
int name_is_of_opens(str name);

#endif
