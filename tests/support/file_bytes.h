/* A whole file of the repository as a heap block of its exact size, so that a sanitizer sees a read
 * behind its end. */
#ifndef PROPENSE_FILE_BYTES_H
#define PROPENSE_FILE_BYTES_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "str.h"

static inline str file_bytes(const char *path_in_source)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", PROPENSE_SOURCE_DIR, path_in_source);
    FILE *f = fopen(path, "rb");
    if (!f) perror(path), abort();
    assert(fseek(f, 0, SEEK_END) == 0);
    long n = ftell(f);
    rewind(f);
    char *p = malloc(n ? (size_t)n : 1);
    if (!p || fread(p, 1, (size_t)n, f) != (size_t)n) abort();
    fclose(f);
    return (str){ p, n };
}
static inline void file_bytes_free(str s)
{
    free((void *)(uintptr_t)s.p);
}
/* A copy of its exact size; the caller may change it. */
static inline char *exact_copy(str s, int64_t n)
{
    char *p = malloc(n ? (size_t)n : 1);
    if (!p) abort();
    return n ? memcpy(p, s.p, (size_t)n) : p;
}

#endif
