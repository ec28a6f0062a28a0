#!/usr/bin/env python3
"""verify.py - a second verifier, which shares no code with the tools.

    verify.py LEDGER [CHECKPOINT]

Reads a ledger with Python's sqlite3 alone and recomputes what qf-ledger(5)
specifies: the leaf of every row, the tree of every table of every entry, the
digest of every header, the chain; and that every header tells the rows that
are there.  With a checkpoint ("entry N", "digest D" lines as qf-audit
checkpoint prints them) also that the past up to it is unchanged.  Prints
"N entries, N rows" and exits 0, or the first difference and exits 1.
"""
import hashlib
import re
import sqlite3
import sys


def canonical(row):
    """A row's bytes: "<length>:<bytes>," a value, "~" for nothing."""
    out = b""
    for value in row:
        if value is None:
            out += b"~"
            continue
        text = str(value).encode()
        out += b"%d:%s," % (len(text), text)
    return out


def leaf(row):
    return hashlib.sha256(b"\x00" + canonical(row)).digest()


def root(leaves):
    """RFC 6962, section 2.1: the tree over a list of leaf digests."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest()
                 for a, b in zip(leaves[::2], leaves[1::2])]
        leaves = pairs + ([leaves[-1]] if len(leaves) % 2 else [])
    return leaves[0]


def tables_of(base):
    """{table: its columns but id and entry}, where it has rows of entries."""
    out = {}
    for (name,) in base.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        columns = [c[1] for c in base.execute(
            "SELECT * FROM pragma_table_info(?)", (name,))]
        if name != "entry" and "entry" in columns:
            out[name] = [c for c in columns if c not in ("id", "entry")]
    return out


def fail(text):
    print(text)
    sys.exit(1)


def check_entry(base, tables, number, kind, header, digest, previous):
    if hashlib.sha256(header.encode()).hexdigest() != digest:
        fail("entry %d: the header does not have the digest" % number)
    lines = header.split("\n")
    for line in ("entry %d" % number, "kind " + kind, "previous " + previous):
        if line not in lines:
            fail("entry %d: the header does not say %s" % (number, line))
    told = dict(re.findall(r"^rows (\w+) (\d+ [0-9a-f]{64})$", header, re.M))
    rows = 0
    for name, columns in tables.items():
        leaves = [leaf(row) for row in base.execute(
            'SELECT %s FROM "%s" WHERE entry = ? ORDER BY rowid' % (
                ", ".join('"%s"' % c for c in columns), name), (number,))]
        found = "%d %s" % (len(leaves), root(leaves).hex())
        if leaves or name in told:
            if told.get(name) != found:
                fail("entry %d: rows of %s: header has %s, found %s" % (
                    number, name, told.get(name), found))
        rows += len(leaves)
    return rows


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    base = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
    tables, previous, rows, count = tables_of(base), "0" * 64, 0, 0
    digests = {}
    for number, kind, header, digest in base.execute(
            "SELECT entry, kind, header, digest FROM entry ORDER BY entry"):
        count += 1
        if number != count:
            fail("entry %d is missing" % count)
        rows += check_entry(base, tables, number, kind, header, digest,
                            previous)
        digests[number] = previous = digest
    for name in tables:
        stray = base.execute(
            'SELECT min(entry) FROM "%s" WHERE entry NOT IN '
            "(SELECT entry FROM entry)" % name).fetchone()[0]
        if stray is not None:
            fail("%s has rows of entry %d, which is not there" % (name, stray))
    if len(sys.argv) == 3:
        with open(sys.argv[2], encoding="utf-8") as f:
            text = f.read()
        number = int(re.search(r"^entry (\d+)$", text, re.M).group(1))
        digest = re.search(r"^digest ([0-9a-f]{64})$", text, re.M).group(1)
        if digests.get(number) != digest:
            fail("entry %d is not the one of the checkpoint" % number)
    print("%d entries, %d rows" % (count, rows))


if __name__ == "__main__":
    main()
