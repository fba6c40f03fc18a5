/* cairo, opened on demand.
 * Leaves drawing to raster.c, fonts to typeface.c.
 * Read cairo_door.h first. */
#include "cairo_door.h"

#include <dlfcn.h>
#include <string.h>

/* In the order of the struct, which is nothing but function pointers of one size. */
static const char *const names[] = {
    "cairo_image_surface_create",
    "cairo_image_surface_get_data",
    "cairo_image_surface_get_stride",
    "cairo_surface_status",
    "cairo_surface_flush",
    "cairo_surface_destroy",
    "cairo_create",
    "cairo_destroy",
    "cairo_status",
    "cairo_identity_matrix",
    "cairo_translate",
    "cairo_scale",
    "cairo_set_source_rgb",
    "cairo_paint",
    "cairo_move_to",
    "cairo_line_to",
    "cairo_set_line_width",
    "cairo_set_line_join",
    "cairo_set_dash",
    "cairo_stroke",
    "cairo_fill",
    "cairo_fill_preserve",
    "cairo_rectangle",
    "cairo_arc",
    "cairo_new_path",
    "cairo_select_font_face",
    "cairo_set_font_size",
    "cairo_text_extents",
    "cairo_show_text",
    "cairo_text_path",
};
enum { n_names = sizeof names / sizeof names[0] };
_Static_assert(sizeof(cairo) == n_names * sizeof(void *), "one name for each function");

/* Lazily: of the ten thousand calls between cairo and what it brings, a chart makes few. */
void *cairo_library(void)
{
    void *library = dlopen("libcairo.so.2", RTLD_LAZY | RTLD_LOCAL);
    return library ? library : dlopen("libcairo.2.dylib", RTLD_LAZY | RTLD_LOCAL);
}

const char *cairo_load(void *out, void *library, const char *const *functions, int n)
{
    for (int i = 0; i < n; i++) {
        void *function = dlsym(library, functions[i]);
        if (!function) return functions[i];
        memcpy((unsigned char *)out + (size_t)i * sizeof function, &function, sizeof function);
    }
    return NULL;
}

status cairo_open(cairo *out, propense_error *err)
{
    void *library = cairo_library();
    if (!library)
        return fail(err, PROPENSE_E_MISSING,
                    "PNG pictures need the drawing library cairo, which is not installed here: "
                    "install the package libcairo2 (Debian, Ubuntu), or write to a file that ends "
                    "in .svg, which needs nothing");
    const char *missing = cairo_load(out, library, names, n_names);
    if (missing)
        return fail(err, PROPENSE_E_MISSING,
                    "the cairo library installed here has no function '%s': update the "
                    "package libcairo2, or write to a file that ends in .svg",
                    missing);
    return PROPENSE_OK;
}
