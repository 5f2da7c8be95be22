#!/usr/bin/env python3
"""Random templates rendered by Python's Jinja2, an independent judge.

    python3 -m venv venv && venv/bin/pip install jinja2
    venv/bin/python scripts/judge-templates.py --count 1500 --seed 7 crates/delivery/tests/it/judged-templates.jsonl.gz

Each line is a case: a template, the number of the row, and what Jinja2 makes of it as plain text and as HTML. The rows
are ROWS, which the test in crates/delivery/tests/it/judged.rs has as Arrow columns. Only what both languages have is
used: Tutti's own filters (number, money, date) are tested where they are written. A value that is not there is
undefined in both.
"""

import argparse
import gzip
import json
import random

import jinja2

ROWS = [
    {"name": "Ann & <Bob>", "tier": "gold", "points": 120, "vip": True, "share": 0.25,
     "orders": [{"item": "Tea", "count": 2}, {"item": "Cup \"blue\"", "count": 1}, {"item": "Pot", "count": 5}]},
    {"tier": "silver", "points": 0, "vip": False, "orders": []},
    {"name": "zoë  ÉMILE", "points": -3, "share": 1.5, "orders": [{"item": "Été", "count": 7}]},
]

TEXTS = ["name", "tier", "name | default('there')", "tier | default('none', true)", "name | default('x') | upper",
         "tier | default('') | title", "name | default('a b') | lower | replace('a', '<i>')", "'it''s'".replace("''", "\\'"),
         "name | default('abc') | length", "(name | default('abcdef'))[1:4]", "name | default('abc') | first",
         "orders | map(attribute='item') | join(', ')", "orders | length", "orders | map(attribute='count') | sum",
         "points", "points | abs", "points + 1", "points * 2 - 3", "share | default(0.5)", "vip", "points // 7",
         "points % 7", "name ~ '/' ~ tier", "tier | default('q') | capitalize", "'  pad  ' | trim", "name is defined",
         "'gold' in (tier | default(''))", "[1, 2, 3] | join('-')", "{'a': 1}.a", "range(3) | list | join",
         "orders | map(attribute='count') | sort | join(' ')", "orders | map(attribute='count') | max",
         "(orders | first).item", "(orders | last).count", "missing", "missing | default('-')",
         "'yes' if vip else 'no'", "'many' if points > 100 else 'some' if points > 0 else 'none'",
         "orders | selectattr('count', 'gt', 1) | map(attribute='item') | join('+')", "name | default('x') | escape",
         "tier | default('') | urlencode", "'abc' | reverse", "points | string | length",
         "orders | map(attribute='item') | unique | list | length", "3 / 2", "2 ** 5", "points == 120",
         "not vip", "vip and tier == 'gold'", "name or 'nobody'", "'%05.1f' | format(3.14159)"]
TESTS = ["vip", "not vip", "points > 10", "points >= 0 and vip", "tier == 'gold'", "tier in ['gold', 'silver']",
         "name is defined", "name is not defined", "orders", "orders | length > 1", "missing", "share is defined and share > 1",
         "points is divisibleby 3", "points is odd", "tier is none or not tier"]
LOOP = ["item.item", "item.count", "loop.index", "loop.index0", "loop.first", "loop.last", "loop.length",
        "item.item | upper", "item.count * points", "loop.cycle('a', 'b')", "loop.revindex"]
PLAIN = ["Hello ", " - ", "\n", "<b>x</b>", "&amp; ", "1 < 2 ", "ünï ", "{ brace } ", ""]


def piece(r, depth):
    kind = r.randrange(12)
    if kind < 4 or depth > 2:
        return "{{ " + r.choice(TEXTS) + " }}"
    if kind < 6:
        return r.choice(PLAIN)
    if kind == 6:
        dash = r.choice(["", "", "-"])
        other = "{% else %}" + body(r, depth + 1) if r.random() < 0.6 else ""
        more = "{% elif " + r.choice(TESTS) + " %}" + body(r, depth + 1) if r.random() < 0.3 else ""
        return "{% if " + r.choice(TESTS) + " " + dash + "%}" + body(r, depth + 1) + more + other + "{%" + dash + " endif %}"
    if kind in (7, 8):
        inside = "".join(r.choice(PLAIN) + "{{ " + r.choice(LOOP) + " }}" for _ in range(r.randint(1, 3)))
        some = r.choice(["", "", " if item.count > 1"])
        empty = "{% else %}" + r.choice(PLAIN) + "none" if r.random() < 0.4 else ""
        return "{% for item in orders" + some + " %}" + inside + empty + "{% endfor %}"
    if kind == 9:
        return "{% set v = " + r.choice(TEXTS) + " %}[{{ v }}]"
    if kind == 10:
        return "{% filter upper %}" + r.choice(PLAIN) + "{{ " + r.choice(TEXTS[:8]) + " }}{% endfilter %}"
    return r.choice(["{# note {{ name }} #}|", "{% raw %}{{ name }}{% endraw %}", "{% with w = points %}{{ w }}{% endwith %}"])


def body(r, depth=0):
    return "".join(piece(r, depth) for _ in range(r.randint(1, 4)))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=1500)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("to")
    asked = arguments.parse_args()
    r = random.Random(asked.seed)
    plain = jinja2.Environment(undefined=jinja2.ChainableUndefined)
    html = jinja2.Environment(undefined=jinja2.ChainableUndefined, autoescape=True)
    lines, seen = [], set()
    while len(lines) < asked.count:
        template = body(r)
        row = r.randrange(len(ROWS))
        if (template, row) in seen:
            continue
        seen.add((template, row))
        try:
            case = {"template": template, "row": row, "text": plain.from_string(template).render(ROWS[row]),
                    "html": html.from_string(template).render(ROWS[row])}
        except Exception:  # what Jinja2 refuses says nothing of what it means
            continue
        lines.append(json.dumps(case, ensure_ascii=False))
    with gzip.GzipFile(asked.to, "wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())


main()
