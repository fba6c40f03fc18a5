/* Writers know a sink that takes no more; the file knows its name and the reason.
 * Read file_sink.h first. */
#include "file_sink.h"

status file_sink_open(file_sink *s, const char *path, propense_error *err)
{
    *s = (file_sink){ .why = PROPENSE_ERROR_INIT };
    s->why.language = error_language(err);
    return file_create(&s->out, path, err);
}

int file_sink_take(void *user, const void *bytes, size_t n)
{
    file_sink *s = user;
    return file_write(s->out, bytes, (int64_t)n, &s->why) != PROPENSE_OK;
}

status file_sink_end(file_sink *s, status code, propense_error *err)
{
    if (code == PROPENSE_OK) return file_commit(s->out, 0, err);
    file_discard(s->out);
    if (s->why.code != PROPENSE_OK) error_copy(err, &s->why);
    return code;
}
