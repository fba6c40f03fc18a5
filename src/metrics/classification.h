/* Accuracy, precision, recall, F1 and their report, as scikit-learn's classification_report
 * computes and pandas writes it.
 */
#ifndef PROPENSE_CLASSIFICATION_H
#define PROPENSE_CLASSIFICATION_H

#include "str.h"

/* A two-by-two table of counts. */
typedef struct confusion {
    int64_t true_negative, false_positive, false_negative, true_positive;
} confusion;

/* y: [n] 0 or 1; p: [n] probabilities; predicted 1 where p > threshold strictly. */
confusion confusion_of(const uint8_t *y, const float *p, int64_t n, double threshold);

typedef struct class_figures {
    double precision, recall, f1;
    int64_t support;
} class_figures;
typedef struct classification {
    class_figures negative, positive, macro, weighted;
    double accuracy;
} classification;
classification classification_of(const confusion *c);

/* The CSV byte for byte as pd.DataFrame(classification_report(y, p, output_dict=True)).T.to_csv()
 * writes it, with `roc_auc` as a further column in the positive's row (NaN: the column is there and
 * empty). Classes absent from both truth and prediction have no row. Labels are the words "0" and
 * "1" or the target's own. */
void classification_csv(text *out, const confusion *c, str negative, str positive, double roc_auc);
/* The text report as classification_report(y, p) prints it (digits 2), its words in the language.
 * (One oddity is not followed: scikit-learn prints supports with decimals when no answer is right.)
 */
void classification_text(text *out, const confusion *c, str negative, str positive,
                         int32_t language);

#endif
