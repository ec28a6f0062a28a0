"""Random tariff documents, as plain dicts and as XML.

SPDX-License-Identifier: Apache-2.0
"""
from xml.sax.saxutils import quoteattr

from settle_num import MODES, date_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday",
            "saturday", "sunday")
BANDS = ("sharp", "peak", "flat", "valley", "deep")
HOLIDAYS = ("spring-festival", "labour-day")


def decimal(rng, low, high, scale):
    """A number between two integers, as a drafter may write it."""
    value = rng.randint(low * 10 ** scale, high * 10 ** scale)
    sign, digits = "-" if value < 0 else "", str(abs(value))
    if scale == 0:
        return sign + digits
    digits = digits.rjust(scale + 1, "0")
    return sign + digits[:-scale] + "." + digits[-scale:]


def price(rng):
    return decimal(rng, 0, 2, rng.choice((2, 4, 6, 6, 8)))


def partition(rng, bands):
    """Hours that cover the day once: {band: [(from, to)]}."""
    step = rng.choice((30, 30, 30, 60, 15))
    edges = sorted(rng.sample(range(0, 1440, step), rng.randint(2, 7)))
    if rng.random() < 0.4:
        edges[0] = 0
    out, last = {}, None
    for i, begin in enumerate(edges):
        end = edges[i + 1] if i + 1 < len(edges) else edges[0] or 1440
        last = rng.choice([b for b in bands if b != last])
        out.setdefault(last, []).append((begin, end))
    return out


def when(months=None, days=None, holidays=None):
    return {"months": months, "days": days, "holidays": holidays,
            "station": None, "quantity": None, "at_least": None,
            "in_row": 1, "either": False}


