"""Counts every rule of rules.py in Tutti and in DuckDB on the same Parquet files, in turns, in one run.

    python bench/queries.py PROGRAM FOLDER [ROUNDS [RULE ...]]

PROGRAM is the built example `bench_queries` of crates/query; FOLDER has what gen.py made. For each rule: one cold run
of each (a new process; the files may be in the operating system's cache), then ROUNDS (5) warm runs of each in turns.
Counts must be equal, or the exit code is 1. Both have two threads.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import duckdb
from rules import Rule, documents, rules

# The moment of bench_queries.
TODAY = "2026-11-30"
FILES = ("customers", "orders", "returns", "members")


class Tutti:
    def __init__(self, program: str, folder: pathlib.Path):
        command = [program, str(folder), "2"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tell(documents(folder))

    def tell(self, line: object) -> None:
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def run(self, rule: Rule) -> tuple[int, float, float]:
        self.tell({"dimension": rule.dimension, "where": rule.where, "deduplicate": rule.deduplicate})
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} gave up on {json.dumps(rule.where)}")
        answer = json.loads(answer)
        return answer["count"], answer["seconds"], answer["processor_seconds"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class DuckDB:
    def __init__(self, folder: pathlib.Path):
        self.db = duckdb.connect()
        self.db.execute("SET threads = 2; SET TimeZone = 'UTC'")
        for table in FILES:
            self.db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")

    def run(self, rule: Rule) -> tuple[int, float, float]:
        start, used = time.perf_counter(), time.process_time()
        (count,) = self.db.execute(rule.sql).fetchone()
        return count, time.perf_counter() - start, time.process_time() - used

    def close(self) -> None:
        self.db.close()


def main() -> int:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    wanted = sys.argv[4:]
    print(f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}, {folder.name}")
    print("| rule | count | Tutti s (best of warm) | DuckDB s | ratio of medians | ratio of bests | processor ratio | cold Tutti / DuckDB s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    wrong = 0
    for name, rule in rules(TODAY).items():
        if wanted and name not in wanted:
            continue
        engines = [Tutti(program, folder), DuckDB(folder)]
        answers = [[engine.run(rule) for engine in engines] for _ in range(rounds + 1)]
        for engine in engines:
            engine.close()
        counts = {count for pair in answers for count, _, _ in pair}
        wrong += len(counts) != 1
        cold, *warm = [[seconds for _, seconds, _ in pair] for pair in answers]
        ours, theirs = zip(*warm)
        medians = statistics.median(ours) / statistics.median(theirs)
        bests = min(ours) / min(theirs)
        used, used_theirs = (min(pair[engine][2] for pair in answers[1:]) for engine in (0, 1))
        shown = " ≠ ".join(str(count) for count in sorted(counts))
        print(f"| {name} | {shown} | {statistics.median(ours):.3f} ({min(ours):.3f}) | {statistics.median(theirs):.3f} ({min(theirs):.3f}) "
              f"| {medians:.2f} | {bests:.2f} | {used / used_theirs:.2f} | {cold[0]:.2f} / {cold[1]:.2f} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
