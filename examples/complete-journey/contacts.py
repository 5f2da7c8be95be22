"""Made-up contact columns for the real households: the data set has none, and a mail needs an address.

Everything is a pure function of the household id (through SHA-256), so that every machine makes the same people. All
addresses are below `.example`, which can never receive mail (RFC 2606). The dirt is what real customer files have.
"""

import hashlib
from datetime import date, datetime, timedelta

FIRST = """Ada Alice Amina André Ángel Anna Ben Björn Carla Chloé Daniel Dorothy Élodie Emma Erik Fatima François Grace
Hannah Henry Inés Isaac Ivy Jack James Jörg José Julia Karen Kevin Laura Léa Linda Łukasz Maria Mark Mia Noah Nora Olga
Omar Øyvind Paula Peter Quinn Rosa Ruth Samuel Sofía Søren Tara Thomas Uma Victor Wendy Xavier Yara Zoë""".split()
LAST = """Adams Baker Bauer Brown Castillo Clark Cohen Davis Dubois Evans Fischer Flores García Green Hall Harris
Hernández Hill Jackson Johnson Jones Kelly King Kowalski Larsen Lee Lewis López Martin Miller Moore Müller Nguyen Nielsen
Núñez O'Brien Parker Patel Phillips Reed Roberts Rossi Sánchez Scott Silva Smith Taylor Turner Walker White Young""".split()
DOMAINS = ["mail.example", "post.example", "inbox.example", "home.example", "kroner.example"]
ZONES = ["America/New_York"] * 6 + ["America/Chicago"] * 2 + ["America/Denver", "America/Los_Angeles"]
LOCALES = ["en_US"] * 8 + ["es_US", "fr_CA"]
TIERS = ["gold", "silver", "silver", "bronze", "bronze", "bronze", "none", "none", "none", "none"]
PLAIN = str.maketrans("áàäéèëíñóöøúüçôÁÉØŁł'", "aaaeeeinooouucoAEOLl ")

COLUMNS = {
    "household_id": "VARCHAR", "email": "VARCHAR", "first_name": "VARCHAR", "last_name": "VARCHAR",
    "phone": "VARCHAR", "email_opt_in": "BOOLEAN", "sms_opt_in": "BOOLEAN", "tier": "VARCHAR",
    "loyalty_points": "BIGINT", "joined_on": "DATE", "time_zone": "VARCHAR", "locale": "VARCHAR",
    "updated_at": "TIMESTAMP",
}


def number(household: str, purpose: str, below: int) -> int:
    """A number from 0 to `below` - 1, fixed by the household and by what it is for."""
    return int.from_bytes(hashlib.sha256(f"{purpose}/{household}".encode()).digest()[:8]) % below


def pick(household: str, purpose: str, values: list):
    return values[number(household, purpose, len(values))]


def address(household: str, first: str, last: str) -> str:
    """A well-formed address that no other household gets: it holds the household id."""
    local = f"{first}.{last}".translate(PLAIN).replace(" ", "").lower()
    return f"{local}.{household}@{pick(household, 'domain', DOMAINS)}"


def malformed(household: str, good: str) -> str:
    """An address that is wrong beyond argument."""
    local, domain = good.split("@")
    return pick(household, "malformed", [f"{local}{domain}", f"{local}@@{domain}", f"{local}@", f"@{domain}",
                                         f"{local} x@{domain}", f"{local}@{domain}, other@{domain}"])


def person(household: str) -> dict:
    """The current row of one household, before duplicate addresses are given."""
    first, last = pick(household, "first", FIRST), pick(household, "last", LAST)
    email = address(household, first, last)
    dirt = number(household, "email", 1000)
    if dirt < 40:
        email = None
    elif dirt < 50:
        email = ""
    elif dirt < 75:
        email = malformed(household, email)
    elif dirt < 105:
        email = email.upper()
    casing = number(household, "casing", 100)
    if casing < 4:
        first, last = first.upper(), last.upper()
    elif casing < 6:
        first, last = first.lower(), last.lower()
    opt_in = number(household, "opt-in", 100)
    changed = datetime(2017, 7, 1) + timedelta(minutes=number(household, "updated", 180 * 24 * 60))
    return {
        "household_id": household,
        "email": email,
        "first_name": None if number(household, "no-name", 100) < 3 else first,
        "last_name": last,
        "phone": None if number(household, "phone", 10) < 2 else f"+1614555{number(household, 'digits', 10000):04d}",
        "email_opt_in": None if opt_in < 3 else opt_in >= 15,
        "sms_opt_in": number(household, "sms", 100) < 35,
        "tier": None if number(household, "no-tier", 50) == 0 else pick(household, "tier", TIERS),
        "loyalty_points": None if number(household, "no-points", 20) == 0 else number(household, "points", 5000),
        "joined_on": (date(2012, 1, 1) + timedelta(days=number(household, "joined", 1826))).isoformat(),
        "time_zone": pick(household, "zone", ZONES),
        "locale": pick(household, "locale", LOCALES),
        "updated_at": changed.isoformat(),
    }


def households(ids: list[str]) -> list[dict]:
    """The rows of the households file, in file order.

    After the current rows come stale ones: older versions of some households that arrive late, with an address that is
    no longer theirs. Loaded rightly, by version, they change nothing.
    """
    ids = sorted(ids, key=int)
    rows = [person(household) for household in ids]
    for index, row in enumerate(rows):
        # A shared mailbox: the household takes over the address of the one before it, letter for letter.
        if index and number(row["household_id"], "shared", 100) < 3 and rows[index - 1]["email"]:
            row["email"] = rows[index - 1]["email"]
    stale = []
    for row in rows:
        if number(row["household_id"], "stale", 60) == 0:
            before = datetime.fromisoformat(row["updated_at"]) - timedelta(days=200)
            stale.append(row | {"email": f"old.{row['household_id']}@former.example", "email_opt_in": True,
                                "tier": "gold", "updated_at": before.isoformat()})
    return rows + stale
