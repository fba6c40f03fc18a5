/* A plan for people: whom to contact, what that brings and how sure it is, and what else could be
 * done. One screen. */
#ifndef PROPENSE_CONSOLE_PLAN_H
#define PROPENSE_CONSOLE_PLAN_H

#include "plan.h"

void console_plan(text *out, const plan *p, propense_language language);

#endif
