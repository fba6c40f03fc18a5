/* PNG of 8-bit palette images, on zlib. */
#ifndef PROPENSE_PNG_H
#define PROPENSE_PNG_H

#include "str.h"

/* rgb: [height][stride] of 32-bit native-endian xRGB as cairo's RGB24 surfaces hold them; stride in
 * bytes. Colours are counted: at most 256 become the palette exactly, otherwise the nearest of a
 * fixed reduction. `scale` 2 writes the density of a 2x image. */
void png_write(text *out, const uint32_t *rgb, int width, int height, int stride, int scale);

#endif
