"""matrix.py - same inputs and same as-of give the same bytes, wherever.

    matrix.py [--quick]

Takes the city through two nights (what came in time; what came late and was
corrected) again and again: with other time zones, locales, umasks, working
folders, orders and folders of input files, days of the clock, names of the
ledger and, for root, another user.  Every export must have the same names and
bytes.  --quick tries only one that differs in everything.
"""
import os
import pwd
import shutil
import sys
import tempfile

import city

LATE = [os.path.join(city.CITY, "late", "reads-pile-04.csv")]
CORRECTED = [os.path.join(city.CITY, "correction", name) for name in (
    "reads-nanping-corrected.csv", "contracts-pile-02.csv")]
IDENTITY = os.path.join(city.CITY, "identity.csv")
# What a directory is made of each posting: its name and the options.
FORMS = {
    "billing-csv": ("-t", "billing-csv"),
    "billing-jsonl": ("-t", "billing-jsonl"),
    "billing-full": ("-t", "billing-csv", "--full", "--lang", "both"),
    "statement": ("-t", "statement-xml", "--full"),
    "statements": ("-t", "statement-xml", "--per-party", "--lang", "both",
                   "--identity", IDENTITY),
    "lines": ("-t", "lines-csv"),
    "gb18030": ("-t", "billing-csv", "--encoding", "gb18030"),
}


def copied(paths, folder):
    """The same files, with the same names, in another folder."""
    os.makedirs(folder)
    return [shutil.copy(path, folder) for path in paths]


def nights(ledger, order, singly, moved):
    """Both nights; what the exports are, [(name, digest)]."""
    def take(paths, *options):
        if moved:
            paths = copied(paths, os.path.join(
                moved, "%d" % len(os.listdir(moved))))
        for part in [[p] for p in paths] if singly else [order(paths)]:
            ledger.run("qf-ingest", *options, *part)
    ledger.init()
    take(city.inputs())
    draft = ledger.run("qf-rate", "-q", *city.PERIOD, "--kind", "draft",
                       allow=(1,)).out
    run, first = ledger.settle()
    take(LATE)
    take(CORRECTED, "--correct", "read again")
    again, second = ledger.settle()
    for name, handle in (("draft", draft), ("1", first), ("2", second)):
        for form, options in FORMS.items():
            if name != "draft" or "--full" not in options:
                ledger.export(handle, os.path.join("out", name + "-" + form),
                              *options)
    for name, handle in (("run-1", run), ("run-2", again)):
        ledger.export(handle, os.path.join("out", name), "-t", "lines-csv")
    return city.tree(os.path.join(ledger.folder, "out"))


def one(top, number, title, order=list, singly=False, elsewhere=False, cwd="",
        **more):
    """One way to do it all."""
    folder = os.path.join(top, "%d" % number)
    os.makedirs(os.path.join(folder, "out"))
    moved = ""
    if elsewhere:
        moved = os.path.join(folder, "mail", "收件箱 of tonight")
        os.makedirs(moved)
    if more.get("user"):
        os.chown(folder, *pwd.getpwnam("nobody")[2:4])
        os.chown(os.path.join(folder, "out"), *pwd.getpwnam("nobody")[2:4])
    ledger = city.Ledger(folder, cwd=cwd or folder, **more)
    found = nights(ledger, order, singly, moved)
    shutil.rmtree(folder)
    return title, found


def others():
    """(title, how it differs)."""
    for zone in ("Asia/Shanghai", "America/New_York", "Pacific/Apia",
                 "Not/AZone", ":/etc/localtime"):
        yield "TZ=" + zone, {"env": {"TZ": zone}}
    for locale in ("zh_CN.GB18030", "de_DE.UTF-8", "tr_TR.UTF-8", ""):
        yield "LC_ALL=" + locale, {"env": {"LC_ALL": locale,
                                           "LANG": "ar_EG.UTF-8"}}
    for mask in (0o000, 0o027, 0o077):
        yield "umask %03o" % mask, {"umask": mask}
    yield "from the root folder", {"cwd": "/"}
    yield "files in another folder", {"elsewhere": True}
    yield "files in reverse order", {"order": lambda p: p[::-1]}
    for seed in range(1, 5):
        yield "files in order %d" % seed, {
            "order": lambda p, s=seed: city.shuffled(p, s)}
    yield "files one by one", {"singly": True}
    for clock in ("1999-12-31T23:59:59Z", "2025-10-26T00:30:00Z",
                  "2037-02-28T16:00:00Z"):
        yield "clock " + clock, {"env": {"QF_CLOCK": clock}}
    yield "another name of the ledger", {"name": "another-账本.db"}
    if os.geteuid() == 0:
        yield "another user", {"user": "nobody"}


def everything():
    """One that differs in all of it at once."""
    more = {"env": {"TZ": "America/New_York", "LC_ALL": "zh_CN.GB18030",
                    "QF_CLOCK": "2031-12-31T23:59:59Z"},
            "umask": 0o077, "cwd": "/", "elsewhere": True,
            "order": lambda p: city.shuffled(p, 7), "name": "x.db"}
    if os.geteuid() == 0:
        more["user"] = "nobody"
    return more


def main():
    quick = "--quick" in sys.argv[1:]
    checks = city.Checks("matrix")
    with tempfile.TemporaryDirectory(prefix="qf-matrix-") as top:
        os.chmod(top, 0o755)
        _, expected = one(top, 0, "as it is")
        ways = [("everything", everything())]
        if not quick:
            ways += others()
        for number, (title, more) in enumerate(ways, 1):
            _, found = one(top, number, title, **more)
            differ = sorted({name for name, _ in
                             set(found) ^ set(expected)})
            checks.that(not differ and len(found) > 20,
                        "%s: %d files differ: %s" % (
                            title, len(differ), ", ".join(differ[:5])))
        print("matrix: %d files of %d ways compared" % (len(expected),
                                                        len(ways)))
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
