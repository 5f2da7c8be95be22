"""The SQL of every rule in rules/: written by hand, for DuckDB, without looking at what Tutti makes of the rule.

Each value is a condition on a household `h`. A NULL condition counts as false, so a negative form is written
`NOT coalesce(..., false)`. Text compares folded, hence `lower` on both sides.
`stddev` is the sample's, as in SQL.
"""


PURCHASES = "transactions t LEFT JOIN products p USING (product_id)"


def some(condition: str, table: str = PURCHASES, alias: str = "t") -> str:
    return f"EXISTS (SELECT 1 FROM {table} WHERE {alias}.household_id = h.household_id AND ({condition}))"


def value(expression: str, condition: str = "true", table: str = PURCHASES, alias: str = "t") -> str:
    return f"(SELECT {expression} FROM {table} WHERE {alias}.household_id = h.household_id AND ({condition}))"


def redeemed(condition: str = "true") -> str:
    return some(condition, "coupon_redemptions r JOIN campaign_descriptions d USING (campaign_id)", "r")


def received(condition: str = "true") -> str:
    return some(condition, "campaigns c JOIN campaign_descriptions d USING (campaign_id)", "c")


def demographics(condition: str) -> str:
    return some(condition, "demographics m", "m")


REDEMPTIONS = {"table": "coupon_redemptions r", "alias": "r"}
CAMPAIGNS = {"table": "campaigns c", "alias": "c"}
LINKED_REDEMPTIONS = ("(SELECT count(*) FROM coupon_redemptions r WHERE r.campaign_id = c.campaign_id "
                      "AND r.household_id = c.household_id)")
GROCERY_SINCE_OCTOBER = "department = 'GROCERY' AND transaction_timestamp >= '2017-10-01'"
COUPONS_OF_CAMPAIGN = "(SELECT count(*) FROM coupons k WHERE k.campaign_id = c.campaign_id)"