def random_bands(rng):
    """Base bands, overlays, and the ids that occur."""
    ids = rng.sample(BANDS, rng.randint(2, 4))
    rules = []
    kinds = [when()]
    split = rng.random()
    if split < 0.25:
        some = sorted(rng.sample(range(1, 13), 6))
        rest = [m for m in range(1, 13) if m not in some]
        kinds = [when(months=some), when(months=rest)]
    elif split < 0.4:
        kinds = [when(days=["workday"]), when(days=["rest", "holiday"])]
    elif split < 0.5:
        kinds = [when(days=["saturday", "sunday"]),
                 when(days=["monday", "tuesday", "wednesday", "thursday",
                            "friday"])]
    for kind in kinds:
        for band, hours in partition(rng, ids).items():
            rules.append(dict(kind, band=band, hours=hours))
    overlays = [random_overlay(rng, ids)
                for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    overlays = drop_idle(rules, overlays)
    used = {r["band"] for r in rules} | {o["band"] for o in overlays}
    return rules, overlays, sorted(used)


def quarters(hours):
    """Quarter hours of the day."""
    out = set()
    for begin, end in hours or [(0, 1440)]:
        out |= set(range(begin // 15, end // 15)) if begin < end else \
            set(range(begin // 15, 96)) | set(range(0, end // 15))
    return out


def kinds_of_day(rules, overlays):
    """Every set of rules that may apply on one day."""
    out, both = set(), rules + overlays
    months = {tuple(not r["months"] or m in r["months"] for r in both): m
              for m in range(1, 13)}
    named = {d for r in both for d in r["days"] or ()}
    for month in months.values():
        for weekday in WEEKDAYS if named & set(WEEKDAYS) else WEEKDAYS[:1]:
            for kind in ("workday", "rest", "holiday") + HOLIDAYS:
                for hot in (False, True):
                    day = month, weekday, kind, hot
                    out.add((tuple(i for i, r in enumerate(rules)
                                   if may_apply(r, *day)),
                             tuple(i for i, o in enumerate(overlays)
                                   if may_apply(o, *day))))
    return out


def may_apply(rule, month, weekday, kind, hot):
    holiday = kind in HOLIDAYS
    words = {weekday, "holiday" if holiday else kind}
    if rule["days"] and not words & set(rule["days"]):
        return False
    if rule["holidays"] and not (holiday and kind in rule["holidays"]):
        return False
    in_months = not rule["months"] or month in rule["months"]
    if not rule["station"]:
        return in_months
    return in_months or hot if rule["either"] else in_months and hot


def laid(rules, overlays, base, over):
    """The day's quarter hours: (band, base rule or None)."""
    day = [None] * 96
    for i in base:
        for q in quarters(rules[i]["hours"]):
            day[q] = rules[i]["band"], i
    for i in over:
        rule = overlays[i]
        for q in quarters(rule["hours"]):
            if rule["over"] in (None, day[q][0]) and \
                    day[q][0] != rule["band"]:
                day[q] = rule["band"], None
    return day


def drop_idle(rules, overlays):
    """Without the overlays that change no day, or hide a band for good: a
    document with such a one is refused."""
    overlays = sorted(overlays, key=lambda o: o["priority"])
    while overlays:
        busy, seen = set(), set()
        for base, over in kinds_of_day(rules, overlays):
            day = laid(rules, overlays, base, over)
            seen |= {i for _, i in day if i is not None}
            for i in over:
                if i not in busy:
                    without = laid(rules, overlays, base,
                                   [j for j in over if j != i])
                    if [b for b, _ in day] != [b for b, _ in without]:
                        busy.add(i)
        if len(seen) < len(rules):
            overlays = overlays[:-1]
        elif len(busy) < len(overlays):
            idle = min(set(range(len(overlays))) - busy)
            overlays = overlays[:idle] + overlays[idle + 1:]
        else:
            break
    return overlays


def random_overlay(rng, ids):
    begin = rng.randrange(0, 48) * 30
    end = (begin + rng.randint(1, 12) * 30) % 1440 or 1440
    kind = rng.random()
    if kind < 0.35:
        of = when(months=sorted(rng.sample(range(1, 13), rng.randint(3, 9))))
    elif kind < 0.55:
        of = when(days=[rng.choice(("workday", "rest", "holiday", "monday",
                                    "sunday"))])
    elif kind < 0.75:
        of = when(holidays=sorted(rng.sample(HOLIDAYS, rng.randint(1, 2))))
    elif kind < 0.85:
        of = when()
        of.update(station="guangzhou", quantity="temperature-max",
                  at_least="35", in_row=rng.choice((1, 1, 2, 3)))
        if rng.random() < 0.5:
            of.update(months=sorted(rng.sample(range(1, 13), 4)),
                      either=rng.random() < 0.5)
    else:
        of = when()
    hours = [(begin, end)] if rng.random() < 0.85 else None
    return dict(of, band=rng.choice(BANDS[:1] + BANDS[-1:] + tuple(ids)),
                over=rng.choice([None] + list(ids)), hours=hours,
                priority=rng.choice((0, 0, 1, 5)))


def blank_charge(tag, **values):
    preset = {"import": ("energy", "supply", "import"),
              "export": ("discharge", "export", "export"),
              "service": ("service", "service", "import"),
              "charge": (None, None, None)}[tag]
    charge = {"tag": tag, "id": preset[0], "leg": preset[1],
              "channel": preset[2], "per": "kwh", "subject": None,
              "table": None, "class": None, "type": None, "voltage": None,
              "item": None, "benchmark": None, "ratios_of": None,
              "same_as": None, "factor": None, "series": None,
              "lines": "stretch", "by_band": True, "by_band_said": False,
              "counts": tag != "service",
              "missing": None, "round": None, "tax": None,
              "tax_included": True, "sessions": None, "form": None,
              "prices": [], "components": [], "ratios": [], "adders": []}
    charge.update(values)
    return charge


def random_ratios(rng, bands, whole):
    """A chain per band, down to the first band."""
    out, known = [], [bands[0]]
    for band in bands[1:]:
        ratio = {"band": band, "of": rng.choice(known), "percent": None,
                 "factor": None,
                 "on": "whole" if whole or rng.random() < 0.3 else "floating"}
        if rng.random() < 0.4:
            ratio["percent"] = rng.choice("+-") + decimal(rng, 1, 90, 0)
        else:
            ratio["factor"] = decimal(rng, 0, 2, 2)
        known.append(band)
        out.append(ratio)
    rng.shuffle(out)
    return out


def fill_price(rng, charge, bands, others, table, series):
    """Gives the charge a price in one of the forms."""
    forms = ["fixed", "fixed", "printed", "composed"]
    if bands:
        forms += ["benchmark", "printed"]
    if others:
        forms += ["same-as"]
    forms += ["series"]
    form = charge["form"] = rng.choice(forms)
    if form == "fixed":
        if bands and rng.random() < 0.7:
            charge["prices"] = [(b, price(rng)) for b in bands]
        else:
            charge["prices"] = [(None, price(rng))]
    elif form == "printed":
        charge["table"] = table
        if not bands or rng.random() < 0.2:
            charge["item"] = "list"
        elif rng.random() < 0.3:
            charge["ratios"] = [
                {"band": "sharp", "of": bands[0], "factor": "1.2",
                 "percent": None, "on": "whole"}
            ] if "sharp" in bands[1:] else []
    elif form == "composed":
        charge["table"] = table
        charge["components"] = [
            {"id": item, "floats": floats} for item, floats in
            zip(("agency", "grid", "fund"),
                (True, rng.random() < 0.5, False))]
        if bands:
            charge["ratios"] = random_ratios(rng, bands, False)
    elif form == "benchmark":
        charge["benchmark"] = price(rng)
        charge["ratios"] = random_ratios(rng, bands, False)
    elif form == "same-as":
        charge["same_as"] = rng.choice(others)["id"]
        if rng.random() < 0.6:
            charge["factor"] = decimal(rng, 0, 2, 2)
    else:
        charge["series"] = series
        if rng.random() < 0.4:
            charge["factor"] = decimal(rng, 0, 2, 2)
    if rng.random() < 0.25:
        if bands and rng.random() < 0.7:
            charge["adders"] = [(rng.choice(bands), decimal(rng, -1, 1, 2))]
        else:
            charge["adders"] = [(None, decimal(rng, -1, 1, 3))]
    if rng.random() < 0.2:
        charge["round"] = (rng.randint(2, 6), rng.choice(MODES))


def one_price(charge, others):
    """Whether all bands have the same price by the document."""
    if any(band for band, _ in charge["prices"] + charge["adders"]):
        return False
    if charge["form"] == "same-as":
        return one_price(next(c for c in others
                              if c["id"] == charge["same_as"]), others)
    return charge["form"] in ("fixed", "series") or bool(charge["item"])


def included(charge, others):
    """Follows the charge that the price is taken from, or is free."""
    if charge["form"] == "same-as":
        return next(c["tax_included"] for c in others
                    if c["id"] == charge["same_as"])
    return charge["tax"] is None or len(str(charge["id"])) % 2 == 0


def random_charge(rng, tag, bands, others, table, series, **values):
    charge = blank_charge(tag, **values)
    fill_price(rng, charge, bands, others, table, series)
    charge["lines"] = rng.choice(("stretch", "stretch", "stretch", "month",
                                  "day", "day", "hour", "interval"))
    charge["by_band"] = bool(bands) and (
        rng.random() < 0.5 or not one_price(charge, others))
    charge["by_band_said"] = bool(bands) and (
        charge["by_band"] == one_price(charge, others) or
        rng.random() < 0.3)
    if rng.random() < 0.5:
        charge["tax"] = rng.choice(("0.13", "0.06", "0.09", "0.025"))
    charge["tax_included"] = included(charge, others)
    if charge["table"]:
        charge["table"] = "agency" if charge["tax_included"] else "net"
    if rng.random() < 0.3:
        charge["missing"] = rng.choice(("hold", "unpriced", "unpriced"))
    if rng.random() < 0.3:
        charge["subject"] = "subject-" + str(charge["id"])
    return charge


def random_version(rng, from_day, table, series):
    rules, overlays, bands = [], [], []
    if rng.random() < 0.85:
        rules, overlays, bands = random_bands(rng)
    charges = [random_charge(rng, "import", bands, [], table, series)]
    charges.append(random_charge(rng, "export", bands, charges[:1], table,
                                 series))
    if rng.random() < 0.3 and charges[0]["form"] == "benchmark" and \
            charges[1]["form"] == "benchmark":
        charges[1]["ratios"] = []
        charges[1]["ratios_of"] = rng.choice(("energy", "import"))
    charges.append(random_charge(rng, "service", bands, charges[:1], table,
                                 series))
    if rng.random() < 0.3:
        charges.append(random_charge(
            rng, "charge", bands, charges[:2], table, series, id="extra",
            leg="supply", channel=rng.choice(("import", "export")),
            counts=False))
    for per in ("day", "month", "once", "month-by-day"):
        if rng.random() < 0.15:
            charges.append(blank_charge(
                "charge", id="fee-" + per, leg="supply", per=per,
                counts=False, form="fixed", prices=[(None, price(rng))],
                tax=rng.choice((None, "0.13")),
                round=(6, "half-up"),
                tax_included=rng.random() < 0.5))
    energy = None
    if rng.random() < 0.25:
        energy = (rng.choice((0, 0, 1)), rng.choice(MODES),
                  rng.random() < 0.5)
    return {
        "from": from_day, "to": None, "calendar": "cn", "template": False,
        "split": rng.choice((None, "hold", "even", "even")),
        "sessions": rng.choice((None, "hold", "even", "even")),
        "bands": rules, "overlays": overlays, "charges": charges,
        "money": (rng.choice((2, 2, 2, 1, 0)), rng.choice(MODES),
                  "total" if rng.random() < 0.25 else "line"),
        "energy": energy,
        "price": (rng.choice((4, 6)), rng.choice(MODES))
        if rng.random() < 0.25 else None}


def attributes(pairs):
    return "".join(" %s=%s" % (name, quoteattr(str(value)))
                   for name, value in pairs if value is not None)


def clock(minute):
    return "%02d:%02d" % divmod(minute, 60)


def when_attributes(rule):
    hours = rule["hours"] and " ".join(
        clock(a) + "-" + clock(b) for a, b in rule["hours"])
    return [("hours", hours),
            ("months", rule["months"] and " ".join(map(str, rule["months"]))),
            ("days", rule["days"] and " ".join(rule["days"]))]


def yes_no(value):
    return "yes" if value else "no"


def charge_xml(charge):
    rounding = charge["round"] and "%d %s" % charge["round"]
    per_kwh = charge["per"] == "kwh"
    head = attributes([
        ("id", charge["id"] if charge["tag"] == "charge" else None),
        ("subject", charge["subject"]),
        ("leg", charge["leg"] if charge["tag"] == "charge" else None),
        ("per", charge["per"] if charge["tag"] == "charge" else None),
        ("channel", charge["channel"]
         if charge["tag"] == "charge" and (per_kwh or charge["per"] == "kw")
         else None),
        ("table", charge["table"]), ("class", charge["class"]),
        ("type", charge["type"]), ("voltage", charge["voltage"]),
        ("item", charge["item"]), ("benchmark", charge["benchmark"]),
        ("ratios", charge["ratios_of"]), ("same-as", charge["same_as"]),
        ("factor", charge["factor"]), ("series", charge["series"]),
        ("lines", charge["lines"] if charge["lines"] != "stretch" else None),
        ("by-band", yes_no(charge["by_band"])
         if charge["by_band_said"] else None),
        ("counts", yes_no(charge["counts"]) if per_kwh else None),
        ("missing", charge["missing"]), ("round", rounding),
        ("tax", charge["tax"]),
        ("tax-included", charge["tax"] and yes_no(charge["tax_included"])),
        ("sessions", charge["sessions"]),
        ("quantity", charge.get("quantity")), ("over", charge.get("over")),
        ("share", charge.get("share"))] + whom_attributes(
            charge.get("whom")))
    body = ["      <price%s/>" % attributes([("band", b), ("value", v)])
            for b, v in charge["prices"]]
    body += ["      <component%s/>" % attributes([
        ("id", c["id"]), ("floats", "yes" if c["floats"] else None)])
        for c in charge["components"]]
    body += ["      <ratio%s/>" % attributes([
        ("band", r["band"]), ("of", r["of"]), ("factor", r["factor"]),
        ("percent", r["percent"]),
        ("on", r["on"] if r["on"] == "whole" else None)] +
        whom_attributes(r.get("whom"))) for r in charge["ratios"]]
    body += ["      <adder%s/>" % attributes([("band", b), ("value", v)])
             for b, v in charge["adders"]]
    body += more_xml(charge)
    return ["    <%s%s>" % (charge["tag"], head)] + body + [
        "    </%s>" % charge["tag"]]


def whom_attributes(whom):
    whom = whom or {}
    return [("for-" + name, " ".join(whom[key]) if whom.get(key) else None)
            for name, key in (("class", "classes"), ("type", "types"),
                              ("voltage", "voltages"))] + [
        ("for-option", whom.get("option"))]


def day_text(day):
    return None if day is None else date_of(day)


def numbers_xml(tag, numbers, indent):
    return [indent + "<%s%s/>" % (tag, attributes([("band", b),
                                                   ("value", v)]))
            for b, v in numbers]


def rule_text(rule):
    return rule and "%d %s" % rule


def listed(words):
    return words and " ".join(map(str, words))


def more_xml(charge):
    """The elements of a charge that few have."""
    out = ["      <exempt%s/>" % attributes(
        [("component", r["component"])] + whom_attributes(r["whom"]) +
        [("from", day_text(r["from"])), ("to", day_text(r["to"]))])
        for r in charge.get("exempt", ())]
    out += ["      <when%s/>" % attributes([
        ("series", r["series"]),
        ("below" if r["below"] else "at-least", r["limit"]),
        ("price", r["price"])]) for r in charge.get("when", ())]
    part, loss = charge.get("part"), charge.get("loss")
    tiers, demand = charge.get("tiers"), charge.get("demand")
    if part:
        out.append("      <part%s/>" % attributes([
            ("percent", part["percent"]), ("kwh", part["kwh"]),
            ("of", part["of"] if part["option"] else None),
            ("option", part["option"]),
            ("rest", "yes" if part["of"] == "rest" else None)]))
    if loss:
        out.append("      <loss%s/>" % attributes([
            ("kwh", loss["kwh"]), ("option", loss["option"]),
            ("days", loss["days"]), ("percent", loss["percent"]),
            ("round", rule_text(loss["round"])), ("band", loss["band"])]))
    if tiers:
        out += tiers_xml(tiers)
    if demand:
        out.append("      <demand%s/>" % attributes([
            ("window", demand["window"]),
            ("sliding", "yes" if demand["sliding"] else None),
            ("bands", listed(demand["bands"])),
            ("ratchet", demand["ratchet"]),
            ("ratchet-months", demand["ratchet_months"]),
            ("ratchet-of", listed(demand["ratchet_of"])),
            ("agreed", demand["agreed"]), ("least", demand["least"]),
            ("over", demand["over"]), ("times", demand["times"]),
            ("round", rule_text(demand["round"])),
            ("discount", demand["discount"]),
            ("discount-from", demand["discount_from"])]))
    return out


def tiers_xml(tiers):
    out = ["      <tiers%s>" % attributes([
        ("per", tiers["per"]), ("year-from", tiers["year_from"]),
        ("bands", listed(tiers["bands"])),
        ("each", "band" if tiers["each"] else None),
        ("split", tiers["split"]), ("order", listed(tiers["order"]))])]
    for tier in tiers["list"]:
        head = attributes([
            ("id", tier["id"] if tier["said"] else None),
            ("to", tier["to"]), ("option", tier["option"]),
            ("unit", tier["unit"])])
        body = numbers_xml("price", tier["prices"], "          ") + \
            numbers_xml("adder", tier["adders"], "          ")
        out += ["        <tier%s>" % head] + body + ["        </tier>"]
    return out + ["      </tiers>"]


ON_TOP = "power-factor", "limit"


def on_top_xml(charge):
    head = [("id", charge["id"]), ("subject", charge["subject"]),
            ("leg", charge["leg"]), ("of", listed(charge["of"]))]
    if charge["tag"] == "limit":
        return ["    <limit%s/>" % attributes(head + [
            ("least", charge["least"]), ("most", charge["most"]),
            ("per", charge["limit_per"])] + whom_attributes(
                charge["whom"]))]
    return ["    <power-factor%s>" % attributes(head + [
        ("standard", charge["standard"]),
        ("without", listed(charge["without"])),
        ("export", charge["export"]),
        ("round", rule_text(charge["round"]))] + whom_attributes(
            charge["whom"]))] + [
        "      <range%s/>" % attributes(
            [(k, r[k]) for k in ("from", "to", "percent", "at", "each")])
        for r in charge["ranges"]] + ["    </power-factor>"]


def version_xml(version):
    out = ["  <version%s>" % attributes([
        ("from", date_of(version["from"])),
        ("to", version["to"] and date_of(version["to"])),
        ("source", "a made-up notice"), ("calendar", version["calendar"]),
        ("split", version["split"]), ("sessions", version["sessions"]),
        ("template", "yes" if version["template"] else None)])]
    if version["bands"]:
        out.append("    <bands>")
        for rule in version["bands"]:
            out.append("      <band%s/>" % attributes(
                [("id", rule["band"])] + when_attributes(rule)))
        for rule in version["overlays"]:
            out.append("      <overlay%s/>" % attributes(
                [("band", rule["band"]), ("over", rule["over"])] +
                when_attributes(rule) +
                [("holidays", rule["holidays"] and
                  " ".join(rule["holidays"])),
                 ("priority", rule["priority"] or None),
                 ("station", rule["station"]), ("quantity", rule["quantity"]),
                 ("at-least", rule["at_least"]),
                 ("days-in-a-row",
                  rule["in_row"] if rule["in_row"] > 1 else None),
                 ("either", "yes" if rule["either"] else None)]))
        out.append("    </bands>")
    for charge in version["charges"]:
        out += charge_xml(charge) if charge["tag"] not in ON_TOP \
            else on_top_xml(charge)
    money = "%d %s %s" % version["money"]
    energy = version["energy"] and (
        "%d carry" % version["energy"][0] if version["energy"][2]
        else "%d %s" % version["energy"][:2])
    out.append("    <rounding%s/>" % attributes([
        ("money", money), ("energy", energy),
        ("price", version["price"] and "%d %s" % version["price"])]))
    return out + ["  </version>"]


def tariff_xml(tariff):
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           '<tariff xmlns="urn:qingfen:tariff:1" id="%s">' % tariff["id"]]
    for version in tariff["versions"]:
        out += version_xml(version)
    return "\n".join(out + ["</tariff>", ""])
