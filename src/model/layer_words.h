/* Layers as words: what --layers and a network's JSON file hold. */
#ifndef PROPENSE_LAYER_WORDS_H
#define PROPENSE_LAYER_WORDS_H

#include "network.h"

/* The list of --layers: words and numbers, a comma between layers.
 *
 *     dense UNITS [activation] [init=NAME] [l1=X] [l2=X] [max_norm=X] [no_bias]
 *     dropout RATE; noise SD; batch_norm [momentum=X] [epsilon=X]; layer_norm [epsilon=X]
 *     relu [max_value=X] [slope=X] [threshold=X]; leaky_relu [slope=X]; prelu [alpha=X]
 *     elu [alpha=X]; softmax; tanh and every other activation
 *
 * The specs are taken from mem. */
status layers_of_words(layer_spec **out, int32_t *n, str words, arena *mem, propense_error *err);

/* By the words of the option table and of Keras; 0: no such word. */
int activation_of_word(str word, activation *out);
int initialiser_of_word(str word, initialiser *out);
/* A layer's kind as a word of that list: "batch_norm". */
const char *layer_kind_word(layer_kind kind);

enum { layer_most_units = 65536, layer_most = 64 };

#endif
