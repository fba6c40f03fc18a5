/* How a model's scores become probabilities, in a few lines for a console. */
#ifndef PROPENSE_CONSOLE_CALIBRATION_H
#define PROPENSE_CONSOLE_CALIBRATION_H

#include "calibrator.h"
#include "str.h"

/* Nothing where nothing was calibrated or corrected. */
void console_calibration(text *out, const calibrator *c, propense_language language);

#endif
