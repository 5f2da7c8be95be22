"""Random tables and random rules over them, as `rules_vs_duckdb.py` asks them. Text has only letters that fold as they
lower, since DuckDB has no case folding.
"""

import json
import pathlib
import random

import duckdb

NOW = "2026-03-15T10:20:30Z"
NAMES = ["Anna", "ANNA", "anna ", "", "Zoë", "ZOË", "100%", "a_b\\c", "O'Neil", "much longer than the twelve bytes of a view"]
STATUSES = ["new", "PAID", "paid", "Shipped"]

TABLES = {
    "customers": {"id": "string", "name": "string", "nick": "string", "age": "integer", "score": "number", "balance": "decimal(12,2)",
                  "vip": "boolean", "born": "date", "seen": "timestamp", "city_code": "string", "friend": "string"},
    "orders": {"shop": "string", "number": "integer", "customer_id": "string", "total": "decimal(10,2)", "status": "string",
               "at": "timestamp", "day": "date", "quantity": "integer", "weight": "number"},
    "lines": {"shop": "string", "order_number": "integer", "line": "integer", "product_no": "integer", "amount": "decimal(10,2)"},
    "products": {"no": "decimal(10,0)", "title": "string", "price": "decimal(10,3)"},
    "cities": {"id": "integer", "code": "string", "title": "string", "people_count": "integer"},
    "visits": {"id": "string", "customer_id": "string", "pages": "integer"},
}
KEYS = {"customers": ["id"], "orders": ["shop", "number"], "lines": ["shop", "order_number", "line"], "products": ["no"],
        "cities": ["id"], "visits": ["id"]}
# From a table and a link: where it leads, the columns that are equal, and whether it leads to many rows.
LINKS = {
    ("customers", "orders"): ("orders", [("id", "customer_id")], True),
    ("orders", "customer"): ("customers", [("customer_id", "id")], False),
    ("customers", "city"): ("cities", [("city_code", "code")], False),
    ("cities", "people"): ("customers", [("code", "city_code")], True),
    ("customers", "best_friend"): ("customers", [("friend", "id")], False),
    ("customers", "admirers"): ("customers", [("id", "friend")], True),
    ("customers", "visits"): ("visits", [("id", "customer_id")], True),
    ("orders", "lines"): ("lines", [("shop", "shop"), ("number", "order_number")], True),
    ("lines", "order"): ("orders", [("shop", "shop"), ("order_number", "number")], False),
    ("lines", "product"): ("products", [("product_no", "no")], False),
}
DECLARED = {"customers": [("orders", "one-to-many", "customer"), ("city", "many-to-one", "people"),
                          ("best_friend", "many-to-one", "admirers"), ("visits", "one-to-many", None)],
            "orders": [("lines", "one-to-many", "order")], "lines": [("product", "many-to-one", None)]}
