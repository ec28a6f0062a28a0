#!/usr/bin/env python3
"""Settles small random worlds, and asks an independent model what is owed.

    settle.py [--bin DIR] [--worlds N] [--seed S]

Each world has points, contracts, tariffs, reads and sessions of its own.  It
goes through qf-init, qf-ingest, qf-rate and qf-post, is corrected, and goes
through the last three once more; the ledger is then read with sqlite3, and
every line, hold and transfer compared with what the model says.  A world that
differs is kept, and its seed makes it again.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

from settle_compare import Difference, Posted, compare_run
from settle_files import Files
from settle_model import Model
from settle_world import World


class Tools:
    def __init__(self, bin_dir, folder):
        self.bin = bin_dir
        self.ledger = os.path.join(folder, "world.qf")
        self.env = dict(os.environ, QF_LEDGER=self.ledger,
                        QF_CLOCK="2026-01-01T00:00:00Z")

    def run(self, tool, *args, allow=(0,)):
        done = subprocess.run([os.path.join(self.bin, tool), *args],
                              env=self.env, capture_output=True, text=True,
                              check=False)
        if done.returncode not in allow:
            raise Difference("%s: status %d: %s" % (
                tool, done.returncode, done.stderr[:2000]))
        return done.stdout.split()


def settle(world, folder, bin_dir):
    """Lines compared; raises Difference."""
    tools = Tools(bin_dir, folder)
    inbox = os.path.join(folder, "inbox")
    Files(world, inbox).all()
    tools.run("qf-init", "--market", "m", "--zone", world.zone.name,
              "--currency", "CNY", "--money-scale", str(world.money_scale))
    tools.run("qf-ingest", "-q", *sorted(glob.glob(inbox + "/*")))
    posted = Posted(tools.ledger)
    count = one_round(world, tools, posted)
    count += in_two_parts(world, tools)
    read = os.path.join(folder, "read")
    Files(world, read).long("measured", "measured", "", world.measured())
    files = sorted(glob.glob(read + "/*"))
    if files:
        # Of an estimate nobody needs to say that it is corrected.
        tools.run("qf-ingest", "-q", *files)
        count += one_round(world, tools, posted)
    late = os.path.join(folder, "late")
    Files(world, late).corrections(*world.corrected())
    files = sorted(glob.glob(late + "/*"))
    if files:
        tools.run("qf-ingest", "-q", "--correct", "read again", *files)
        count += one_round(world, tools, posted)
    return count


def period(world):
    return "%s/%s" % tuple(
        world.zone.text(world.zone.day_start(day))[:10]
        for day in (world.first_day, world.end_day))


def in_two_parts(world, tools):
    """The same days as two periods, of which one carries on the other."""
    if world.end_day - world.first_day < 2:
        return 0
    middle = (world.first_day + world.end_day) // 2
    count, carried, extra = 0, None, []
    for days in ((world.first_day, middle), (middle, world.end_day)):
        part = world.part(*days)
        model = Model(part, carried).rate()
        run = tools.run("qf-rate", "-q", "-k", "trial", "-p", period(part),
                        *extra, allow=(0, 1))
        count += compare_run(tools.ledger, run[0], model)
        carried, extra = model.carries, ["--carry-from", run[0]]
    return count


def one_round(world, tools, posted):
    model = Model(world).rate()
    run = tools.run("qf-rate", "-q", "-p", period(world), allow=(0, 1))
    count = compare_run(tools.ledger, run[0], model)
    posting = tools.run("qf-post", "-q", *run)
    return count + posted.compare(run[0], posting[0], model)


def main():
    parser = argparse.ArgumentParser()
    root = os.path.dirname(os.path.abspath(__file__)) + "/../.."
    parser.add_argument("--bin", default=root + "/build/bin")
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=13)
    args = parser.parse_args()
    lines = failed = 0
    for seed in range(args.seed, args.seed + args.worlds):
        folder = tempfile.mkdtemp(prefix="settle-%d-" % seed)
        try:
            lines += settle(World(seed), folder, args.bin)
            shutil.rmtree(folder)
        except Difference as difference:
            failed += 1
            print("settle: seed %d: %s\n  kept in %s" % (
                seed, difference, folder))
        except Exception:
            print("settle: seed %d: the model itself failed" % seed)
            traceback.print_exc()
            failed += 1
    print("settle: %d worlds, %d lines compared, %d passed, %d failed" % (
        args.worlds, lines, args.worlds - failed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
