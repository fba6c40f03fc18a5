#!/usr/bin/env python3
"""Prints the tables of src/base/num_powers.inc: 64 leading bits of the powers of ten, exact integers.

For the shortest float32 (num_repr_float): one entry for 10^e, e = -31 .. 45, as the smallest integer
above 10^e * 2^s with 2^63 <= entry < 2^64.
"""


def leading_bits(e):
    """floor(10^e * 2^s) + 1 for the s that makes the floor a number of 64 bits."""
    numerator, denominator = (10**e, 1) if e >= 0 else (1, 10**-e)
    shift = 64 - (numerator.bit_length() - denominator.bit_length())
    for s in (shift - 1, shift, shift + 1):
        value = (numerator << s) // denominator if s >= 0 else numerator // (denominator << -s)
        if value >> 63 == 1:
            return value + 1
    raise AssertionError(e)


print("/* made by tools/make_powers.py; do not edit */")
print("enum { first_power = -31 };")
print("static const uint64_t power_bits[] = {")
for e in range(-31, 46):
    print(f"    0x{leading_bits(e):016x}, /* 10^{e} */")
print("};")
