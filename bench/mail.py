#!/usr/bin/env python3
"""Mail: a campaign of personalised messages into Postfix's smtp-sink, against smtp-source alone into the same sink.

    python3 bench/mail.py --tutti PATH [--messages 200000] [--size 10240] [--connections 20] [--rounds 1]

Needs smtp-sink and smtp-source (Debian: postfix). Prints messages per second of both, their ratio, the peak memory of
tutti while it sends, and checks that the ledger says `sent` for everybody.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILLER = (
    "<tr><td style=\"padding:8px 16px;font:14px/1.5 Helvetica,Arial,sans-serif;color:#333\">{{ first_name }}, an offer for"
    " {{ city }} that is worth a look: number %d of this week, chosen for members since {{ joined_on }}."
    " <a href=\"https://shop.example/offers/%d\">See the offer</a></td></tr>\n"
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def html(size):
    head = "<html><body><table width=\"600\"><tr><td><h1>Hello {{ first_name }}</h1></td></tr>\n"
    tail = "<tr><td><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></td></tr></table></body></html>"
    rows = []
    while sum(map(len, rows)) + len(head) + len(tail) < size:
        rows.append(FILLER % (len(rows), len(rows)))
    return head + "".join(rows) + tail


def documents(folder, port, connections, size):
    folder.mkdir()
    text = f"""
kind: table
name: customers
columns:
  - {{name: customer_id, type: string, required: true}}
  - {{name: email, type: string}}
  - {{name: first_name, type: string}}
  - {{name: city, type: string}}
  - {{name: joined_on, type: date}}
  - {{name: email_opt_in, type: boolean}}
primary_key: [customer_id]
---
kind: dimension
name: customers
table: customers
identity: customer_id
addresses: {{email: email}}
consent: {{email: email_opt_in}}
---
kind: channel
name: bench
channel: email
category: marketing
from: {{name: Bench, address: bench@shop.example}}
smtp: {{host: 127.0.0.1, port: {port}, tls: none, connections: {connections}}}
---
kind: campaign
name: bench
canvas:
  activities:
    - {{id: all, type: build-audience, dimension: customers}}
    - id: mail
      type: email
      channel: bench
      send: auto
      subject: "An offer for {{{{ first_name }}}}"
      html: {json.dumps(html(size))}
  transitions:
    - {{from: all, to: mail}}
"""
    (folder / "bench.yaml").write_text(text)


def rows(path, count):
    names = ["Ada", "Björn", "Chloé", "David", "Eva", "Farid", "Grace", "Hiro"]
    cities = ["Lyon", "Köln", "Porto", "Malmö", "Gdańsk", "Turin"]
    with open(path, "w", encoding="utf-8") as out:
        out.write("customer_id,email,first_name,city,joined_on,email_opt_in\n")
        for i in range(count):
            out.write(f"c{i:08d},person{i}@example.com,{names[i % 8]},{cities[i % 6]},20{10 + i % 15}-0{1 + i % 9}-15,true\n")


@contextlib.contextmanager
def sink(port):
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = ["smtp-sink", *user, f"127.0.0.1:{port}", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.time() + 10
    while time.time() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def source_alone(port, messages, size, connections):
    """Messages per second of smtp-source."""
    started = time.time()
    command = ["smtp-source", "-d", "-s", str(connections), "-l", str(size), "-m", str(messages)]
    subprocess.run([*command, "-f", "a@shop.example", "-t", "b@example.com", f"127.0.0.1:{port}"], check=True)
    return messages / (time.time() - started)


def tutti(binary, data, *arguments, output=True):
    """One command; its answer and the peak memory of the process in bytes."""
    process = subprocess.Popen(
        [binary, "--data", str(data), "-o", "json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"tutti {' '.join(arguments)} failed:\n{out}\n{err}")
    return (json.loads(out) if output and out.strip() else None), usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tutti", required=True)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=10_240)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    for tool in ("smtp-sink", "smtp-source"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing; on Debian: apt-get install postfix")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    with tempfile.TemporaryDirectory(prefix="tutti-bench-mail-") as folder:
        folder = Path(folder)
        port, data = free_port(), folder / "data"
        documents(folder / "documents", port, options.connections, options.size)
        rows(folder / "customers.csv", options.messages)
        tutti(options.tutti, data, "apply", "-f", str(folder / "documents"))
        report, _ = tutti(options.tutti, data, "import", "customers", str(folder / "customers.csv"))
        assert report["inserted"] == options.messages, report
        with sink(port):
            for _ in range(options.rounds):
                alone = source_alone(port, options.messages, options.size, options.connections)
                summary, peak = tutti(options.tutti, data, "run", "bench", "--yes")
                delivery = summary["deliveries"][0]
                assert delivery["sent"] == options.messages, delivery
                mail = next(activity for activity in summary["activities"] if activity["id"] == "mail")
                ours = options.messages / (mail["elapsed_ms"] / 1000)
                print(
                    f"{options.messages} messages of {options.size} bytes, {options.connections} connections:"
                    f" smtp-source {alone:,.0f}/s, tutti {ours:,.0f}/s (eligibility, rendering and ledger in it),"
                    f" ratio {ours / alone:.2f}; peak memory {peak / 2**20:,.0f} MiB"
                )


if __name__ == "__main__":
    main()
