//! The SQL of rules with functions, as DuckDB and PostgreSQL have to be told. That it means the same there is what
//! `bench/rules_vs_duckdb.py` asks them.

use jiff::tz::TimeZone;
use serde_json::json;
use tutti_model::bind::{Scope, bind};
use tutti_model::date_math::Moment;
use tutti_model::rule::Rule;
use tutti_query::{Dialect, Planner, ReadableSql, explain};

use crate::world::{World, moment, session};

/// The SQL for the customers for whom `expression` is true, in a zone.
async fn said(world: &World, expression: &str, zone: &str, dialect: Dialect) -> ReadableSql {
    let rule = Rule(json!({"expression": expression, "operator": "=", "value": true}));
    let moment = Moment { zone: TimeZone::get(zone).unwrap(), ..moment() };
    let mut problems = Vec::new();
    let bound = bind(&rule, Scope::table("customers"), &world.catalog, &moment, "", &mut problems);
    let predicate = bound.unwrap_or_else(|| panic!("{expression}: {problems:?}"));
    let planner = Planner::new(&world.catalog, &world.providers);
    explain(&session(), &planner, "customers", "people", &predicate, dialect).await.unwrap().sql
}

fn is_missing(sql: &ReadableSql) -> bool {
    sql.notes.iter().any(|note| note.contains("may be missing"))
}

#[tokio::test]
async fn functions_are_written_in_the_words_of_each_engine() {
    for views in [false, true] {
        let world = World::random(4, 4, views);
        for (expression, duckdb, postgresql) in [
            ("year(born) + quarter(seen) + week_number(seen) + hour(born) + second(seen) > 0", true, true),
            ("date_part('epoch', seen) > date_part('isodow', born)", true, true),
            ("date_trunc('month', seen) < date_trunc('hour', seen) and trunc_quarter(born) < born", true, true),
            ("add_days(born, age) < add_months(born, 3) or add_hours(seen, age) < add_years(seen, -1)", true, true),
            ("born + interval '3 hours' < born", false, false),
            ("years_old(born) + months_diff(seen, born) + days_diff(seen, born) > hours_diff(seen, born)", true, true),
            ("trunc_date(seen, 900) < trunc_time(seen, 3600)", true, true),
            ("to_time_zone(seen, 'Asia/Tokyo') < seen and to_date(seen) = born and seen > born", true, true),
            ("to_date(name) = born", true, false),
            ("to_timestamp(name, '%d/%m/%Y %H:%M') > seen", true, false),
            ("to_timestamp(name, '%d/%m/%Y %H:%M %z') > seen", false, false),
            ("to_string(seen, '%d/%m/%Y') = name and to_string(born) = nick", true, true),
            ("to_string(seen) = name", false, false),
            ("regex_match(name, '^[A-Z]{2}-\\d+$') and regex_count(name, 'an') = 2", true, true),
            ("regex_extract(name, '@(.+)$', 1) = regex_replace(name, '(a)(b)', '$2')", true, true),
            ("regex_match(name, 'a+?') or regex_match(name, '\\bA')", true, false),
            ("md5_digest(name) = sha256_digest(name)", true, true),
            ("sha512_digest(name) = name", false, true),
            ("hmac_sha256(name, 'key') = name", false, false),
            ("left(name, age) = right(name, 2) or substring(name, age, 3) = trim(name)", true, true),
            ("length(name) > data_length(name) or contains(name, nick) or ends_with(name, nick)", true, true),
            ("casefold(name) = lpad(nick, 3, '0') or split_part(name, '-', age) = replace(nick, 'a', '')", true, true),
            ("round(score, 2) > trunc(score) or round(balance, 1) > floor(balance)", true, true),
            ("to_integer(name) > 3 or to_boolean(name) or to_integer(score) > to_integer(balance)", true, true),
            ("is_bit_set(age, 2) or clear_bit(age, 2) = 1 or abs(age) % 3 = 1 or score % 2 > 1", true, true),
            ("random() < 0.5", false, false),
            ("get_email_domain(name) = only_digits(name) or char(age) = name", true, true),
            ("smart(name) = name", false, true),
            ("unaccent(name) = name and similarity(name, nick) > 0.9", true, false),
            ("json_value(name, '$.a[0]') = nick", true, false),
            ("distance_km(score, score, 2.3522, 48.8566) < 5", true, true),
        ] {
            for (dialect, is_known) in [(Dialect::DuckDb, duckdb), (Dialect::PostgreSql, postgresql)] {
                let sql = said(&world, expression, "Europe/Paris", dialect).await;
                let Some(text) = &sql.text else { panic!("{expression}: {:?}", sql.notes) };
                assert_eq!(is_missing(&sql), !is_known, "{expression} for {dialect:?}: {:?}\n{text}", sql.notes);
                assert!(!is_known || (!text.contains("tutti_") && !text.contains("$1")), "{expression}\n{text}");
                assert!(dialect == Dialect::DuckDb || !text.contains("TRY_CAST"), "{expression}\n{text}");
            }
        }
    }
}

