/* A rich number's knots, edges and means in propense.json: members of its column's object. */
#ifndef PROPENSE_RICH_JSON_H
#define PROPENSE_RICH_JSON_H

#include "json.h"
#include "rich_number.h"

void rich_json_write(json_writer *w, const rich_number *r);
/* *out NULL when the column is not rich. Returns NULL, or the key that is not valid; "" on
 * exhaustion. */
const char *rich_json_read(rich_number **out, const json_value *column, arena *mem);

#endif
