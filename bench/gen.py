"""Makes the customers, orders and returns that the benchmarks read: the demo shop's columns, string ids and dirt, at any
size, by DuckDB (the demo shop itself also writes lines, visits and addresses, which these rules do not touch).

    python bench/gen.py DIR CUSTOMERS ORDERS

Writes DIR/customers.parquet, DIR/orders.parquet, DIR/returns.parquet (of a tenth of the orders) and DIR/members.parquet
(the keys of a tenth of the customers); files that are there already stay. The same sizes give the same rows.
"""

import pathlib
import sys

import duckdb

CUSTOMERS = """
SELECT 'c' || lpad(i::VARCHAR, 7, '0') AS customer_id,
       CASE WHEN h(i, 1) < 0.04 THEN NULL
            -- two in a hundred have the address of their neighbour, half of them in other case
            WHEN h(i, 2) < 0.02 THEN CASE WHEN h(i, 3) < 0.5 THEN upper(mail(i - 1)) ELSE mail(i - 1) END
            ELSE mail(i) END AS email,
       list_extract(['Anna','Zoë','José','Chloé','Marie','Paul','Liam','Noah','Mia','Léa'], 1 + (h(i, 4) * 10)::INT % 10) AS first_name,
       'Surname' || (h(i, 5) * 50000)::INT AS last_name,
       CASE WHEN h(i, 6) < 0.05 THEN NULL ELSE '+336' || lpad((h(i, 7) * 99999999)::INT::VARCHAR, 8, '0') END AS phone,
       CASE WHEN h(i, 8) < 0.03 THEN NULL ELSE 'City ' || (h(i, 9) * 400)::INT END AS city,
       list_extract(['FR','DE','ES','IT','GB','NL'], 1 + (h(i, 10) * h(i, 11) * 6)::INT % 6) AS country,
       CASE WHEN h(i, 12) < 0.12 THEN NULL ELSE DATE '1940-01-01' + (h(i, 13) * 25000)::INT END AS birth_date,
       list_extract(['none','silver','gold'], 1 + (h(i, 14) * h(i, 15) * 3)::INT % 3) AS tier,
       CASE WHEN h(i, 16) < 0.02 THEN NULL ELSE h(i, 16) > 0.1 END AS email_opt_in,
       TIMESTAMPTZ '2021-12-01 00:00:00+00' + to_seconds((i * 157680000.0 / {n})::BIGINT) AS created_at,
       (h(i, 17) * 5000)::BIGINT AS loyalty_points,
       CASE WHEN h(i, 18) < 0.1 THEN NULL ELSE h(i, 19) END AS marketing_score
FROM range(1, {n} + 1) t(i)
"""

# An eighth of the customers place almost half of the orders, a sixth never order, three in a thousand orders are of
# customers that do not exist.
ORDERS = """
SELECT 'o' || lpad(i::VARCHAR, 8, '0') AS order_id,
       'c' || lpad((CASE WHEN h(i, 21) < 0.003 THEN {n} + 1 + (h(i, 22) * {n} / 10)::BIGINT
                         WHEN h(i, 23) < 0.45 THEN 1 + (h(i, 24) * {n} / 8)::BIGINT * 8 % {n}
                         ELSE 1 + (h(i, 24) * {n} * 5 / 6)::BIGINT * 6 // 5 END)::VARCHAR, 7, '0') AS customer_id,
       TIMESTAMPTZ '2023-12-01 00:00:00+00' + to_seconds((i * 94608000.0 / {m})::BIGINT) AS ordered_at,
       list_extract(['shipped','shipped','shipped','shipped','Shipped','paid','returned','cancelled'], 1 + (h(i, 25) * 8)::INT % 8) AS status,
       list_extract(['web','web','store','phone'], 1 + (h(i, 26) * 4)::INT % 4) AS channel,
       (5 + 300 * h(i, 27) * h(i, 28) * h(i, 29))::DECIMAL(12, 2) AS total,
       CASE WHEN h(i, 30) < 0.9 THEN NULL ELSE 'COUPON' || (h(i, 31) * 40)::INT END AS coupon_code
FROM range(1, {m} + 1) t(i)
"""

RETURNS = """
SELECT 'r' || lpad(i::VARCHAR, 8, '0') AS return_id,
       'o' || lpad(i::VARCHAR, 8, '0') AS order_id,
       list_extract(['damaged','late','size','other','other'], 1 + (h(i, 33) * 5)::INT % 5) AS reason,
       (5 + 200 * h(i, 34) * h(i, 35))::DECIMAL(12, 2) AS refunded
FROM range(1, {m} + 1) t(i) WHERE h(i, 32) < 0.1
"""

MEMBERS = """
SELECT 'c' || lpad(i::VARCHAR, 7, '0') AS customer_id FROM range(1, {n} + 1) t(i) WHERE h(i, 36) < 0.1
"""


def main() -> None:
    folder, customers, orders = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    db.execute("SET threads = 2; SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    # A number in [0, 1) from a row and a topic, always the same.
    db.execute("CREATE MACRO h(i, topic) AS (hash(i * 64 + topic) >> 12)::DOUBLE / 4503599627370496.0")
    db.execute("CREATE MACRO mail(i) AS 'person' || i || '@mail' || (i % 97) || '.example'")
    for name, sql in (("customers", CUSTOMERS), ("orders", ORDERS), ("returns", RETURNS), ("members", MEMBERS)):
        target, partial = folder / f"{name}.parquet", folder / f".{name}.partial"
        if target.exists():
            continue
        query = sql.format(n=customers, m=orders)
        db.execute(f"COPY ({query}) TO '{partial}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 262144)")
        partial.rename(target)
        print(f"{target}: {target.stat().st_size / 1e6:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
