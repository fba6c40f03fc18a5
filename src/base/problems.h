/* Many problems of one file in one go: the first is the caller's error, the next ones are said, up
 * to 20 in all, and the rest is counted. */
#ifndef PROPENSE_PROBLEMS_H
#define PROPENSE_PROBLEMS_H

#include "progress.h"

enum { problems_told = 20 };

typedef struct problems {
    const propense_callbacks *cb;
    propense_error *err; /* where the first one goes; may be NULL */
    int64_t n;           /* so far */
    status code;         /* of the first */
    propense_error one;  /* the words of the newest */
} problems;

problems problems_of(const propense_callbacks *cb, propense_error *err);
/* Counts a problem. Where its words belong (fail, fail_at), to be followed by problem_told; NULL
 * when it is only counted. */
propense_error *problem_next(problems *p);
void problem_told(problems *p);
/* Says how many there are more. The first one's status, PROPENSE_OK without one. */
status problems_end(const problems *p);

#endif
