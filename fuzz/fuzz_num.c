/* Numbers from any bytes: a number that is read survives being written and read again. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "num.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) abort();                                                                 \
    } while (0)

static void check_double(double x)
{
    char out[num_buffer];
    double back = 0;
    int64_t n = num_repr(out, x);
    MUST(n > 0 && n < num_buffer && out[n] == '\0');
    if (!isfinite(x)) return;
    MUST(num_parse((str){ out, n }, &back) && memcmp(&back, &x, sizeof x) == 0);
    for (int decimals = 0; decimals <= num_most_decimals; decimals++) {
        n = num_fixed(out, x, decimals);
        MUST(n < num_buffer && out[n] == '\0' && num_parse((str){ out, n }, &back));
        n = num_local(out, x, decimals, decimals & 1);
        MUST(n < num_buffer && out[n] == '\0');
    }
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    double x = 0;
    float f = 0;
    int64_t i = 0;
    str all = { (const char *)bytes, (int64_t)n };
    if (num_parse(all, &x)) {
        MUST(isfinite(x));
        check_double(x);
        check_float((float)x);
    }
    if (num_parse_int(all, &i)) {
        MUST(num_parse(all, &x) && x == (double)i);
    }
    if (n >= sizeof x) {
        memcpy(&x, bytes, sizeof x);
        memcpy(&f, bytes, sizeof f);
        check_double(x);
        check_float(f);
    }
    return 0;
}
