#!/usr/bin/env python3
"""Compares lib/base/zone.c with Python's zoneinfo, in every zone there is.

    zone.py DRIVER

Asks about the instants and wall clock times around every change of a clock
from 1900 to 2100, and about random ones.  Both read the same files.

SPDX-License-Identifier: Apache-2.0
"""
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

DIRECTORY = "/usr/share/zoneinfo"
EPOCH = datetime(1970, 1, 1)
DAY = 86400
FROM = int((datetime(1900, 1, 1) - EPOCH).total_seconds())
TO = int((datetime(2100, 1, 1) - EPOCH).total_seconds())
STEP = 9 * DAY
RANDOM_QUESTIONS = 200


def offset(zone, utc):
    instant = EPOCH.replace(tzinfo=timezone.utc) + timedelta(seconds=utc)
    return int(instant.astimezone(zone).utcoffset().total_seconds())


def bisect(low, high, is_after):
    """The first instant in (low, high] that is after."""
    while high - low > 1:
        middle = (low + high) // 2
        if is_after(middle):
            high = middle
        else:
            low = middle
    return high


def changes(zone):
    before = offset(zone, FROM)
    for utc in range(FROM, TO, STEP):
        after = offset(zone, utc + STEP)
        if after != before:
            yield bisect(utc, utc + STEP, lambda t: offset(zone, t) != before)
        before = after


def local(zone, local_s):
    """The instants of a wall clock time, as zone_to_utc() tells them."""
    wall = EPOCH + timedelta(seconds=local_s)
    found = []
    for fold in (0, 1):
        east = wall.replace(tzinfo=zone, fold=fold).utcoffset()
        utc = local_s - int(east.total_seconds())
        if offset(zone, utc) == local_s - utc and utc not in found:
            found.append(utc)
    if not found:
        gap = bisect(local_s - 2 * DAY, local_s + 2 * DAY,
                     lambda t: t + offset(zone, t) > local_s)
        return "missing", gap, gap
    kind = "ambiguous" if len(found) == 2 else "unique"
    return kind, min(found), max(found)


def day_of(zone, utc):
    """The last local day that has started."""
    day = (utc + offset(zone, utc)) // DAY
    while local(zone, (day + 1) * DAY)[1] <= utc:
        day += 1
    return day


def questions(zone, rng):
    for change in changes(zone):
        for utc in (change - 1, change, change + 1):
            yield "offset", utc
            yield "day", utc
        for side in (change - 1, change):
            wall = change + offset(zone, side)
            for delta in (-3601, -3600, -1800, -1, 0, 1, 1800, 3600, 3601):
                yield "local", wall + delta
            for day in (wall // DAY, wall // DAY + 1):
                yield "start", day
            yield "day", change - change % 1800 + 1800
            yield "day", change + 3 * 3600
    for _ in range(RANDOM_QUESTIONS):
        utc = rng.randint(FROM, TO)
        yield rng.choice((("offset", utc), ("local", utc), ("day", utc),
                          ("start", utc // DAY)))


def right_answer(zone, question, number):
    if question == "offset":
        return str(offset(zone, number))
    if question == "local":
        return "%s %d %d" % local(zone, number)
    if question == "start":
        return str(local(zone, number * DAY)[1])
    return str(day_of(zone, number))


def different_zones():
    """One name for each different file, of those in the directory."""
    names = {}
    for name in sorted(available_timezones()):
        path = os.path.join(DIRECTORY, name)
        if os.path.isfile(path) and name != "localtime":
            with open(path, "rb") as file:
                names.setdefault(file.read(), name)
    return sorted(names.values())


def main():
    rng = random.Random(1)
    lines, rights = [], []
    zones = different_zones()
    for name in zones:
        zone = ZoneInfo(name)
        lines.append(f"zone {name}\n")
        for question, number in questions(zone, rng):
            lines.append(f"{question} {number}\n")
            rights.append((name, question, number,
                           right_answer(zone, question, number)))
    done = subprocess.run([sys.argv[1]], input="".join(lines).encode(),
                          check=True, stdout=subprocess.PIPE)
    answers = done.stdout.decode().splitlines()
    if len(answers) != len(rights):
        sys.exit(f"{len(rights)} questions, {len(answers)} answers")
    wrong = [(right, answer) for right, answer in zip(rights, answers)
             if right[3] != answer]
    for right, answer in wrong[:20]:
        print(f"{right[0]} {right[1]} {right[2]}: {answer}, not {right[3]}")
    if wrong:
        sys.exit(f"{len(wrong)} of {len(rights)} answers differ")
    print(f"zone: {len(rights)} answers in {len(zones)} zones agree with "
          "zoneinfo")


main()
