#!/usr/bin/env python3
"""Scale: many live campaigns on the embedded store, then the same with a year of runs kept.

    python3 bench/scale.py --tutti PATH [--campaigns 1000] [--tables 200] [--every 15] [--minutes 20] [--wait 90] [--kept 35040]

Every campaign runs every 15 minutes, at a time of its own within them (`jitter`), and waits for `--wait` seconds in the
middle, so that about campaigns / (60 * every) * wait run at once; one in ten mails to some people, into a catcher. After
`--minutes`, prints how late launches were, the size of the store and of the data directory, and what the server took.
Then puts `--kept` runs of one campaign, and 35 of every other, into the store, and times the same requests before and
after. The exit code is 1 where a launch was skipped, a run did not end well, or a start took too long.
"""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def documents(folder, tables, campaigns, wait, every, smtp):
    folder.mkdir(parents=True)
    parts = [
        """
kind: table
name: people
columns:
  - {name: person_id, type: string, required: true}
  - {name: email, type: string}
  - {name: tier, type: string}
  - {name: points, type: integer}
primary_key: [person_id]
---
{kind: dimension, name: people, table: people, identity: person_id, addresses: {email: email}}
---
kind: channel
name: mail
channel: email
category: transactional
from: {name: Shop, address: hello@shop.example}
smtp: {host: 127.0.0.1, port: %d, tls: none, connections: 2}
unsubscribe: off
"""
        % smtp
    ]
    for number in range(1, tables):
        parts.append(
            f"""
kind: table
name: table_{number:03}
columns:
  - {{name: id, type: string, required: true}}
  - {{name: person_id, type: string}}
  - {{name: amount, type: "decimal(10,2)"}}
primary_key: [id]
links:
  - {{name: person, to: people, on: {{person_id: person_id}}, cardinality: many-to-one, reverse: table_{number:03}}}
"""
        )
    for number in range(campaigns):
        mails = number % 10 == 0
        mail = '    - {id: mail, type: email, channel: mail, subject: "Hello", html: "<p>Hello {{ tier }}</p>", send: auto}\n'
        parts.append(
            f"""
kind: campaign
name: campaign_{number:04}
label: Campaign number {number}
folder: folder_{number % 20}
schedule: {{type: several-times-a-day, every: {every}m, between: ["00:00", "23:59"], jitter: {every}m}}
canvas:
  activities:
    - {{id: some, type: build-audience, dimension: people, where: {{field: points, operator: "<", value: {number % 40}}}, when_empty: continue}}
    - {{id: enough, type: test, default: true, conditions: [{{id: none, expression: "$rows < 0"}}]}}
    - {{id: later, type: wait, duration: {wait}s}}
    - {{id: halves, type: split, subsets: [{{id: a, limit: {{percent: 50}}}}, {{id: b}}]}}
{mail if mails else ""}    - {{id: done, type: end}}
  transitions:
    - {{from: some, to: enough}}
    - {{from: enough.default, to: later}}
    - {{from: later, to: halves}}
    - {{from: halves.a, to: {"mail" if mails else "done"}}}
    - {{from: halves.b, to: done}}
{"    - {from: mail, to: done}" if mails else ""}
"""
        )
    # A file holds at most 1,024 documents.
    for number in range(0, len(parts), 500):
        (folder / f"{number}.yaml").write_text("---\n".join(parts[number : number + 500]))


class Server:
    """A serving process and what it takes."""

    def __init__(self, tutti, data, log):
        self.data = data
        began = time.monotonic()
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            [tutti, "serve", "--data", str(data), "--listen", "127.0.0.1:0"], stdout=self.log, stderr=self.log
        )
        self.address = None
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > 120:
                sys.exit(f"the server did not start: see {log}")
            time.sleep(0.002)
        self.ready_s = time.monotonic() - began

    def is_ready(self):
        if self.address is None:
            # A lock of the process before names its address, until this one has written its own.
            with contextlib.suppress(OSError, ValueError, KeyError):
                lock = json.loads((self.data / "lock").read_text())
                if lock["pid"] == self.process.pid and lock.get("address"):
                    self.address = lock["address"]
        if self.address is None:
            return False
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(self.address + "/readyz", timeout=5) as answer:
                return answer.status == 200
        return False

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + "/api/v1" + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def timed(self, path, body=None, rounds=5):
        times = []
        for _ in range(rounds):
            began = time.monotonic()
            self.ask(path, body)
            times.append((time.monotonic() - began) * 1000)
        return statistics.median(times)

    def cpu_s(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self, what="VmRSS"):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[1:4]} failed: {done.stderr}")
    return done.stdout


