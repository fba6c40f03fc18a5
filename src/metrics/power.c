/* What a number of customers can show.
 * Leaves the verdict on an area that was measured to verdict.c.
 * Read power.h first; Hanley & McNeil 1982. */
#include "power.h"

#include <math.h>

#include "maths.h"

static double null_deviation(double m, double n)
{
    return sqrt((m + n + 1) / (12 * m * n));
}

static double deviation(double area, double m, double n)
{
    double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area), square = area * area;
    double v = (area * (1 - area) + (m - 1) * (q1 - square) + (n - 1) * (q2 - square)) / (m * n);
    return v > 0 ? sqrt(v) : 0;
}

double power_least_area(int64_t n_positive, int64_t n_negative, double alpha)
{
    if (n_positive <= 0 || n_negative <= 0) return (double)NAN;
    double sd = null_deviation((double)n_positive, (double)n_negative);
    double area = 0.5 + m_normal_quantile(1 - alpha) * sd;
    return area < 1 ? area : 1;
}

/* How far `area` lies above what the test and the wished power ask for. */
static double surplus(double area, double m, double n, double z_test, double z_power)
{
    return area - 0.5 - z_test * null_deviation(m, n) - z_power * deviation(area, m, n);
}

double power_area(int64_t n_positive, int64_t n_negative, double alpha, double power)
{
    if (n_positive <= 0 || n_negative <= 0) return (double)NAN;
    double m = (double)n_positive, n = (double)n_negative, low = 0.5, high = 1;
    double z_test = m_normal_quantile(1 - alpha), z_power = m_normal_quantile(power);
    if (surplus(1, m, n, z_test, z_power) < 0) return 1;
    for (int i = 0; i < 60; i++) {
        double middle = low + (high - low) / 2;
        (surplus(middle, m, n, z_test, z_power) < 0 ? &low : &high)[0] = middle;
    }
    return high;
}

double power_of_area(int64_t n_positive, int64_t n_negative, double area, double alpha)
{
    if (n_positive <= 0 || n_negative <= 0 || !(area >= 0 && area <= 1)) return (double)NAN;
    double m = (double)n_positive, n = (double)n_negative, sd = deviation(area, m, n);
    double away = area - 0.5 - m_normal_quantile(1 - alpha) * null_deviation(m, n);
    return sd > 0 ? m_normal(away / sd) : away > 0;
}

int64_t power_conversions(double area, double base, double alpha, double power)
{
    const int64_t most = 1000000000000;
    if (!(area > 0.5 && area <= 1 && base > 0 && base < 1)) return -1;
    double z_test = m_normal_quantile(1 - alpha), z_power = m_normal_quantile(power);
    double others = (1 - base) / base;
    int64_t low = 0, high = most; /* not enough; enough */
    if (!(surplus(area, (double)most, (double)most * others, z_test, z_power) >= 0)) return -1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        double m = (double)middle;
        (surplus(area, m, m * others, z_test, z_power) >= 0 ? &high : &low)[0] = middle;
    }
    return high;
}
