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


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """RFC 6962, section 2.1, over leaf digests that come one by one."""

    def __init__(self):
        self.count, self.whole = 0, []  # roots of whole trees, largest first

    def add(self, digest):
        self.count += 1
        for _ in range((self.count & -self.count).bit_length() - 1):
            digest = node(self.whole.pop(), digest)
        self.whole.append(digest)

    def root(self):
        if not self.whole:
            return hashlib.sha256(b"").digest()
        digest = self.whole[-1]
        for left in self.whole[-2::-1]:
            digest = node(left, digest)
        return digest


def root(leaves):
    tree = Tree()
    for digest in leaves:
        tree.add(digest)
    return tree.root()


def tables_of(base):
    """{table: its columns but id and entry}, where it has rows of entries."""
    out = {}
    for (name,) in base.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        columns = [c[1] for c in base.execute(
            "SELECT * FROM pragma_table_xinfo(?)", (name,))]
        if name != "entry" and "entry" in columns:
            out[name] = [c for c in columns if c not in ("id", "entry")]
    return out


def fail(text):
    print(text)
    sys.exit(1)


def trees_of(base, tables):
    """{(entry, table): tree}, each table read once as it was written."""
    trees = {}
    for name, columns in tables.items():
        for row in base.execute('SELECT entry, %s FROM "%s" ORDER BY rowid' % (
                ", ".join('"%s"' % c for c in columns), name)):
            tree = trees.get((row[0], name))
            if tree is None:
                tree = trees[row[0], name] = Tree()
            tree.add(leaf(row[1:]))
    return trees


def check_entry(trees, tables, number, kind, header, digest, previous):
    if hashlib.sha256(header.encode()).hexdigest() != digest:
        fail("entry %d: the header does not have the digest" % number)
    lines = header.split("\n")
    for line in ("entry %d" % number, "kind " + kind, "previous " + previous):
        if line not in lines:
            fail("entry %d: the header does not say %s" % (number, line))
    told = dict(re.findall(r"^rows (\w+) (\d+ [0-9a-f]{64})$", header, re.M))
    rows = 0
    for name in tables:
        tree = trees.pop((number, name), Tree())
        found = "%d %s" % (tree.count, tree.root().hex())
        if tree.count > 0 or name in told:
            if told.get(name) != found:
                fail("entry %d: rows of %s: header has %s, found %s" % (
                    number, name, told.get(name), found))
        rows += tree.count
    return rows


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    base = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
    tables, previous, rows, count = tables_of(base), "0" * 64, 0, 0
    digests, trees = {}, trees_of(base, tables)
    for number, kind, header, digest in base.execute(
            "SELECT entry, kind, header, digest FROM entry ORDER BY entry"):
        count += 1
        if number != count:
            fail("entry %d is missing" % count)
        rows += check_entry(trees, tables, number, kind, header, digest,
                            previous)
        digests[number] = previous = digest
    for number, name in sorted(trees):
        fail("%s has rows of entry %d, which is not there" % (name, number))
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
