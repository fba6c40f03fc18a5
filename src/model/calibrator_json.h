/* The calibrator as the member "calibration" of propense.json. */
#ifndef PROPENSE_CALIBRATOR_JSON_H
#define PROPENSE_CALIBRATOR_JSON_H

#include "calibrator.h"
#include "json.h"

/* Nothing for a calibrator that leaves everything as it is: such files look as they always did. */
void calibrator_json_write(json_writer *w, const calibrator *c);
/* member NULL: none. Everything is checked; `name` is the file's, for messages. */
status calibrator_json_read(calibrator *out, const json_value *member, const char *name, arena *mem,
                            propense_error *err);

#endif
