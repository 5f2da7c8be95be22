"""The rules that the benchmarks count, each as its JSON and as the SQL that one would write for DuckDB, and the documents
of the tables that they are about. Where Tutti folds case by Unicode, the SQL uses `lower`, which is the nearest there is.
"""

import pathlib
from typing import NamedTuple

import duckdb

TYPES = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "BIGINT": "integer", "DOUBLE": "number"}
AUDIENCE = "members"


class Rule(NamedTuple):
    dimension: str
    where: dict
    sql: str
    # Counted after one row was kept for each value of this field.
    deduplicate: str | None = None


def group(*rules: dict, combinator: str = "and") -> dict:
    return {"combinator": combinator, "rules": list(rules)}


def is_(field: str, operator: str, value: object, **more: object) -> dict:
    return {"field": field, "operator": operator, "value": value, **more}


def related(mode: str, *rules: dict, threshold: int | None = None, field: str = "orders", **more: object) -> dict:
    match = {"mode": mode} | ({"threshold": threshold} if threshold is not None else {})
    return {"field": field, "match": match, "value": group(*rules), **more}


def aggregate(function: str, field: str | None, operator: str, value: object, *where: dict, **more: object) -> dict:
    over = {"function": function} | ({"field": field} if field else {})
    found = {"field": "orders", "aggregate": over, "operator": operator, "value": value, **more}
    return found | ({"where": group(*where)} if where else {})


SHIPPED = is_("status", "=", "shipped")
IS_SHIPPED = "lower(status) = 'shipped'"
GROUPED = "SELECT count(*) FROM customers c LEFT JOIN (SELECT customer_id, {} FROM orders WHERE {} GROUP BY customer_id) o USING (customer_id) WHERE {}"


