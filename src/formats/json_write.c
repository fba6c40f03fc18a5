/* Writes JSON into a text: commas, indentation, escapes, Python's number layout.
 * Leaves the digits to num.h and reading to json.c.
 * Read json.h first; escapes are those of RFC 8259, section 7. */
#include "json.h"

#include <assert.h>
#include <math.h>

#include "num.h"

static void new_line(json_writer *w)
{
    if (!w->indent) return;
    text_char(w->out, '\n');
    text_repeat(w->out, ' ', (int64_t)w->depth * w->indent);
}

/* Length of the well-formed UTF-8 sequence at s[i] (RFC 3629), 0 when there is none. */
static int64_t utf8_length(str s, int64_t i)
{
    const unsigned char *p = (const unsigned char *)s.p + i;
    int64_t left = s.n - i;
    unsigned char c = p[0], low = 0x80, high = 0xBF;
    if (c < 0x80) return 1;
    int64_t n = c >= 0xC2 && c <= 0xDF   ? 2
                : (c & 0xF0) == 0xE0     ? 3
                : c >= 0xF0 && c <= 0xF4 ? 4
                                         : 0;
    if (n == 0 || n > left) return 0;
    if (c == 0xE0) low = 0xA0;
    if (c == 0xED) high = 0x9F;
    if (c == 0xF0) low = 0x90;
    if (c == 0xF4) high = 0x8F;
    if (p[1] < low || p[1] > high) return 0;
    for (int64_t k = 2; k < n; k++)
        if ((p[k] & 0xC0) != 0x80) return 0;
    return n;
}

static void add_escaped(text *t, unsigned char c)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* the byte, then its letter */
    static const char hex[] = "0123456789abcdef";
    for (const char *n = names; *n; n += 2) {
        if ((unsigned char)n[0] != c) continue;
        char two[] = { '\\', n[1] };
        text_add(t, two, 2);
        return;
    }
    char six[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    text_add(t, six, 6);
}

static void add_quoted(text *t, str s)
{
    int64_t from = 0, i = 0;
    text_char(t, '"');
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        int64_t n = utf8_length(s, i);
        if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += n;
            continue;
        }
        text_add(t, s.p + from, i - from);
        if (n > 0)
            add_escaped(t, c);
        else
            text_z(t, "\xEF\xBF\xBD");
        from = ++i;
    }
    if (i > from) text_add(t, s.p + from, i - from);
    text_char(t, '"');
}

/* Everything in front of a value: comma, line, key. */
static void lead_in(json_writer *w, const char *key)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->depth > 0) {
        if (w->filled & bit) text_char(w->out, ',');
        new_line(w);
    }
    w->filled |= bit;
    if (!key) return;
    add_quoted(w->out, str_of(key));
    text_z(w->out, w->indent ? ": " : ":");
}

void json_open(json_writer *w, const char *key, char bracket)
{
    assert((bracket == '{' || bracket == '[') && w->depth < json_depth_limit);
    lead_in(w, key);
    text_char(w->out, bracket);
    w->depth++;
    w->filled &= ~(UINT64_C(1) << w->depth);
}

void json_close(json_writer *w, char bracket)
{
    assert((bracket == '}' || bracket == ']') && w->depth > 0);
    uint64_t bit = UINT64_C(1) << w->depth;
    w->depth--;
    if (w->filled & bit) new_line(w);
    text_char(w->out, bracket);
}

void json_str(json_writer *w, const char *key, str value)
{
    lead_in(w, key);
    add_quoted(w->out, value);
}

void json_number(json_writer *w, const char *key, double value)
{
    char digits[num_buffer];
    if (!isfinite(value)) {
        json_null(w, key);
        return;
    }
    lead_in(w, key);
    text_add(w->out, digits, num_repr(digits, value));
}

void json_float(json_writer *w, const char *key, float value)
{
    char digits[num_buffer];
    if (!isfinite(value)) {
        json_null(w, key);
        return;
    }
    lead_in(w, key);
    text_add(w->out, digits, num_repr_float(digits, value));
}

void json_int(json_writer *w, const char *key, int64_t value)
{
    lead_in(w, key);
    text_f(w->out, "%lld", (long long)value);
}

void json_bool(json_writer *w, const char *key, int value)
{
    lead_in(w, key);
    text_z(w->out, value ? "true" : "false");
}

void json_null(json_writer *w, const char *key)
{
    lead_in(w, key);
    text_z(w->out, "null");
}
