/* The member "learning" of propense.json: what the training came to. */
#ifndef PROPENSE_LEARNING_JSON_H
#define PROPENSE_LEARNING_JSON_H

#include "card.h"
#include "json.h"

/* Writes what there is to say, and nothing where there is nothing. */
void learning_json_write(json_writer *w, const card *c);
/* o NULL: models of before it have none. n_layers: of the network; 0 when it is not read yet. */
status learning_json_read(card *c, const json_value *o, int32_t n_layers, const char *name,
                          arena *mem, propense_error *err);

#endif
