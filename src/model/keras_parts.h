/* What the writers and readers of Keras' configs share; for keras_*.c only. */
#ifndef PROPENSE_KERAS_PARTS_H
#define PROPENSE_KERAS_PARTS_H

#include "json.h"
#include "keras_file.h"
#include "keras_layers.h"

/* How an object is wrapped, and which keys are the older ones. */
typedef enum keras_dialect {
    KERAS_3, /* config.json of a .keras file: {"module", "class_name", "config"} */
    KERAS_H5 /* model_config of an .h5: {"class_name", "config"}, the keys of Keras 2 */
} keras_dialect;

/* {"module": ..., "class_name": ..., "config": { and two levels to close. */
void keras_open(json_writer *w, const char *key, keras_dialect dialect, const char *module,
                const char *class_name);
void keras_close(json_writer *w);

/* keras_training.c: compile_config as a member, or training_config as an object of its own. */
void keras_compile_write(json_writer *w, keras_dialect dialect, const network *net,
                         const keras_training *training);

/* A word, or the class of an object; empty for anything else. */
static inline str keras_word(const json_value *v)
{
    str word = { "", 0 };
    (void)json_as_str(json_is_object(v) ? json_get(v, "class_name") : v, &word);
    return word;
}

#endif
