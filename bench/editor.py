"""Asks a running server for the count of every rule of rules.py as the editor of rules does, over HTTP: the count alone,
and with the counts of its parts. In turns with DuckDB on the Parquet files; counts must be equal, or the exit code is 1.

    python bench/editor.py PROGRAM FOLDER [ROUNDS [RULE ...]]

PROGRAM is the built `tutti`; FOLDER has what gen.py made, and keeps a data directory for the next time. The first count
of each rule is not in the figures. Both have two threads. A rule that is counted twice between changes of the tables is
not answered from memory in the figures, except in the column `again`: between two rounds the server is asked other rules.
"""

import datetime
import pathlib
import statistics
import sys
import time

import duckdb
from queries import DuckDB
from rules import Rule, rules
from workspace import Server, Workspace


def ask(server: Server, rule: Rule, parts: bool) -> tuple[int, float, float]:
    body = {"dimension": rule.dimension, "where": rule.where, "parts": parts, "editor": "bench"}
    start, used = time.perf_counter(), server.processor_seconds()
    answer = server.post("/query/count", body)
    return answer["count"], (time.perf_counter() - start) * 1000, (server.processor_seconds() - used) * 1000


def main() -> int:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    asked = {name: rule for name, rule in rules(today).items() if rule.deduplicate is None}
    asked = {name: rule for name, rule in asked.items() if not sys.argv[4:] or name in sys.argv[4:]}
    workspace = Workspace(program, folder)
    workspace.prepare()
    peer = DuckDB(folder)
    wrong = 0
    print(f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, {folder.name}, DuckDB {duckdb.__version__}")
    print("| rule | count | count, ms | processor, ms | with parts, ms | processor, ms | DuckDB, ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with workspace.serve() as server:
        for name, rule in asked.items():
            counts, alone, parts, theirs = set(), [], [], []
            for turn in range(rounds + 1):
                for with_parts, into in ((False, alone), (True, parts)):
                    count, *spent = ask(server, rule, with_parts)
                    counts.add(count)
                    into.append(spent)
                count, seconds, _ = peer.run(rule)
                counts.add(count)
                theirs.append(seconds * 1000)
            wrong += len(counts) != 1
            shown = " ≠ ".join(str(count) for count in sorted(counts))
            medians = [statistics.median(column) for into in (alone, parts) for column in zip(*into[1:])]
            print(f"| {name} | {shown} | " + " | ".join(f"{value:.0f}" for value in [*medians, statistics.median(theirs[1:])]) + " |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
