"""ssc_utilityrate.py - a year under American tariffs, against NREL's numbers.

    ssc_utilityrate.py DIR      DIR has cases.json and the CSV files it names

Each case becomes a tariff document of twelve versions, a month each, whose
bands are the pairs of energy and demand period, and the year's load and
generation, in kW; qf-tariff prices it, and the sums of the months are held
against the expected values, within their tolerances.  Without the system the
load is billed; with it, load and generation are the two channels of a point
that the tariff sets against each other.

What the documents cannot say is listed as skipped with its reason, above all
credits that one month hands to the next.  A case that must be refused must be
refused by qf-tariff check.
"""
import csv
import decimal
import io
import json
import os
import subprocess
import sys
import tempfile

from case import BIN, Suite

D = decimal.Decimal
YEAR = 2018         # begins on a Monday, has no 29 February
WEEK = ("monday tuesday wednesday thursday friday", "saturday sunday")
NET, NET_DOLLARS, BILLING, CARRYOVER, ALL = range(5)
KWH, KWH_PER_KW, KWH_DAILY, KWH_PER_KW_DAILY = range(4)


class Skip(Exception):
    """Why a value is outside of what documents say."""


def kilowatts(directory, source, years=1):
    """Mean kW by step of the first of so many years.

    They are read as the authors' own test reads them, since what it expects
    comes of that: whatever stands between commas is a value, and 0 where it
    is no number (a heading, a mark, a count in quotes before its value)."""
    out = []
    with open(os.path.join(directory, source["file"]),
              encoding="utf-8") as f:
        for line in f:
            for word in line.split(","):
                try:
                    out.append(D(word.strip()))
                except decimal.InvalidOperation:
                    out.append(D(0))
    steps = source["n"] // years
    if steps not in (8760, 17520, 35040) or len(out) < steps:
        raise Skip("%d values of %d are no year" % (len(out), steps))
    return out[:steps]


