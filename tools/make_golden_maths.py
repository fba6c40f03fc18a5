#!/usr/bin/env python3
"""Prints tests/unit/base/golden_maths.inc: values of the functions of maths.h by mpmath (60 digits).

A row is x, the nearest double to the value, and what that double lacks, so that errors far below one
unit can be measured. Arguments: edges by hand and a seeded spread.
Usage: make_golden_maths.py > tests/unit/base/golden_maths.inc
"""
import random

from mpmath import cos, erf, erfc, erfinv, exp, expm1, log, log1p, loggamma, mp, mpf, sin, sqrt, tanh

mp.dps = 60
draw = random.Random(20240229)


def spread(low, high, n):
    return [draw.uniform(low, high) for _ in range(n)]


def scales(low, high, n, both=False):
    """Uniform in the exponent."""
    points = [10 ** draw.uniform(low, high) for _ in range(n)]
    return [x * draw.choice((-1, 1)) for x in points] if both else points


def normal(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def quantile(p):
    near = sqrt(mpf(2)) * erfinv(2 * p - 1) if p > 1e-12 else -sqrt(-2 * log(p))
    if p > 1e-12:
        return near
    x = near
    for _ in range(100):  # Newton on log(normal(x)), which is nearly a parabola there
        density = exp(-x * x / 2) / sqrt(2 * mp.pi)
        step = (log(normal(x)) - log(p)) * normal(x) / density
        x -= step
        if abs(step) < mpf(10) ** -50:
            break
    return x


def logit(p):
    return log(p) - log(1 - p)


def sigmoid(x):
    return 1 / (1 + exp(-x))


cases = {
    "exp": (exp, [0.0, 1.0, -1.0, 0.5, 709.7, -708.3, -740.0, -745.0, 2.0**-30] + spread(-700, 700, 60) + scales(-10, 0, 30, True)),
    "expm1": (expm1, [1.0, -1.0, 0.125, 0.1249999, -0.125, 1e-300, -49.9, 690.0] + spread(-3, 3, 40) + scales(-12, 1, 40, True)),
    "log": (log, [2.0, 0.5, 1.0 + 2.0**-52, 1.0 - 2.0**-53, 1e300, 2.3e-308, 5e-324, 1e-310, 1.4140625, 1.41421356] + spread(0.5, 2, 60) + scales(-300, 300, 40)),
    "log1p": (log1p, [1e-300, -0.5, -0.999999, 2.0**-8, -(2.0**-8), 1e17, 1e300] + spread(-0.99, 3, 40) + scales(-15, 0, 40)),
    "tanh": (tanh, [0.5, -0.5, 20.0, 19.0, 1e-9, 1e-300] + spread(-3, 3, 50) + scales(-10, 1, 30, True)),
    "erf": (erf, [0.5, 0.03125, 5.9, 1e-300, -0.25] + spread(-3, 3, 50) + scales(-10, 0, 30, True)),
    "erfc": (erfc, [0.5, -0.5, 0.03125, 26.5, 10.0, -5.9] + spread(-3, 27, 70) + spread(-1, 1, 20)),
    "sin": (sin, [3.141592653589793, 6.283185307179586, 1.5707963267948966, 99999.0, 94247.7796076938, 1e-10] + spread(-10, 10, 40) + spread(-1e5, 1e5, 40)),
    "cos": (cos, [3.141592653589793, 1.5707963267948966, 99999.0, -4.71238898038469, 0.0] + spread(-10, 10, 40) + spread(-1e5, 1e5, 40)),
    "lgamma": (loggamma, [0.5, 1.5, 1.0000001, 2.0000001, 1.9999, 0.9999, 1.25, 1.75, 2.5, 10.0, 9.99, 1e-300, 1e300, 2.5e305] + spread(0, 3, 60) + spread(3, 12, 30) + scales(-10, 10, 30)),
    "sigmoid": (sigmoid, [0.0, 1.0, -1.0, 30.0, -30.0, -700.0, 2.0**-40] + spread(-10, 10, 60)),
    "logit": (logit, [0.25, 0.75, 0.5 + 2.0**-53, 0.5 - 2.0**-54, 1e-300, 0.4999, 1 - 2.0**-53] + spread(0, 1, 60) + scales(-200, -1, 20)),
    "normal": (normal, [0.0, 0.75, -0.75, 1.96, -1.96, -37.5, 5.0, 1e-10] + spread(-37, 8, 60) + spread(-1, 1, 20)),
    "normal_quantile": (quantile, [0.975, 0.025, 0.5000001, 0.499, 0.2266, 1e-300, 1 - 2.0**-53] + spread(0, 1, 50) + scales(-200, -1, 20)),
}

print("/* made by tools/make_golden_maths.py; do not edit */")
print("struct golden {\n    double x, value, rest;\n};")
for name, (function, points) in cases.items():
    print(f"static const struct golden golden_{name}[] = {{")
    for x in points:
        value = function(mpf(x))
        nearest = float(value)
        print(f"    {{ {x.hex()}, {nearest.hex()}, {float(value - mpf(nearest)).hex()} }},")
    print("};")
print("static const struct golden_pow {\n    double x, y, value, rest;\n} golden_pow[] = {")
for i in range(120):
    x, y = (draw.uniform(0, 3), draw.uniform(-20, 20)) if i % 2 else (10 ** draw.uniform(-5, 5), draw.uniform(-60, 60))
    if i % 10 == 0:
        x, y = 1 + draw.uniform(-1e-3, 1e-3), draw.uniform(-6e5, 6e5)
    value = mpf(x) ** mpf(y)
    nearest = float(value)
    print(f"    {{ {x.hex()}, {y.hex()}, {nearest.hex()}, {float(value - mpf(nearest)).hex()} }},")
print("};")
