/* Money and percentages for people.
 * Leaves digits and their marks to base/num.c.
 * Read money_text.h first. */
#include "money_text.h"

#include <math.h>

static int is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

money_shown show_money(double amount, int decimals, str currency, propense_language language)
{
    money_shown out;
    char number[num_buffer];
    (void)num_local(number, amount, decimals, language);
    str sign = { currency.p, currency.n > 40 ? 40 : currency.n };
    int spanish = language == PROPENSE_SPANISH, negative = *number == '-';
    int apart = sign.n > 0 && is_letter(sign.p[sign.n - 1]);
    text t = { 0 };
    if (negative) text_char(&t, '-');
    if (!spanish && sign.n) text_f(&t, "%.*s%s", STR_ARG(sign), apart ? "\xC2\xA0" : "");
    text_z(&t, number + negative);
    if (spanish && sign.n) text_f(&t, "\xC2\xA0%.*s", STR_ARG(sign));
    size_t n = t.n < (int64_t)sizeof out.p ? (size_t)t.n : sizeof out.p - 1;
    if (t.p) memcpy(out.p, t.p, n);
    out.p[t.p ? n : 0] = '\0';
    text_free(&t);
    return out;
}

int money_decimals(double largest)
{
    return fabs(largest) >= 1000 ? 0 : 2;
}

shown show_share(double share, propense_language language)
{
    double percent = 100 * share, size = fabs(percent);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size > 0 ? 3 : 0;
    shown s = show_fixed(percent, decimals, language);
    size_t n = strlen(s.p);
    while (decimals > 0 && n > 1 && s.p[n - 1] == '0') n--;
    if (decimals > 0 && n > 1 && (s.p[n - 1] == '.' || s.p[n - 1] == ',')) n--;
    const char *sign = language == PROPENSE_SPANISH ? "\xC2\xA0%" : "%";
    memcpy(s.p + n, sign, strlen(sign) + 1);
    return s;
}

shown show_digits(double value, propense_language language)
{
    double size = fabs(value);
    int decimals = size >= 99.95     ? 0
                   : size >= 9.995   ? 1
                   : size >= 0.0995  ? 2
                   : size >= 0.00005 ? 4
                                     : 0;
    return show_fixed(value, decimals, language);
}
