/* What bytes look like, for the sentence about a file that is not what was expected. */
#ifndef PROPENSE_FILE_KIND_H
#define PROPENSE_FILE_KIND_H

#include "str.h"

/* "text", "an empty file" ...: English, to translate with tr(). */
const char *file_kind_of(str bytes);

#endif
