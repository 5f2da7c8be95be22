"""Times a canvas against the same steps as DuckDB's CREATE TABLE AS, in one run, on the same rows: one of 12 activities
(design's row) and one of 100. Each step of both leaves a population that is on disk; the rows on every transition are
counted and have to be equal, or the exit code is 1.

    python bench/activities.py PROGRAM FOLDER [ROUNDS]

PROGRAM is the built `tutti`; FOLDER has the `customers.parquet` and `orders.parquet` that gen.py made, and keeps a data
directory with both imported for the next time. Both have two threads. Tutti's time is that of the run, from its start to
its end; DuckDB's is that of the statements, in one process, ending with a checkpoint.
"""

import datetime
import json
import pathlib
import statistics
import sys
import tempfile
import time

import duckdb
from rules import SHIPPED, group, is_
from workspace import Workspace

WHERE_SHIPPED = group(SHIPPED)

# An activity with its settings, where its rows come from, and the same as SQL, by port.
Step = tuple[dict, list[str], dict[str, str]]

UNIQUE = """SELECT * EXCLUDE (place, folded) FROM (
    SELECT p.*, lower(c.email) AS folded, row_number() OVER (
        PARTITION BY lower(c.email) ORDER BY c.loyalty_points DESC NULLS LAST, p.customer_id) AS place
    FROM "{}" p JOIN customers c USING (customer_id)) WHERE {}"""
FIRST, OTHERS = "place = 1 OR folded IS NULL", "place > 1 AND folded IS NOT NULL"
ENRICHED = """SELECT p.*, coalesce(o.spent, 0) AS spent, coalesce(o.purchases, 0) AS purchases, o.last_total
    FROM "{}" p LEFT JOIN (
        SELECT customer_id, sum(total) AS spent, count(*) AS purchases, arg_max(total, ordered_at) AS last_total
        FROM orders GROUP BY customer_id) o USING (customer_id)"""
ENRICHMENT = {
    "type": "enrichment",
    "add": [
        {"name": "spent", "link": "orders", "aggregate": {"function": "sum", "field": "total"}},
        {"name": "purchases", "link": "orders", "aggregate": {"function": "count"}},
        {
            "name": "last",
            "link": "orders",
            "collect": {"count": 1, "sort": {"by": "ordered_at", "order": "descending"}, "fields": ["total"]},
        },
    ],
}
DEDUPLICATION = {
    "type": "deduplication",
    "by": ["email"],
    "method": {"expression": "loyalty_points", "order": "descending"},
    "complement": True,
}


def build(where: dict) -> dict:
    return {"type": "build-audience", "dimension": "customers", "where": where, "when_empty": "continue"}


