"""Rules as SQL for DuckDB, written from the contract; it shares nothing with Tutti."""

import json

import random_expressions
from random_rules import GOOD, KEYS, LINKS, MEMBERS, SPENT, TABLES, is_many, resolve

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
        if "filter" in rule:
            given = {"spent": {}, "good": {"low": 5}}[rule["filter"]] | rule.get("parameters", {})
            text = json.dumps({"spent": SPENT, "good": GOOD}[rule["filter"]])
            for name, value in given.items():
                text = text.replace(f'"{{{{{name}}}}}"', json.dumps(value))
            return self.rule(table, alias, json.loads(text))
        if "audience" in rule:
            among = f'EXISTS (SELECT 1 FROM "{MEMBERS}" AS m WHERE m.id = {alias}.id)'
            return f"(NOT {among})" if rule["operator"] == "notIn" else among
        if "match" in rule:
            return self.match(table, alias, rule)
        operator = rule["operator"]
        if operator in COMPLEMENTS:
            return f"(NOT {self.rule(table, alias, rule | {'operator': COMPLEMENTS[operator]})})"
        if "aggregate" in rule:
            return self.aggregate(table, alias, rule)
        if "expression" in rule:
            tree = random_expressions.KNOWN[rule["expression"]]
            value = random_expressions.duckdb(tree, lambda path: self.field(table, alias, path))
            return self.holds(table, alias, value, self.kind(tree, table), rule)
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
        if "pick" in rule:
            rows, inner = self.picked(end, rows, inner, rule["pick"], "true")
        holds = self.rule(end, inner, rule["value"])
        number = lambda condition: f"(SELECT count(*) FROM {rows} AND {condition})"
        mode, threshold = rule["match"]["mode"], rule["match"].get("threshold")
        return {"some": lambda: f"({number(holds)} > 0)", "none": lambda: f"({number(holds)} = 0)",
                "all": lambda: f"({number(f'NOT {holds}')} = 0)", "atLeast": lambda: f"({number(holds)} >= {threshold})",
                "atMost": lambda: f"({number(holds)} <= {threshold})", "exactly": lambda: f"({number(holds)} = {threshold})"}[mode]()

    def picked(self, table: str, rows: str, inner: str, pick: dict, where: str) -> tuple[str, str]:
        """Of the rows of `rows` for which `where` holds the first, each once."""
        where = f"{where} AND {self.rule(table, inner, pick['where'])}" if "where" in pick else where
        name, each = self.fresh(), self.fresh()
        order = f'{each}."{pick["by"]}" {"DESC" if pick["order"] == "descending" else "ASC"} NULLS LAST'
        keys = ", ".join(f'{each}."{key}"' for key in KEYS[table])
        first = f"SELECT * FROM (SELECT DISTINCT {inner}.* FROM {rows} AND {where}) AS {each} ORDER BY {order}, {keys} LIMIT {pick['n']}"
        return f"({first}) AS {name} WHERE true", name

    def kind(self, tree: tuple, table: str) -> str:
        """What of the type of an expression matters here: text, dates and times, or the rest."""
        name, *parts = tree
        if name == "field":
            _, end, column = resolve(table, parts[0])
            return TABLES[end][column].split("(")[0]
        if name == "value":
            return "string" if parts[0].startswith("'") else "date" if parts[0].startswith("date") else "number"
        if name in ("lower", "upper", "trim", "||", "left", "replace", "substring", "regex_replace", "lpad", "split_part", "md5_digest"):
            return "string"
        if name in ("add_days", "to_date", "trunc_week", "trunc_month", "add_months"):
            return "date"
        if name in ("instant", "add_hours", "add_weeks", "date_trunc", "trunc_day"):
            return "timestamp"
        if name in ("coalesce", "nullif", "greatest", "least", "case"):
            return self.kind(parts[-1], table)
        return "number"

    def aggregate(self, table: str, alias: str, rule: dict) -> str:
        if rule.get("valueSource") == "aggregate":
            one, _ = self.aggregated(table, alias, rule)
            other, _ = self.aggregated(table, alias, rule["value"])
            return f"coalesce({one} {rule['operator']} {other}, false)"
        value, result = self.aggregated(table, alias, rule)
        return self.holds(table, alias, value, result, rule)

    def aggregated(self, table: str, alias: str, rule: dict) -> tuple[str, str]:
        """The value over linked rows, and its type."""
        hops, end, _ = resolve(table, rule["field"])
        rows, inner = self.linked(alias, hops)
        where = self.rule(end, inner, rule["where"]) if "where" in rule else "true"
        if "pick" in rule:
            rows, inner = self.picked(end, rows, inner, rule["pick"], where)
            where = "true"
        function, column = rule["aggregate"]["function"], rule["aggregate"].get("field")
        value = f'{inner}."{column}"'
        kind = TABLES[end][column] if column else "integer"
        exact = kind != "number"
        wide = f"CAST({value} AS DECIMAL(38, 3))" if exact else value
        distinct = "DISTINCT " if rule["aggregate"].get("distinct") else ""
        # The first and the last of texts go by what is compared.
        ordered = f"lower({value})" if kind == "string" and not rule.get("caseSensitive") else value
        call = {"count": f"count({distinct + value if column else '*'})", "countDistinct": f"count(DISTINCT {value})",
                "sum": f"coalesce(sum({distinct}{wide if kind.startswith('decimal') else value}), 0)",
                "avg": f"avg({distinct}CAST({value} AS DOUBLE))", "min": f"min({ordered})", "max": f"max({ordered})",
                "stddev": f"stddev_samp(CAST({value} AS DOUBLE))",
                "stringAgg": f"string_agg({distinct}{value}, '/' ORDER BY {value})"}[function]
        result = {"min": kind, "max": kind, "sum": kind, "avg": "number", "stddev": "number", "stringAgg": "string"}.get(function, "integer")
        return f"(SELECT {call} FROM {rows} AND {where})", result

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
