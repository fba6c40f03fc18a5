/* The member "balancing" of propense.json: training on balanced rows beside the customers as they
 * are. */
#ifndef PROPENSE_BALANCING_JSON_H
#define PROPENSE_BALANCING_JSON_H

#include "card.h"
#include "json.h"

/* Nothing where rows were not balanced. */
void balancing_json_write(json_writer *w, const balancing *b);
/* o NULL: they were not. */
status balancing_json_read(balancing *b, const json_value *o, const char *name,
                           propense_error *err);

#endif