def repeated(values, steps):
    """The same in steps that are shorter."""
    return [kw for kw in values for _ in range(steps // len(values))]


def rows_of(matrix, period):
    """Tiers of a period (or month), without its first two columns."""
    return [row[2:] for row in sorted(matrix, key=lambda row: row[1])
            if row[0] == period]


def text(number):
    return format(D(str(number)), "f")


def ranges(hours):
    """"00:00-08:00 22:00-24:00" of the hours of a day."""
    out = []
    for hour in sorted(hours):
        if out and out[-1][1] == hour:
            out[-1][1] = hour + 1
        else:
            out.append([hour, hour + 1])
    return " ".join("%02d:00-%02d:00" % tuple(r) for r in out)


class Month:
    """What a month's version of a tariff says."""

    def __init__(self, inputs, number, minutes):
        self.inputs, self.number, self.minutes = inputs, number, minutes
        self.demand = bool(inputs.get("ur_dc_enable"))
        self.hours = {}         # (week part, energy, demand): hours
        for part, name in enumerate(("weekday", "weekend")):
            energy = inputs["ur_ec_sched_" + name][number]
            demand = inputs["ur_dc_sched_" + name][number] \
                if self.demand else [0] * 24
            for hour, pair in enumerate(zip(energy, demand)):
                self.hours.setdefault((part,) + pair, []).append(hour)
        self.pairs = sorted({key[1:] for key in self.hours})

    def bands(self):
        return ["<bands>"] + [
            '<band id="e%sd%s" days="%s" hours="%s"/>' % (
                energy, demand, WEEK[part], ranges(hours))
            for (part, energy, demand), hours
            in sorted(self.hours.items())] + ["</bands>"]

    def ids(self, period):
        return ["e%sd%s" % pair for pair in self.pairs if pair[0] == period]

    def prices(self, price_of, indent=""):
        """A price element for each band."""
        return ['%s<price band="%s" value="%s"/>' % (
            indent, band, text(price_of(period)))
            for period in sorted({pair[0] for pair in self.pairs})
            for band in self.ids(period)]

    def tier_rows(self, period):
        """[(limit, unit, price)]: where a tier of kWh per kW is followed by
        tiers of kWh, these are within it, and so end with it."""
        out, within = [], None
        for limit, unit, buy, _ in rows_of(self.inputs["ur_ec_tou_mat"],
                                           period):
            if unit == KWH_PER_KW_DAILY:
                raise Skip("tiers of kWh a kW and day")
            if unit != KWH_PER_KW and limit is None and within is not None:
                limit, unit = within, KWH_PER_KW
                within = None
            elif unit == KWH_PER_KW and limit is not None and \
                    self.followed(period, limit):
                within = limit
                continue
            out.append((limit, unit, buy))
        return out

    def followed(self, period, limit):
        """Whether the tier of kWh per kW is one with tiers of kWh in it."""
        rows = rows_of(self.inputs["ur_ec_tou_mat"], period)
        at = next(i for i, row in enumerate(rows)
                  if row[:2] == [limit, KWH_PER_KW])
        return at + 1 < len(rows) and rows[at + 1][1] == KWH

    def energy(self, attributes):
        """The import charge: one price a band, or tiers."""
        tiers = {period: self.tier_rows(period)
                 for period in sorted({pair[0] for pair in self.pairs})}
        if all(len(rows) == 1 for rows in tiers.values()):
            return ["<import%s>" % attributes] + self.prices(
                lambda period: tiers[period][0][2]) + ["</import>"]
        kinds = {}
        for period, rows in tiers.items():
            kinds.setdefault(tuple(row[:2] for row in rows),
                             []).append(period)
        out = ["<import%s>" % attributes]
        if any(unit == KWH_PER_KW for kind in kinds for _, unit in kind):
            out.append('<demand window="%d"/>' % self.minutes)
        for kind, periods in kinds.items():
            some = "" if len(kinds) == 1 else ' bands="%s"' % " ".join(
                band for period in periods for band in self.ids(period))
            out.append('<tiers split="share"%s>' % some)
            for number, (limit, unit) in enumerate(kind):
                out.append("<tier%s>" % self.tier_end(limit, unit))
                out += ['<price band="%s" value="%s"/>' % (
                    band, text(tiers[period][number][2]))
                    for period in periods for band in self.ids(period)]
                out.append("</tier>")
            out.append("</tiers>")
        return out + ["</import>"]

    @staticmethod
    def tier_end(limit, unit):
        if limit is None:
            return ""
        return ' to="%s"%s' % (text(limit), {
            KWH: "", KWH_PER_KW: ' unit="kw"',
            KWH_DAILY: ' unit="day"'}[unit])

    def sales(self, attributes):
        """What is fed in, at the first tier's rate, which must be all's."""
        def rate(period):
            rates = {row[3] for row in rows_of(
                self.inputs["ur_ec_tou_mat"], period)}
            if len(rates) > 1:
                raise Skip("sell rates by tier")
            return rates.pop()
        return ["<export%s>" % attributes] + self.prices(rate) + [
            "</export>"]

    def demands(self, attributes):
        out, ids = [], []
        if not self.demand:
            return out, ids
        for period in sorted({pair[1] for pair in self.pairs}):
            bands = ' bands="%s"' % " ".join(
                "e%sd%s" % pair for pair in self.pairs if pair[1] == period)
            self.per_kw(out, ids, "period-%s" % period, attributes, bands,
                        rows_of(self.inputs["ur_dc_tou_mat"], period))
        self.per_kw(out, ids, "flat", attributes, "",
                    rows_of(self.inputs["ur_dc_flat_mat"], self.number))
        return out, ids

    def per_kw(self, out, ids, name, attributes, bands, rows):
        if not any(price for _, price in rows):
            return
        ids.append(name)
        out.append('<charge id="%s" leg="supply" per="kw"%s>' % (
            name, attributes))
        out.append('<demand window="%d"%s/>' % (self.minutes, bands))
        if len(rows) == 1:
            out.append('<price value="%s"/>' % text(rows[0][1]))
        else:
            out.append("<tiers>")
            out += ["<tier%s price=\"%s\"/>" % (
                self.tier_end(limit, KWH), text(price))
                for limit, price in rows]
            out.append("</tiers>")
        out.append("</charge>")

    def fixed(self, ids):
        """What is owed whatever was used, and the least of it all."""
        out = []
        if self.inputs.get("ur_monthly_fixed_charge"):
            ids.append("fixed")
            out += ['<charge id="fixed" leg="supply" per="month">',
                    '<price value="%s"/>' % text(
                        self.inputs["ur_monthly_fixed_charge"]),
                    "</charge>"]
        if self.inputs.get("ur_monthly_min_charge"):
            out.append('<limit id="least" leg="supply" of="energy %s" '
                       'least="%s"/>' % (" ".join(ids), text(
                           self.inputs["ur_monthly_min_charge"])))
        return out

    def version(self, of_import, of_demand, of_export):
        demands, ids = self.demands(of_demand)
        out = ['<version from="%d-%02d-01" source="a test of NREL/ssc">' % (
            YEAR, self.number + 1)]
        out += self.bands() + self.energy(of_import)
        if of_export is not None:
            out += self.sales(of_export)
        return out + demands + self.fixed(ids) + [
            '<rounding money="6 half-up line"/>', "</version>"]


class Case:
    def __init__(self, directory, inputs, scratch):
        self.directory, self.inputs = directory, inputs
        self.scratch = scratch
        self.known = {}
        load = kilowatts(directory, inputs["load"])
        gen = kilowatts(directory, inputs["gen"], inputs["analysis_period"]
                        if inputs["system_use_lifetime_output"] else 1)
        steps = max(len(load), len(gen))
        self.load = repeated(load, steps)
        self.gen = repeated(gen, steps)
        self.minutes = 60 * 8760 // steps

    def document(self, name, of_import="", of_demand="", of_export=None):
        path = os.path.join(self.scratch, name + ".xml")
        lines = ['<tariff xmlns="urn:qingfen:tariff:1" id="%s" zone="UTC">'
                 % name]
        for number in range(12):
            lines += Month(self.inputs, number, self.minutes).version(
                of_import, of_demand, of_export)
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines + ["</tariff>", ""]))
        return path

    def loads(self, name, channels):
        path = os.path.join(self.scratch, name + ".csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("#quantity=kw side=primary label=start minutes=%d\n"
                    "point,channel,time,value\n" % self.minutes)
            for channel, values in channels.items():
                for i, kw in enumerate(values):
                    at = i * self.minutes
                    f.write("site,%s,%s,%s\n" % (
                        channel, self.time(at), format(
                            kw.quantize(D("1E-9")), "f")))
        return path

    @staticmethod
    def time(minute):
        day, minute = divmod(minute, 1440)
        month = 0
        while day >= MONTH_DAYS[month]:
            day -= MONTH_DAYS[month]
            month += 1
        return "%d-%02d-%02dT%02d:%02dZ" % (
            YEAR, month + 1, day + 1, minute // 60, minute % 60)

    def price(self, document, load):
        """[{leg: sum}] of the months."""
        done = subprocess.run(
            [os.path.join(BIN, "qf-tariff"), "price", document, load],
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[:500])
        out = [{"supply": D(0), "export": D(0)} for _ in range(12)]
        for line in csv.DictReader(io.StringIO(done.stdout)):
            out[int(line["from"][5:7]) - 1][line["leg"]] += D(line["net"])
        return out

    # What was there without the system, and what with it.

    def without(self):
        if "without" not in self.known:
            self.known["without"] = self.price(
                self.document("without"),
                self.loads("load", {"import": self.load}))
        return self.known["without"]

    def with_system(self):
        if "with" not in self.known:
            self.known["with"] = self.rate_with()
        return self.known["with"]

    def rate_with(self):
        option = self.inputs.get("ur_metering_option", 0)
        for name in ("ur_en_ts_sell_rate", "ur_en_ts_buy_rate"):
            if self.inputs.get(name):
                raise Skip("rates of a time series")
        if self.inputs.get("ur_annual_min_charge"):
            raise Skip("a least amount a year")
        fed = [max(kw, D(0)) for kw in self.gen]
        own = [max(-kw, D(0)) for kw in self.gen]
        site = {"import": [a + b for a, b in zip(self.load, own)],
                "export": fed}
        if option == BILLING:
            return self.price(
                self.document("with", ' quantity="net" counts="no"',
                              ' quantity="net"',
                              ' quantity="net" counts="no"'),
                self.loads("site", site))
        if option == ALL:
            months = self.price(
                self.document("all", "", "",
                              ' quantity="net-signed" counts="no"'),
                self.loads("generation", {
                    "import": own, "export": fed}))
            return [{"supply": a["supply"], "export": b["export"]}
                    for a, b in zip(self.without(), months)]
        if option in (NET, NET_DOLLARS):
            self.refuse_credits(site)
            return self.price(
                self.document("with",
                              ' quantity="net" over="month" counts="no"',
                              ' quantity="net"'),
                self.loads("site", site))
        raise Skip("credits in money that a month hands to the next")

    def refuse_credits(self, site):
        """Whether a month feeds more in than it takes in some band."""
        months = [Month(self.inputs, n, self.minutes) for n in range(12)]
        sums, day, month = {}, 0, 0
        per_day = 1440 // self.minutes
        for i, (took, gave) in enumerate(zip(site["import"],
                                             site["export"])):
            if i % per_day == 0 and i:
                day += 1
                while day >= sum(MONTH_DAYS[:month + 1]):
                    month += 1
            hour = i % per_day * self.minutes // 60
            part = 1 if day % 7 >= 5 else 0
            pair = next(key[1:] for key, hours in months[month].hours.items()
                        if key[0] == part and hour in hours)
            sums[month, pair] = sums.get((month, pair), D(0)) + took - gave
        if min(sums.values()) < 0:
            raise Skip("kWh that a month hands to the next as a credit")

    def value(self, output):
        name, _, index = output.partition("[")
        if name in ("utility_bill_wo_sys_year1", "utility_bill_wo_sys_ym"):
            months = [m["supply"] for m in self.without()]
        elif name in ("utility_bill_w_sys_year1", "utility_bill_w_sys_ym"):
            months = [m["supply"] - m["export"] for m in self.with_system()]
        elif name in ("net_billing_credits_ym", "two_meter_sales_ym"):
            months = [m["export"] for m in self.with_system()]
        elif name == "year1_true_up_credits":
            raise Skip("kWh that a month hands to the next as a credit")
        else:
            raise Skip("no output of ours")
        if not index:
            return sum(months)
        year, _, month = index.rstrip("]").partition("][")
        if year != "1":
            raise Skip("a year after the first")
        return months[int(month)]


MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def run_case(suite, directory, case):
    name = case["name"]
    with tempfile.TemporaryDirectory(prefix="qf-conformance-") as scratch:
        ours = Case(directory, case["inputs"], scratch)
        if case["status"] == "error":
            done = subprocess.run(
                [os.path.join(BIN, "qf-tariff"), "check",
                 ours.document("refused")],
                capture_output=True, text=True, check=False)
            suite.check(done.returncode == 1,
                        "%s: qf-tariff check does not refuse it" % name)
            return
        for expected in case["expect"]:
            output = expected["output"]
            try:
                got = ours.value(output)
            except Skip as skip:
                print("%s: %s: %s skipped: %s" % (suite.name, name, output,
                                                  skip))
                continue
            except RuntimeError as error:
                suite.check(False, "%s: %s: %s" % (name, output, error))
                continue
            off = abs(got - D(str(expected["value"])))
            suite.check(off <= D(str(expected["tol"])),
                        "%s: %s: expected %s, got %s" % (
                            name, output, expected["value"], got))


def main():
    directory = sys.argv[1]
    suite = Suite("ssc-utilityrate")
    with open(os.path.join(directory, "cases.json"), encoding="utf-8") as f:
        cases = json.load(f)["cases"]
    for case in cases:
        run_case(suite, directory, case)
    return suite.close()


if __name__ == "__main__":
    sys.exit(main())
