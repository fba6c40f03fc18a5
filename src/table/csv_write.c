/* Writing CSV: one field.
 * Leaves separators and line ends to the caller.
 * Read csv.h first. */
#include "csv.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether one of the eight bytes is c. */
static inline uint64_t holds(uint64_t eight, char c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = eight ^ (ones * (unsigned char)c);
    return (x - ones) & ~x & ones << 7;
}

static inline int eight_need_quotes(uint64_t x, char separator)
{
    return (holds(x, separator) | holds(x, '"') | holds(x, '\n') | holds(x, '\r')) != 0;
}

static inline uint64_t eight_at(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* Four to seven bytes as eight: the first four, the last four. */
static inline uint64_t ends_of(str s)
{
    uint32_t first, last;
    memcpy(&first, s.p, sizeof first);
    memcpy(&last, s.p + s.n - 4, sizeof last);
    return first | (uint64_t)last << 32;
}

static int needs_quotes(str s, char separator)
{
    int64_t i = 0;
    if (s.n == 0) return 0;
    if (is_blank(s.p[0]) || is_blank(s.p[s.n - 1])) return 1;
    for (; i + 8 <= s.n; i += 8)
        if (eight_need_quotes(eight_at(s.p + i), separator)) return 1;
    if (i < s.n && s.n > 8) return eight_need_quotes(eight_at(s.p + s.n - 8), separator);
    if (i < s.n && s.n >= 4) return eight_need_quotes(ends_of(s), separator);
    for (; i < s.n; i++)
        if (s.p[i] == separator || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r') return 1;
    return 0;
}

/* Most fields are short: copies of constant size, which may overlap. */
static inline void copy(char *to, str s)
{
    if (s.n > 16)
        memcpy(to, s.p, (size_t)s.n);
    else if (s.n >= 8) {
        memcpy(to, s.p, 8);
        memcpy(to + s.n - 8, s.p + s.n - 8, 8);
    } else if (s.n >= 4) {
        memcpy(to, s.p, 4);
        memcpy(to + s.n - 4, s.p + s.n - 4, 4);
    } else
        for (int64_t i = 0; i < s.n; i++) to[i] = s.p[i];
}

char *csv_put_field(char *to, str field, char separator)
{
    if (!needs_quotes(field, separator)) {
        copy(to, field);
        return to + field.n;
    }
    *to++ = '"';
    for (int64_t i = 0; i < field.n; i++) {
        if (field.p[i] == '"') *to++ = '"';
        *to++ = field.p[i];
    }
    *to++ = '"';
    return to;
}

void csv_write_field(text *t, str field, char separator)
{
    char *to = text_room(t, csv_field_room(field.n));
    if (!to) return;
    t->n += csv_put_field(to, field, separator) - to;
    t->p[t->n] = '\0';
}
