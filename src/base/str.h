/* Borrowed bytes, and a growing text. */
#ifndef PROPENSE_STR_H
#define PROPENSE_STR_H

#include <stdint.h>
#include <string.h>

#include "memory.h"

/* n bytes at p, not owned and not NUL-terminated. All-zero is the empty string. */
typedef struct str {
    const char *p;
    int64_t n;
} str;
#define STR(literal) ((str){ ("" literal), (int64_t)sizeof(literal) - 1 })
#define STR_ARG(s)   (int)((s).n > 200 ? 200 : (s).n), (s).p /* for "%.*s" in messages */

static inline str str_of(const char *z)
{
    return (str){ z, z ? (int64_t)strlen(z) : 0 };
}
static inline int str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, (size_t)a.n) == 0);
}
/* Byte order, which for UTF-8 is code point order: < 0, 0, > 0. */
int str_order(str a, str b);
/* Without blanks (space, tab, CR, LF, no-break space) at both ends. */
str str_trim(str s);
/* Equal without regard to case; ASCII and the Latin-1 letters of UTF-8 (É = é). */
int str_eq_nocase(str a, str b);
/* Copied into the arena with a NUL behind it; .p is NULL on exhaustion. */
str str_keep(arena *a, str s);
/* Cuts at the first `at`: head before it, *rest behind it. Without one the head is all and rest
 * empty. Returns 0 when s was used up already (s.p NULL). */
int str_cut(str *rest, str *head, char at);
/* Edit distance (Levenshtein, bytes, no case), for "did you mean"; at most `limit`, else limit + 1.
 */
int str_distance(str a, str b, int limit);

/* Takes off the unfinished UTF-8 sequence that cutting a text may leave at its end. */
void str_mend(char *z);
/* For a terminal, in place: what could lead it astray out of data (control characters, marks that
 * turn the direction of writing) becomes a blank or a mark of the same length. Line ends stay when
 * `lines` is set. */
void str_tame(char *p, int64_t n, int lines);

/* A growing text on the heap with a sticky error: ask text_bad once at the end. All-zero is empty.
 */
typedef struct text {
    char *p; /* NUL-terminated once anything was added; NULL while empty */
    int64_t n, capacity;
    int bad; /* an allocation was refused; further additions do nothing */
} text;
void text_add(text *t, const void *bytes, int64_t n);
/* Room for n bytes behind the text (and the NUL), to be written to and then counted in t->n; NULL
 * when there is none. */
char *text_room(text *t, int64_t n);
void text_str(text *t, str s);
void text_tame(text *t, str s); /* the same, tamed, in one line */
void text_z(text *t, const char *z);
void text_char(text *t, char c);
void text_repeat(text *t, char c, int64_t n);
/* printf without floating point: %s %.*s %d %lld %zu %c and %%. Numbers with decimals: num.h. */
void text_f(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* s tamed, then blanks up to `width` columns on a terminal (code points are counted, not bytes); a
 * negative width puts the blanks in front. */
void text_pad(text *t, str s, int64_t width);
/* Columns that s takes on a terminal: code points, wide ones (CJK, emoji) twice, combining ones
 * zero. */
int64_t str_columns(str s);
static inline str text_view(const text *t)
{
    return (str){ t->p, t->n };
}
void text_free(text *t);

#endif
