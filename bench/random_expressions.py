"""Random expressions: as Tutti reads them, and as DuckDB does."""

import random

import random_rules as world

# Every expression that was made, by its text for Tutti: rules have only that.
KNOWN: dict[str, tuple] = {}

INFIX = ("+", "-", "*", "=", "<>", "<", "<=", ">", ">=", "and", "or", "||", "is distinct from")


class Expressions:
    """Expressions over the fields of a table; trees of an operator and its parts."""

    def __init__(self, chance: random.Random, table: str):
        self.c, self.table = chance, table
        rules = world.Rules(chance)
        self.fields: dict[str, list[str]] = {}
        for path in {rules.path(table, False) for _ in range(60)}:
            _, end, column = world.resolve(table, path)
            self.fields.setdefault(world.TABLES[end][column].split("(")[0], []).append(path)

    def some(self, depth: int = 3) -> tuple[str, str]:
        """The text of an expression, and its type."""
        kind = self.c.choice(["string", "integer", "decimal", "number", "boolean", "date", "timestamp"])
        tree = self.tree(kind, depth)
        text = tutti(tree)
        KNOWN[text] = tree
        return text, "number" if kind in ("integer", "decimal") else kind

    def pattern(self) -> tuple:
        return ("value", self.c.choice(["'^[A-Z]'", "'n{1,2}'", "'[^n]$'", "'a.n'", "'(a|o)n?'", "'x+$'"]))

    def leaf(self, kind: str) -> tuple:
        c = self.c
        if kind in self.fields and c.random() < 0.7:
            return ("field", c.choice(self.fields[kind]))
        text = c.choice(world.NAMES + world.STATUSES).replace("'", "''")
        day = f"2026-02-{c.randrange(10, 15)}"
        return {"string": ("value", f"'{text}'"), "integer": ("value", str(c.choice([0, 1, 2, 20, -3, 40]))),
                "decimal": ("value", c.choice(["2.5", "0.01", "-19.99", "0.1"])),
                "number": ("double", c.choice(["0.5", "0.0", "-1.5", "20.0"])), "boolean": ("value", c.choice(["true", "false"])),
                "date": ("value", f"date '{day}'"), "timestamp": ("instant", f"{day}T01:00:00Z")}[kind]

    def tree(self, kind: str, depth: int) -> tuple:
        c = self.c
        if depth == 0 or c.random() < 0.15:
            return self.leaf(kind)
        part = lambda kind: self.tree(kind, depth - 1)
        # Two decimals of different scales would have a third.
        if kind != "decimal" and c.random() < 0.25:
            name = c.choice(["coalesce", "nullif", "case", "greatest", "least"])
            if name == "case":
                return ("case", part("boolean"), part(kind), part(kind))
            if kind != "boolean" or name in ("coalesce", "nullif"):
                return (name, part(kind), part(kind))
        number = lambda: c.choice(["integer", "decimal", "number"])
        comparable = {"string": ["string"], "date": ["date"], "timestamp": ["timestamp"]}
        if kind == "string":
            return c.choice([lambda: (c.choice(["lower", "upper", "trim"]), part("string")),
                             lambda: ("||", part("string"), part("string")),
                             lambda: ("left", part("string"), ("value", str(c.randrange(5)))),
                             lambda: ("regex_replace", part("string"), self.pattern(), ("value", "'_'")),
                             lambda: ("lpad", part("string"), ("value", str(c.randrange(8))), ("value", "'*'")),
                             lambda: ("split_part", part("string"), ("value", "'n'"), ("value", c.choice(["1", "2", "-1"]))),
                             lambda: ("md5_digest", part("string")),
                             lambda: ("replace", part("string"), ("value", "'n'"), part("string")),
                             lambda: ("substring", part("string"), ("value", str(c.randrange(1, 5))), ("value", str(c.randrange(4))))])()
        if kind == "integer":
            return c.choice([lambda: (c.choice("+-*"), part("integer"), part("integer")), lambda: ("%", part("integer"), part("integer")),
                             lambda: ("abs", part("integer")), lambda: ("length", part("string")),
                             lambda: (c.choice(["year", "month", "day", "week_day", "quarter"]), part(c.choice(["date", "timestamp"]))),
                             lambda: (c.choice(["days_diff", "months_diff", "years_diff"]), part("date"), part("date")),
                             lambda: ("hours_diff", part("timestamp"), part("timestamp")),
                             lambda: ("regex_count", part("string"), self.pattern())])()
        if kind == "decimal":
            return c.choice([lambda: (c.choice("+-"), self.leaf("decimal"), self.leaf(c.choice(["decimal", "integer"]))),
                             lambda: ("*", self.leaf("decimal"), ("value", str(c.randrange(-3, 4)))), lambda: ("abs", self.leaf("decimal"))])()
        if kind == "number":
            return c.choice([lambda: (c.choice("+-*"), part("number"), part("number")), lambda: ("/", part(number()), part(number())),
                             lambda: ("abs", part("number")), lambda: ("to_double", part(c.choice(["integer", "decimal"])))])()
        if kind == "date":
            return c.choice([lambda: ("add_days", part("date"), ("value", str(c.randrange(-20, 60)))), lambda: ("to_date", part("timestamp")),
                             lambda: (c.choice(["trunc_week", "trunc_month"]), part("date")),
                             lambda: ("add_months", part("date"), ("value", str(c.randrange(-3, 4))))])()
        if kind == "timestamp":
            return c.choice([lambda: ("add_hours", part("timestamp"), ("value", str(c.randrange(-50, 50)))),
                             lambda: ("add_weeks", part("timestamp"), ("value", str(c.randrange(-5, 6)))),
                             lambda: ("date_trunc", ("value", c.choice(["'minute'", "'hour'", "'month'"])), part("timestamp")),
                             lambda: ("trunc_day", part("timestamp"))])()
        one = c.choice(["string", "integer", "decimal", "number", "date", "timestamp"])
        other = lambda: c.choice(comparable.get(one, ["integer", "decimal", "number"]))
        return c.choice([lambda: (c.choice(["=", "<>", "<", "<=", ">", ">=", "is distinct from"]), part(one), part(other())),
                         lambda: (c.choice(["and", "or"]), part("boolean"), part("boolean")), lambda: ("not", part("boolean")),
                         lambda: (c.choice(["is null", "is not null"]), part(one)),
                         lambda: (c.choice(["between", "not between"]), part(one), part(other()), part(other())),
                         lambda: (c.choice(["in", "not in"]), part("integer"), self.leaf("integer"), part("integer")),
                         lambda: (c.choice(["contains", "starts_with"]), part("string"), part("string")),
                         lambda: ("regex_match", part("string"), self.pattern()),
                         lambda: (c.choice(["like", "not like"]), part("string"), ("value", c.choice(["'%a%'", "'_nna%'", "'a\\_b%'", "'P%'"])))])()


