/* The inks of all charts. Okabe & Ito's blue and vermillion are told apart with every kind of
 * colour vision, and differ in grey; the page's dark theme (html_style.c) answers each ink with its
 * own. */
#ifndef PROPENSE_PALETTE_H
#define PROPENSE_PALETTE_H

#include "scene.h"

enum {
    INK_BLUE = 0x0072B2,
    INK_VERMILLION = 0xC24E00,
    INK_PALE_BLUE = 0xD3E5F2, /* areas behind lines */
    INK_PALE_ORANGE = 0xF8DFCD,
    INK_DARK = 0x1A1A1A,   /* titles */
    INK_MIDDLE = 0x4D4D4D, /* sentences */
    INK_PALE = 0x6B6B6B,   /* ticks, notes, lines of comparison */
    INK_GRID = 0xE4E4E4
};

#endif
