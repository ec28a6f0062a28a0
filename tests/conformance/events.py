"""events.py - what the drivers of events share: a ledger with points and those
who take part, programme documents, and events, loads and baselines as the tools
take them."""
from case import Ledger

PROGRAMME = """<?xml version="1.0" encoding="UTF-8"?>
<programme xmlns="urn:qingfen:programme:1" id="%(id)s">
<version from="2000-01-01" source="%(source)s" direction="%(direction)s"%(more)s>
%(body)s
</version></programme>
"""
POINT_HEADER = ("point,kind,class,scenario,capacity_kw,district,name_zh,"
                "name_en,from,to")
PARTY_HEADER = "party,kind,name_zh,name_en,from,to"
CONTRACT_HEADER = ("contract,leg,point,payer,payee,account,tariff,basis,"
                   "voltage,user_class,type,options,cycle,from,to")
EVENT_HEADER = ("event,modification,programme,context,auction,start,end,"
                "notified,status,test")
AWARD_HEADER = "event,contract,start,award,end,kw,price"
BASELINE_HEADER = "baseline,point,start,end,kw"
BEGIN = "2000-01-01"


def programme(name, source, body, direction="shave", more=""):
    return PROGRAMME % {"id": name, "source": source, "body": body,
                        "direction": direction,
                        "more": " " + more if more else ""}


def event(name, of, start, end):
    return name, 0, of, "", "", start, end, "", "called", "no"


def contract(name, point, of, options=""):
    return (name, "response", point, "grid", "site", "", of, "events", "", "",
            "", options, "month", BEGIN, "")


def ledger(market, zone, currency, points, contracts, documents):
    """A ledger with points, contracts(...) and programme documents."""
    out = Ledger(market, zone, currency, 2)
    files = [
        out.write("party.csv", PARTY_HEADER, [
            ("grid", "grid", "", "", BEGIN, ""),
            ("site", "customer", "", "", BEGIN, "")]),
        out.write("point.csv", POINT_HEADER, [
            (p, "metering", "", "", "", "", "", "", BEGIN, "")
            for p in points])]
    files += [out.text("document-%d.xml" % i, text)
              for i, text in enumerate(documents)]
    out.run("qf-ingest", *files)
    out.run("qf-ingest", out.write(
        "contract.csv", CONTRACT_HEADER, contracts))
    return out


def hourly(out, days):
    """Takes in {(point, channel, day): 24 values of kWh}, day as a date."""
    out.run("qf-ingest", out.write(
        "reads.csv", "point,channel,day," + ",".join(
            "v%d" % i for i in range(1, 25)),
        [(point, channel, day.isoformat(), *values)
         for (point, channel, day), values in sorted(days.items())],
        preamble="quantity=kwh side=primary label=start minutes=60"))


def settle(out, period):
    """Settles a period and computes the run again; its handle."""
    run, err, _ = out.run("qf-settle", "--period", period, allowed=(0, 1))
    if not run.strip():
        raise RuntimeError("qf-settle: " + err)
    out.run("qf-audit replay", run.strip())
    return run.strip()


def responses(out):
    """What the newest run says of whole contracts."""
    return out.query(
        "SELECT * FROM run_response WHERE role = 'contract' AND entry ="
        " (SELECT max(entry) FROM run) ORDER BY line")


def held(out):
    return out.query(
        "SELECT contract, session, reason, detail FROM run_hold WHERE entry ="
        " (SELECT max(entry) FROM run) ORDER BY line")
