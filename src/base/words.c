/* Translation by binary search in the table that the build makes of po/es.po.
 * Leaves the choice of language to the caller. Read words.h and tools/po2c.c first. */
#include "words.h"

#include <string.h>

#include "words_es.inc" /* static const struct { const char *en, *es; } words_es[]; sorted by en */

const char *tr(propense_language language, const char *english)
{
    if (language != PROPENSE_SPANISH) return english;
    size_t low = 0, high = sizeof words_es / sizeof words_es[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(english, words_es[middle].en);
        if (order == 0) return words_es[middle].es;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return english;
}
