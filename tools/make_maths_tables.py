#!/usr/bin/env python3
"""Prints the constants of maths.c and maths_special.c, computed with mpmath (40 digits).

A value is split in a part `hi` and the rest `lo`, both doubles; where products with `hi` have to be
exact it has fewer bits. Usage:
  make_maths_tables.py elementary > src/base/maths_tables.inc
  make_maths_tables.py special > src/base/maths_special.inc
"""
import sys

from mpmath import chebyfit, erf, erfc, exp, floor, log, loggamma, mp, mpf, pi, sqrt, taylor, zeta

mp.dps = 40


def hexed(x):
    return float(x).hex().replace("0x0.0p+0", "0x0p+0")


def rounded(x, step):
    """To the nearest multiple of step."""
    return floor(x / step + mpf(1) / 2) * step


def constant(name, x):
    print(f"static const double {name} = {hexed(x)};")


def in_parts(name, x, steps):
    """name_1, name_2, ...: multiples of the steps, the last one the rest."""
    for i, step in enumerate(steps):
        constant(f"{name}_{i + 1}", rounded(x, step))
        x -= rounded(x, step)
    constant(f"{name}_{len(steps) + 1}", x)


def table(name, rows, comment):
    print(f"/* {comment} */")
    print(f"static const double {name}[{len(rows)}][{len(rows[0])}] = {{")
    for row in rows:
        print("    { " + ", ".join(hexed(x) for x in row) + " },")
    print("};")


def exp_table():
    ln2 = log(mpf(2))
    constant("steps_per_one", 128 / ln2)
    in_parts("step", ln2 / 128, [mpf(2) ** -42])
    rows = []
    for i in range(128):
        x = mpf(2) ** (mpf(i) / 128)
        rows.append((x, x - mpf(float(x))))
    table("exp_table", rows, "2^(i/128), hi and lo")


def log_table():
    """For z about 1 + i/128, above the square root of 2 for half of that."""
    in_parts("ln2", log(mpf(2)), [mpf(2) ** -42])
    rows = []
    for i in range(129):
        c = (1 + mpf(i) / 128) / (2 if i > 53 else 1)
        inverse = rounded(1 / c, mpf(2) ** -10)
        hi = rounded(-log(inverse), mpf(2) ** -42)
        rows.append((inverse, hi, -log(inverse) - hi))
    table("log_table", rows, "1/c in eleven bits, -log of that: hi (a multiple of 2^-42) and lo")


def erf_table():
    rows = []
    for i in range(9):
        c = mpf(i) / 16
        a = taylor(erf, c, 11)
        hi = mpf(float(a[0]))
        rows.append([hi, a[0] - hi, a[1] - 1] + a[2:])
    table("erf_table", rows, "erf(i/16 + h) = hi + (h + lo) + h * polynomial(h), |h| <= 1/32")
    scaled = lambda x: exp(x * x) * erfc(x)
    rows = []
    for octave in range(-1, 5):
        for i in range(8):
            width = mpf(2) ** octave / 16
            c = mpf(2) ** octave + width * (2 * i + 1)
            fit = chebyfit(lambda h, c=c: scaled(c + h), [-width, width], 13)
            rows.append([c] + fit[::-1])
    table("erfcx_table", rows, "c and the polynomial in h of exp(x^2) erfc(x), x = c + h; eight an octave from 1/2")


def lgamma_tables():
    table("gamma_series", [[(zeta(k) - 1) / k * (-1) ** k for k in range(2, 33)]],
          "(-1)^k (zeta(k) - 1) / k, k = 2 ...: the series of lgamma(2 + z)")
    table("gamma_middle", [taylor(loggamma, mpf(3) / 2, 21)], "lgamma(1.5 + h), |h| <= 1/4")
    constant("one_minus_euler", 1 - mp.euler)
    constant("half_log_2pi", log(2 * pi) / 2)


print("/* made by tools/make_maths_tables.py; do not edit */")
if sys.argv[1:] == ["elementary"]:
    exp_table()
    log_table()
else:
    erf_table()
    lgamma_tables()
    constant("sqrt_half", sqrt(mpf(1) / 2))
    constant("sqrt_two_pi", sqrt(2 * pi))
