/* Strings and growing text. Leaves numbers to num.c and translation to words.c.
 * Read str.h first. */
#include "str.h"

#include <stdarg.h>
#include <stdio.h>

int str_order(str a, str b)
{
    int64_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, (size_t)n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    for (;;) {
        if (s.n && is_blank((unsigned char)s.p[0]))
            s.p++, s.n--;
        else if (s.n >= 2 && memcmp(s.p, "\xC2\xA0", 2) == 0)
            s.p += 2, s.n -= 2;
        else
            break;
    }
    for (;;) {
        if (s.n && is_blank((unsigned char)s.p[s.n - 1]))
            s.n--;
        else if (s.n >= 2 && memcmp(s.p + s.n - 2, "\xC2\xA0", 2) == 0)
            s.n -= 2;
        else
            break;
    }
    return s;
}

/* Lower case of ASCII and, behind the lead byte C3, of À..Þ without ×. */
static unsigned char lower(unsigned char c, unsigned char before)
{
    if (c >= 'A' && c <= 'Z') return (unsigned char)(c + 32);
    if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97) return (unsigned char)(c + 32);
    return c;
}

int str_eq_nocase(str a, str b)
{
    if (a.n != b.n) return 0;
    unsigned char before = 0;
    for (int64_t i = 0; i < a.n; i++) {
        unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
        if (lower(x, before) != lower(y, before)) return 0;
        before = x;
    }
    return 1;
}

str str_keep(arena *a, str s)
{
    char *p = TAKE(a, char, s.n + 1);
    if (!p) return (str){ 0 };
    if (s.n) memcpy(p, s.p, (size_t)s.n);
    return (str){ p, s.n };
}

int str_cut(str *rest, str *head, char at)
{
    if (!rest->p) return 0;
    const char *found = rest->n ? memchr(rest->p, at, (size_t)rest->n) : NULL;
    if (!found) {
        *head = *rest;
        *rest = (str){ 0 };
        return 1;
    }
    *head = (str){ rest->p, found - rest->p };
    *rest = (str){ found + 1, rest->n - head->n - 1 };
    return 1;
}

int str_distance(str a, str b, int limit)
{
    enum { longest = 64 };
    if (a.n > longest || b.n > longest) return str_eq_nocase(a, b) ? 0 : limit + 1;
    int row[longest + 1];
    for (int j = 0; j <= (int)b.n; j++) row[j] = j;
    for (int i = 1; i <= (int)a.n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= (int)b.n; j++) {
            int same = lower((unsigned char)a.p[i - 1], 0) == lower((unsigned char)b.p[j - 1], 0);
            int best = diagonal + !same;
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    int distance = row[b.n];
    return distance > limit ? limit + 1 : distance;
}

void str_mend(char *z)
{
    size_t n = strlen(z), back = 0;
    while (back < n && back < 3 && ((unsigned char)z[n - 1 - back] & 0xC0) == 0x80) back++;
    if (back == n) return;
    unsigned char lead = (unsigned char)z[n - 1 - back];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (want > back + 1) z[n - 1 - back] = '\0';
}

static int is_turning_mark(const unsigned char *u)
{
    /* U+200E, 200F, 2028 to 202E, 2066 to 2069 */
    if (u[0] != 0xE2) return 0;
    if (u[1] == 0x80) return u[2] == 0x8E || u[2] == 0x8F || (u[2] >= 0xA8 && u[2] <= 0xAE);
    return u[1] == 0x81 && u[2] >= 0xA6 && u[2] <= 0xA9;
}

void str_tame(char *p, int64_t n, int lines)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
    for (int64_t i = 0; i < n; i++) {
        unsigned char *u = (unsigned char *)p + i;
        if (*u == '\n' ? !lines : *u == '\t' || *u == '\r')
            *u = ' ';
        else if ((*u < ' ' && *u != '\n') || *u == 0x7F)
            *u = '?';
        else if (*u == 0xC2 && i + 1 < n && u[1] >= 0x80 && u[1] < 0xA0)
            u[0] = u[1] = '?'; /* C1 */
        else if (i + 2 < n && is_turning_mark(u))
            memcpy(u, replacement, 3);
    }
}

char *text_room(text *t, int64_t n)
{
    if (t->bad) return NULL;
    void *p = t->p;
    if (n > INT64_MAX - t->n - 1 || !mem_reserve(&p, &t->capacity, t->n + n + 1, 1)) {
        t->bad = 1;
        return NULL;
    }
    t->p = p;
    return t->p + t->n;
}

void text_add(text *t, const void *bytes, int64_t n)
{
    if (t->bad || n <= 0 || !text_room(t, n)) return;
    memcpy(t->p + t->n, bytes, (size_t)n);
    t->n += n;
    t->p[t->n] = '\0';
}

void text_str(text *t, str s)
{
    text_add(t, s.p, s.n);
}
void text_tame(text *t, str s)
{
    int64_t from = t->n;
    text_str(t, s);
    if (!t->bad && s.n) str_tame(t->p + from, t->n - from, 0);
}

void text_z(text *t, const char *z)
{
    text_add(t, z, (int64_t)strlen(z));
}
void text_char(text *t, char c)
{
    text_add(t, &c, 1);
}

void text_repeat(text *t, char c, int64_t n)
{
    for (int64_t i = 0; i < n; i++) text_add(t, &c, 1);
}

void text_f(text *t, const char *format, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        t->bad = 1;
    } else if (n < (int)sizeof small) {
        text_add(t, small, n);
    } else {
        char *large = mem_resize(NULL, (int64_t)n + 1);
        if (!large)
            t->bad = 1;
        else {
            (void)vsnprintf(large, (size_t)n + 1, format, again);
            text_add(t, large, n);
            mem_free(large);
        }
    }
    va_end(again);
}

/* The code point at s[*i]; moves *i behind it. A stray byte counts as one. */
static uint32_t next_code(str s, int64_t *i)
{
    unsigned char c = (unsigned char)s.p[(*i)++];
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    uint32_t code = more == 3 ? c & 7u : more == 2 ? c & 15u : more == 1 ? c & 31u : c;
    while (more-- && *i < s.n && ((unsigned char)s.p[*i] & 0xC0) == 0x80)
        code = code << 6 | ((unsigned char)s.p[(*i)++] & 63u);
    return code;
}

static int code_columns(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
        (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
        (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF))
        return 2;
    return 1;
}

int64_t str_columns(str s)
{
    int64_t columns = 0;
    for (int64_t i = 0; i < s.n;) columns += code_columns(next_code(s, &i));
    return columns;
}

void text_pad(text *t, str s, int64_t width)
{
    int64_t blanks = (width < 0 ? -width : width) - str_columns(s);
    if (width < 0) text_repeat(t, ' ', blanks);
    text_tame(t, s);
    if (width > 0) text_repeat(t, ' ', blanks);
}

void text_free(text *t)
{
    mem_free(t->p);
    *t = (text){ 0 };
}
