/* PNG of 8-bit palette images. */
#ifndef PROPENSE_PNG_H
#define PROPENSE_PNG_H

#include "str.h"

/* Where the pixels come from: strips from the top down, so that a picture need not stand in memory
 * as a whole. */
typedef struct png_source {
    int width, height;
    int scale;        /* 2 writes the density of a 2x image */
    int strip_height; /* every strip's but the last one's */
    /* The strip that begins in row y: 32-bit native-endian xRGB as cairo's RGB24 surfaces hold
     * them, *stride in bytes, valid until the next call; NULL gives the picture up. */
    const uint32_t *(*strip)(void *user, int y, int *stride);
    void *user;
} png_source;

/* Colours are counted: at most 256 become the palette exactly, otherwise the nearest of a fixed
 * reduction. out->bad when memory or a strip is not to be had. */
void png_write(text *out, const png_source *source);

#endif
