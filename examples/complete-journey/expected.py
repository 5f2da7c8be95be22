#!/usr/bin/env python3
"""Computes what Tutti must answer, with DuckDB over the same Parquet files and without Tutti.

    ./expected.py [--json]

Prints the count of every rule in rules/ and the rows on every transition of the three campaigns that chance does not
decide. check.py compares Tutti with it.
"""

import argparse
import json
from pathlib import Path

import env

TABLES = ["households", "demographics", "transactions", "products", "coupons", "coupon_redemptions", "campaigns",
          "campaign_descriptions"]
RULES = env.HERE / "rules"


def database(data: Path):
    """The tables as they must be once imported: the newest version of each household, each coupon row once."""
    import duckdb

    db = duckdb.connect()
    for table in TABLES:
        file = f"'{data / table}.parquet'"
        query = {
            "households": f"SELECT * FROM {file} QUALIFY row_number() OVER "
                          "(PARTITION BY household_id ORDER BY updated_at DESC) = 1",
            "coupons": f"SELECT DISTINCT * FROM {file}",
        }.get(table, f"SELECT * FROM {file}")
        db.execute(f"CREATE TABLE {table} AS {query}")
    tied = db.execute("SELECT count(*) - count(DISTINCT (email, updated_at)) FROM households WHERE email IS NOT NULL")
    if tied.fetchone() != (0,):
        raise AssertionError("two households share an address and the moment of their last change: ties decide")
    return db


def imports(db, data: Path) -> dict[str, dict[str, int]]:
    """What the first import of each table must report."""
    reports = {}
    for table in TABLES:
        (read,) = db.execute(f"SELECT count(*) FROM '{data / table}.parquet'").fetchone()
        (kept,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        reports[table] = {"read": read, "inserted": kept, "updated": 0, "deleted": 0, "rejected": 0}
    return reports


def counts(db) -> dict[str, int]:
    """The count of each rule, by name. Every file in rules/ must have its SQL in truth.py, and the other way round."""
    import truth

    files = {file.stem for file in RULES.glob("*.json")}
    if files != set(truth.RULES):
        raise AssertionError(f"rules without a counterpart: {sorted(files ^ set(truth.RULES))}")
    return {name: db.execute(f"SELECT count(*) FROM households h WHERE {condition}").fetchone()[0]
            for name, condition in truth.RULES.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="computes what Tutti must answer, with DuckDB")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    env.enter()
    import campaigns

    db = database(env.DATA)
    reports, rules, runs = imports(db, env.DATA), counts(db), campaigns.expected(db)
    if options.json:
        print(json.dumps({"imports": reports, "rules": rules, "campaigns": {run.name: run.sizes for run in runs}},
                         indent=2))
        return
    print(f"{'table':40} {'read':>10} {'kept':>10}")
    for table, report in reports.items():
        print(f"{table:40} {report['read']:>10,} {report['inserted']:>10,}")
    print(f"\n{'rule':40} {'households':>10}")
    for name, count in rules.items():
        print(f"{name:40} {count:>10,}")
    for run in runs:
        print(f"\n{run.name:40} {'rows':>10}")
        for port, size in run.sizes.items():
            print(f"  {port:38} {size:>10,}")
        for port, activities in run.mailed.items():
            fates = [run.fates[key] for key in run.populations[port]]
            print(f"  {' + '.join(activities):38} " + ", ".join(
                f"{fates.count(fate):,} {fate}" for fate in ("sent", "address", "no_consent")))


if __name__ == "__main__":
    main()
