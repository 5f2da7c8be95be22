"""Compares Tutti's answers to random rules over random tables with DuckDB's, by SQL that is written here and shares
nothing with Tutti.

    cargo build --release -p tutti-query --example answer_rules
    python bench/rules_vs_duckdb.py PROGRAM [WORLDS] [RULES] [SEED] [--no-sql]

PROGRAM is the built example `answer_rules` of crates/query. WORLDS (20) folders of small Parquet files are made, with
NULLs, orphans, several rows where a link promises one, keys of two columns and an empty table; for each, RULES (100)
rules up to four levels deep. Compared are, for every rule: the count; the count of the complement; the count of every
part; and, without `--no-sql`, the rows of the SQL that `explain` gives, run by DuckDB. Ends with exit code 1 at the first difference, which
is printed with what is needed to see it again.

Text has only letters that fold as they lower, since DuckDB has no case folding.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

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
    return made + [{"kind": "dimension", "name": "people", "table": "customers", "identity": "id"}]


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
        path = self.path(table, True)
        hops, end, column = resolve(table, path)
        return self.test(table, TABLES[end][column], {"field": path}, not is_many(hops))

    def aggregate(self, table: str, path: str, depth: int) -> dict:
        _, end, _ = resolve(table, path)
        function = self.c.choice(["count", "countDistinct", "sum", "avg", "min", "max", "stddev"])
        rule: dict = {"field": path, "aggregate": {"function": function}}
        numeric = [name for name, kind in TABLES[end].items() if kind.split("(")[0] in ("integer", "number", "decimal")]
        column = self.c.choice(list(TABLES[end]) if function in ("countDistinct", "min", "max") else numeric)
        if function != "count" or self.c.random() < 0.4:
            rule["aggregate"]["field"] = column
        if self.c.random() < 0.5:
            rule["where"] = self.rule(end, depth - 1)
        if function in ("avg", "stddev"):
            # Away from the values that they can have exactly.
            return rule | {"operator": self.c.choice(["<", ">", "null", "notNull"]), "value": 0.7654}
        kind = TABLES[end][column] if function in ("min", "max", "sum") else "integer"
        return self.test(table, kind, rule, function in ("count", "sum"))

    def rule(self, table: str, depth: int) -> dict:
        c = self.c
        choice = c.random()
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
        return {"field": path, "match": match, "value": self.rule(end, depth - 1)}


def kind_of(table: str, path: str) -> str:
    _, end, column = resolve(table, path)
    return TABLES[end][column].split("(")[0].replace("decimal", "number").replace("integer", "number")


# ---- rules as SQL, by the contract --------------------------------------------------------------------------------

COMPLEMENTS = {"!=": "=", "notBetween": "between", "notIn": "in", "doesNotContain": "contains", "doesNotBeginWith": "beginsWith",
               "doesNotEndWith": "endsWith", "notLike": "like", "notNull": "null", "notEmpty": "empty"}
DATES = {"now-30d": "TIMESTAMPTZ '2026-02-13 10:20:30+00'", "now-31d/d": "TIMESTAMPTZ '2026-02-12 00:00:00+00'",
         "now/M": "TIMESTAMPTZ '2026-03-01 00:00:00+00'", "2026-02-12||+1d": "TIMESTAMPTZ '2026-02-13 00:00:00+00'"}


class Sql:
    def __init__(self):
        self.names = 0

    def fresh(self) -> str:
        self.names += 1
        return f"t{self.names}"

    def rule(self, table: str, alias: str, rule: dict) -> str:
        """A condition that is never NULL."""
        if not rule:
            return "true"
        if "rules" in rule:
            parts = [self.rule(table, alias, part) for part in rule["rules"]]
            if not parts:
                whole = "true"
            elif rule["combinator"] == "except":
                whole = " AND ".join([parts[0]] + [f"NOT {part}" for part in parts[1:]])
            else:
                whole = f" {rule['combinator'].upper()} ".join(parts)
            return f"(NOT ({whole}))" if rule.get("not") else f"({whole})"
        if "match" in rule:
            return self.match(table, alias, rule)
        operator = rule["operator"]
        if operator in COMPLEMENTS:
            return f"(NOT {self.rule(table, alias, rule | {'operator': COMPLEMENTS[operator]})})"
        if "aggregate" in rule:
            return self.aggregate(table, alias, rule)
        hops, end, column = resolve(table, rule["field"])
        if not is_many(hops):
            return self.holds(table, alias, self.field(table, alias, rule["field"]), TABLES[end][column], rule)
        # Some linked row: up to the last link to many rows, then fields over links to one.
        last = max(index for index, hop in enumerate(hops) if LINKS[hop][2])
        rows, inner = self.linked(alias, hops[:last + 1])
        there = LINKS[hops[last]][0]
        rest = ".".join([link for _, link in hops[last + 1:]] + [column])
        return f"EXISTS (SELECT 1 FROM {rows} AND {self.holds(there, inner, self.field(there, inner, rest), TABLES[end][column], rule)})"

    def candidates(self, hop: tuple) -> str:
        """The rows that a link can lead to: of those with equal columns, the one with the lowest key, where it leads to one."""
        to, on, to_many = LINKS[hop]
        if to_many:
            return to
        by = ", ".join(f'"{there}"' for _, there in on)
        keys = ", ".join(f'"{key}"' for key in KEYS[to])
        return f"(SELECT * FROM {to} QUALIFY row_number() OVER (PARTITION BY {by} ORDER BY {keys}) = 1)"

    def linked(self, alias: str, hops: list) -> tuple[str, str]:
        """`FROM` and `WHERE` of the rows at the end of `hops`, and the alias that they have."""
        tables, conditions, before = [], [], alias
        for hop in hops:
            name = self.fresh()
            tables.append(f"{self.candidates(hop)} AS {name}")
            conditions += [f'{before}."{here}" = {name}."{there}"' for here, there in LINKS[hop][1]]
            before = name
        return f"{', '.join(tables)} WHERE {' AND '.join(conditions)}", before

    def field(self, table: str, alias: str, path: str) -> str:
        hops, _, column = resolve(table, path)
        if not hops:
            return f'{alias}."{column}"'
        rows, inner = self.linked(alias, hops)
        return f'(SELECT {inner}."{column}" FROM {rows})'

    def match(self, table: str, alias: str, rule: dict) -> str:
        hops, end, _ = resolve(table, rule["field"])
        rows, inner = self.linked(alias, hops)
        holds = self.rule(end, inner, rule["value"])
        number = lambda condition: f"(SELECT count(*) FROM {rows} AND {condition})"
        mode, threshold = rule["match"]["mode"], rule["match"].get("threshold")
        return {"some": lambda: f"({number(holds)} > 0)", "none": lambda: f"({number(holds)} = 0)",
                "all": lambda: f"({number(f'NOT {holds}')} = 0)", "atLeast": lambda: f"({number(holds)} >= {threshold})",
                "atMost": lambda: f"({number(holds)} <= {threshold})", "exactly": lambda: f"({number(holds)} = {threshold})"}[mode]()

    def aggregate(self, table: str, alias: str, rule: dict) -> str:
        hops, end, _ = resolve(table, rule["field"])
        rows, inner = self.linked(alias, hops)
        where = self.rule(end, inner, rule["where"]) if "where" in rule else "true"
        function, column = rule["aggregate"]["function"], rule["aggregate"].get("field")
        value = f'{inner}."{column}"'
        kind = TABLES[end][column] if column else "integer"
        exact = kind != "number"
        wide = f"CAST({value} AS DECIMAL(38, 3))" if exact else value
        call = {"count": f"count({value if column else '*'})", "countDistinct": f"count(DISTINCT {value})",
                "sum": f"coalesce(sum({wide if kind.startswith('decimal') else value}), 0)", "avg": f"avg(CAST({value} AS DOUBLE))",
                "min": f"min({value})", "max": f"max({value})", "stddev": f"stddev_samp(CAST({value} AS DOUBLE))"}[function]
        result = {"min": kind, "max": kind, "sum": kind, "avg": "number", "stddev": "number"}.get(function, "integer")
        return self.holds(table, alias, f"(SELECT {call} FROM {rows} AND {where})", result, rule)

    def holds(self, table: str, alias: str, value: str, kind: str, rule: dict) -> str:
        operator, text = rule["operator"], kind == "string"
        fold = text and not rule.get("caseSensitive")
        lower = lambda sql: f"lower({sql})" if fold else sql
        if operator == "null":
            return f"({value} IS NULL)"
        if operator == "empty":
            return f"({value} IS NULL OR {value} = '')"
        if rule.get("valueSource") == "field":
            other = self.field(table, alias, rule["value"])
            return f"coalesce({lower(value)} {operator} {lower(other)}, false)"
        literal = lambda given: lower(self.literal(given, kind))
        given = rule["value"]
        part = lambda: literal(given)
        condition = {
            "in": lambda: f"{lower(value)} IN ({', '.join(map(literal, given))})",
            "between": lambda: f"{lower(value)} BETWEEN {literal(given[0])} AND {literal(given[1])}",
            "contains": lambda: f"contains({lower(value)}, {part()})", "beginsWith": lambda: f"starts_with({lower(value)}, {part()})",
            "endsWith": lambda: f"ends_with({lower(value)}, {part()})", "like": lambda: f"{lower(value)} LIKE {part()} ESCAPE '\\'",
        }.get(operator, lambda: f"{lower(value)} {operator} {part()}")()
        return f"coalesce({condition}, false)"

    def literal(self, given, kind: str) -> str:
        if isinstance(given, bool):
            return str(given).lower()
        if kind == "string":
            return "'" + str(given).replace("'", "''") + "'"
        if kind in ("date", "timestamp"):
            # A day of a rule is a moment; a date column's days are the moments that they begin at.
            moment = DATES.get(given) or f"TIMESTAMPTZ '{given if 'T' in given else given + ' 00:00:00+00'}'"
            return f"CAST({moment} AS DATE)" if kind == "date" else moment
        return str(given)


# ---- comparing ----------------------------------------------------------------------------------------------------

def part_of(rule: dict, pointer: str) -> dict:
    for step in pointer.split("/")[1:]:
        rule = rule[int(step) if step.isdigit() else step]
    return rule


def main() -> int:
    program = sys.argv[1]
    worlds, rules, seed = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 20), (3, 100), (4, 1)))
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(question: dict) -> dict:
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    compared = {"rules": 0, "dividing": 0, "complements": 0, "parts": 0, "explained": 0, "refused": 0, "without SQL": 0}
    for number in range(worlds):
        chance = random.Random(f"{seed} {number}")
        with tempfile.TemporaryDirectory() as folder:
            world = World(chance, pathlib.Path(folder))
            ask({"open": folder, "now": NOW})
            for _ in range(rules):
                table = chance.choice(["customers"] * 4 + ["orders", "lines", "cities"])
                rule = Rules(chance).rule(table, 4)
                (size,) = world.db.execute(f"SELECT count(*) FROM {table}").fetchone()
                answer = ask({"table": table, "where": rule})
                if "error" in answer:
                    compared["refused"] += 1
                    print(f"refused: {answer['error']}\n  {table} {json.dumps(rule)}", file=sys.stderr)
                    continue
                expected = lambda part: world.db.execute(f"SELECT count(*) FROM {table} AS t0 WHERE {Sql().rule(table, 't0', part)}").fetchone()[0]
                counts = {"count": expected(rule)} | {pointer: expected(part_of(rule, pointer)) for pointer in answer["parts"]}
                ours = {"count": answer["count"]} | answer["parts"]
                if answer["sql"] is None or "--no-sql" in sys.argv:
                    compared["without SQL"] += 1
                else:
                    counts["explained"] = counts["count"]
                    try:
                        ours["explained"] = len(world.db.execute(answer["sql"]).fetchall())
                    except duckdb.Error as error:
                        ours["explained"] = str(error)
                    compared["explained"] += 1
                counts["complement"], ours["complement"] = size - counts["count"], answer["complement"]
                if counts != ours:
                    print(f"different in world {number} of seed {seed}, on {table} of {size} rows: {json.dumps(rule)}")
                    print(f"  {answer['words']}")
                    for name in counts:
                        if counts[name] != ours[name]:
                            print(f"  {name or 'whole'}: DuckDB {counts[name]}, Tutti {ours[name]}")
                    print(f"  here: SELECT count(*) FROM {table} AS t0 WHERE {Sql().rule(table, 't0', rule)}\n  explained: {answer['sql']}")
                    return 1
                compared["rules"] += 1
                compared["complements"] += 1
                compared["parts"] += len(answer["parts"])
                compared["dividing"] += 0 < counts["count"] < size
    process.stdin.close()
    print(", ".join(f"{count} {name}" for name, count in compared.items()) + ": all the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
