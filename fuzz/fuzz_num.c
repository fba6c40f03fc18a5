/* Numbers from any bytes: a number that is read survives being written and read again. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "csv_number.h"
#include "num.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) abort();                                                                 \
    } while (0)

/* `decimals`: 0 to num_most_decimals, one of them for each input, as all take 18 times as long. */
static void check_double(double x, int decimals)
{
    char out[num_buffer];
    double back = 0;
    int64_t n = num_repr(out, x);
    MUST(n > 0 && n < num_buffer && out[n] == '\0');
    if (!isfinite(x)) return;
    MUST(num_parse((str){ out, n }, &back) && memcmp(&back, &x, sizeof x) == 0);
    n = num_fixed(out, x, decimals);
    MUST(n < num_buffer && out[n] == '\0' && num_parse((str){ out, n }, &back));
    n = num_local(out, x, decimals, decimals & 1);
    MUST(n < num_buffer && out[n] == '\0');
    n = num_exponent(out, x, num_most_decimals); /* 18 digits tell all doubles apart */
    /* rounding up the largest double's digits may leave the range; everything else reads back */
    MUST(n < num_buffer && (!num_parse((str){ out, n }, &back) || back == x));
}

static void check_float(float x)
{
    char out[num_buffer];
    double back = 0;
    int64_t n = num_repr_float(out, x);
    MUST(n > 0 && n < num_buffer && out[n] == '\0');
    if (isfinite(x)) MUST(num_parse((str){ out, n }, &back) && (float)back == x);
}

/* A field of a file: the short way and the long one agree, and so do the signs it reads with. */
static void check_field(str s)
{
    char padded[264] = { 0 }; /* eight bytes are read behind the field */
    double x[2] = { 0, 0 }, y = 0;
    if (s.n == 0 || s.n > 256) return;
    memcpy(padded, s.p, (size_t)s.n);
    s.p = padded;
    int signs = (csv_number(s, '.', &x[0]) ? CSV_WITH_POINT : 0) |
                (csv_number(s, ',', &x[1]) ? CSV_WITH_COMMA : 0);
    MUST(signs == csv_number_signs(s));
    if (num_parse(s, &y)) MUST(signs & CSV_WITH_POINT && memcmp(&y, &x[0], sizeof y) == 0);
    for (int i = 0; i < 2; i++)
        if (csv_short_number(s, i ? ',' : '.', &y))
            MUST(signs >> i & 1 && memcmp(&y, &x[i], sizeof y) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    double x = 0;
    float f = 0;
    int64_t i = 0;
    str all = { (const char *)bytes, (int64_t)n };
    int decimals = n ? bytes[n - 1] % (num_most_decimals + 1) : 0;
    if (num_parse(all, &x)) {
        MUST(isfinite(x));
        check_double(x, decimals);
        check_float((float)x);
    }
    if (num_parse_int(all, &i)) {
        MUST(num_parse(all, &x) && x == (double)i);
    }
    check_field(all);
    if (n >= sizeof x) {
        memcpy(&x, bytes, sizeof x);
        memcpy(&f, bytes, sizeof f);
        check_double(x, decimals);
        check_float(f);
    }
    return 0;
}
