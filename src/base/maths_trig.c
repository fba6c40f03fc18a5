/* sin and cos for arguments up to 1e5 in size. Same bits everywhere.
 * Leaves everything else to maths.c and maths_special.c.
 * Read maths.h and maths_parts.h first. */
#include <math.h>

#include "maths.h"
#include "maths_parts.h"

/* pi/2 in three parts, of which the first two have 33 and 32 bits: their products with k (up to 17
 * bits) are exact. Cody & Waite, Software manual for the elementary functions (1980). */
static const double half_pi_1 = 0x1.921fb54400000p+0, half_pi_2 = 0x1.0b4611a600000p-34,
                    half_pi_3 = 0x1.3198a2e037073p-69, two_over_pi = 0x1.45f306dc9c883p-1;

/* x - k * pi/2 in [-0.79, 0.79]; *quarter = k mod 4. */
static parts quarter_turn(double x, int *quarter)
{
    double k = rint(x * two_over_pi), a = x - k * half_pi_1, b = k * half_pi_2, hi = a - b;
    double back = a - hi, lost = (back - b) + (a - (hi + back)); /* a - b = hi + lost exactly */
    *quarter = (int)((int64_t)k & 3);
    return sum_of(hi, lost - k * half_pi_3);
}

/* Taylor's series; the first term left out is below 2^-62 of the result. */
static double sin_near(parts x)
{
    double r = x.hi, s = r * r;
    double q = s * (-1.0 / 39916800 + s * (1.0 / 6227020800 + s * (-1.0 / 1307674368000)));
    q = s * (1.0 / 120 + s * (-1.0 / 5040 + s * (1.0 / 362880 + q)));
    q = s * (q - 1.0 / 6);
    return r + (r * q + x.lo * (1 - s / 2));
}

static double cos_near(parts x)
{
    double r = x.hi, s = r * r, half = s / 2;
    double q =
        s * (-1.0 / 87178291200 + s * (1.0 / 20922789888000 + s * (-1.0 / 6402373705728000)));
    q = s * (-1.0 / 720 + s * (1.0 / 40320 + s * (-1.0 / 3628800 + s * (1.0 / 479001600 + q))));
    q = s * s * (1.0 / 24 + q);
    parts lead = sum_of(1, -half);
    return lead.hi + (lead.lo + (q - r * x.lo));
}

static double turned(double x, int quarters)
{
    int quarter;
    if (!(fabs(x) <= 1e5)) return (double)NAN;
    parts r = quarter_turn(x, &quarter);
    quarter = (quarter + quarters) & 3;
    double y = quarter & 1 ? cos_near(r) : sin_near(r);
    return quarter & 2 ? -y : y;
}

double m_sin(double x)
{
    return fabs(x) < 0x1p-26 ? x : turned(x, 0);
}

double m_cos(double x)
{
    return turned(x, 1);
}
