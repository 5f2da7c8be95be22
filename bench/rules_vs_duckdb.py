"""Compares Tutti's answers to random rules over random tables with DuckDB's, by SQL that shares nothing with Tutti
(`rules_as_sql.py`), and the SQL that Tutti gives for DuckDB and for PostgreSQL with both of them.

    cargo build --release -p tutti-query --example answer_rules
    python bench/rules_vs_duckdb.py PROGRAM [WORLDS] [RULES] [SEED] [--no-sql] [--postgresql]

PROGRAM is the built example `answer_rules` of crates/query. WORLDS (20) folders of small Parquet files are made, with
NULLs, orphans, several rows where a link promises one, keys of two columns and an empty table; for each, RULES (100)
rules up to four levels deep, with expressions, aggregates beside aggregates, picked rows, filters inside filters and an
audience. Compared are, for every rule: the count; the count of the complement; the count of every part; and, without
`--no-sql`, the rows of the SQL that `explain` gives, run by DuckDB, and with `--postgresql` by a PostgreSQL server that is
started for it (the package psycopg is needed). Ends with exit code 1 at the first difference, which is printed with what
is needed to see it again.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

import duckdb

from random_rules import MEMBERS, NOW, OWN, TABLES, Rules, World
from rules_as_sql import Sql


def part_of(rule: dict, pointer: str) -> dict:
    for step in pointer.split("/")[1:]:
        rule = rule[int(step) if step.isdigit() else step]
    return rule


class Tutti:
    def __init__(self, program: str):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question: dict) -> dict:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class PostgreSql:
    """The same tables in a server of its own."""

    def __init__(self):
        from temporary_postgresql import Server
        self.db = Server().db

    def load(self, world: World) -> None:
        self.db.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        types = {"DOUBLE": "double precision", "VARCHAR": "text"}
        for table, columns in TABLES.items():
            kinds = {name: OWN.get(kind, kind) for name, kind in columns.items()}
            self.db.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {types.get(kind, kind)}' for name, kind in kinds.items())})")
            self.copy(world, table, table)
        self.db.execute(f'CREATE TABLE "{MEMBERS}" (id text)')
        self.copy(world, f'"{MEMBERS}"', f'"{MEMBERS}"')
        self.db.execute("ANALYZE")

    def copy(self, world: World, source: str, target: str) -> None:
        with self.db.cursor().copy(f"COPY {target} FROM STDIN") as copy:
            for row in world.db.execute(f"FROM {source}").fetchall():
                copy.write_row(row)

    def rows(self, sql: str):
        try:
            return len(self.db.execute(sql).fetchall())
        except Exception as error:
            return str(error)


def rows(db, sql: str):
    try:
        return len(db.execute(sql).fetchall())
    except duckdb.Error as error:
        return str(error)


def compare(world: World, tutti: Tutti, postgresql: PostgreSql | None, table: str, rule: dict, compared: dict) -> str | None:
    """What differs, where something does."""
    (size,) = world.db.execute(f"SELECT count(*) FROM {table}").fetchone()
    answer = tutti.ask({"table": table, "where": rule})
    if "error" in answer:
        compared["refused"] += 1
        return f"refused: {answer['error']}"
    expected = lambda part: world.db.execute(f"SELECT count(*) FROM {table} AS t0 WHERE {Sql().rule(table, 't0', part)}").fetchone()[0]
    try:
        counts = {"count": expected(rule)} | {pointer: expected(part_of(rule, pointer)) for pointer in answer["parts"]}
    except duckdb.Error as error:
        # What is nested in what is nested is more than its planner takes.
        if "--show-errors" in sys.argv:
            print(f"{error}\n  {json.dumps(rule)}", file=sys.stderr)
        compared["beyond DuckDB"] += 1
        return None
    ours = {"count": answer["count"]} | answer["parts"]
    counts["complement"], ours["complement"] = size - counts["count"], answer["complement"]
    engines = {"duckdb": lambda sql: rows(world.db, sql)} | ({"postgresql": postgresql.rows} if postgresql else {})
    for name, run in engines.items():
        said = answer["explained"][name]
        if "--no-sql" in sys.argv:
            continue
        if said["sql"] is None or any("may be missing" in note for note in said["notes"]):
            compared["without SQL"] += 1
            continue
        counts[name], ours[name] = counts["count"], run(said["sql"])
        compared[f"explained for {name}"] += 1
    if counts != ours:
        different = [f"  {name or 'whole'}: expected {counts[name]}, found {ours[name]}" for name in counts if counts[name] != ours[name]]
        said = "\n".join(f"  {name}: {said['sql']}" for name, said in answer["explained"].items() if counts.get(name) != ours.get(name))
        return "\n".join([f"  {answer['words']}", *different, f"  here: SELECT count(*) FROM {table} AS t0 WHERE {Sql().rule(table, 't0', rule)}", said])
    compared["rules"] += 1
    compared["complements"] += 1
    compared["parts"] += len(answer["parts"])
    compared["dividing"] += 0 < counts["count"] < size
    return None


def main() -> int:
    plain = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    worlds, rules, seed = (int(plain[i]) if len(plain) > i else default for i, default in ((1, 20), (2, 100), (3, 1)))
    tutti = Tutti(plain[0])
    postgresql = PostgreSql() if "--postgresql" in sys.argv else None
    names = ["rules", "dividing", "complements", "parts", "explained for duckdb", "explained for postgresql", "without SQL", "refused", "beyond DuckDB"]
    compared = dict.fromkeys(names, 0)
    different = 0
    for number in range(worlds):
        chance = random.Random(f"{seed} {number}")
        with tempfile.TemporaryDirectory() as folder:
            world = World(chance, pathlib.Path(folder))
            tutti.ask({"open": folder, "now": NOW})
            if postgresql:
                postgresql.load(world)
            for _ in range(rules):
                table = chance.choice(["customers"] * 4 + ["orders", "lines", "cities"])
                rule = Rules(chance).rule(table, 4)
                found = compare(world, tutti, postgresql, table, rule, compared)
                if found is None:
                    continue
                print(f"different in world {number} of seed {seed}, on {table}: {json.dumps(rule)}\n{found}", flush=True)
                different += 1
                if "--all" not in sys.argv or different > 20:
                    return 1
    print(", ".join(f"{count} {name}" for name, count in compared.items()) + (": all the same" if not different else ""))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