def tutti(tree: tuple) -> str:
    """As Tutti reads it."""
    name, *parts = tree
    if name in ("field", "value"):
        return parts[0]
    if name == "double":
        return f"cast({parts[0]} as number)"
    if name == "instant":
        return f"timestamp '{parts[0]}'"
    return written(name, [tutti(part) for part in parts], f"{name}({{}})")


def duckdb(tree: tuple, field) -> str:
    """As DuckDB reads it; `field` writes a path."""
    name, *parts = tree
    if name == "field":
        return field(parts[0])
    if name == "value":
        return parts[0]
    if name == "double":
        return f"CAST({parts[0]} AS DOUBLE)"
    if name == "instant":
        return f"TIMESTAMPTZ '{parts[0]}'"
    p = [duckdb(part, field) for part in parts]
    double = lambda part: f"CAST({part} AS DOUBLE)"
    own = {
        "/": lambda: f"({double(p[0])} / nullif({double(p[1])}, 0))", "%": lambda: f"({p[0]} % nullif({p[1]}, 0))",
        "to_double": lambda: double(p[0]), "like": lambda: f"({p[0]} LIKE {p[1]} ESCAPE '\\')",
        "not like": lambda: f"({p[0]} NOT LIKE {p[1]} ESCAPE '\\')", "days_diff": lambda: f"date_diff('day', {p[1]}, {p[0]})",
        "week_day": lambda: f"(isodow({p[0]}) - 1)", "add_days": lambda: f"CAST({p[0]} + to_days({p[1]}) AS DATE)",
        "add_months": lambda: f"CAST({p[0]} + to_months({p[1]}) AS DATE)", "to_date": lambda: f"CAST({p[0]} AS DATE)",
        "months_diff": lambda: f"date_sub('month', {p[1]}, {p[0]})", "years_diff": lambda: f"date_sub('year', {p[1]}, {p[0]})",
        "hours_diff": lambda: f"date_sub('hour', {p[1]}, {p[0]})", "add_weeks": lambda: f"({p[0]} + to_weeks({p[1]}))",
        "regex_match": lambda: f"regexp_matches({p[0]}, {p[1]})", "regex_count": lambda: f"len(regexp_extract_all({p[0]}, {p[1]}))",
        "regex_replace": lambda: f"regexp_replace({p[0]}, {p[1]}, {p[2]}, 'g')", "md5_digest": lambda: f"md5({p[0]})",
        "trunc_week": lambda: f"CAST(date_trunc('week', {p[0]}) AS DATE)",
        "trunc_month": lambda: f"CAST(date_trunc('month', {p[0]}) AS DATE)", "trunc_day": lambda: f"date_trunc('day', {p[0]})",
        "add_hours": lambda: f"({p[0]} + to_hours({p[1]}))",
    }
    return own[name]() if name in own else written(name, p, f"{name}({{}})")


def written(name: str, p: list[str], call: str) -> str:
    """What both write alike."""
    if name in INFIX or name in ("/", "%", "like", "not like"):
        return f"({p[0]} {name} {p[1]})"
    if name == "not":
        return f"(not {p[0]})"
    if name.startswith("is "):
        return f"({p[0]} {name})"
    if name.endswith("between"):
        return f"({p[0]} {name} {p[1]} and {p[2]})"
    if name in ("in", "not in"):
        return f"({p[0]} {name} ({', '.join(p[1:])}))"
    if name == "case":
        return f"(case when {p[0]} then {p[1]} else {p[2]} end)"
    return call.format(", ".join(p))
