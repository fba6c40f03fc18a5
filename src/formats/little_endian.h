/* Little-endian integers in byte strings: what zip and HDF5 are made of. The readers check bounds
 * before they call. */
#ifndef PROPENSE_LITTLE_ENDIAN_H
#define PROPENSE_LITTLE_ENDIAN_H

#include "str.h"

static inline uint64_t le_get(const void *at, int n_bytes)
{
    const unsigned char *p = at;
    uint64_t value = 0;
    for (int i = n_bytes - 1; i >= 0; i--) value = value << 8 | p[i];
    return value;
}
static inline uint16_t le16(const void *at)
{
    return (uint16_t)le_get(at, 2);
}
static inline uint32_t le32(const void *at)
{
    return (uint32_t)le_get(at, 4);
}
static inline uint64_t le64(const void *at)
{
    return le_get(at, 8);
}

static inline void le_add(text *t, uint64_t value, int n_bytes)
{
    unsigned char bytes[8];
    for (int i = 0; i < n_bytes; i++) bytes[i] = (unsigned char)(value >> 8 * i);
    text_add(t, bytes, n_bytes);
}

/* 1 when n bytes at `at` lie within `total`; for values straight from a file. */
static inline int within(uint64_t at, uint64_t n, int64_t total)
{
    return at <= (uint64_t)total && n <= (uint64_t)total - at;
}

#endif