def twelve() -> dict[str, Step]:
    lapsed = {"field": "orders", "match": {"mode": "none"}, "value": group(is_("ordered_at", ">=", "2026-06-01"))}
    spent = {"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "where": WHERE_SHIPPED}
    known = group(is_("email_opt_in", "=", True), is_("country", "in", ["FR", "DE"]))
    best = {"id": "best", "limit": {"number": 50_000, "sort": {"by": "spent", "order": "descending"}}}
    ranked = """SELECT *, row_number() OVER (ORDER BY spent DESC NULLS LAST, customer_id) AS place FROM enriched"""
    return {
        "lapsed": (
            build(group(lapsed)),
            [],
            {"out": """SELECT customer_id FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders
                WHERE ordered_at >= TIMESTAMPTZ '2026-06-01 00:00:00+00' AND customer_id IS NOT NULL)"""},
        ),
        "spenders": (
            build(group({**spent, "operator": ">", "value": 200})),
            [],
            {"out": """SELECT customer_id FROM customers SEMI JOIN (SELECT customer_id FROM orders
                WHERE lower(status) = 'shipped' GROUP BY customer_id HAVING sum(total) > 200) USING (customer_id)"""},
        ),
        "known": (
            build(known),
            [],
            {"out": "SELECT customer_id FROM customers WHERE email_opt_in AND lower(country) IN ('fr', 'de')"},
        ),
        "either": (
            {"type": "combine", "operation": "union"},
            ["lapsed", "spenders"],
            {"out": "FROM lapsed UNION FROM spenders"},
        ),
        "target": (
            {"type": "combine", "operation": "exclusion", "primary": "either", "complement": True},
            ["either", "known"],
            {
                "out": "FROM either ANTI JOIN known USING (customer_id)",
                "complement": "FROM either SEMI JOIN known USING (customer_id)",
            },
        ),
        "unique": (
            DEDUPLICATION,
            ["target.complement"],
            {
                "out": UNIQUE.format("target.complement", FIRST),
                "complement": UNIQUE.format("target.complement", OTHERS),
            },
        ),
        "enriched": (ENRICHMENT, ["unique"], {"out": ENRICHED.format("unique")}),
        "value": (
            {
                "type": "split",
                "subsets": [best, {"id": "gold", "where": group(is_("tier", "=", "gold"))}],
                "complement": True,
            },
            ["enriched"],
            {
                "best": f"SELECT * EXCLUDE (place), 'best' AS segment_code FROM ({ranked}) WHERE place <= 50000",
                "gold": """SELECT e.*, 'gold' AS segment_code FROM enriched e JOIN customers c USING (customer_id)
                    ANTI JOIN "value.best" USING (customer_id) WHERE lower(c.tier) = 'gold'""",
                "complement": """FROM enriched ANTI JOIN "value.best" USING (customer_id)
                    ANTI JOIN "value.gold" USING (customer_id)""",
            },
        ),
        "purchases": (
            {"type": "change-dimension", "dimension": "orders", "link": "orders"},
            ["value.gold"],
            {"out": """SELECT o.order_id, p.* EXCLUDE (customer_id) FROM orders o
                JOIN "value.gold" p USING (customer_id)"""},
        ),
        "keep": (
            {"type": "save-audience", "audience": "best_of_all", "columns": ["spent", "email"]},
            ["value.best"],
            {
                "out": 'FROM "value.best"',
                "saved": """SELECT customer_id, spent, email FROM "value.best" JOIN customers USING (customer_id)""",
            },
        ),
        "sample": (
            {"type": "split", "subsets": [{"id": "tenth", "limit": {"percent": 10}}], "complement": True},
            ["value.complement"],
            {
                "tenth": """SELECT * EXCLUDE (place, size), 'tenth' AS segment_code FROM (
                    SELECT *, row_number() OVER (ORDER BY hash(customer_id, 7)) AS place, count(*) OVER () AS size
                    FROM "value.complement") WHERE place <= floor(size * 0.1 + 0.5)""",
                "complement": 'FROM "value.complement" ANTI JOIN "sample.tenth" USING (customer_id)',
            },
        ),
        "done": ({"type": "end"}, ["keep", "purchases", "sample.tenth"], {}),
    }


def hundred() -> dict[str, Step]:
    steps: dict[str, Step] = {}
    for i in range(24):
        low = 200 * i
        steps[f"some_{i}"] = (
            build(group(is_("loyalty_points", "between", [low, low + 999]))),
            [],
            {"out": f"SELECT customer_id FROM customers WHERE loyalty_points BETWEEN {low} AND {low + 999}"},
        )
    for i in range(24):
        gold = f"""SELECT p.*, 'gold' AS segment_code FROM some_{i} p
            JOIN customers c USING (customer_id) WHERE lower(c.tier) = 'gold'"""
        steps[f"part_{i}"] = (
            {"type": "split", "subsets": [{"id": "gold", "where": group(is_("tier", "=", "gold"))}], "complement": True},
            [f"some_{i}"],
            {"gold": gold, "complement": f'FROM some_{i} ANTI JOIN "part_{i}.gold" USING (customer_id)'},
        )
    for i in range(24):
        sets = [f"part_{i}.gold", f"part_{(i + 5) % 24}.gold"]
        steps[f"both_{i}"] = (
            {"type": "combine", "operation": "union"},
            sets,
            {"out": f'FROM "{sets[0]}" UNION FROM "{sets[1]}"'},
        )
    for i in range(24):
        steps[f"one_{i}"] = (
            DEDUPLICATION,
            [f"both_{i}"],
            {"out": UNIQUE.format(f"both_{i}", FIRST), "complement": UNIQUE.format(f"both_{i}", OTHERS)},
        )
    ones = [f"one_{i}" for i in range(24)]
    steps["all"] = (
        {"type": "combine", "operation": "union"},
        ones,
        {"out": " UNION ".join(f"FROM {one}" for one in ones)},
    )
    steps["enriched"] = (ENRICHMENT, ["all"], {"out": ENRICHED.format("all")})
    steps["rich"] = (
        {"type": "split", "subsets": [{"id": "much", "where": group(is_("spent", ">", 100))}], "complement": True},
        ["enriched"],
        {
            "much": "SELECT * EXCLUDE (segment_code), 'much' AS segment_code FROM enriched WHERE spent > 100",
            "complement": 'FROM enriched ANTI JOIN "rich.much" USING (customer_id)',
        },
    )
    steps["done"] = ({"type": "end"}, ["rich.much", "rich.complement"], {})
    return steps


def campaign(name: str, steps: dict[str, Step]) -> dict:
    activities = [{"id": step, **settings} for step, (settings, _, _) in steps.items()]
    transitions = [{"from": source, "to": step} for step, (_, sources, _) in steps.items() for source in sources]
    return {"kind": "campaign", "name": name, "canvas": {"activities": activities, "transitions": transitions}}


def port(step: str, name: str) -> str:
    return step if name == "out" else f"{step}.{name}"


def run_tutti(call, name: str) -> tuple[float, dict[str, int], list]:
    summary = json.loads(call("run", name, "--yes", "-o", "json"))
    if summary["state"] != "completed":
        sys.exit(f"the run of {name} is {summary['state']}: {json.dumps(summary['activities'])[:2000]}")
    begin, end = (datetime.datetime.fromisoformat(summary[at]) for at in ("started_at", "finished_at"))
    counts = {port(line["from"], line["port"]): line["rows"] for line in summary["transitions"]}
    slowest = sorted(summary["activities"], key=lambda line: -line["elapsed_ms"])
    return (end - begin).total_seconds(), counts, [(line["id"], line["elapsed_ms"]) for line in slowest[:6]]


def run_duckdb(folder: pathlib.Path, steps: dict[str, Step]) -> tuple[float, dict[str, int], list]:
    with tempfile.TemporaryDirectory(dir=folder) as scratch, duckdb.connect(f"{scratch}/canvas.db") as db:
        db.execute("SET threads = 2; SET TimeZone = 'UTC'")
        for table in ("customers", "orders"):
            db.execute(f"CREATE VIEW {table} AS FROM '{folder / table}.parquet'")
        begin, times = time.perf_counter(), []
        for step, (_, _, ports) in steps.items():
            started = time.perf_counter()
            for name, sql in ports.items():
                db.execute(f'CREATE TABLE "{port(step, name)}" AS {sql}')
            times.append((step, round((time.perf_counter() - started) * 1000)))
        db.execute("CHECKPOINT")
        seconds = time.perf_counter() - begin
        names = [port(step, name) for step, (_, _, ports) in steps.items() for name in ports if name != "saved"]
        counts = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    return seconds, counts, sorted(times, key=lambda line: -line[1])[:6]


def main() -> None:
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    workspace = Workspace(program, folder)
    canvases = {"twelve": twelve(), "hundred": hundred()}
    workspace.prepare(*(campaign(name, steps) for name, steps in canvases.items()))
    same = True
    print("| canvas | Tutti, s | DuckDB, s | ratio |\n| --- | ---: | ---: | ---: |")
    for name, steps in canvases.items():
        ours, theirs = [], []
        for _ in range(rounds):
            seconds, counts, slowest = run_tutti(workspace.call, name)
            ours.append(seconds)
            print(f"{name}: Tutti {seconds:.2f} s, slowest {slowest}", file=sys.stderr)
            seconds, wanted, slowest = run_duckdb(folder, steps)
            theirs.append(seconds)
            print(f"{name}: DuckDB {seconds:.2f} s, slowest {slowest}", file=sys.stderr)
            for transition, rows in counts.items():
                if rows != wanted.get(transition, rows):
                    same = False
                    print(f"{name}, {transition}: {rows} in Tutti, {wanted[transition]} in DuckDB", file=sys.stderr)
        mine, peer = statistics.median(ours), statistics.median(theirs)
        print(f"| {len(steps)} activities | {mine:.2f} | {peer:.2f} | {mine / peer:.2f} |")
    sys.exit(0 if same else 1)


main()
