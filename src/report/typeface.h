/* Sans-serif faces for raster.c.
 *
 * cairo asks fontconfig for a face by name, and fontconfig first reads its configuration and the
 * list of all fonts of the machine, which takes longer than training and picture together. So a
 * font file in one of the usual places is opened directly; where there is none, or it lacks a
 * letter, fontconfig is asked.
 */
#ifndef PROPENSE_TYPEFACE_H
#define PROPENSE_TYPEFACE_H

#include "cairo_door.h"
#include "str.h"

typedef struct typeface {
    int tried;
    void *ft_face;   /* FreeType's, which cairo keeps open as long as it needs it */
    void *font_face; /* cairo's; NULL where no file was there */
} typeface;

typedef struct typefaces {
    const cairo *c;
    int tried;
    struct font_door {
        void (*set_font_face)(void *pen, void *font_face);
        void (*destroy)(void *font_face);
        int (*status)(void *font_face);
        int (*set_user_data)(void *font_face, const void *key, void *data,
                             void (*destroy)(void *data));
        void *(*create_for_ft_face)(void *ft_face, int load_flags);
        void *(*options_create)(void);
        void (*options_destroy)(void *options);
        void (*set_hint_style)(void *options, int style);
        void (*set_options)(void *pen, const void *options);
    } font;
    struct freetype_door {
        int (*init)(void **library);
        int (*done)(void *library);
        int (*new_face)(void *library, const char *path, long index, void **face);
        unsigned (*glyph)(void *face, unsigned long code_point); /* 0: it has none */
    } freetype;
    int found; /* both sets of functions are there */
    typeface plain, bold;
} typefaces;

/* Sets the face that words (which end with a NUL) are to be shown in. All-zero typefaces but for
 * `c` open themselves at their first use; close them when the picture is done. */
void typefaces_choose(typefaces *t, void *pen, str words, int bold);
void typefaces_close(typefaces *t);

#endif