#[tokio::test]
async fn days_and_clocks_are_those_of_the_campaigns_zone() {
    let world = World::random(4, 4, false);
    for (expression, duckdb, postgresql) in [
        (
            "year(seen) = 2026",
            vec!["EXTRACT(YEAR FROM ", " AT TIME ZONE 'Europe/Paris')"],
            vec!["CAST(EXTRACT(YEAR FROM ", " AT TIME ZONE 'Europe/Paris') AS BIGINT)"],
        ),
        (
            "add_days(seen, 30) > add_days(seen, age)",
            vec!["AT TIME ZONE 'Europe/Paris') + to_days(30)) AT TIME ZONE 'Europe/Paris'", "to_days(CAST("],
            vec!["+ make_interval(days => 30)) AT TIME ZONE 'Europe/Paris'", "make_interval(days => CAST("],
        ),
        (
            "trunc_month(seen) = seen",
            vec!["date_trunc('month', ", " AT TIME ZONE 'Europe/Paris') AT TIME ZONE 'Europe/Paris'"],
            vec!["date_trunc('month', ", " AT TIME ZONE 'Europe/Paris') AT TIME ZONE 'Europe/Paris'"],
        ),
        ("years_old(born) > 18", vec!["date_sub('year', "], vec!["make_interval(months => m)", "/ 12"]),
        // What depends on no row is its value, and an instant says that it is one.
        (
            "born > days_ago(30) and seen > timestamp '2026-03-01T09:00:00'",
            vec!["CAST('2026-02-13' AS DATE)", "CAST('2026-03-01T08:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)"],
            vec!["CAST('2026-02-13' AS DATE)", "CAST('2026-03-01T08:00:00+00:00' AS TIMESTAMP WITH TIME ZONE)"],
        ),
        (
            "seen > born",
            vec!["(CAST(", " AS TIMESTAMP) AT TIME ZONE 'Europe/Paris')"],
            vec![" AS TIMESTAMP) AT TIME ZONE"],
        ),
        ("name like 'a\\_b%'", vec![r"LIKE 'a\_b%' ESCAPE '\'"], vec![r"LIKE 'a\_b%'"]),
        ("regex_match(name, 'a.c', 'im')", vec!["'(?im)a.c'"], vec![r"~ '(?wi)a[^\n]c'"]),
        ("-(-age) > 1 or balance * pi() > 1", vec!["CAST(3.141592653589793 AS DOUBLE PRECISION)"], vec![]),
    ] {
        for (dialect, expected) in [(Dialect::DuckDb, duckdb), (Dialect::PostgreSql, postgresql)] {
            let sql = said(&world, expression, "Europe/Paris", dialect).await;
            let text = sql.text.unwrap_or_default();
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for part in expected {
                assert!(line.contains(part), "{expression}: no `{part}` in\n{line}");
            }
            assert!(!line.contains("--"), "{line}");
        }
    }
}

#[tokio::test]
async fn notes_say_what_differs() {
    let world = World::random(4, 4, false);
    for (expression, zone, expected) in [
        ("add_days(seen, 1) > seen", "Europe/Paris", Some("comes twice")),
        ("add_days(seen, 1) > seen", "UTC", None),
        ("add_days(seen, 1) > seen", "Asia/Tokyo", None),
        ("add_days(born, 1) > born", "Europe/Paris", None),
        // Midnight comes once in Berlin, and twice in Havana where clocks go back from one to midnight.
        ("trunc_day(seen) = seen", "Europe/Berlin", None),
        ("trunc_day(seen) = seen", "America/Havana", Some("comes twice")),
        ("casefold(name) = 'a'", "UTC", Some("`lower`")),
        ("regex_match(name, '\\w')", "UTC", Some("Unicode")),
        ("regex_match(name, '[a-z]')", "UTC", None),
    ] {
        let sql = said(&world, expression, zone, Dialect::DuckDb).await;
        match expected {
            Some(part) => assert!(sql.notes.iter().any(|note| note.contains(part)), "{expression}: {:?}", sql.notes),
            None => assert_eq!(sql.notes, Vec::<String>::new(), "{expression} in {zone}"),
        }
    }
}

#[tokio::test]
async fn picked_rows_have_sql_too() {
    let world = World::random(4, 4, false);
    let pick = json!({"field": "orders", "pick": {"by": "at", "order": "descending", "n": 1},
        "value": {"field": "status", "operator": "=", "value": "paid"}});
    let planner = Planner::new(&world.catalog, &world.providers);
    for (_, dialect) in Dialect::NAMES {
        let predicate = world.bind("customers", &pick);
        let sql = explain(&session(), &planner, "customers", "people", &predicate, dialect).await.unwrap().sql;
        assert!(!is_missing(&sql) && sql.text.is_some_and(|text| text.contains("row_number")), "{:?}", sql.notes);
    }
}