def rules(today: str) -> dict[str, Rule]:
    """Date math begins with the day on which the rules are asked."""
    now = f"TIMESTAMPTZ '{today} 00:00:00+00'"
    french = is_("country", "=", "fr")
    some = "SELECT count(*) FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND {})"
    none = some.replace("WHERE EXISTS", "WHERE NOT EXISTS")
    of = "SELECT count(*) FROM customers WHERE {}"
    return {
        "filter": Rule(
            "customers",
            group(is_("country", "in", ["fr", "de"]), is_("birth_date", ">=", "1980-01-01"), is_("email_opt_in", "=", True)),
            of.format("lower(country) IN ('fr', 'de') AND birth_date >= DATE '1980-01-01' AND email_opt_in"),
        ),
        "text contains": Rule(
            "customers", is_("email", "contains", "5@MAIL7"), of.format("contains(lower(email), '5@mail7')")
        ),
        "text begins": Rule(
            "customers", is_("first_name", "beginsWith", "zo"), of.format("starts_with(lower(first_name), 'zo')")
        ),
        "text like": Rule(
            "customers", is_("last_name", "like", "surname1%5"), of.format("lower(last_name) LIKE 'surname1%5'")
        ),
        "text not like": Rule(
            "customers",
            is_("email", "notLike", "%77%@%.example", caseSensitive=True),
            of.format("(email LIKE '%77%@%.example') IS NOT TRUE"),
        ),
        "date math": Rule(
            "customers",
            group(is_("created_at", ">=", "now-18M/M"), is_("birth_date", "between", ["now-40y/d", "now-30y/d"])),
            of.format(
                f"created_at >= date_trunc('month', {now} - INTERVAL 18 MONTH)"
                f" AND birth_date BETWEEN {now}::DATE - INTERVAL 40 YEAR AND {now}::DATE - INTERVAL 30 YEAR"
            ),
        ),
        "expression": Rule(
            "customers",
            group({"expression": "year(birth_date) % 10", "operator": "=", "value": 5}, is_("tier", "!=", "none")),
            of.format("year(birth_date) % 10 = 5 AND (lower(tier) = 'none') IS NOT TRUE"),
        ),
        "filter in filter": Rule(
            "customers",
            group({"filter": "wealthy", "parameters": {"points": 2000}}, {"filter": "reachable"}, french),
            of.format(
                "email_opt_in AND coalesce(email, '') <> '' AND lower(tier) IN ('gold', 'silver')"
                " AND loyalty_points >= 2000 AND lower(country) = 'fr'"
            ),
        ),
        "audience": Rule(
            "customers",
            group({"audience": AUDIENCE, "operator": "in"}, is_("tier", "=", "gold")),
            of.format("lower(tier) = 'gold' AND customer_id IN (FROM members)"),
        ),
        "not in audience": Rule(
            "customers",
            {"audience": AUDIENCE, "operator": "notIn"},
            "SELECT count(*) FROM customers ANTI JOIN members USING (customer_id)",
        ),
        "to-one path": Rule(
            "orders",
            group(is_("customer.country", "=", "fr"), is_("total", ">=", 50)),
            """SELECT count(*) FROM orders o LEFT JOIN customers c USING (customer_id)
                WHERE lower(country) = 'fr' AND total >= 50""",
        ),
        "to-one path negative": Rule(
            "orders",
            group(is_("customer.tier", "!=", "gold"), is_("channel", "=", "phone")),
            """SELECT count(*) FROM orders o LEFT JOIN customers c USING (customer_id)
                WHERE (lower(tier) = 'gold') IS NOT TRUE AND lower(channel) = 'phone'""",
        ),
        "some": Rule(
            "customers",
            related("some", SHIPPED, is_("total", ">=", 100)),
            some.format(f"{IS_SHIPPED} AND total >= 100"),
        ),
        "none": Rule(
            "customers",
            related("none", is_("ordered_at", ">=", "now-6M/d")),
            none.format(f"ordered_at >= {now} - INTERVAL 6 MONTH"),
        ),
        "all": Rule(
            "customers", related("all", is_("total", ">=", 10)), none.format("(total >= 10) IS NOT TRUE")
        ),
        "to-many path negative": Rule(
            "customers", is_("orders.status", "!=", "returned"), none.format("lower(status) = 'returned'")
        ),
        "at least": Rule(
            "customers",
            related("atLeast", SHIPPED, is_("total", ">=", 50), threshold=3),
            GROUPED.format("count(*) AS n", f"{IS_SHIPPED} AND total >= 50", "n >= 3"),
        ),
        "at most": Rule(
            "customers",
            related("atMost", is_("channel", "=", "web"), threshold=2),
            GROUPED.format("count(*) AS n", "lower(channel) = 'web'", "coalesce(n, 0) <= 2"),
        ),
        "exactly": Rule(
            "customers",
            related("exactly", SHIPPED, threshold=5),
            GROUPED.format("count(*) AS n", IS_SHIPPED, "n = 5"),
        ),
        "sum": Rule(
            "customers",
            group(french, aggregate("sum", "total", ">", 200, SHIPPED)),
            f"""SELECT count(*) FROM customers c
                JOIN (SELECT customer_id, sum(total) AS spent FROM orders WHERE {IS_SHIPPED} GROUP BY customer_id) s
                ON s.customer_id = c.customer_id WHERE lower(country) = 'fr' AND spent > 200""",
        ),
        "sum of all": Rule(
            "customers",
            aggregate("sum", "total", ">", 300),
            GROUPED.format("sum(total) AS spent", "true", "spent > 300"),
        ),
        "avg": Rule(
            "customers",
            aggregate("avg", "total", ">=", 60, SHIPPED),
            # As Tutti does, from exact sums.
            GROUPED.format("sum(total)::DOUBLE / count(total) AS mean", IS_SHIPPED, "mean >= 60"),
        ),
        "latest date": Rule(
            "customers",
            aggregate("max", "ordered_at", "<", "now-1y/d"),
            GROUPED.format("max(ordered_at) AS last", "true", f"last < {now} - INTERVAL 1 YEAR"),
        ),
        "count distinct": Rule(
            "customers",
            aggregate("countDistinct", "channel", ">=", 3),
            GROUPED.format("count(DISTINCT channel) AS n", "true", "n >= 3"),
        ),
        "aggregate and column": Rule(
            "customers",
            aggregate("sum", "total", ">", "loyalty_points", valueSource="field"),
            GROUPED.format("sum(total) AS spent", "true", "coalesce(spent, 0) > loyalty_points"),
        ),
        "two aggregates": Rule(
            "customers",
            aggregate(
                "sum",
                "total",
                ">",
                {
                    "field": "orders",
                    "aggregate": {"function": "sum", "field": "total"},
                    "where": group(is_("channel", "=", "web")),
                },
                is_("channel", "=", "store"),
                valueSource="aggregate",
            ),
            GROUPED.format(
                """sum(total) FILTER (lower(channel) = 'store') AS stores,
                sum(total) FILTER (lower(channel) = 'web') AS web""",
                "true",
                "coalesce(stores, 0) > coalesce(web, 0)",
            ),
        ),
        "pick latest": Rule(
            "customers",
            related("some", SHIPPED, pick={"by": "ordered_at", "order": "descending", "n": 1}),
            """SELECT count(*) FROM customers c JOIN (
                SELECT customer_id, arg_max(status, (ordered_at, order_id)) AS status FROM orders GROUP BY customer_id)
                USING (customer_id) WHERE lower(status) = 'shipped'""",
        ),
        "two levels": Rule(
            "customers",
            related(
                "some",
                is_("channel", "=", "store"),
                related("some", is_("reason", "=", "damaged"), is_("refunded", ">=", 50), field="returns"),
            ),
            """SELECT count(*) FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id
                AND lower(channel) = 'store' AND EXISTS (SELECT 1 FROM returns r WHERE r.order_id = o.order_id
                    AND lower(reason) = 'damaged' AND refunded >= 50))""",
        ),
        "two levels, none": Rule(
            "customers",
            related("none", related("some", is_("reason", "=", "late"), field="returns")),
            """SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o
                JOIN returns r USING (order_id) WHERE o.customer_id = c.customer_id AND lower(reason) = 'late')""",
        ),
        "either": Rule(
            "customers",
            group(is_("tier", "=", "gold"), related("some", is_("total", ">=", 200)), combinator="or"),
            """SELECT count(*) FROM customers c WHERE lower(tier) = 'gold'
                OR customer_id IN (SELECT customer_id FROM orders WHERE total >= 200)""",
        ),
        "mixture": Rule(
            "customers",
            group(
                is_("country", "in", ["fr", "de", "it"]),
                is_("email_opt_in", "=", True),
                related("atLeast", SHIPPED, is_("ordered_at", ">=", "now-2y/d"), threshold=2),
                related("none", is_("status", "=", "returned"), is_("ordered_at", ">=", "now-1y/d")),
            ),
            f"""SELECT count(*) FROM customers c SEMI JOIN (
                    SELECT customer_id FROM orders WHERE {IS_SHIPPED} AND ordered_at >= {now} - INTERVAL 2 YEAR
                    GROUP BY customer_id HAVING count(*) >= 2) USING (customer_id)
                ANTI JOIN (SELECT customer_id FROM orders WHERE lower(status) = 'returned'
                    AND ordered_at >= {now} - INTERVAL 1 YEAR) USING (customer_id)
                WHERE lower(country) IN ('fr', 'de', 'it') AND email_opt_in""",
        ),
        "deduplicate": Rule(
            "customers",
            {},
            # One row of each address: the one with the lowest key. Rows without an address are all kept.
            """SELECT count(*) FROM (SELECT email, row_number()
                OVER (PARTITION BY lower(email) ORDER BY customer_id) AS place FROM customers)
                WHERE place = 1 OR email IS NULL""",
            deduplicate="email",
        ),
    }


