/* The first problems of a file told, the rest counted. Leaves their words to whoever finds them.
 * Read problems.h first. */
#include "problems.h"

problems problems_of(const propense_callbacks *cb, propense_error *err)
{
    problems p = { .cb = cb, .err = err, .one = PROPENSE_ERROR_INIT };
    p.one.language = err ? error_language(err) : callbacks_language(cb);
    return p;
}

propense_error *problem_next(problems *p)
{
    return p->n++ < problems_told ? &p->one : NULL;
}

void problem_told(problems *p)
{
    if (p->n > 1) {
        say(p->cb, PROPENSE_PROBLEM, "%s", p->one.message);
        return;
    }
    p->code = p->one.code;
    error_copy(p->err, &p->one);
}

status problems_end(const problems *p)
{
    int64_t more = p->n - problems_told;
    if (more == 1)
        say(p->cb, PROPENSE_PROBLEM, "and one problem more");
    else if (more > 1)
        say(p->cb, PROPENSE_PROBLEM, "and %lld problems more", (long long)more);
    return p->code;
}
