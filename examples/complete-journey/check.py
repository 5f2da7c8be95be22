#!/usr/bin/env python3
"""Checks a `tutti` binary against the truth that expected.py computes with DuckDB.

    ./check.py --tutti PATH [--keep DIR] [--only imports|rules|campaigns] [--strict]

Applies the documents, imports the data, counts every rule and its complement, runs the three campaigns against an SMTP
server of its own, and compares: every count, every transition, every person's line in the ledger, and every mail that
arrived. Exits 1 on any difference, after having looked at everything. A rule that the binary refuses as
`not_supported` is named and counted apart, unless `--strict`.
"""

import argparse
import html
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import env
from sink import Sink
from tutti import Failure, Tutti

DOCUMENTS = env.HERE / "documents"
SHOWN_MAX = 5


class Report:
    """Counts what was compared and prints what differs."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.compared = self.different = self.unsupported = 0

    def same(self, what: str, expected: object, found: object) -> None:
        self.compared += 1
        if expected == found:
            return
        if isinstance(expected, set) and isinstance(found, set):
            missing, more = (sorted(side, key=str) for side in (expected - found, found - expected))
            self.wrong(what, f"{len(missing)} missing {missing[:SHOWN_MAX]}, {len(more)} unexpected {more[:SHOWN_MAX]}")
        else:
            self.wrong(what, f"expected {expected}, found {found}")

    def refused(self, what: str, why: Exception) -> None:
        """A command failed: a difference, or something that the binary says it cannot do yet."""
        if "error[not_supported]" in str(why) and not self.strict:
            self.unsupported += 1
            print(f"NOT SUPPORTED {what}")
        else:
            self.wrong(what, f"{type(why).__name__}: {why}")

    def wrong(self, what: str, why: object) -> None:
        self.different += 1
        print(f"DIFFERENT {what}: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(description="checks a tutti binary on the Complete Journey data")
    parser.add_argument("--tutti", type=Path, required=True, help="the binary")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it behind")
    parser.add_argument("--only", choices=["imports", "rules", "campaigns"], help="stop after, or skip to, one part")
    parser.add_argument("--strict", action="store_true", help="what the binary does not support is a difference")
    options = parser.parse_args()
    env.enter()
    import campaigns
    import expected

    db = expected.database(env.DATA)
    report = Report(options.strict)
    with tempfile.TemporaryDirectory() as temporary, Sink() as sink:
        work = options.keep or Path(temporary)
        tutti = Tutti(options.tutti.resolve(), work / "tutti-data")
        prepare(tutti, work, sink.port, report)
        load(tutti, expected.imports(db, env.DATA), report)
        if options.only in (None, "rules"):
            count(tutti, expected.counts(db), report)
        if options.only in (None, "campaigns"):
            for campaign in campaigns.expected(db):
                attempt(report, f"campaign {campaign.name}", run, tutti, campaign, sink, report)
    print(f"{report.compared} comparisons, {report.different} differences, {report.unsupported} not supported")
    sys.exit(1 if report.different else 0)


def attempt(report: Report, what: str, work, *arguments) -> None:
    """Runs one part; its failure is a difference and does not hide the parts after it."""
    try:
        work(*arguments)
    except (Failure, KeyError, TypeError, AttributeError, ValueError) as error:
        report.refused(what, error)


def prepare(tutti: Tutti, work: Path, port: int, report: Report) -> None:
    """Applies the documents, with the channel pointed at our own sink; a second time, which changes nothing."""
    copy = work / "documents"
    shutil.copytree(DOCUMENTS, copy, dirs_exist_ok=True)
    channel = copy / "channel.yaml"
    channel.write_text(channel.read_text().replace("port: 2525", f"port: {port}"))
    attempt(report, "validate", tutti.run, "validate", "-f", copy)
    attempt(report, "apply", tutti.run, "apply", "-f", copy)
    attempt(report, "apply again", tutti.run, "apply", "-f", copy)


def load(tutti: Tutti, imports: dict[str, dict[str, int]], report: Report) -> None:
    for table, wanted in imports.items():
        attempt(report, f"import {table}", load_one, tutti, table, wanted, report)
    # The same file again brings nothing new, and the late versions in it still lose.
    again = imports["households"] | {"inserted": 0}
    again.pop("updated")
    attempt(report, "import households again", load_one, tutti, "households", again, report)


def load_one(tutti: Tutti, table: str, wanted: dict[str, int], report: Report) -> None:
    found = tutti.json("import", table, env.DATA / f"{table}.parquet")
    report.same(f"import {table}", wanted | {"table": table}, {name: found.get(name) for name in [*wanted, "table"]})


def count(tutti: Tutti, counts: dict[str, int], report: Report) -> None:
    """Each rule by its file, and its exact complement as text: together they are everyone."""
    for name, wanted in counts.items():
        attempt(report, f"rule {name}", count_one, tutti, name, wanted, counts["everything"], report)


def count_one(tutti: Tutti, name: str, wanted: int, everyone: int, report: Report) -> None:
    file = env.HERE / "rules" / f"{name}.json"
    complement = json.dumps({"combinator": "and", "not": True, "rules": [json.loads(file.read_text())]})
    for label, rule, number in [(name, file, wanted), (f"not {name}", complement, everyone - wanted)]:
        found = tutti.json("count", "--dimension", "households", "--where", rule)
        report.same(f"rule {label}", number, found["count"])


def run(tutti: Tutti, campaign, sink: Sink, report: Report) -> None:
    """One campaign: dry run, run, populations, ledger, mails."""
    name, before = campaign.name, len(sink.mails)
    attempt(report, f"{name}: dry run", lambda: transitions(
        f"{name} (dry run)", tutti.json("dry-run", name), campaign, report))
    report.same(f"{name}: mails of a dry run", 0, len(sink.mails) - before)

    summary = tutti.json("run", name, "--yes")
    report.same(f"{name}: state", ("completed", "live"), (summary["state"], summary["mode"]))
    transitions(name, summary, campaign, report)
    identity = summary["run"]
    attempt(report, f"{name}: show", lambda: report.same(
        f"{name}: show", summary["transitions"], tutti.json("show", identity)["transitions"]))
    for port, keys in campaign.populations.items():
        attempt(report, f"{name}: population {port}", lambda port=port, keys=keys: report.same(
            f"{name}: population {port}", keys, population(tutti, identity, port)))
    ledger = tutti.rows("ledger", identity)
    check_ledger(tutti, identity, campaign, ledger, report)
    check_summary(name, summary, ledger, report)
    check_mails(identity, campaign, ledger, sink.mails[before:], report)


def population(tutti: Tutti, identity: str, port: str) -> set[str]:
    keys = [row["household_id"] for row in tutti.rows("population", identity, port)]
    if len(keys) != len(set(keys)):
        raise Failure(f"population {port} has a key twice")
    return set(keys)


def transitions(label: str, summary: dict, campaign, report: Report) -> None:
    found: dict[str, set[int]] = {}
    for transition in summary["transitions"]:
        port = f"{transition['from']}.{transition.get('port', 'out')}"
        found.setdefault(port, set()).add(transition["rows"])
    for port, rows in campaign.sizes.items():
        report.same(f"{label}: rows on {port}", {rows}, found.get(port, set()))


def check_ledger(tutti: Tutti, identity: str, campaign, ledger: list[dict], report: Report) -> None:
    """Every targeted person has one line, with the fate that the data gives them."""
    lines = Counter((line["activity"], line["key"]) for line in ledger)
    report.same(f"{campaign.name}: lines per person and activity", set(), {at for at, n in lines.items() if n > 1})
    for port, activities in campaign.mailed.items():
        people = [line["key"] for line in ledger if line["activity"] in activities]
        wanted = campaign.populations[port]
        if len(activities) > 1:  # A split: whoever is not in the ledger must be in the holdout.
            held = population(tutti, identity, "groups.holdout")
            report.same(f"{campaign.name}: held out and mailed", set(), held & set(people))
            people += held
        report.same(f"{campaign.name}: people of {' + '.join(activities)}", wanted, set(people))
    for line in ledger:
        fate = campaign.fates.get(line["key"])
        found = "address" if "address" in (line["reason"] or "") else line["reason"] or line["status"]
        status = "sent" if fate == "sent" else "excluded"
        where = f"{campaign.name}: ledger of {line['activity']}, {line['key']}"
        report.same(where, (status, fate, line["run"]), (line["status"], found, identity))
        if fate == "sent":
            report.same(f"{where}: address", campaign.addresses[line["key"]], line["address"])


def check_summary(name: str, summary: dict, ledger: list[dict], report: Report) -> None:
    """The summary's deliveries are the ledger's lines, counted."""
    for delivery in summary["deliveries"]:
        lines = [line for line in ledger if line["activity"] == delivery["activity"]]
        statuses = Counter(line["status"] for line in lines)
        reasons = Counter(line["reason"] for line in lines if line["status"] == "excluded")
        counted = {"targeted": len(lines)} | {status: statuses[status] for status in
                                              ("excluded", "sent", "failed", "in_doubt")}
        where = f"{name}: deliveries of {delivery['activity']}"
        report.same(where, counted, {key: delivery[key] for key in counted})
        report.same(f"{where}: exclusions", dict(reasons), delivery["exclusions"])
    activities = {line["activity"] for line in ledger}
    report.same(f"{name}: activities with deliveries", activities, {d["activity"] for d in summary["deliveries"]})


def check_mails(identity: str, campaign, ledger: list[dict], mails: list, report: Report) -> None:
    """Every line `sent` is one mail that arrived, with the person's name in it, and nothing else arrived."""
    name = campaign.name

    def mark(activity, key, address, message_id):
        return (activity, key, (address or "").casefold(), (message_id or "").strip("<>"))

    sent = Counter(mark(line["activity"], line["key"], line["address"], line["message_id"])
                   for line in ledger if line["status"] == "sent")
    arrived: Counter = Counter()
    for mail in mails:
        message = mail.parse()
        header = {field: str(message[field] or "").strip() for field in
                  ("X-Tutti-Run", "X-Tutti-Activity", "X-Tutti-Key", "Message-ID", "Subject", "List-Unsubscribe")}
        arrived[mark(header["X-Tutti-Activity"], header["X-Tutti-Key"], ",".join(mail.recipients),
                     header["Message-ID"])] += 1
        where = f"{name}: mail to {mail.recipients}"
        report.same(f"{where}: run", identity, header["X-Tutti-Run"])
        body = message.get_body(preferencelist=("html", "plain"))
        text = html.unescape(header["Subject"] + (body.get_content() if body else ""))
        if not body or not header["Subject"] or "{{" in text or "{%" in text:
            report.wrong(where, "the mail is empty or its template was not rendered")
        elif (campaign.first_names.get(header["X-Tutti-Key"]) or "") not in text:
            report.wrong(where, "the mail does not have the person's name")
        if not header["List-Unsubscribe"]:
            report.wrong(where, "the mail has no List-Unsubscribe")
    report.same(f"{name}: mails that arrived once", set(sent), set(arrived))
    report.same(f"{name}: mails that arrived again", {}, dict(arrived - sent))


if __name__ == "__main__":
    main()
