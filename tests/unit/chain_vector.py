"""The digests that entry_test.c expects, from qf-ledger(5) and hashlib alone.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib


def field(value):
    if value is None:
        return b"~"
    data = str(value).encode()
    return b"%d:%s," % (len(data), data)


def sha(data):
    return hashlib.sha256(data).digest()


def tree(leaves):
    """RFC 6962, section 2.1, as it is written there: recursively."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\1" + tree(leaves[:k]) + tree(leaves[k:]))


market = [b"".join(map(field, (1, "重庆", "Asia/Shanghai", "CNY", 2)))]
print("market root ", tree(market).hex())

holds = [b"".join(map(field, (line, contract, "supply", "p1", None, -5,
                              1738339200, "no-tariff", "")))
         for line, contract in ((1, "c1"), (2, "c2"), (3, "c3"))]
print("content root",
      sha(b"rows run_hold 3 %s\n" % tree(holds).hex().encode()).hex())
