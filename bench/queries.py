"""Times the query benchmark's rules against DuckDB on the same Parquet files, in turns, in one run.

    python bench/queries.py PROGRAM FOLDER [ROUNDS]

PROGRAM is the built example `bench_queries` of crates/query; FOLDER has what gen.py made. For each rule: one cold run
of each (a new process; the files may be in the operating system's cache), then ROUNDS (5) warm runs of each in turns.
Counts must be equal. Both have two threads. Where Tutti folds case, DuckDB's query lowers it.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import duckdb

SHIPPED = "lower(status) = 'shipped'"
QUERIES = {
    "filter": """SELECT count(*) FROM customers
        WHERE lower(country) IN ('fr', 'de') AND birth_date >= DATE '1980-01-01' AND email_opt_in""",
    "some": f"""SELECT count(*) FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND {SHIPPED} AND total >= 100)""",
    "sum": f"""SELECT count(*) FROM customers c
        JOIN (SELECT customer_id, sum(total) AS spent FROM orders WHERE {SHIPPED} GROUP BY customer_id) s
        ON s.customer_id = c.customer_id WHERE lower(country) = 'fr' AND spent > 200""",
    "none": """SELECT count(*) FROM customers c
        WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id
                          AND ordered_at >= TIMESTAMPTZ '2026-05-30 00:00:00+00')""",
    # One row of each address: the one with the lowest key. Rows without an address are all kept.
    "deduplicate": """SELECT count(*) FROM (SELECT email, row_number()
            OVER (PARTITION BY lower(email) ORDER BY customer_id) AS place FROM customers)
        WHERE place = 1 OR email IS NULL""",
}


class Tutti:
    def __init__(self, program: str, folder: pathlib.Path):
        command = [program, str(folder), "2"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, name: str) -> tuple[int, float]:
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["count"], answer["seconds"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class DuckDB:
    def __init__(self, folder: pathlib.Path):
        self.db = duckdb.connect()
        self.db.execute("SET threads = 2; SET TimeZone = 'UTC'")
        for table in ("customers", "orders"):
            self.db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")

    def run(self, name: str) -> tuple[int, float]:
        start = time.perf_counter()
        (count,) = self.db.execute(QUERIES[name]).fetchone()
        return count, time.perf_counter() - start

    def close(self) -> None:
        self.db.close()


def main() -> int:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    print(f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}, {folder.name}")
    print("| rule | count | Tutti s (best of warm) | DuckDB s | ratio of medians | ratio of bests | cold Tutti / DuckDB s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    wrong = 0
    for name in QUERIES:
        engines = [Tutti(program, folder), DuckDB(folder)]
        answers = [[engine.run(name) for engine in engines] for _ in range(rounds + 1)]
        for engine in engines:
            engine.close()
        counts = {count for pair in answers for count, _ in pair}
        wrong += len(counts) != 1
        cold, *warm = [[seconds for _, seconds in pair] for pair in answers]
        ours, theirs = zip(*warm)
        medians = statistics.median(ours) / statistics.median(theirs)
        bests = min(ours) / min(theirs)
        shown = " ≠ ".join(str(count) for count in sorted(counts))
        print(f"| {name} | {shown} | {statistics.median(ours):.3f} ({min(ours):.3f}) | {statistics.median(theirs):.3f} ({min(theirs):.3f}) "
              f"| {medians:.2f} | {bests:.2f} | {cold[0]:.2f} / {cold[1]:.2f} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
