/* Options that set others: presets, and the file of --network. */
#ifndef PROPENSE_OPTION_SETS_H
#define PROPENSE_OPTION_SETS_H

#include "options.h"

/* The options of a published project, where nothing else set them. */
status preset_apply(options *o, const char *preset, propense_error *err);
/* A small JSON object: option names and their values, checked against the same table.
 *
 *     { "hidden": [200, 200], "activation": "elu", "l2": 1e-4, "optimizer": "adamw" }
 *     { "layers": ["dense 200 elu", "batch_norm", "dropout 0.3"], "lr": 0.01 }
 */
status network_file_apply(options *o, const char *path, propense_error *err);

#endif
