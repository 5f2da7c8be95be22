"""Asks for more than a memory limit holds, and compares the answers with DuckDB's: aggregates, a join, a window and a
sort over all orders.

    cargo build --release -p tutti-query --example bench_memory
    python bench/memory.py PROGRAM FOLDER [MEMORY_MIB...]

PROGRAM is the built example `bench_memory` of crates/query; FOLDER has what gen.py made. Each question is asked in a
process of its own under each limit (1024 and 256 unless given), with two threads. A wrong answer, or none, makes the
exit code 1. The peak is that of the whole process, reading of files included, as the operating system counts it.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import duckdb

ORDERS_OF = "FROM customers c JOIN (SELECT customer_id, {} AS value FROM orders GROUP BY customer_id) o USING (customer_id)"
QUERIES = {
    "sum": f"SELECT count(*) {ORDERS_OF.format('sum(total)')} WHERE value > 200",
    "distinct": f"SELECT count(*) {ORDERS_OF.format('count(DISTINCT order_id)')} WHERE value > 20",
    "join": """SELECT count(*) FROM orders o JOIN customers c USING (customer_id)
        WHERE o.total < c.loyalty_points / 100.0 AND c.email IS NOT NULL""",
    "latest": """SELECT (SELECT count(*) FROM customers) - count(DISTINCT c.customer_id) FROM customers c JOIN
        (SELECT customer_id, status FROM orders
         QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at DESC NULLS LAST, order_id) <= 3) o
        USING (customer_id) WHERE lower(status) <> 'shipped' OR status IS NULL""",
    "sort": "SELECT count(*), CAST(CAST(sum(total) * 100 AS HUGEINT) AS VARCHAR), true FROM orders",
}


def expected(folder: pathlib.Path, name: str):
    db = duckdb.connect()
    db.execute("SET threads = 2; SET TimeZone = 'UTC'")
    for table in ("customers", "orders"):
        db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")
    row = db.execute(QUERIES[name]).fetchone()
    return list(row) if len(row) > 1 else row[0]


def main() -> int:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    limits = [int(limit) for limit in sys.argv[3:]] or [1024, 256]
    print(f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {folder.name}")
    print("| question | limit MiB | answer | s | spilled MiB | peak of the process MiB |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    wrong = 0
    for name in QUERIES:
        right = expected(folder, name)
        for limit in limits:
            done = subprocess.run([program, str(folder), str(limit), name], capture_output=True, text=True)
            if done.returncode:
                wrong += 1
                print(f"| {name} | {limit} | failed ({done.returncode}): {(done.stderr.strip().splitlines() or ['nothing was said'])[-1]} | | | |", flush=True)
                continue
            found = json.loads(done.stdout)
            same = found["answer"] == right
            wrong += not same
            shown = f"{found['answer'] if name != 'sort' else found['answer'][0]}{'' if same else f', not {right}'}"
            print(f"| {name} | {limit} | {shown} | {found['seconds']:.1f} | {found['spilled_mib']} | {found['peak_rss_mib']} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
