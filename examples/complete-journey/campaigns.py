"""What the three campaigns must do, in DuckDB's SQL: the keys on each transition that chance does not decide.

A split picks people by a hash of the run's seed, so that only the sizes of its subsets are known beforehand; whom it
may pick from, and what must become of each of them, is known for every single person.
"""

from dataclasses import dataclass, field

# NULL never duplicates anything; of a shared address the latest change is kept.
UNIQUE = """SELECT household_id FROM households JOIN {inbound} USING (household_id) QUALIFY email IS NULL
            OR row_number() OVER (PARTITION BY email ORDER BY updated_at DESC, household_id) = 1"""
BUYERS = """SELECT DISTINCT household_id FROM transactions JOIN products USING (product_id)
            WHERE department = 'PASTRY' AND transaction_timestamp {side} '2017-11-06 05:00'"""  # midnight, New York
SPENDERS = """SELECT household_id FROM transactions JOIN products USING (product_id) WHERE department = '{department}'
              GROUP BY household_id HAVING sum(sales_value) >= {minimum}::DECIMAL(12,2)"""

# Campaign -> the population that leaves each activity's port, in an order in which each may use those above it.
POPULATIONS = {
    "lapsed_category_buyers": {
        "buyers.out": BUYERS.format(side="<"),
        "recent.out": BUYERS.format(side=">="),
        "lapsed.out": "FROM buyers_out EXCEPT FROM recent_out",
        "lapsed.complement": "FROM buyers_out INTERSECT FROM recent_out",
        "unique.out": UNIQUE.format(inbound="lapsed_out"),
    },
    "coupon_non_redeemers": {
        "targeted.out": "SELECT DISTINCT household_id FROM campaigns WHERE campaign_id = '18' "
                        "AND campaign_id IN (SELECT campaign_id FROM coupons)",
        "redeemers.out": "SELECT DISTINCT household_id FROM coupon_redemptions WHERE campaign_id = '18'",
        "targeted_twice.out": "FROM targeted_out",
        "redeemers_twice.out": "FROM redeemers_out",
        "non_redeemers.out": "FROM targeted_out EXCEPT FROM redeemers_out",
        "non_redeemers.complement": "FROM targeted_out INTERSECT FROM redeemers_out",
        "grateful.out": "FROM targeted_out INTERSECT FROM redeemers_out",
        "grateful.complement": "(FROM targeted_out UNION FROM redeemers_out) EXCEPT FROM grateful_out",
        "unique.out": UNIQUE.format(inbound="non_redeemers_out"),
    },
    "top_spenders_holdout": {
        "grocery_top.out": SPENDERS.format(department="GROCERY", minimum="3000"),
        "drugstore_top.out": SPENDERS.format(department="DRUG GM", minimum="800"),
        "produce_top.out": SPENDERS.format(department="PRODUCE", minimum="500"),
        "top.out": "FROM grocery_top_out UNION FROM drugstore_top_out UNION FROM produce_top_out",
        "unique.out": UNIQUE.format(inbound="top_out"),
    },
}
# Which e-mail activities share which population; one that stands alone gets all of it.
MAILED = {
    "lapsed_category_buyers": {"unique.out": ["mail"]},
    "coupon_non_redeemers": {"unique.out": ["remind"], "grateful.out": ["thank"]},
    "top_spenders_holdout": {"unique.out": ["mail_a", "mail_b"]},
}
# Who cannot be mailed, first reason first (design §6): the address, then consent. Unknown consent is none.
FATE = r"""SELECT household_id, email, first_name, CASE
             WHEN email IS NULL OR NOT regexp_full_match(email, '[^@\s,]+@[^@\s,]+\.[^@\s,]+') THEN 'address'
             WHEN email_opt_in IS DISTINCT FROM true THEN 'no_consent'
             ELSE 'sent' END AS fate
           FROM households"""


@dataclass
class Campaign:
    """What one campaign must do. `fates` says `sent`, `address` or `no_consent` for each person who may be mailed."""

    name: str
    populations: dict[str, set[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    mailed: dict[str, list[str]] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str | None] = field(default_factory=dict)
    first_names: dict[str, str | None] = field(default_factory=dict)


def rounded(rows: int, percent: int) -> int:
    """A percentage of rows, to the nearest row, halves up (contract §4)."""
    return (rows * percent + 50) // 100


def expected(db) -> list[Campaign]:
    """The truth about each campaign; `db` has the cleaned tables."""
    people = {key: person for key, *person in db.execute(FATE).fetchall()}
    campaigns = []
    for name, populations in POPULATIONS.items():
        campaign = Campaign(name, mailed=MAILED[name])
        for port, query in populations.items():
            view = port.replace(".", "_")
            db.execute(f"CREATE OR REPLACE TEMP TABLE {view} AS {query}")
            rows = db.execute(f"SELECT household_id FROM {view}").fetchall()
            campaign.populations[port] = {key for (key,) in rows}
            campaign.sizes[port] = len(rows)
            if len(campaign.populations[port]) != len(rows):
                raise AssertionError(f"{name}: {port} has a household twice")
        if name == "top_spenders_holdout":
            total = campaign.sizes["unique.out"]
            holdout, a = rounded(total, 10), rounded(total, 45)
            campaign.sizes |= {"groups.holdout": holdout, "groups.a": a, "groups.b": total - holdout - a}
        keys = set().union(*(campaign.populations[port] for port in campaign.mailed))
        for key in keys:
            campaign.addresses[key], campaign.first_names[key], campaign.fates[key] = people[key]
        campaigns.append(campaign)
    return campaigns
