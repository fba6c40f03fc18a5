/* The fixed words of propense.json, shared by its writer and its reader. Files live for ever:
 * append only. */
#ifndef PROPENSE_CARD_WORDS_H
#define PROPENSE_CARD_WORDS_H

#include "card.h"
#include "fit.h"
#include "schema.h"

enum {
    card_format = 2,        /* with rich numbers and an ensemble */
    card_format_single = 1, /* what all propenses read */
    card_n_roles = 5,
    card_n_types = 8,
    card_n_verdicts = 7,
    card_n_series = 6,
    card_n_alarms = 7
};

_Static_assert((int)card_n_alarms == (int)alarm_kind_end, "an alarm without its word");
_Static_assert((int)card_n_types == (int)column_type_count, "a type without its word");

extern const char *const card_role_words[card_n_roles];       /* by column_role */
extern const char *const card_type_words[card_n_types];       /* by column_type */
extern const char *const card_verdict_words[card_n_verdicts]; /* by verdict_kind */
extern const char *const card_alarm_words[card_n_alarms];     /* by alarm_kind; 0 is none */
extern const char *const card_series_words[card_n_series];    /* by number of card_series */

/* The figure of an epoch that series number i is made of. */
static inline double *card_series(epoch_figures *f, int i)
{
    double *const at[card_n_series] = { &f->accuracy,     &f->auc,     &f->loss,
                                        &f->val_accuracy, &f->val_auc, &f->val_loss };
    return at[i];
}

#endif
