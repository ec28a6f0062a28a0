"""Exact numbers and local time for the model of settlement.

SPDX-License-Identifier: Apache-2.0
"""
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

MODES = ("half-up", "half-even", "down", "up", "ceiling", "floor")
DAY_0 = date(1970, 1, 1)


def round_to(value, scale, mode):
    """The value at so many decimals, as a Fraction."""
    value, ticks = Fraction(value), 10 ** scale
    low, rest = divmod(value.numerator * ticks, value.denominator)
    if not rest:
        return value
    high = low + 1
    toward, away = (low, high) if value > 0 else (high, low)
    twice = 2 * rest if value > 0 else 2 * (value.denominator - rest)
    if mode == "half-up":
        chosen = away if twice >= value.denominator else toward
    elif mode == "half-even":
        chosen = low if low % 2 == 0 else high
        if twice != value.denominator:
            chosen = away if twice > value.denominator else toward
    else:
        chosen = {"down": toward, "up": away, "ceiling": high,
                  "floor": low}[mode]
    return Fraction(chosen, ticks)


def is_decimal(value):
    """Whether it can be written with finitely many decimals."""
    rest = Fraction(value).denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def scale_of(text):
    """Decimals that a number is written with, trailing zeros left out."""
    _, _, decimals = text.partition(".")
    return len(decimals.rstrip("0"))


class Zone:
    """Local time of a market: days, months and minutes of instants."""

    def __init__(self, name):
        self.name = name
        self.info = ZoneInfo(name)
        self.day_start = lru_cache(None)(self._day_start)
        self.day_of = lru_cache(None)(self._day_of)
        self.offset = lru_cache(None)(self._offset)

    def _local(self, utc):
        return datetime.fromtimestamp(utc, timezone.utc).astimezone(self.info)

    def _offset(self, utc):
        return int(self._local(utc).utcoffset().total_seconds())

    def _day_of(self, utc):
        return (self._local(utc).date() - DAY_0).days

    def _day_start(self, day):
        local = datetime.combine(date_of(day), datetime.min.time(), self.info)
        return int(local.timestamp())

    def month_of(self, utc):
        local = date_of(self.day_of(utc))
        return local.year * 100 + local.month

    def text(self, utc):
        """Local time with its offset."""
        return self._local(utc).isoformat()

    def plain(self, utc):
        """Local time without offset, or None where that says too little."""
        local = self._local(utc).replace(tzinfo=None)
        fits = {int(local.replace(tzinfo=self.info, fold=fold).timestamp())
                for fold in (0, 1)}
        return local.isoformat() if fits == {utc} else None


def date_of(day):
    return DAY_0 + timedelta(days=day)


def day_number(year, month, day):
    return (date(year, month, day) - DAY_0).days


def month_of_day(day):
    local = date_of(day)
    return local.year * 100 + local.month


def first_of(month):
    return day_number(month // 100, month % 100, 1)
