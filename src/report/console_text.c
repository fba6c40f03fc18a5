/* Rounds numbers for people and wraps paragraphs.
 * Leaves what is said to console_verdict.c and console_inspect.c.
 * Read console_text.h first. */
#include "console_text.h"

#include <math.h>

shown show_fixed(double value, int decimals, propense_language language)
{
    shown s;
    (void)num_local(s.p, value, decimals, language);
    return s;
}

shown show_count(int64_t n, propense_language language)
{
    return show_fixed((double)n, 0, language);
}

shown show_number(double value, propense_language language)
{
    double size = fabs(value);
    if (!(size < 1e9) || (size > 0 && size < 1e-5)) {
        shown s;
        (void)num_exponent(s.p, value, 4);
        return s;
    }
    int decimals = value == floor(value) ? 0 : 4;
    for (double unit = 10; decimals > 0 && unit <= size; unit *= 10) decimals--;
    for (double unit = 0.1; decimals > 0 && size < unit; unit /= 10) decimals++;
    shown s = show_fixed(value, decimals, language);
    size_t n = strlen(s.p);
    while (decimals > 0 && n > 1 && s.p[n - 1] == '0') n--;
    if (decimals > 0 && n > 1 && (s.p[n - 1] == '.' || s.p[n - 1] == ',')) n--;
    s.p[n] = '\0';
    return s;
}

shown show_percent(int64_t part, int64_t whole, propense_language language)
{
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;
    shown s = show_fixed(percent, 0, language);
    if (part > 0 && percent < 0.5) memcpy(s.p, "<1", 3);
    if (part < whole && percent >= 99.5) memcpy(s.p, ">99", 4);
    return s;
}

int decimals_known(double half)
{
    return half >= 0.01 ? 2 : half >= 0.001 ? 3 : 4;
}

/* A percent or euro sign stays with the number before it, where it is written behind a blank. */
static int sticks(str words)
{
    str first = { words.p, words.n < 3 ? words.n : 3 };
    int leads = words.n > 3 && words.p[3] >= '0' && words.p[3] <= '9'; /* EUR 1 in English */
    return words.n > 0 && (words.p[0] == '%' || (str_eq(first, STR("\xE2\x82\xAC")) && !leads));
}

/* Bytes of the next line: whole words within `room` columns, at least one. */
static int64_t line_of(str words, int64_t room)
{
    int64_t fits = 0;
    for (int64_t end = 1; end <= words.n; end++) {
        if (end < words.n && words.p[end] != ' ') continue;
        if (end < words.n && sticks((str){ words.p + end + 1, words.n - end - 1 })) continue;
        if (fits && str_columns((str){ words.p, end }) > room) break;
        fits = end;
    }
    return fits;
}

void paragraph(text *out, const char *first, int indent, str words)
{
    text_z(out, first);
    for (int lines = 0; words.n > 0; lines++) {
        if (lines) text_repeat(out, ' ', indent);
        int64_t n = line_of(words, console_width - indent);
        text_tame(out, (str){ words.p, n });
        text_char(out, '\n');
        words.p += n;
        words.n -= n;
        while (words.n > 0 && words.p[0] == ' ') words.p++, words.n--;
    }
}

void quiet_controls(text *out, int64_t from)
{
    if (out->n > from) str_tame(out->p + from, out->n - from, 1);
}
