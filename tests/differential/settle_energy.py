"""Energy of a point, from its reads, registers and the points behind it.

SPDX-License-Identifier: Apache-2.0
"""
from fractions import Fraction

from settle_price import Hold


def meter_at(world, point, utc):
    for meter in world.meters:
        if meter["point"] == point and meter["from"] <= utc and (
                meter["to"] is None or utc < meter["to"]):
            return meter
    raise Hold("no-meter")


def difference(start, end, digits):
    """What a register has counted; it may have rolled over once."""
    if end >= start:
        return end - start
    around = end - start + 10 ** digits
    if 2 * around > 10 ** digits:
        raise Hold("register-backwards")
    return around


class Energy:
    """Interval kWh of points: {start: kWh}, with what is wrong with the
    others."""

    def __init__(self, world):
        self.world = world
        self.known = {}

    def own(self, point, channel):
        """(minutes, {start: kWh or Hold code}) as metered at the point."""
        key = point, channel
        if key not in self.known:
            self.known[key] = self.meter(point, channel)
        return self.known[key]

    def meter(self, point, channel):
        reads = self.world.reads.get((point, channel))
        if reads is None:
            return None, {}
        step = reads["minutes"] * 60
        out = {}
        for start, text in reads["values"].items():
            try:
                out[start] = self.value(reads, point, start, step, text)
            except Hold as hold:
                out[start] = hold.reason
        return reads["minutes"], out

    def value(self, reads, point, start, step, text):
        if text is None:
            raise Hold("withdrawn-read")
        factor = Fraction(1)
        if reads["side"] == "secondary":
            factor = Fraction(meter_at(self.world, point, start)["multiplier"])
        if reads["quantity"] == "kwh":
            return Fraction(text) * factor
        if reads["quantity"] == "kw":
            return Fraction(text) * factor * step / 3600
        after = reads["values"].get(start + step, "")
        if after == "":
            raise Hold("missing-read")
        if after is None:
            raise Hold("withdrawn-read")
        digits = meter_at(self.world, point, start)["digits"]
        return factor * difference(Fraction(text), Fraction(after), digits)

    def children(self, point, role):
        return [r["child"] for r in self.world.relations
                if r["parent"] == point and r["role"] == role]

    def intervals(self, point, channel, from_utc, to_utc):
        """[(start, end, kWh)] that cover the window, or Hold."""
        # Whole hours, since what stands behind may be of any resolution.
        minutes, values = self.residual(point, channel,
                                        from_utc - from_utc % 3600,
                                        to_utc + -to_utc % 3600)
        if minutes is None:
            raise Hold("missing-read")
        step = minutes * 60
        starts = range(from_utc - from_utc % step, to_utc, step)
        out = [(start, start + step, values.get(start, "missing-read"))
               for start in starts]
        reasons = {kwh for _, _, kwh in out if isinstance(kwh, str)}
        if reasons:
            raise Hold(*sorted(reasons))
        return out

    def residual(self, point, channel, from_utc, to_utc):
        """The point's energy without what is settled behind it."""
        deducts = self.children(point, "deduct")
        if not deducts:
            return self.base(point, channel, from_utc, to_utc, self.residual)
        parts, signs = [], []
        for flow, sign in (("import", 1), ("export", -1)):
            parts.append(self.base(point, flow, from_utc, to_utc,
                                   self.residual))
            signs.append(sign)
            for child in deducts:
                parts.append(self.flow(child, flow, from_utc, to_utc))
                signs.append(-sign)
        kept = [(part, sign) for part, sign in zip(parts, signs)
                if part[0] is not None]
        if not kept:
            return None, {}
        minutes, net = self.total([part for part, _ in kept],
                                  [sign for _, sign in kept], from_utc,
                                  to_utc)
        sign = 1 if channel == "import" else -1
        return minutes, {
            start: kwh if isinstance(kwh, str) else max(sign * kwh, 0)
            for start, kwh in net.items()}

    def base(self, point, channel, from_utc, to_utc, of_child):
        """The point's own energy, or the sum of children; one that is not
        metered on a channel has nothing there."""
        sums = self.children(point, "sum")
        if not sums:
            return self.own(point, channel)
        parts = [of_child(child, channel, from_utc, to_utc) for child in sums]
        parts = [part for part in parts if part[0] is not None]
        if not parts:
            return None, {}
        return self.total(parts, [1] * len(parts), from_utc, to_utc)

    def flow(self, point, channel, from_utc, to_utc):
        """All that flowed through the point."""
        return self.base(point, channel, from_utc, to_utc, self.flow)

    def total(self, parts, signs, from_utc, to_utc):
        """Signed sum on the coarsest grid; a gap of a part is one of it."""
        coarse = max(minutes for minutes, _ in parts)
        step = coarse * 60
        out = {}
        for start in range(from_utc - from_utc % step, to_utc, step):
            total = Fraction(0)
            for (minutes, values), sign in zip(parts, signs):
                for at in range(start, start + step, minutes * 60):
                    kwh = values.get(at, "missing-read")
                    if isinstance(kwh, str) or isinstance(total, str):
                        total = kwh if isinstance(kwh, str) else total
                    else:
                        total += sign * kwh
            out[start] = total
        return coarse, out

    def metered(self, point, channel, from_utc, to_utc):
        """What is there of the point's own reads."""
        minutes, values = self.own(point, channel)
        total = Fraction(0)
        for start, kwh in values.items():
            if not isinstance(kwh, str):
                inside = (min(start + minutes * 60, to_utc) -
                          max(start, from_utc))
                if inside > 0:
                    total += kwh * Fraction(inside, minutes * 60)
        return total
