#!/usr/bin/env python3
"""Stands in for the binary when check.py itself is tested: answers by contract §1 and §4, right or, by `$FAKE_FAULT`,
wrong in one way. Its answers come from expected.py, so it proves nothing about Tutti."""

import json
import os
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import env  # noqa: E402

FAULT = os.environ.get("FAKE_FAULT", "")
HOME = Path(os.environ["TUTTI_DATA"])


def truth() -> dict:
    """What expected.py says, computed once per data directory."""
    file = HOME / "truth.json"
    if not file.exists():
        env.enter()
        import campaigns
        import expected

        db = expected.database(env.DATA)
        runs = [vars(run) | {"populations": {port: sorted(keys) for port, keys in run.populations.items()}}
                for run in campaigns.expected(db)]
        HOME.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"imports": expected.imports(db, env.DATA), "rules": expected.counts(db),
                                    "runs": {run["name"]: run for run in runs}}))
    return json.loads(file.read_text())


def count(where: str) -> dict:
    rules = truth()["rules"]
    if where.startswith("{"):
        inner = json.loads(where)["rules"][0]
        (name,) = [file.stem for file in env.HERE.glob("rules/*.json") if json.loads(file.read_text()) == inner]
        return {"count": rules["everything"] - rules[name], "elapsed_ms": 1}
    name = Path(where).stem
    if FAULT == "cannot-compute" and name == "expression_year":
        sys.exit("error[not_supported]: computed fields are not understood")
    return {"count": rules[name] + (FAULT == "miscount" and name == "sum_to_the_cent"), "elapsed_ms": 1}


def load(table: str) -> dict:
    report = truth()["imports"][table] | {"table": table, "version": 1}
    if (HOME / table).exists():
        report["inserted"] = 0
    (HOME / table).touch()
    if FAULT == "keeps-duplicates" and table == "coupons":
        report["inserted"] = report["read"]
    return report


def summary(name: str) -> dict:
    sizes = truth()["runs"][name]["sizes"]
    return {"run": f"run_{name}", "campaign": name, "version": 1, "state": "completed", "mode": "live", "transitions": [
        dict(zip(("from", "port"), port.split("."), strict=True)) | {"to": None, "rows": rows}
        for port, rows in sizes.items()], "deliveries": []}


def population(name: str, port: str) -> list[str]:
    run = truth()["runs"][name]
    if port in run["populations"]:
        return run["populations"][port]
    subset, everyone = port.split(".")[1], run["populations"]["unique.out"]
    cuts = {"holdout": 0, "a": run["sizes"]["groups.holdout"]}
    cuts["b"] = cuts["a"] + run["sizes"]["groups.a"]
    return everyone[cuts[subset]:cuts[subset] + run["sizes"][f"groups.{subset}"]]


def run(name: str) -> dict:
    """Sends the campaign's mails to the port that the applied channel names, and keeps the ledger."""
    told, identity, ledger = truth()["runs"][name], f"run_{name}", []
    for port, activities in told["mailed"].items():
        ports = [port] if len(activities) == 1 else ["groups.a", "groups.b"]
        for activity, source in zip(activities, ports, strict=True):
            for key in population(name, source):
                fate = told["fates"][key]
                sent = fate == "sent" or (FAULT == "ignores-consent" and fate == "no_consent")
                ledger.append({"run": identity, "activity": activity, "key": key, "channel": "email",
                               "address": told["addresses"][key], "status": "sent" if sent else "excluded",
                               "reason": None if sent else {"address": "malformed_address"}.get(fate, fate),
                               "message_id": f"<{activity}.{key}@fake.example>" if sent else None, "attempts": 1})
    lines = [line for line in ledger if line["status"] == "sent"]
    lines = lines[1:] if FAULT == "loses-a-mail" else lines + lines[:1] if FAULT == "mails-twice" else lines
    with smtplib.SMTP("127.0.0.1", int((HOME / "port").read_text())) as client:
        for line in lines:
            message = EmailMessage()
            message["Subject"] = "Hello {{ first_name }}" if FAULT == "raw-template" else "Hello"
            message["To"], message["From"], message["Message-ID"] = "x@x.example", "y@y.example", line["message_id"]
            message["List-Unsubscribe"] = "<https://shop.example/u>"
            message["X-Tutti-Run"], message["X-Tutti-Activity"] = identity, line["activity"]
            message["X-Tutti-Key"] = line["key"]
            message.set_content(f"{told['first_names'][line['key']]}\n.\n..dots survive\n")
            client.sendmail("y@y.example", [line["address"]], message.as_bytes())
    result = summary(name)
    for activity in sorted({line["activity"] for line in ledger}):
        own = [line for line in ledger if line["activity"] == activity]
        reasons = [line["reason"] for line in own if line["reason"]]
        result["deliveries"].append({
            "activity": activity, "targeted": len(own), "excluded": len(reasons), "sent": len(own) - len(reasons),
            "failed": 0, "in_doubt": 0, "exclusions": {reason: reasons.count(reason) for reason in set(reasons)}})
    (HOME / f"{identity}.json").write_text(json.dumps(ledger))
    return result


def main() -> None:
    command, *rest = sys.argv[1:]
    if command in ("validate", "apply"):
        HOME.mkdir(parents=True, exist_ok=True)
        channel = (Path(rest[rest.index("-f") + 1]) / "channel.yaml").read_text()
        (HOME / "port").write_text(channel.split("port: ")[1].split(",")[0])
        return
    if rest[-2:] != ["-o", "json"]:
        sys.exit(2)
    answers = {
        "count": lambda: count(rest[rest.index("--where") + 1]),
        "import": lambda: load(rest[0]),
        "dry-run": lambda: summary(rest[0]),
        "run": lambda: run(rest[0]),
        "show": lambda: summary(rest[0].removeprefix("run_")),
        "population": lambda: [{"household_id": key} for key in population(rest[0].removeprefix("run_"), rest[1])],
        "ledger": lambda: json.loads((HOME / f"{rest[0]}.json").read_text()),
    }
    print(json.dumps(answers[command]()))


if __name__ == "__main__":
    main()