def columns(file: pathlib.Path) -> list[dict]:
    found = []
    for column, kind, *_ in duckdb.sql(f"DESCRIBE FROM '{file}'").fetchall():
        found.append({"name": column, "type": kind.lower() if kind.startswith("DECIMAL") else TYPES.get(kind, "timestamp")})
    return found


def documents(folder: pathlib.Path) -> list[dict]:
    """The tables with their links and dimensions, audiences, and two filters, one of which uses the other."""
    made = []
    keys = {"customers": "customer_id", "orders": "order_id", "returns": "return_id"}
    links = {"orders": ("customer", "customers", "customer_id"), "returns": ("order", "orders", "order_id")}
    for name, key in keys.items():
        table = {"kind": "table", "name": name, "columns": columns(folder / f"{name}.parquet"), "primary_key": [key]}
        if name in links:
            link, to, on = links[name]
            link = {"name": link, "to": to, "on": {on: on}, "cardinality": "many-to-one", "reverse": name}
            table["links"] = [link]
        made.append(table)
        made.append({"kind": "dimension", "name": name, "table": name, "identity": key})
    made += [{"kind": "audience", "name": name, "dimension": "customers"} for name in (AUDIENCE, "best_of_all")]
    made.append(
        {
            "kind": "filter",
            "name": "reachable",
            "dimension": "customers",
            "where": group(is_("email_opt_in", "=", True), is_("email", "notEmpty", None)),
        }
    )
    made.append(
        {
            "kind": "filter",
            "name": "wealthy",
            "dimension": "customers",
            "parameters": {"points": {"type": "integer"}},
            "where": group(
                {"filter": "reachable"},
                is_("tier", "in", ["gold", "silver"]),
                is_("loyalty_points", ">=", "{{points}}"),
            ),
        }
    )
    return made
