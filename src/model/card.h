/* What a model knows of its own making: the data, the options, the figures. No row of anybody, no
 * path, host, clock or duration, so that the same run gives the same bytes.
 */
#ifndef PROPENSE_CARD_H
#define PROPENSE_CARD_H

#include "alarms.h"
#include "classification.h"
#include "fit.h"
#include "roc.h"
#include "str.h"
#include "verdict.h"

typedef struct card_option {
    str name, value;
} card_option;

/* What the training came to, beside its figures. */
typedef struct learning {
    int64_t n_watched; /* rows taken from training to be watched; 0: the test part was, if any */
    int32_t n_layers;
    int32_t *silent; /* [n_layers] of the network: units that no training row makes fire; -1 where
                        that means nothing. NULL: not known */
} learning;

typedef struct balanced_figures {
    double accuracy, loss, ece; /* ece: NaN in files of before */
} balanced_figures;

/* Training on balanced rows, held against the customers as they are. The figures are of the test
 * part; n_held 0: there was none. */
typedef struct balancing {
    int32_t kind;               /* balance_kind; 0: not balanced, and the rest says nothing */
    int64_t n_rows, n_positive; /* of the training part before balancing */
    int32_t is_skewed;          /* the negatives that stay do not stand for all */
    double told_apart, told_apart_low, told_apart_high; /* ROC AUC of kept against dropped; NaN */
    int64_t n_held, n_balanced;
    double balanced_accuracy;   /* of n_balanced held rows, half of them conversions */
    balanced_figures raw;       /* the network as it is */
    balanced_figures shifted;   /* at the natural prior; NaN in files of before */
    balanced_figures corrected; /* as it is believed: with its calibrator, or as the one above */
    int32_t is_calibrated;      /* the calibrator is a map fitted on natural rows */
    double always_accuracy;     /* the more frequent answer for everybody */
    balanced_figures all;       /* of the same network, trained on all rows */
} balancing;

typedef struct card {
    str fingerprint; /* of the parsed values, 32 hex digits */
    str version;     /* of propense */
    str date;        /* from SOURCE_DATE_EPOCH or --date; empty = none */
    int64_t n_rows, n_train, n_test, n_positive_train, n_positive_test;
    int64_t seed, split_seed;
    double test_size;
    int32_t stratify;
    int32_t n_options; /* given options that change the model and are not at their default */
    card_option *options;
    int32_t epochs, batch_size;
    double learning_rate;
    /* Judged on the test part, or (out_of_fold) on the training rows, each by a member of the
     * ensemble that did not learn from it; n_test 0 and not out_of_fold: nothing was judged. */
    int32_t out_of_fold;
    confusion test;
    double test_loss;
    auc_interval auc;
    verdict_kind verdict;
    history history;
    learning learning;
    balancing balancing;
    alarms alarms; /* of the training data */
} card;

/* --group: parts and folds were cut by whole groups, which the card does not know. */
static inline int card_is_grouped(const card *c)
{
    for (int32_t i = 0; i < c->n_options; i++)
        if (str_eq(c->options[i].name, STR("group"))) return 1;
    return 0;
}

/* The rows that the figures are of. */
static inline int64_t card_n_judged(const card *c)
{
    return c->out_of_fold ? c->n_train : c->n_test;
}
static inline int64_t card_n_judged_positive(const card *c)
{
    return c->out_of_fold ? c->n_positive_train : c->n_positive_test;
}

#endif
