/* Bytes behind a path, for readers that take files: unlinked files, written anew for each input. */
#ifndef PROPENSE_FUZZ_FILE_H
#define PROPENSE_FUZZ_FILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "str.h"

enum { fuzz_files = 4 };

static inline const char *fuzz_file(int which, str bytes)
{
    static char paths[fuzz_files][64];
    static int files[fuzz_files]; /* fd + 1 */
    if (!files[which]) {
        char name[] = "/tmp/propense-fuzz-XXXXXX";
        int fd = mkstemp(name);
        if (fd < 0 || unlink(name) != 0) abort();
        (void)snprintf(paths[which], sizeof paths[which], "/proc/self/fd/%d", fd);
        files[which] = fd + 1;
    }
    int fd = files[which] - 1;
    if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes.p, (size_t)bytes.n, 0) != bytes.n) abort();
    return paths[which];
}

/* The next n bytes of an input, or what there is. */
static inline str fuzz_part(str *rest, int64_t n)
{
    str part = { rest->p, n < rest->n ? n : rest->n };
    *rest = (str){ rest->p + part.n, rest->n - part.n };
    return part;
}

#endif
