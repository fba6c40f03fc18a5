/* A network's layers as people read them: one table for inspect and --dry_run. */
#ifndef PROPENSE_NETWORK_WORDS_H
#define PROPENSE_NETWORK_WORDS_H

#include "network.h"
#include "propense/propense.h"

/* The table that Keras' summary prints, without its boxes. silent: [n_layers] units that never
 * fire, -1 where that means nothing; NULL: not known. */
void network_table(text *out, const network *net, const int32_t *silent, propense_language l);
/* What to do where many units never fire; nothing where few do. */
void silent_advice(text *out, const network *net, const int32_t *silent, propense_language l);

/* Groups are no layer of Keras' vocabulary: it has them as a Dense with zeros. */
const char *layer_class(const layer *l);
/* Numbers that a layer keeps, moving averages included, as Keras counts them. */
int64_t layer_numbers(const layer *l);

enum { network_name_width = 12 };

#endif