def store(data):
    return sqlite3.connect(f"file:{data / 'state.db'}?mode=ro", uri=True, timeout=30)


def mib(paths):
    return sum(path.stat().st_size for path in paths if path.is_file()) / (1 << 20)


def quantile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def state_mib(data):
    return mib(data.glob("state.db*"))


def live(server, data, minutes):
    """Lets time pass, and tells how it went."""
    cpu, began = server.cpu_s(), time.monotonic()
    since_us = time.time() * 1e6
    at_once, memory = [], []
    while time.monotonic() - began < minutes * 60:
        time.sleep(5)
        with contextlib.closing(store(data)) as connection:
            at_once.append(connection.execute("SELECT COUNT(*) FROM runs WHERE finished_us IS NULL").fetchone()[0])
        memory.append(server.memory_mib())
    wall = time.monotonic() - began
    with contextlib.closing(store(data)) as connection:
        late = sorted(
            (settled - due) / 1000
            for settled, due in connection.execute(
                "SELECT settled_us, due_us FROM launches WHERE state = 'started' AND settled_us > ?", [since_us]
            )
        )
        skipped = connection.execute("SELECT COUNT(*) FROM launches WHERE state = 'skipped'").fetchone()[0]
        states = dict(connection.execute("SELECT state, COUNT(*) FROM runs GROUP BY state"))
    print(
        f"{len(late)} launches in {wall / 60:.1f} min; late by {quantile(late, 0.5):.0f} ms (median), "
        f"{quantile(late, 0.95):.0f} ms (95 %), {late[-1] if late else 0:.0f} ms (most); {skipped} skipped; runs {states}"
    )
    steady = at_once[len(at_once) // 3 :]
    print(f"running at once: {statistics.median(steady):.0f} (median), {max(steady)} (most)")
    print(
        f"processor: {(server.cpu_s() - cpu) / wall * 100:.1f} % of one core; memory {statistics.median(memory):.0f} MiB "
        f"(median), {server.memory_mib('VmHWM'):.0f} MiB (most)"
    )
    print(f"store: {state_mib(data):.1f} MiB; data directory: {mib(data.rglob('*')):.1f} MiB")
    return skipped == 0 and set(states) <= {"completed", "running"} and len(late) > 0


def requests(server, title):
    """What people ask for most, in ms."""
    times = {
        "campaigns": server.timed("/campaigns"),
        "runs": server.timed("/runs?limit=100"),
        "runs of a campaign": server.timed("/runs?campaign=campaign_0001&limit=100"),
        "launches": server.timed("/campaigns/campaign_0001/launches"),
    }
    began = time.monotonic()
    for _ in range(5):
        server.ask("/campaigns/campaign_0001/run", {"mode": "test"})
    times["start of a run"] = (time.monotonic() - began) * 200
    print(f"{title}: " + ", ".join(f"{name} {value:.1f} ms" for name, value in times.items()))


def keep(data, kept, others):
    """Copies a run that has ended many times over, with its tasks, populations, launch and log."""
    connection = sqlite3.connect(data / "state.db")
    connection.execute("PRAGMA synchronous = OFF")
    campaigns = [name for (name,) in connection.execute("SELECT name FROM campaigns ORDER BY name")]
    run_id, started = connection.execute(
        "SELECT id, started_us FROM runs WHERE state = 'completed' AND mode = 'live' LIMIT 1"
    ).fetchone()

    def columns(table):
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]

    def rows(table, where):
        names = columns(table)
        return names, [dict(zip(names, row)) for row in connection.execute(f"SELECT * FROM {table} WHERE {where}", [run_id])]

    templates = {
        "runs": rows("runs", "id = ?"),
        "tasks": rows("tasks", "run = ?"),
        "populations": rows("populations", "run = ?"),
        "run_logs": rows("run_logs", "run = ?"),
        "launches": rows("launches", "run = ?"),
    }
    made = 0
    for index, campaign in enumerate(campaigns):
        for number in range(kept if index == 1 else others):
            made += 1
            new, shift = f"run_01J{made:023d}", -(number + 1) * 900_000_000
            for table, (names, found) in templates.items():
                for position, row in enumerate(found):
                    row = dict(row)
                    for name in names:
                        if name.endswith("_us") and row[name] is not None:
                            row[name] += shift
                    if table == "runs":
                        row |= {"id": new, "campaign": campaign}
                    elif table == "launches":
                        row |= {"id": f"launch_01J{made:020d}", "campaign": campaign, "run": new, "key": f"at/{row['due_us']}"}
                    else:
                        row["run"] = new
                    if table == "tasks":
                        row["id"] = f"task_01J{made:018d}{position:03d}"
                    connection.execute(
                        f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                        [row[name] for name in names],
                    )
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()
    return made


