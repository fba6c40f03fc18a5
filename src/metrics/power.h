/* What a number of customers can show about an area under the ROC curve, before any model is looked
 * at.
 *
 * One-sided test of area > 0.5. Variance without a signal: (m + n + 1) / (12 m n) (Mann & Whitney
 * 1947); with area A: Hanley & McNeil 1982. The area that is seen with probability `power` solves
 *   A - 0.5 = z(1 - alpha) sd0 + z(power) sd(A).
 */
#ifndef PROPENSE_POWER_H
#define PROPENSE_POWER_H

#include <stdint.h>

/* The least area that counts as better than chance at one-sided `alpha` (0.05): 0.5 + z sd0, at
 * most 1. NaN when a class is empty. 163 of 500: 0.5453. */
double power_least_area(int64_t n_positive, int64_t n_negative, double alpha);

/* The area that is told from chance with probability `power` (0.8). 1 when even that is not enough;
 * NaN when a class is empty. 163 of 500: 0.5686. */
double power_area(int64_t n_positive, int64_t n_negative, double alpha, double power);

/* The probability that `area` is told from chance. */
double power_of_area(int64_t n_positive, int64_t n_negative, double area, double alpha);

/* The fewest conversions with which `area` (0.5 < area <= 1) is told from chance with probability
 * `power`, at a share of positives `base` in (0, 1). The rows that takes are ceil(result / base).
 * NaN arguments, or an area not above 0.5: -1; more than 10^12: -1. */
int64_t power_conversions(double area, double base, double alpha, double power);

#endif
