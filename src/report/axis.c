/* Round ticks and the digits of labels.
 * Leaves where things stand on the page to the charts.
 * Read axis.h first. */
#include "axis.h"

#include <math.h>

#include "num.h"
#include "propense/propense.h"

/* The largest of 1, 2, 5 times 10^k at or above x > 0, and its decimals (0 for 10 and above). */
static double round_step(double x, int *decimals)
{
    double power = 1;
    *decimals = 0;
    while (power > x && power > 1e-300) {
        power /= 10;
        ++*decimals;
    }
    while (power * 10 <= x) power *= 10;
    double times = x / power, step = times <= 1.0001 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10;
    if (step == 10 && *decimals > 0) --*decimals;
    return step * power;
}

axis axis_of(double low, double high, int most, double least_range, double floor_, double ceiling)
{
    axis a = { 0 };
    double short_of = least_range - (high - low);
    if (short_of > 0) {
        low -= short_of / 2;
        high += short_of / 2;
    }
    if (low < floor_) low = floor_;
    if (high > ceiling) high = ceiling;
    a.step = round_step((high - low) / most, &a.decimals);
    a.first = floor(low / a.step + 1e-6);
    a.last = ceil(high / a.step - 1e-6);
    a.low = a.first * a.step;
    a.high = a.last * a.step;
    return a;
}

double axis_place(const axis *a, double value, double at_low, double at_high)
{
    return at_low + (value - a->low) / (a->high - a->low) * (at_high - at_low);
}

static int is_awkward(double value)
{
    double size = fabs(value);
    return size >= 1e6 || (size > 0 && size < 5e-4);
}

static void percent_sign(text *out, int32_t language)
{
    /* Spanish sets a (narrow, no-break) space before the sign, English none. */
    text_z(out, language == PROPENSE_SPANISH ? "\xC2\xA0%" : "%");
}

static void exponent(text *out, double value, int decimals, int32_t language)
{
    char digits[num_buffer];
    int64_t n = num_exponent(digits, value, decimals);
    for (int64_t i = 0; i < n; i++)
        if (digits[i] == '.' && language == PROPENSE_SPANISH) digits[i] = ',';
    text_str(out, (str){ digits, n });
}

void axis_label(text *out, const axis *a, double value, int as_percent, int32_t language)
{
    if (as_percent) {
        text_local(out, value * 100, a->decimals > 2 ? a->decimals - 2 : 0, language);
        percent_sign(out, language);
    } else if (value == 0) {
        text_char(out, '0');
    } else if (a->decimals > 5 || fabs(a->high) >= 1e6 || fabs(a->low) >= 1e6) {
        exponent(out, value, 1, language);
    } else {
        text_local(out, value, a->decimals, language);
    }
}

void axis_figure(text *out, double value, int as_percent, int32_t language)
{
    if (as_percent) {
        text_local(out, value * 100, 1, language);
        percent_sign(out, language);
    } else if (is_awkward(value)) {
        exponent(out, value, 2, language);
    } else {
        text_local(out, value, fabs(value) < 100 ? 3 : 1, language);
    }
}

int32_t axis_next_epoch(int32_t tick, int32_t n, int32_t most)
{
    int64_t step = 1;
    for (int i = 0; (n - 1) / step >= most; i++) step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    int64_t next = step < 5 ? tick + step : (tick / step + 1) * step;
    return next <= n ? (int32_t)next : 0;
}
