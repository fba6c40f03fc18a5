/* gzip on its way to text: members one behind the other, as gzip, pigz and bgzip write them. */
#ifndef PROPENSE_CSV_GZIP_H
#define PROPENSE_CSV_GZIP_H

#include "error.h"

typedef struct csv_gzip csv_gzip;

/* Up to n bytes, less only at the end (*got 0). */
typedef status (*csv_bytes)(void *from, unsigned char *into, int64_t n, int64_t *got,
                            propense_error *err);

/* NULL on exhaustion. */
csv_gzip *csv_gzip_new(void);
void csv_gzip_free(csv_gzip *g); /* NULL is fine */

/* Up to n bytes of text from the gzip data that `raw` gives, less only at the end. Data that is cut
 * off or damaged is an error naming `file`; zeros behind the last member are padding. */
status csv_gzip_read(csv_gzip *g, csv_bytes raw, void *from, const char *file, unsigned char *into,
                     int64_t n, int64_t *got, propense_error *err);

#endif