SPENT = {"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">=", "value": "{{least}}"}
GOOD = {"combinator": "or", "rules": [{"filter": "spent", "parameters": {"least": 30}}, {"audience": "vips", "operator": "in"},
        {"combinator": "except", "rules": [{"filter": "spent", "parameters": {"least": 10}}, {"field": "balance", "operator": "<", "value": "{{low}}"}]}]}
MEMBERS = "audience.vips"
OWN = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMPTZ"}


def documents() -> list[dict]:
    made = []
    for table, columns in TABLES.items():
        links = []
        for name, cardinality, reverse in DECLARED.get(table, []):
            to, on, _ = LINKS[table, name]
            links.append({"name": name, "to": to, "on": dict(on), "cardinality": cardinality} | ({"reverse": reverse} if reverse else {}))
        made.append({"kind": "table", "name": table, "primary_key": KEYS[table], "links": links,
                     "columns": [{"name": name, "type": kind} for name, kind in columns.items()]})
    return made + [{"kind": "dimension", "name": "people", "table": "customers", "identity": "id"},
                   {"kind": "audience", "name": "vips", "dimension": "people"},
                   {"kind": "filter", "name": "spent", "dimension": "people", "parameters": {"least": {"type": "integer"}}, "where": SPENT},
                   {"kind": "filter", "name": "good", "dimension": "people", "parameters": {"low": {"type": "integer", "default": 5}}, "where": GOOD}]


class World:
    """Random tables as files and in DuckDB."""

    def __init__(self, chance: random.Random, folder: pathlib.Path):
        self.chance, self.db = chance, duckdb.connect()
        self.db.execute("SET threads = 2; SET TimeZone = 'UTC'")
        size = chance.choice([0, 1, 7, 20, 60])
        for table, rows in self.rows(size).items():
            columns = ", ".join(f'"{name}" {OWN.get(kind, kind)}' for name, kind in TABLES[table].items())
            self.db.execute(f"CREATE TABLE {table} ({columns})")
            if rows:
                self.db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(TABLES[table]))})", rows)
            group = chance.choice([3, 2048])
            self.db.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet, ROW_GROUP_SIZE {group})")
        (folder / "documents.json").write_text(json.dumps(documents()))
        members = [[f"c{chance.randrange(size + 2)}"] for _ in range(size // 2)]
        self.db.execute(f'CREATE TABLE "{MEMBERS}" (id VARCHAR)')
        if members:
            self.db.executemany(f'INSERT INTO "{MEMBERS}" VALUES (?)', members)
        self.db.execute(f"""COPY "{MEMBERS}" TO '{folder / MEMBERS}.parquet' (FORMAT parquet)""")
        self.size = size

    def maybe(self, value):
        return None if self.chance.random() < 1 / 6 else value

    def rows(self, size: int) -> dict[str, list]:
        c, maybe = self.chance, self.maybe
        customer = lambda: f"c{c.randrange(size + 2)}"
        day = lambda: f"2026-02-{c.randrange(10, 15)}"
        hour = lambda: f"{day()} {c.choice(['00:00:00', '01:00:00', '23:59:59.999999'])}+00"
        customers = [[f"c{number}", maybe(c.choice(NAMES)), maybe(c.choice(NAMES)), maybe(c.randrange(5) * 20),
                      maybe(c.choice([-1.5, -0.0, 0.0, 20.0, 40.25])), maybe(c.choice(["-10", "0", "0.01", "20", "30"])),
                      maybe(c.random() < 0.5), maybe(day()), maybe(hour()), maybe(c.choice("abBz")), maybe(customer())]
                     for number in range(size)]
        orders = [[c.choice(["north", "south"]), number, maybe(customer()), maybe(c.choice(["0", "0.1", "10", "19.99", "-5"])),
                   maybe(c.choice(STATUSES)), maybe(hour()), maybe(day()), maybe(c.randrange(4)), maybe(c.choice([0.25, 0.5, 2.0]))]
                  for number in range(size * 3)]
        lines = [["east" if c.random() < 0.1 else order[0], order[1], line, maybe(c.randrange(5)), maybe(str(c.randrange(4) * 2.5))]
                 for order in orders for line in range(c.randrange(3))]
        products = [[no, maybe(c.choice(NAMES)), maybe(str(c.randrange(3) * 1.25))] for no in range(4)]
        cities = [[id * 7 % 6, maybe(c.choice("ab")), maybe(c.choice(NAMES)), maybe(c.randrange(3) * 20)] for id in range(6)]
        return {"customers": customers, "orders": orders, "lines": lines, "products": products, "cities": cities, "visits": []}


# ---- random rules -------------------------------------------------------------------------------------------------

def resolve(table: str, path: str) -> tuple[list, str, str | None]:
    """The links of a path as (from, link), the table it ends in, and its column."""
    hops = []
    for part in path.split("."):
        if (table, part) in LINKS:
            hops.append((table, part))
            table = LINKS[table, part][0]
        else:
            return hops, table, part
    return hops, table, None


def is_many(hops: list) -> bool:
    return any(LINKS[hop][2] for hop in hops)


class Rules:
    def __init__(self, chance: random.Random):
        self.c = chance

    def path(self, table: str, many: bool, depth: int = 2) -> str:
        """A path to a column, over links to many rows only where `many`."""
        links = [(link, to) for (start, link), (to, _, to_many) in LINKS.items() if start == table and (many or not to_many)]
        if depth and links and self.c.random() < 0.4:
            link, to = self.c.choice(links)
            return f"{link}.{self.path(to, many, depth - 1)}"
        return self.c.choice(list(TABLES[table]))

    def links(self, table: str, depth: int = 3) -> str | None:
        choices = [(link, to) for (start, link), (to, _, _) in LINKS.items() if start == table]
        if not choices:
            return None
        link, to = self.c.choice(choices)
        further = self.links(to, depth - 1) if depth > 1 and self.c.random() < 0.3 else None
        return f"{link}.{further}" if further else link

    def value(self, kind: str):
        c = self.c
        if kind == "string":
            return c.choice(NAMES + STATUSES + ["north", "c1", "c3", "a", "b", "o", "NN"])
        if kind == "boolean":
            return c.random() < 0.5
        if kind == "date":
            return c.choice(["2026-02-10", "2026-02-12", "2026-02-14", "now-30d", "now-31d/d", "now/M", "2026-02-12||+1d"])
        if kind == "timestamp":
            return c.choice(["2026-02-12", "2026-02-12T01:00:00Z", "2026-02-13T00:00:00+01:00", "now-30d", "now-31d/d", "2026-02-12||+1d"])
        return c.choice([0, 1, 20, 40, 10, 2, 3, 0.25, 19.99, 0.01, -5, 2.5, 1.25, 100])

    def test(self, table: str, column_type: str, rule: dict, single: bool) -> dict:
        c = self.c
        kind = column_type.split("(")[0].replace("decimal", "number").replace("integer", "number")
        operators = ["=", "!=", "in", "notIn", "null", "notNull"]
        if kind == "string":
            operators += ["contains", "doesNotContain", "beginsWith", "doesNotBeginWith", "endsWith", "doesNotEndWith", "like", "notLike", "empty", "notEmpty"]
        if kind in ("number", "date", "timestamp"):
            operators += ["<", "<=", ">", ">=", "between", "notBetween"] * 2
        operator = c.choice(operators)
        rule["operator"] = operator
        if operator in ("null", "notNull", "empty", "notEmpty"):
            return rule
        if kind == "string" and c.random() < 0.3:
            rule["caseSensitive"] = True
        if operator in ("in", "notIn"):
            rule["value"] = [self.value(kind) for _ in range(c.randrange(1, 4))]
            if kind == "boolean":
                rule["value"] = rule["value"][:1]
        elif operator in ("between", "notBetween"):
            rule["value"] = [self.value(kind), self.value(kind)]
        elif operator in ("like", "notLike"):
            rule["value"] = c.choice(["%a%", "a\\_b%", "_nna%", "%", "PAI_", "100\\%", "zo_"])
        elif single and operator in ("=", "!=", "<", "<=", ">", ">=") and c.random() < 0.2:
            others = [p for p in (self.path(table, False) for _ in range(12)) if kind_of(table, p) == kind]
            if others:
                rule |= {"valueSource": "field", "value": others[0]}
            else:
                rule["value"] = self.value(kind)
        else:
            rule["value"] = self.value(kind)
        return rule

    def condition(self, table: str) -> dict:
        if self.c.random() < 0.25:
            sql, kind = Expressions(self.c, table).some()
            return self.test(table, kind, {"expression": sql}, False)
        path = self.path(table, True)
        hops, end, column = resolve(table, path)
        return self.test(table, TABLES[end][column], {"field": path}, not is_many(hops))

    def aggregate(self, table: str, path: str, depth: int) -> dict:
        _, end, _ = resolve(table, path)
        function = self.c.choice(["count", "countDistinct", "sum", "avg", "min", "max", "stddev"])
        if self.c.random() < 0.1:
            return self.joined(table, path, end)
        rule: dict = {"field": path, "aggregate": {"function": function}}
        numeric = [name for name, kind in TABLES[end].items() if kind.split("(")[0] in ("integer", "number", "decimal")]
        column = self.c.choice(list(TABLES[end]) if function in ("countDistinct", "min", "max") else numeric)
        if function != "count" or self.c.random() < 0.4:
            rule["aggregate"]["field"] = column
        if function in ("count", "sum", "avg") and self.c.random() < 0.2 and "field" in rule["aggregate"]:
            rule["aggregate"]["distinct"] = True
        if self.c.random() < 0.5:
            rule["where"] = self.rule(end, depth - 1)
        if self.c.random() < 0.15:
            rule["pick"] = self.pick(end, depth)
        if function in ("count", "countDistinct", "sum", "min", "max") and column in numeric and self.c.random() < 0.2:
            other = {"field": path, "aggregate": {"function": self.c.choice(["count", "sum", "max"]), "field": self.c.choice(numeric)}}
            return rule | {"operator": self.c.choice(["=", "!=", "<", ">="]), "valueSource": "aggregate", "value": other}
        if function in ("avg", "stddev"):
            # Away from the values that they can have exactly.
            return rule | {"operator": self.c.choice(["<", ">", "null", "notNull"]), "value": 0.7654}
        kind = TABLES[end][column] if function in ("min", "max", "sum") else "integer"
        return self.test(table, kind, rule, function in ("count", "sum"))

    def joined(self, table: str, path: str, end: str) -> dict:
        """All texts of linked rows in one."""
        texts = [name for name, kind in TABLES[end].items() if kind == "string"]
        rule = {"field": path, "aggregate": {"function": "stringAgg", "field": self.c.choice(texts or list(TABLES[end])), "separator": "/"}}
        if not texts:
            rule["aggregate"] = {"function": "count"}
            return self.test(table, "integer", rule, True)
        if self.c.random() < 0.4:
            rule["aggregate"]["distinct"] = True
        return self.test(table, "string", rule, False)

    def pick(self, table: str, depth: int) -> dict:
        """Of the linked rows the first in an order."""
        pick = {"by": self.c.choice([name for name, kind in TABLES[table].items() if kind != "boolean"]),
                "order": self.c.choice(["ascending", "descending"]), "n": self.c.randrange(1, 4)}
        return pick | ({"where": self.rule(table, min(depth - 1, 1))} if self.c.random() < 0.3 else {})

    def named(self) -> dict:
        return self.c.choice([{"filter": "spent", "parameters": {"least": self.c.choice([0, 20, 35])}}, {"filter": "good"},
                              {"filter": "good", "parameters": {"low": 20}}, {"audience": "vips", "operator": "in"},
                              {"audience": "vips", "operator": "notIn"}, {}])

    def rule(self, table: str, depth: int) -> dict:
        c = self.c
        choice = c.random()
        if table == "customers" and c.random() < 0.05:
            return self.named()
        if depth == 0 or choice < 0.3:
            return self.condition(table)
        if choice < 0.65:
            rules = [self.rule(table, depth - 1) for _ in range(c.randrange(0, 4))]
            return {"combinator": c.choice(["and", "or", "except"]), "not": c.random() < 0.2, "rules": rules}
        path = self.links(table)
        if path is None:
            return self.condition(table)
        if choice < 0.8:
            return self.aggregate(table, path, depth)
        _, end, _ = resolve(table, path)
        match = {"mode": c.choice(["some", "none", "all", "atLeast", "atMost", "exactly"])}
        if match["mode"] in ("atLeast", "atMost", "exactly"):
            match["threshold"] = c.randrange(4)
        pick = {"pick": self.pick(end, depth)} if c.random() < 0.15 else {}
        return {"field": path, "match": match, "value": self.rule(end, depth - 1)} | pick


def kind_of(table: str, path: str) -> str:
    _, end, column = resolve(table, path)
    return TABLES[end][column].split("(")[0].replace("decimal", "number").replace("integer", "number")


# Last, since expressions are made of what stands above.
from random_expressions import Expressions  # noqa: E402
