#!/usr/bin/env python3
"""Runs random operations on lib/base/dec.c and on Python's fractions.

    dec.py DRIVER [COUNT [SEED]]

The driver has eight registers; what it answers is compared, line by line,
with the same operation on a Fraction and a scale.  Prints how many were
compared, or the first difference, which then is the exit status.

SPDX-License-Identifier: Apache-2.0
"""
import random
import re
import subprocess
import sys
from fractions import Fraction
from math import ceil, floor

REGISTERS = 8
BATCH = 50000
DIGITS_TOP = 120        # a register beyond this is set anew
SCALE_TOP = 60
GRAMMAR = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
MODES = range(6)


def round_fraction(value, mode):
    """An integer; mode is the enum of dec.h."""
    low, high = floor(value), ceil(value)
    if low == high:
        return low
    toward, away = (low, high) if value > 0 else (high, low)
    twice = 2 * abs(value - toward)
    if mode == 0:
        return away if twice >= 1 else toward
    if mode == 1:
        if twice != 1:
            return away if twice > 1 else toward
        return low if low % 2 == 0 else high
    return (toward, away, high, low)[mode - 2]


def text_of(value, scale):
    mantissa = value * 10 ** scale
    assert mantissa.denominator == 1
    digits = str(abs(mantissa.numerator)).rjust(scale + 1, "0")
    if scale:
        digits = digits[:-scale] + "." + digits[-scale:]
    return ("-" if value < 0 else "") + digits


def canonical(value, scale):
    text = text_of(value, scale)
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse(text):
    """(value, scale), or the code of the error."""
    if GRAMMAR.fullmatch(text):
        whole, _, fraction = text.lstrip("-").partition(".")
        if len(whole) + len(fraction) > 38 or len(fraction) > 20:
            return "decimal-digits"
        return Fraction(text), len(fraction)
    if re.search("[\uff0b-\uff0e\uff10-\uff19]", text):
        return "decimal-fullwidth"
    if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+", text,
                    re.ASCII):
        return "decimal-exponent"
    return "decimal-syntax"


class Model:
    def __init__(self, rng):
        self.rng = rng
        self.registers = [(Fraction(0), 0)] * REGISTERS

    def random_int(self):
        """Often near where 64 bits end."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.3:
            value = rng.randint(0, 10 ** rng.randint(0, 6))
        elif kind < 0.6:
            value = rng.randint(0, 2 ** rng.randint(0, 62))
        elif kind < 0.8:
            value = 2 ** 63 - rng.randint(1, 3)
        else:
            value = 10 ** rng.randint(0, 18) // rng.choice((1, 2, 4, 5))
        return rng.choice((value, -value, -value - 1 if value > 2 ** 62
                           else value))

    def random_text(self):
        rng = self.rng
        value = abs(self.random_int()) * 10 ** rng.choice((0, 0, 0, 6, 19))
        scale = rng.choice((0, 1, 2, 3, 4, 6, 18, 19, 20))
        text = text_of(Fraction(value * rng.choice((1, -1)), 10 ** scale),
                       scale)
        if rng.random() < 0.15:
            where = rng.randint(0, len(text))
            text = (text[:where]
                    + rng.choice(("e", "E5", "+", "-", ".", "0", ",", "x",
                                  "\uff11", "\uff0e", "1" * 20, "\u00a0"))
                    + text[where + rng.randint(0, 1):])
        return text.strip() or "0"

    def step(self):
        """A command, and the answer that is right."""
        rng = self.rng
        out, a, b = (rng.randrange(REGISTERS) for _ in range(3))
        for register in (out, a, b):
            value, scale = self.registers[register]
            if scale > SCALE_TOP or abs(value) > 10 ** (DIGITS_TOP - scale):
                return self.set_new(register)
        op = rng.choices(
            ("new", "add", "sub", "mul", "addproduct", "mulint", "neg", "abs",
             "copy", "round", "div", "trim", "cmp", "sign", "canonical",
             "toint"),
            (25, 8, 8, 6, 14, 3, 3, 2, 2, 10, 8, 2, 4, 1, 3, 6))[0]
        if op == "new":
            return self.set_new(out)
        if op == "div" and self.registers[b][0] == 0:
            op = "cmp"
        mode = rng.choice(MODES)
        number = rng.choice((0, 1, 2, 3, 4, 6, 9, 18, 19, 25, 40))
        if op == "mulint":
            number = self.random_int()
        line = f"{op} {out} {a} {b} {number} {mode}"
        return line, self.apply(op, out, a, b, number, mode)

    def set_new(self, out):
        if self.rng.random() < 0.5:
            number = self.random_int()
            scale = self.rng.choice((0, 1, 2, 3, 4, 5, 6, 9, 18, 19, 30))
            self.registers[out] = Fraction(number, 10 ** scale), scale
            return (f"setint {out} 0 0 {number} {scale}",
                    text_of(*self.registers[out]))
        text = self.random_text()
        result = parse(text)
        line = f"parse {out} {text}"
        if isinstance(result, str):
            return line, result
        self.registers[out] = result
        return line, text_of(*result)

    def apply(self, op, out, a, b, number, mode):
        (x, xs), (y, ys) = self.registers[a], self.registers[b]
        z, zs = self.registers[out]
        if op == "cmp":
            return str((x > y) - (x < y))
        if op == "sign":
            return f"{(x > 0) - (x < 0)} {int(x == 0)}"
        if op == "canonical":
            return canonical(x, xs)
        if op == "toint":
            ticks = x * 10 ** number
            if ticks.denominator != 1:
                return "decimal-inexact"
            if not -2 ** 63 <= ticks < 2 ** 63:
                return "decimal-range"
            return str(ticks)
        if op == "round":
            result = Fraction(round_fraction(x * 10 ** number, mode),
                              10 ** number), number
        elif op == "div":
            result = Fraction(round_fraction(x / y * 10 ** number, mode),
                              10 ** number), number
        elif op == "trim":
            result = x, len(canonical(x, xs).partition(".")[2])
        else:
            result = {
                "add": lambda: (x + y, max(xs, ys)),
                "sub": lambda: (x - y, max(xs, ys)),
                "mul": lambda: (x * y, xs + ys),
                "addproduct": lambda: (z + x * y, max(zs, xs + ys)),
                "mulint": lambda: (x * number, xs),
                "neg": lambda: (-x, xs),
                "abs": lambda: (abs(x), xs),
                "copy": lambda: (x, xs),
            }[op]()
        self.registers[out] = result
        return text_of(*result)


def run_batch(driver, rng, count):
    model = Model(rng)
    steps = [model.step() for _ in range(count)]
    text = "".join(line + "\n" for line, _ in steps)
    done = subprocess.run([driver], input=text.encode(), check=True,
                          stdout=subprocess.PIPE)
    answers = done.stdout.decode().splitlines()
    if len(answers) != count:
        sys.exit(f"{count} commands, {len(answers)} answers")
    for number, ((line, right), answer) in enumerate(zip(steps, answers)):
        if right != answer:
            sys.exit(f"command {number}: {line}: {answer}, not {right}")
    return count


def main():
    driver = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng = random.Random(seed)
    compared = 0
    while compared < count:
        compared += run_batch(driver, rng, min(BATCH, count - compared))
    print(f"dec: {compared} operations agree with fractions (seed {seed})")


main()
