/* Numbers with a decimal comma and with thousands marks.
 * Leaves plain ones to csv_short_number and num_parse.
 * Read csv_number.h first. */
#include "csv_number.h"

#include "csv_split.h"
#include "num.h"

enum { longest = 1000 }; /* bytes of a number that is not plain */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the thousands mark at `at`, 0 without one. */
static int64_t mark_at(str s, int64_t at, char decimal)
{
    int64_t left = s.n - at;
    if (left < 1) return 0;
    char c = s.p[at];
    if (c == ' ' || c == '\'' || c == (decimal == '.' ? ',' : '.')) return 1;
    if (left >= 2 && memcmp(s.p + at, "\xC2\xA0", 2) == 0) return 2;
    int narrow_space_or_quote = left >= 3 && (memcmp(s.p + at, "\xE2\x80\xAF", 3) == 0 ||
                                              memcmp(s.p + at, "\xE2\x80\x99", 3) == 0);
    return narrow_space_or_quote ? 3 : 0;
}

static int three_digits(str s, int64_t at)
{
    return s.n - at >= 3 && is_digit(s.p[at]) && is_digit(s.p[at + 1]) && is_digit(s.p[at + 2]) &&
           (s.n - at == 3 || !is_digit(s.p[at + 3]));
}

/* Rewritten as num_parse has it. */
static int unmarked_number(str s, char decimal, double *out)
{
    char plain[longest];
    int64_t n = 0, i = 0;
    if (s.n == 0 || s.n > longest) return 0;
    if (s.p[0] == '-' || s.p[0] == '+') plain[n++] = s.p[i++];
    int64_t first = i, mark;
    while (i < s.n && is_digit(s.p[i])) plain[n++] = s.p[i++];
    if ((mark = mark_at(s, i, decimal)) != 0) {
        const char *same = s.p + i;
        if (i == first || i - first > 3 || s.p[first] == '0') return 0;
        while (s.n - i >= mark && memcmp(s.p + i, same, (size_t)mark) == 0) {
            if (!three_digits(s, i + mark)) return 0;
            memcpy(plain + n, s.p + i + mark, 3);
            n += 3;
            i += mark + 3;
        }
    }
    for (; i < s.n; i++) {
        if (s.p[i] == '.' && decimal != '.') return 0;
        plain[n++] = s.p[i] == decimal ? '.' : s.p[i];
    }
    return num_parse((str){ plain, n }, out);
}

int csv_number(str s, char decimal, double *out)
{
    if (decimal == '.' && num_parse(s, out)) return 1;
    return s.n && (unsigned char)s.p[0] <= '9' && unmarked_number(s, decimal, out);
}

/* [-] digits with at most one sign among them, which is nearly every number; 0 leaves all else. */
static int plain_signs(str s)
{
    int64_t first = s.p[0] == '-', i = first;
    while (i < s.n && is_digit(s.p[i])) i++;
    int64_t whole = i - first;
    if (i == s.n) return whole ? CSV_WITH_POINT | CSV_WITH_COMMA : 0;
    if (s.p[i] != '.' && s.p[i] != ',') return 0;
    int sign = s.p[i++] == '.' ? CSV_WITH_POINT : CSV_WITH_COMMA;
    int64_t behind = s.n - i;
    while (i < s.n && is_digit(s.p[i])) i++;
    if (i < s.n || whole + behind == 0) return 0;
    int is_group = whole >= 1 && whole <= 3 && behind == 3 && s.p[first] != '0';
    return is_group ? CSV_WITH_POINT | CSV_WITH_COMMA : sign;
}

uint64_t csv_numbers_plain(double *x, const csv_fields *f, int64_t row, int64_t n, char decimal)
{
    uint64_t odd = 0;
    for (int64_t i = 0; i < n; i++)
        odd |= (uint64_t)!csv_short_number(csv_field_at(f, row + i), decimal, &x[i]) << i;
    return odd;
}

int csv_number_signs(str s)
{
    enum { surely_finite = 300 };
    double x;
    if (s.n == 0 || (unsigned char)s.p[0] > '9') return 0; /* most words */
    int signs = s.n <= surely_finite ? plain_signs(s) : 0;
    if (signs) return signs;
    return (csv_number(s, '.', &x) ? CSV_WITH_POINT : 0) |
           (csv_number(s, ',', &x) ? CSV_WITH_COMMA : 0);
}