RULES = {
    # Values of the household itself.
    "everything": "true",
    "tier_equals_folded": "tier = 'gold'",
    "tier_not_equals": "tier IS NULL OR tier <> 'gold'",
    "tier_not_in": "NOT coalesce(tier IN ('gold', 'silver'), false)",
    "last_name_case_sensitive": "starts_with(last_name, 'MÜLL')",
    "first_name_in_accents": "lower(first_name) IN ('élodie', 'zoë', 'øyvind', 'łukasz')",
    "email_like": "lower(email) LIKE '%.smith.%@mail.example'",
    "email_not_like": "NOT coalesce(lower(email) LIKE '%@%.example', false)",
    "text_ends": "starts_with(lower(last_name), 'mc') OR ends_with(lower(last_name), 'ez') "
                 "OR contains(lower(last_name), '''b')",
    "text_ends_negative": "NOT coalesce(starts_with(lower(first_name), 'j'), false) "
                          "AND NOT coalesce(ends_with(lower(first_name), 'a'), false) "
                          "AND NOT coalesce(contains(lower(first_name), 'n'), false)",
    "phone_null": "phone IS NULL",
    "phone_not_null_opted_in": "phone IS NOT NULL AND sms_opt_in",
    "email_empty": "email IS NULL OR email = ''",
    "email_not_empty_no_consent": "email <> '' AND NOT coalesce(email_opt_in, false)",
    "points_between": "loyalty_points BETWEEN 1000 AND 1999",
    "points_not_between": "NOT coalesce(loyalty_points BETWEEN 1000 AND 1999, false)",
    "joined_window": "year(joined_on) = 2015",
    "late_versions_lose": "ends_with(email, '@former.example')",

    # To-one links: a household without a row has NULLs there.
    "to_one_in": demographics("age IN ('45-54', '55-64', '65+') AND contains(lower(household_comp), 'no kids')"),
    "to_one_not_equals": f"""NOT {demographics("marital_status = 'Married'")}""",
    "to_one_null": f"NOT {demographics('home_ownership IS NOT NULL')}",

    # To-many links.
    "to_many_path": some("department = 'FLORAL'"),
    "to_many_path_negative": f"""NOT {some("department = 'FLORAL'")}""",
    "to_many_each_on_its_own": f"""{some("department = 'FLORAL'")} AND {some('sales_value > 50')}""",
    "some_on_the_same_row": some("department = 'FLORAL' AND sales_value > 50"),
    "some_row_is_not": received("campaign_type <> 'Type A'"),
    "none_redeemed": f"NOT {redeemed()}",
    "none_with_condition": "NOT " + some("brand = 'Private' AND department = 'GROCERY' "
                                          "AND transaction_timestamp >= '2017-07-01'"),
    "all_of_type_a": f"""NOT {redeemed("campaign_type <> 'Type A'")}""",
    "all_unredeemed": f"{received()} AND NOT {redeemed()}",
    "at_least": f"""{value('count(*)', "product_category = 'COFFEE'")} >= 10""",
    "at_most": f"{value('count(*)', **REDEMPTIONS)} <= 2",
    "exactly": f"""{value('count(*)', "redemption_date BETWEEN '2017-11-01' AND '2017-12-31'", **REDEMPTIONS)} = 1""",
    "nested_over_two_columns": received(f"campaign_type = 'Type A' AND {LINKED_REDEMPTIONS} >= 2"),
    "coupon_rows_are_collapsed": received(f"{COUPONS_OF_CAMPAIGN} = 1049"),
    "missing_product": f"{value('count(*)', 'p.brand IS NULL')} >= 5",

    # Aggregates. Decimals sum exactly in DuckDB too.
    "sum_with_inner_where": f"""{value('sum(sales_value)', "department = 'PRODUCE' AND week BETWEEN 1 AND 26")} > 200""",
    "sum_to_the_cent": f"""{value('sum(sales_value)', "department = 'GROCERY'")} >= 5969.04::DECIMAL(12,2)""",
    "sum_of_nothing_is_zero": f"coalesce({value('sum(coupon_disc)')}, 0) = 0",
    "count_distinct_baskets": f"{value('count(DISTINCT basket_id)')} >= 150",
    "count_zero": f"{value('count(*)', **REDEMPTIONS)} = 0 AND {value('count(*)', **CAMPAIGNS)} > 3",
    "avg_value": f"{value('sum(sales_value)')} >= 4 * {value('count(sales_value)')}",
    "min_and_max": f"{value('min(transaction_timestamp)')} < '2017-01-08' "
                   f"AND {value('max(transaction_timestamp)')} < '2017-12-01'",
    "max_of_nothing": f"{value('max(redemption_date)', **REDEMPTIONS)} < '2017-09-01'",
    "not_max_of_nothing": f"NOT coalesce({value('max(redemption_date)', **REDEMPTIONS)} < '2017-09-01', false)",
    "stddev_value": f"{value('stddev_samp(sales_value)')} > 8",

    # Groups.
    "except_group": f"email_opt_in AND NOT coalesce(tier IN ('none', 'bronze'), false) AND NOT {redeemed()}",
    "not_or_group": f"""NOT (coalesce(tier = 'gold', false) OR {demographics("kids_count IN ('1', '2', '3+')")} """
                    f"OR {value('count(*)', **CAMPAIGNS)} >= 5) AND loyalty_points > 500",

    # Predefined filters.
    "predefined": some("department = 'SEAFOOD' AND transaction_timestamp >= '2017-09-01'"),
    "predefined_defaults": f"{value('max(transaction_timestamp)')} < '2017-12-01'",
    "predefined_in_group": f"""{value('sum(sales_value)', "department = 'MEAT'")} >= 300 """
                           f"""AND NOT {redeemed("campaign_id = '13'")}""",

    # Expressions, fields as values, dates.
    "expression_year": "year(joined_on) IN (2013, 2016)",
    "value_from_expression": "last_name = upper(last_name)",
    "value_from_field": f"{value('count(*)', 'coupon_disc > sales_value')} >= 2",
    "expression_on_linked_row": some("sales_value + retail_disc + coupon_match_disc >= 60 AND quantity <= 2"),
    "date_math": f"""NOT {some("transaction_timestamp >= '2017-11-06'")}""",
    "timestamp_zone": some("transaction_timestamp >= '2017-12-24 05:00' AND transaction_timestamp < '2017-12-25 05:00'"),
    "grocery_regulars_without_coupons": f"""{value('sum(sales_value)', GROCERY_SINCE_OCTOBER)} > 200
        AND {value('count(DISTINCT basket_id)', GROCERY_SINCE_OCTOBER)} >= 5 AND NOT {redeemed()}""",
}
