/* Font files opened by FreeType and lent to cairo.
 * Leaves finding other fonts to fontconfig, through cairo's own door.
 * Read typeface.h first; cairo's manual on FreeType fonts for who owns a face. */
#include "typeface.h"

#include <dlfcn.h>

/* Debian and Ubuntu (fontconfig itself depends on the first), Fedora, Arch. */
static const struct font_files {
    const char *plain, *bold;
} files[] = {
    { "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
      "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf" },
    { "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
      "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf" },
    { "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
      "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf" },
    { "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
      "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf" },
    { "/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf" },
};

/* Both in the order of their structs, which are nothing but function pointers of one size. */
static const char *const font_names[] = {
    "cairo_set_font_face",
    "cairo_font_face_destroy",
    "cairo_font_face_status",
    "cairo_font_face_set_user_data",
    "cairo_ft_font_face_create_for_ft_face",
    "cairo_font_options_create",
    "cairo_font_options_destroy",
    "cairo_font_options_set_hint_style",
    "cairo_set_font_options",
};
static const char *const freetype_names[] = { "FT_Init_FreeType", "FT_Done_FreeType", "FT_New_Face",
                                              "FT_Get_Char_Index" };
enum {
    n_font_names = sizeof font_names / sizeof font_names[0],
    n_freetype_names = sizeof freetype_names / sizeof freetype_names[0],
    hint_default = 0,
    hint_slight = 2 /* letters stand on whole pixels, and keep their shape: Debian's default */
};
_Static_assert(sizeof(struct font_door) == n_font_names * sizeof(void *), "one name each");
_Static_assert(sizeof(struct freetype_door) == n_freetype_names * sizeof(void *), "one name each");

static void *freetype_library(void)
{
    return dlopen("libfreetype.so.6", RTLD_LAZY | RTLD_LOCAL);
}

static int find_functions(typefaces *t)
{
    void *cairo_ = cairo_library(), *freetype = freetype_library();
    return cairo_ && freetype && !cairo_load(&t->font, cairo_, font_names, n_font_names) &&
           !cairo_load(&t->freetype, freetype, freetype_names, n_freetype_names);
}

/* Called by cairo when it has dropped the last glyph of a face: the library and the face in it. */
static void give_back(void *library)
{
    struct freetype_door f;
    void *freetype = freetype_library();
    if (freetype && !cairo_load(&f, freetype, freetype_names, n_freetype_names))
        (void)f.done(library);
}

/* cairo drops a face some time after its last use, so that each has a library of its own, which
 * goes with it. */
static void open_typeface(typefaces *t, typeface *face, int bold)
{
    static const int key = 0;
    void *library = NULL;
    if (t->freetype.init(&library)) return;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && !face->ft_face; i++)
        if (t->freetype.new_face(library, bold ? files[i].bold : files[i].plain, 0, &face->ft_face))
            face->ft_face = NULL;
    if (face->ft_face) face->font_face = t->font.create_for_ft_face(face->ft_face, 0);
    if (face->font_face && !t->font.status(face->font_face) &&
        !t->font.set_user_data(face->font_face, &key, library, give_back))
        return;
    if (face->font_face) t->font.destroy(face->font_face);
    face->font_face = NULL;
    (void)t->freetype.done(library);
}

/* The code point at s.p[*i], which moves behind it. Texts are checked when they are read: what is
 * not UTF-8 comes out as something that no font has. */
static unsigned long next_code_point(str s, int64_t *i)
{
    unsigned long first = (unsigned char)s.p[(*i)++], more = 0;
    if (first < 0x80) return first;
    int n = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    for (more = first & (0x3Fu >> n); n > 0 && *i < s.n; n--)
        more = more << 6 | ((unsigned char)s.p[(*i)++] & 0x3F);
    return more;
}

static int has_all(const typefaces *t, const typeface *face, str words)
{
    for (int64_t i = 0; i < words.n;)
        if (!t->freetype.glyph(face->ft_face, next_code_point(words, &i))) return 0;
    return 1;
}

/* Fontconfig brings its own hints along with a face, a file does not. */
static void set_hints(const typefaces *t, void *pen, int style)
{
    void *options = t->font.options_create();
    t->font.set_hint_style(options, style);
    t->font.set_options(pen, options);
    t->font.options_destroy(options);
}

void typefaces_choose(typefaces *t, void *pen, str words, int bold)
{
    typeface *face = bold ? &t->bold : &t->plain;
    if (!t->tried) t->found = find_functions(t);
    if (t->found && !face->tried) open_typeface(t, face, bold);
    t->tried = face->tried = 1;
    int ours = face->font_face && has_all(t, face, words);
    if (t->found) set_hints(t, pen, ours ? hint_slight : hint_default);
    if (ours)
        t->font.set_font_face(pen, face->font_face);
    else
        t->c->select_font_face(pen, "sans-serif", cairo_slant_normal, bold != 0);
}

void typefaces_close(typefaces *t)
{
    if (t->plain.font_face) t->font.destroy(t->plain.font_face);
    if (t->bold.font_face) t->font.destroy(t->bold.font_face);
    *t = (typefaces){ .c = t->c };
}
