/* Likeness of column names.
 * Leaves which names mean what to schema_target.c and schema_types.c.
 * Read names.h first. */
#include "names.h"

#include "words.h"

int32_t name_nearest(str wanted, const str *names, int32_t n)
{
    plain_name plain = name_plain(wanted);
    int limit = wanted.n < 4 ? 1 : wanted.n < 9 ? 2 : wanted.n > 18 ? 6 : (int)(wanted.n / 3);
    int32_t best = -1;
    int best_distance = limit + 1;
    for (int32_t i = 0; i < n; i++) {
        plain_name other = name_plain(names[i]);
        if (plain.n && other.n == plain.n && memcmp(plain.p, other.p, (size_t)plain.n) == 0)
            return i;
        int distance = str_distance(wanted, names[i], limit);
        if (distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

void name_quote_nearest(text *out, str wanted, const str *names, int32_t n,
                        propense_language language)
{
    int32_t near = name_nearest(wanted, names, n);
    text_f(out, "'%.*s'", STR_ARG(wanted));
    if (near < 0) return;
    text_z(out, " (");
    text_f(out, tr(language, "nearest: '%.*s'"), STR_ARG(names[near]));
    text_char(out, ')');
}

/* The letter under the accent, for U+00C0..U+00FF ('.' = none). */
static char without_accent(unsigned char second)
{
    static const char letters[] =
        "aaaaaa.ceeeeiiiidnooooo.ouuuuyt.aaaaaa.ceeeeiiiidnooooo.ouuuuyty";
    return second >= 0x80 && second <= 0xBF ? letters[second - 0x80] : '.';
}

static int is_small(char c)
{
    return c >= 'a' && c <= 'z';
}
static int is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}
static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

plain_name name_plain(str s)
{
    plain_name out = { .n = 0 };
    for (int64_t i = 0; i < s.n && out.n < name_plain_limit; i++) {
        char c = s.p[i];
        if ((unsigned char)c == 0xC3 && i + 1 < s.n) c = without_accent((unsigned char)s.p[++i]);
        if (is_capital(c)) c = (char)(c + 32);
        if (is_small(c) || is_digit(c)) out.p[out.n++] = c;
    }
    return out;
}

int name_among(const plain_name *plain, const char *words, int *which)
{
    str rest = str_of(words), word;
    for (int i = 0; str_cut(&rest, &word, ' '); i++) {
        if (word.n != plain->n || memcmp(word.p, plain->p, (size_t)word.n) != 0) continue;
        if (which) *which = i;
        return 1;
    }
    return 0;
}

/* 1 when a part of the name starts at byte i. */
static int starts_part(str s, int64_t i)
{
    char c = s.p[i], before = i ? s.p[i - 1] : ' ';
    int inside = is_small(c) || is_capital(c) || is_digit(c) || (unsigned char)c >= 0x80;
    int inside_before =
        is_small(before) || is_capital(before) || is_digit(before) || (unsigned char)before >= 0x80;
    return inside && (!inside_before || (is_capital(c) && is_small(before)));
}

plain_name name_last_part(str s)
{
    int64_t start = 0;
    for (int64_t i = 0; i < s.n; i++)
        if (starts_part(s, i)) start = i;
    return name_plain((str){ s.p + start, s.n - start });
}

plain_name name_first_part(str s)
{
    int64_t end = s.n, started = 0;
    for (int64_t i = 0; i < s.n; i++) {
        if (!starts_part(s, i)) continue;
        if (started++) {
            end = i;
            break;
        }
    }
    return name_plain((str){ s.p, end });
}

int name_parts(plain_name *parts, int limit, str s)
{
    int n = 0;
    int64_t start = -1;
    for (int64_t i = 0; i <= s.n && n < limit; i++) {
        if (i < s.n && !starts_part(s, i)) continue;
        if (start >= 0) parts[n++] = name_plain((str){ s.p + start, i - start });
        start = i;
    }
    return n;
}

int name_is_id(str s)
{
    plain_name plain = name_plain(s), last = name_last_part(s), first = name_first_part(s);
    return name_among(&last, "id ids uid uuid guid", NULL) ||
           name_among(&first, "id uid uuid guid", NULL) ||
           name_among(
               &plain,
               "customerid clientid clienteid idcliente userid usuarioid contactid accountid "
               "memberid leadid orderid sessionid visitorid personid rowid recordid",
               NULL);
}
