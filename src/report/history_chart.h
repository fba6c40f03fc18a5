/* Training curves: loss and val_loss, accuracy and val_accuracy by epoch. */
#ifndef PROPENSE_HISTORY_CHART_H
#define PROPENSE_HISTORY_CHART_H

#include "fit.h"
#include "scene.h"

scene *history_chart(const history *h, propense_language language, arena *mem);

#endif