def idle(server, seconds=60):
    cpu, began = server.cpu_s(), time.monotonic()
    time.sleep(seconds)
    return (server.cpu_s() - cpu) / (time.monotonic() - began) * 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tutti", required=True)
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--after-minutes", type=float, default=5)
    parser.add_argument("--wait", type=int, default=90)
    parser.add_argument("--every", type=int, default=15, help="minutes between the launches of a campaign")
    parser.add_argument("--kept", type=int, default=35040)
    parser.add_argument("--others", type=int, default=35)
    parser.add_argument("--folder")
    asked = parser.parse_args()
    place = Path(asked.folder or tempfile.mkdtemp(prefix="tutti-scale-"))
    data = place / "data"
    catcher = subprocess.Popen(
        [asked.tutti, "catcher", "--smtp", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        smtp = int(json.loads(catcher.stdout.readline())["smtp"].rsplit(":", 1)[1])
        documents(place / "documents", asked.tables, asked.campaigns, asked.wait, asked.every, smtp)
        people = place / "people.csv"
        lines = (f"p{n:06},p{n}@shop.example,{['gold', 'silver'][n % 2]},{n % 1000}\n" for n in range(asked.people))
        people.write_text("person_id,email,tier,points\n" + "".join(lines))
        began = time.monotonic()
        run([asked.tutti, "apply", "--data", str(data), "-f", str(place / "documents")])
        print(f"apply of {asked.tables} tables and {asked.campaigns} campaigns: {time.monotonic() - began:.1f} s")
        run([asked.tutti, "import", "--data", str(data), "people", str(people)])
        server = Server(asked.tutti, data, place / "log")
        began = time.monotonic()
        for number in range(asked.campaigns):
            server.ask(f"/campaigns/campaign_{number:04}/publish", {})
        print(f"publishing {asked.campaigns} campaigns: {time.monotonic() - began:.1f} s")
        server.stop()
        server = Server(asked.tutti, data, place / "log")
        first = server.timed("/campaigns", rounds=1)
        print(f"start until ready: {server.ready_s * 1000:.0f} ms; the first list of campaigns after it: {first:.0f} ms")
        well = live(server, data, asked.minutes)
        requests(server, "before")
        print(f"processor with launches: {idle(server):.1f} % of one core")
        server.stop()
        made = keep(data, asked.kept, asked.others)
        print(f"put {made} runs into the store: now {state_mib(data):.1f} MiB")
        server = Server(asked.tutti, data, place / "log")
        print(f"start until ready: {server.ready_s * 1000:.0f} ms")
        well &= live(server, data, asked.after_minutes)
        requests(server, "after")
        print(f"processor with launches: {idle(server):.1f} % of one core")
        ready_s = server.ready_s
        server.stop()
    finally:
        catcher.terminate()
        catcher.wait()
        if not asked.folder:
            shutil.rmtree(place)
    sys.exit(0 if well and ready_s < 1 else 1)


if __name__ == "__main__":
    main()
