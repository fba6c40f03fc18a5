/* A file as a propense_sink: complete, or the old one untouched, and why. Not for other rooms. */
#ifndef PROPENSE_FILE_SINK_H
#define PROPENSE_FILE_SINK_H

#include "files.h"

typedef struct file_sink {
    file_out *out;
    propense_error why; /* it took no more; OK as long as it does */
} file_sink;

status file_sink_open(file_sink *s, const char *path, propense_error *err);
/* A propense_sink; user is the file_sink. */
int file_sink_take(void *user, const void *bytes, size_t n);
/* What was written with the status `code` becomes the file, or is taken away. */
status file_sink_end(file_sink *s, status code, propense_error *err);

#endif
