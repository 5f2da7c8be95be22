"""Times imports of the program against DuckDB on the same files: 5 million rows from Parquet into a new table, then
one million changed rows, scattered and in random order, into those; the file is sorted by key, and a shuffled one is
loaded too.

    python bench/imports.py PROGRAM FOLDER [ROUNDS]

PROGRAM is the built `tutti`; FOLDER has the `customers.parquet` that gen.py made, and room for four copies of it. Every
step is a process of its own, so that its time has start and end in it and its peak memory is its own; DuckDB's end with
a checkpoint, Tutti's with a commit that is on disk. Steps go in turns, ROUNDS (3) times; medians are shown. Both have
two threads. After each upsert the sum over a changed column is compared.

DuckDB is timed twice: as it is fastest (no key: nothing checks that rows are unique, MERGE looks keys up by a join) and
with a primary key, which promises what Tutti's import promises.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import duckdb

TYPES = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "BIGINT": "integer", "DOUBLE": "number"}
CHANGED = "SELECT * REPLACE (loyalty_points + 1 AS loyalty_points) FROM '{source}' WHERE hash(customer_id) % 5 = 0 ORDER BY hash(customer_id, 1)"
KEYLESS_LOAD = "CREATE TABLE customers AS FROM '{source}'"
KEYED_LOAD = "CREATE TABLE customers ({columns}, PRIMARY KEY (customer_id)); COPY customers FROM '{source}'"
MERGE = "MERGE INTO customers USING (FROM '{changed}') USING (customer_id) WHEN MATCHED THEN UPDATE WHEN NOT MATCHED THEN INSERT"
REPLACE = "INSERT OR REPLACE INTO customers FROM '{changed}'"
RUN_SQL = "import duckdb, sys; db = duckdb.connect(sys.argv[1]); db.execute('SET threads = 2'); db.execute(sys.argv[2]); db.close()"


# A process starts with the peak memory of the one it was forked from, so that a small one has to start it.
LAUNCHER = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([time.perf_counter() - started, usage.ru_maxrss // 1024, status]))
"""


def measure(command: list[str], **options) -> tuple[float, int]:
    """Seconds, and peak memory in MiB."""
    launched = [sys.executable, "-c", LAUNCHER, *command]
    answer = subprocess.run(launched, stdout=subprocess.PIPE, text=True, check=True, **options)
    seconds, memory, status = json.loads(answer.stdout)
    if status != 0:
        sys.exit(f"failed: {command[:4]}")
    return seconds, memory


def points(files: str) -> int:
    return duckdb.sql(f"SELECT sum(loyalty_points) FROM {files}").fetchall()[0][0]


def live_files(data: pathlib.Path) -> str:
    """The files of the newest version, read from Delta's log."""
    folder, live = data / "tables" / "customers", set()
    for log in sorted((folder / "_delta_log").glob("*.json")):
        for line in log.read_text().splitlines():
            action = json.loads(line)
            live |= {action["add"]["path"]} if "add" in action else set()
            live -= {action["remove"]["path"]} if "remove" in action else set()
    return "read_parquet(" + str([str(folder / name) for name in sorted(live)]) + ")"


def main() -> None:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    source, changed = folder / "customers.parquet", folder / "customers-changed.parquet"
    if not changed.exists():
        duckdb.sql(f"SET TimeZone = 'UTC'; COPY ({CHANGED.format(source=source)}) TO '{changed}'")
    shuffled = folder / "customers-shuffled.parquet"
    if not shuffled.exists():
        duckdb.sql(f"COPY (FROM '{source}' ORDER BY hash(customer_id, 2)) TO '{shuffled}'")
    described = duckdb.sql(f"DESCRIBE FROM '{source}'").fetchall()
    columns = [{"name": name, "type": TYPES.get(kind, "timestamp")} for name, kind, *_ in described]
    table = {"kind": "table", "name": "customers", "columns": columns, "primary_key": ["customer_id"]}
    sql_columns = ", ".join(f"{name} {kind}" for name, kind, *_ in described)
    results: dict[str, list[tuple[float, int]]] = {}
    wanted = None
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            data = pathlib.Path(scratch) / "data"
            document = pathlib.Path(scratch) / "table.json"
            document.write_text(json.dumps(table))
            tutti = {"env": os.environ | {"TUTTI_DATA": str(data), "TUTTI__QUERY__THREADS": "2"}}
            measure([program, "apply", "-f", str(document)], **tutti)

            def step(name: str, command: list[str], **options) -> None:
                results.setdefault(name, []).append(measure(command, **options))
                print(f"{name}: {results[name][-1][0]:.2f} s, {results[name][-1][1]} MiB", file=sys.stderr)

            def duck(name: str, file: str, sql: str) -> None:
                step(name, [sys.executable, "-c", RUN_SQL, str(pathlib.Path(scratch) / file), sql])

            step("load, Tutti", [program, "import", "customers", str(source)], **tutti)
            duck("load, DuckDB", "keyless.db", KEYLESS_LOAD.format(source=source))
            duck("load, DuckDB with key", "keyed.db", KEYED_LOAD.format(source=source, columns=sql_columns))
            step("upsert, Tutti", [program, "import", "customers", str(changed)], **tutti)
            duck("upsert, DuckDB", "keyless.db", MERGE.format(changed=changed))
            duck("upsert, DuckDB with key", "keyed.db", REPLACE.format(changed=changed))
            with duckdb.connect(str(pathlib.Path(scratch) / "keyless.db")) as db:
                wanted = db.sql("SELECT sum(loyalty_points) FROM customers").fetchall()[0][0]
            if (found := points(live_files(data))) != wanted:
                sys.exit(f"the sums differ: {found} in Tutti, {wanted} in DuckDB")
            again = [program, "import", "customers", "--mode", "replace", str(shuffled)]
            step("load shuffled, Tutti", again, **tutti)
            duck("load shuffled, DuckDB", "shuffled.db", KEYLESS_LOAD.format(source=shuffled))
            duck("load shuffled, DuckDB with key", "shuffled-keyed.db", KEYED_LOAD.format(source=shuffled, columns=sql_columns))
            shutil.rmtree(data)
    print("| step | seconds | peak memory, MiB | times DuckDB |\n| --- | ---: | ---: | ---: |")
    for name, all_of in results.items():
        seconds = statistics.median(seconds for seconds, _ in all_of)
        base = statistics.median(seconds for seconds, _ in results[name.split(",")[0] + ", DuckDB"])
        print(f"| {name} | {seconds:.2f} | {max(memory for _, memory in all_of):,} | {seconds / base:.2f} |")


if __name__ == "__main__":
    main()
