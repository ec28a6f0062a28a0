"""Sessions: each part under the contract and tariff of its time.

SPDX-License-Identifier: Apache-2.0
"""
from collections import defaultdict
from fractions import Fraction

from settle_num import round_to, scale_of
from settle_price import Hold, band_order, version_of


class Atom:
    """A part of a session without an edge in it."""

    def __init__(self, segment, charge, band, price, from_utc, to_utc):
        self.segment, self.charge = segment, charge
        self.band, self.price = band, price
        self.from_utc, self.to_utc = from_utc, to_utc
        self.kwh = Fraction(0)

    def alike(self):
        if self.charge is None:
            return None
        label = self.band if self.charge["by_band"] else None
        return (id(self.segment.contract), id(self.segment.version), label,
                self.price)


class Part:
    """What Model.put() wants to know of a stretch."""

    def __init__(self, contract, version, month):
        self.contract, self.version, self.month = contract, version, month


class Sessions:
    def __init__(self, model, key, stretches):
        self.model, self.key, self.stretches = model, key, stretches
        self.zone, self.world = model.zone, model.world

    def rate(self):
        world = self.world
        for name in sorted(world.sessions, key=lambda name: (
                world.sessions[name]["end"], name)):
            session = world.sessions[name]
            if not world.from_utc <= session["end"] < world.to_utc or \
                    not self.parts(session):
                continue
            kept = list(self.model.out), dict(self.model.rests)
            try:
                self.session(session)
            except Hold as hold:
                self.model.out, self.model.rests = kept
                self.model.holds[self.key + (name,)] = set(hold.args)

    def parts(self, session):
        """[(contract, from, to)] of the session."""
        out = []
        for contract in self.stretches:
            begin = max(contract["from"], session["start"])
            end = min(contract["to"] or 1 << 60, session["end"])
            if contract["point"] == session["point"] and begin < end:
                out.append((contract, begin, end))
        return out

    def pieces(self, session):
        """The parts, cut by versions: [(Part, from, to)]."""
        month = self.zone.month_of(session["end"])
        for contract, begin, end in self.parts(session):
            tariff = self.world.tariffs.get(contract["tariff"])
            if tariff is None:
                raise Hold("no-tariff")
            while begin < end:
                day = self.zone.day_of(begin)
                version = version_of(tariff, day)
                if version is None:
                    raise Hold("no-tariff")
                stop = min(end, self.zone.day_start(day + 1))
                yield Part(contract, version, month), begin, stop
                begin = stop

    def session(self, session):
        pieces = list(self.pieces(session))
        for channel in ("import", "export"):
            if session[channel + "_kwh"] is None:
                continue
            sources = self.sources(session, channel)
            ids = []
            for part, _, _ in pieces:
                for charge in part.version["charges"]:
                    if charge["leg"] == part.contract["leg"] and \
                            charge["per"] == "kwh" and \
                            charge["channel"] == channel and \
                            charge["id"] not in ids:
                        ids.append(charge["id"])
            for name in ids:
                self.charge(session, pieces, name, channel, sources)

    def charge(self, session, pieces, name, channel, sources):
        atoms = []
        for part, begin, end in pieces:
            charge = next((c for c in part.version["charges"]
                           if c["id"] == name and c["channel"] == channel),
                          None)
            if charge is not None:
                atoms += self.atoms(part, charge, begin, end)
        charge = atoms[0].charge
        atoms = fill(atoms, session["start"], session["end"])
        owned = [a for a in atoms if a.charge]
        rule = charge["sessions"] or owned[0].segment.version["sessions"]
        for band, begin, end, kwh in sources:
            mine = [(a, max(a.from_utc, begin), min(a.to_utc, end))
                    for a in atoms if band in (None, a.band) or
                    not a.charge]
            mine = [m for m in mine if m[1] < m[2]]
            if not mine:
                raise Hold("session-parts")
            if len({a.alike() for a, _, _ in mine}) > 1 and rule != "even":
                raise Hold("no-intervals")
            share(mine, kwh)
        self.lines(session, atoms)

    def atoms(self, part, charge, begin, end):
        model = self.model
        series = model.prices.series_of(part.version, charge)
        while begin < end:
            day = self.zone.day_of(begin)
            band = next(b for b in model.bands.of_day(part.version, day)
                        if begin < b[1])
            to = min(end, band[1])
            if series:
                to = model.same_price(series, begin, to)
            price = model.prices.at(part.version, charge, part.contract,
                                    self.zone.month_of(begin), band[2], begin)
            yield Atom(part, charge, band[2], price, begin, to)
            begin = to

    def sources(self, session, channel):
        """[(band, from, to, kWh)]: its intervals, its bands, or its total."""
        whole = session["start"], session["end"]
        out = [(None, start, end, kwh) for (of, start, end), kwh
               in sorted(session["intervals"].items()) if of == channel]
        if not out:
            out = [(band,) + whole + (kwh,) for (of, band), kwh
                   in sorted(session["bands"].items()) if of == channel]
        total = session[channel + "_kwh"]
        if not out:
            return [(None,) + whole + (total,)]
        if sum(Fraction(kwh) for _, _, _, kwh in out) != Fraction(total) or \
                any(a < whole[0] or b > whole[1] for _, a, b, _ in out):
            raise Hold("session-parts")
        return out

    def lines(self, session, atoms):
        parts = []      # under one contract and version
        for atom in atoms:
            if atom.charge is None:
                continue
            of = atom.segment.contract, atom.segment.version
            if not parts or any(a is not b for a, b in zip(parts[-1][0], of)):
                parts.append((of, []))
            parts[-1][1].append(atom)
        for (_, version), some in parts:
            groups = defaultdict(list)
            for atom in some:
                if atom.kwh:
                    label = atom.band if atom.charge["by_band"] else None
                    groups[label].append((atom.kwh, atom.price))
            for band in sorted(groups, key=band_order(version).index):
                self.model.line_of_parts(
                    some[0].segment, some[0].charge, some[0].from_utc,
                    some[-1].to_utc, band, groups[band], session)


def fill(atoms, begin, end):
    """With what another has, where the contract does not reach."""
    out = []
    for atom in atoms:
        if begin < atom.from_utc:
            out.append(Atom(None, None, None, None, begin, atom.from_utc))
        out.append(atom)
        begin = atom.to_utc
    if begin < end:
        out.append(Atom(None, None, None, None, begin, end))
    return out


def share(parts, kwh):
    """Evenly over the seconds, by what was to be given up to each edge."""
    scale = max(6, scale_of(kwh))
    seconds = sum(to - begin for _, begin, to in parts)
    passed, given = 0, Fraction(0)
    for atom, begin, to in parts:
        passed += to - begin
        now = round_to(Fraction(kwh) * passed / seconds, scale, "half-up")
        atom.kwh += now - given
        given = now
