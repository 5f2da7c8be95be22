//! Every documented example of every function, and the reference that is made from them.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::json;
use tutti_model::bind::{self, Field, Keys, Predicate, Scope};
use tutti_model::date_math::Moment;
use tutti_model::rule::Rule;
use tutti_model::table::ColumnType;
use tutti_model::variables::{PUBLIC_URL, Variable};
use tutti_query::datafusion::arrow::array::{Array, ArrayRef, AsArray};
use tutti_query::datafusion::arrow::compute::cast;
use tutti_query::datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, TimestampMicrosecondType};
use tutti_query::functions::registry::{self, Function};
use tutti_query::{Planner, SqlExpressions};

use crate::naive::Value;
use crate::world::{NOW, World, catalog, session};

/// The names of the functions that people know.
const FAMILIAR: &str = "Avg Count CountAll Countdistinct Max Min StdDev StringAgg Sum AddDays AddHours AddMinutes AddMonths \
    AddSeconds AddYears ConvertNTZ DateCmp DateOnly Day DayOfYear DaysAgo DaysAgoInt DaysDiff DaysOld \
    GetDate Hour HoursDiff Minute MinutesDiff Month MonthsAgo MonthsDiff MonthsOld Oldest Second \
    SecondsDiff SubDays SubHours SubMinutes SubMonths SubSeconds SubYears ToDate ToDateTime ToTimestamp \
    ToTimeZone TruncDate TruncDateTZ TruncQuarter TruncTime TruncWeek TruncYear WeekDay Year \
    YearAndMonth YearsAgo YearsDiff YearsOld Distance Abs Ceil Floor Greatest Least Mod Percent Random \
    Round Sign ToDouble ToInt64 ToInteger Trunc AllNonNull2 AllNonNull3 Ascii Char Charindex dataLength \
    GetLine IfEquals IsMemoNull JuxtWords JuxtWords3 Left Length Line Lower LPad Ltrim Md5Digest \
    MemoContains NodeValue Replace Right RPad Rtrim Sha256Digest Sha512Digest Smart Substring ToString \
    Upper VirtualLink VirtualLinkStr AESEncrypt Case ClearBit Coalesce Decode Else GetEmailDomain GetMirrorURL Iif \
    IsBitSet IsEmptyString NewUUID NoNull RowId SetBit ToBoolean When _Over_ Desc OrderBy PartitionBy \
    RowNum";

fn moment() -> Moment {
    let mut moment = Moment::new(NOW.parse().unwrap(), TimeZone::get("Europe/Paris").unwrap());
    let address = Variable::new(ColumnType::String, Some(json!("https://mail.shop.example/")));
    moment.variables.insert(PUBLIC_URL, address);
    moment
}

/// One customer with three orders.
fn world() -> World {
    let documents = [
        json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [{"name": "id", "type": "integer"}],
            "links": [{"name": "orders", "to": "orders", "on": {"id": "person"}, "cardinality": "one-to-many"}]}),
        json!({"kind": "table", "name": "orders", "primary_key": ["id"], "columns": [
            {"name": "id", "type": "integer"}, {"name": "person", "type": "integer"}, {"name": "total", "type": "decimal(12,2)"},
            {"name": "status", "type": "string"}, {"name": "at", "type": "timestamp"}]}),
    ];
    let exact = |value: i128, scale: u8| Value::Exact(value, scale);
    let text = |value: &str| Value::Text(value.to_owned());
    let at = |text: &str| Value::Instant(text.parse::<Timestamp>().unwrap().as_microsecond());
    let orders = vec![
        vec![exact(1, 0), exact(1, 0), exact(1000, 2), text("paid"), at("2026-03-01T09:00:00Z")],
        vec![exact(2, 0), exact(1, 0), exact(2050, 2), text("open"), at("2026-03-10T18:30:00Z")],
        vec![exact(3, 0), exact(1, 0), Value::Null, text("paid"), at("2026-03-15T08:00:00Z")],
    ];
    let rows = HashMap::from([("people".to_owned(), vec![vec![exact(1, 0)]]), ("orders".to_owned(), orders)]);
    let mut catalog = catalog(&documents);
    let key = |name: &str| (name != "none").then(|| if name.is_empty() { "0f".repeat(32) } else { "a7".repeat(32) });
    catalog.expressions = Some(SqlExpressions::with_keys(Keys::new(key)));
    World::new(catalog, rows, false)
}

/// What an expression gives for the first order, or an expression with aggregates for the customer, as text.
async fn value(world: &World, sql: &str, aggregates: bool) -> Result<String, String> {
    let mut problems = Vec::new();
    let (table, field) = if aggregates {
        let rule = Rule(json!({"field": "orders", "aggregate": {"expression": sql}, "operator": "null"}));
        let bound = bind::bind(&rule, Scope::table("people"), &world.catalog, &moment(), "", &mut problems);
        let Some(Predicate::Aggregate(aggregate)) = bound else { return Err(format!("{problems:?}")) };
        let column = tutti_model::table::Column::new(sql, aggregate.result_type);
        ("people", Field { aggregate: Some(Box::new(aggregate)), ..Field::new(Vec::new(), column) })
    } else {
        let bound = bind::expression(sql, Scope::table("orders"), &world.catalog, &moment(), "");
        ("orders", bound.map_err(|problem| format!("{}: {:?}", problem.message, problem.hint))?)
    };
    let planner = Planner::new(&world.catalog, &world.providers);
    let name = field.path();
    let frame = planner.rows(table).unwrap().with_fields([&field]).map_err(|error| format!("{error:?}"))?;
    let frame = frame.filter(&world.bind(table, &json!({"field": "id", "operator": "=", "value": 1}))).unwrap();
    let batches = session().collect(frame.select([name]).unwrap()).await.map_err(|error| format!("{error:?}"))?;
    let column = batches.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0).clone());
    Ok(column.map_or_else(|| "no row".to_owned(), |column| shown(&column)))
}

fn shown(column: &ArrayRef) -> String {
    if column.is_null(0) {
        return "NULL".to_owned();
    }
    match column.data_type() {
        DataType::Float64 => column.as_primitive::<Float64Type>().value(0).to_string(),
        DataType::Date32 => {
            let days = i64::from(column.as_primitive::<Date32Type>().value(0));
            civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).unwrap()).unwrap().to_string()
        }
        DataType::Timestamp(..) => {
            let instant =
                Timestamp::from_microsecond(column.as_primitive::<TimestampMicrosecondType>().value(0)).unwrap();
            let zoned = instant.to_zoned_datetime(moment().zone);
            jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%S%.f%:z", &zoned).unwrap()
        }
        _ => cast(column, &DataType::Utf8).unwrap().as_string::<i32>().value(0).to_owned(),
    }
}

#[tokio::test]
async fn every_example_gives_what_it_says() {
    let world = world();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for function in registry::all() {
        for (sql, expected) in function.examples {
            checked += 1;
            match value(&world, sql, function.is_aggregate()).await {
                Ok(found) if found == *expected => {}
                other => wrong.push(format!("{}: {sql} is {expected}, not {other:?}", function.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_familiar_name_is_known() {
    assert_eq!(FAMILIAR.split_whitespace().count(), 127);
    let unknown: Vec<&str> = FAMILIAR.split_whitespace().filter(|name| registry::find(name).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for name in ["add_days", "ADD_DAYS", "adddays", "count_distinct", "date_cmp", "row_num"] {
        assert!(registry::find(name).is_some(), "{name}");
    }
}

#[test]
fn names_are_not_shared_and_every_function_is_described() {
    let fold = |name: &str| name.replace('_', "").to_lowercase();
    let mut seen = BTreeSet::new();
    for Function { name, familiar, about, nulls, result, examples, .. } in registry::all() {
        let names: BTreeSet<String> = std::iter::once(name).chain(*familiar).map(|name| fold(name)).collect();
        for name in names {
            assert!(seen.insert(name.clone()), "`{name}` is the name of two functions");
        }
        for text in [about, nulls, result] {
            assert!(!text.is_empty(), "`{name}` is not described");
        }
        assert!(about.ends_with('.'), "{name}");
        assert!(!examples.is_empty(), "`{name}` has no example");
    }
}

#[test]
fn the_reference_is_made_from_the_list() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/functions.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let made = tutti_query::functions::reference::markdown();
    let difference = page.lines().zip(made.lines()).find(|(page, made)| page != made);
    assert!(page == made, "docs/functions.md is not what the list makes; see its first lines: {difference:?}");
}

#[test]
fn mistakes_say_where_and_what_to_do() {
    let world = world();
    let mut wrong = Vec::new();
    for (sql, line, column, message, hint) in [
        ("totl > 3", 1, 1, "no field `totl`", "did you mean `total`?"),
        ("total > 3 and\n statuss = 'a'", 2, 2, "no field `statuss`", "did you mean `status`?"),
        ("ad_days(at, 3)", 1, 1, "no function `ad_days`", "did you mean `add_days`?"),
        ("1 + AddDay(at, 3)", 1, 5, "no function `AddDay`", "did you mean `AddDays`?"),
        // Functions of the engine that are not among the documented ones.
        ("make_dates(2026, 13, 1)", 1, 1, "no function `make_dates`", "did you mean `make_date`?"),
        ("to_char(at, '%Y')", 1, 1, "no function `to_char`", ""),
        ("date_bin(interval '1 day', at)", 1, 1, "no function `date_bin`", ""),
        ("regexp_replace(status, 'a', 'b')", 1, 1, "no function `regexp_replace`", "did you mean `regex_replace`?"),
        ("arrow_typeof(status)", 1, 1, "no function `arrow_typeof`", ""),
        ("rank(status)", 1, 1, "a window is", ""),
        ("add_days(at)", 1, 1, "takes 2 arguments, not 1", "write `add_days(time, n)`"),
        ("add_days(status, 3)", 1, 10, "takes date or timestamp as its `time`, not string", "to_timestamp"),
        ("add_days(at, 'x')", 1, 14, "takes integer as its `n`, not string", "to_number"),
        ("add_days(at, 1.5)", 1, 14, "takes integer as its `n`", "to_integer"),
        ("total = 'paid'", 1, 9, "cannot be compared", "convert"),
        ("total = '12'", 1, 9, "cannot be compared", "without quotes"),
        ("status + 1", 1, 1, "`+` takes a number, not string", "to_number"),
        ("at - at", 1, 1, "is not defined", "days_diff"),
        ("at > 'soon'", 1, 6, "`soon` is not a date", ""),
        ("regex_match(status, '(')", 1, 21, "is not a pattern", ""),
        ("regex_match(status, status)", 1, 21, "the same text for every row", "quotes"),
        ("date_trunc('moth', at)", 1, 12, "`moth` is not known", "did you mean `month`?"),
        ("sum(total)", 1, 1, "is an aggregate", "aggregate rule"),
        ("when(true, 1)", 1, 1, "only inside `case", ""),
        ("case(when(true, 1), else('a'))", 1, 26, "cannot be values of one column", "convert"),
        ("$minimum > 1", 1, 1, "no variable `minimum`", "campaigns declare"),
        ("total > ", 1, 9, "expected", ""),
        ("(total > 3", 1, 11, "expected", ""),
        ("total 3", 1, 7, "after the end of the expression", "missing"),
        ("exists (select 1)", 1, 9, "a query inside an expression", "related-rows"),
        ("null", 0, 0, "no value and so no type", "cast"),
        (
            "to_time_zone(at, 'Europe/Pari') > at and date_part('hour', at, 'Europe/Pari') = 1",
            1,
            64,
            "not a time zone",
            "IANA",
        ),
        ("aes_encrypt(status, 'none')", 1, 21, "`TUTTI_KEY_NONE`, which is not set", "openssl rand"),
        ("aes_encrypt(status, 'a b')", 1, 21, "cannot be the name of a key", "letters"),
        ("interval '3 days'", 1, 10, "only after", ""),
        ("at + interval '3 fortnights'", 1, 15, "interval is not understood", "interval '3 days'"),
    ] {
        let bound = bind::expression(sql, Scope::table("orders"), &world.catalog, &moment(), "/expression");
        let problem = match bound {
            Ok(field) => panic!("{sql} is {}", field.column.column_type),
            Err(problem) => problem,
        };
        let at = problem.within.map_or((0, 0), |at| (at.line, at.column));
        let said = problem.hint.as_deref().unwrap_or_default();
        if !problem.message.contains(message) || !said.contains(hint) || at != (line, column) {
            wrong.push(format!("{sql}: {at:?} {} ({said})", problem.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_have_types() {
    let world = world();
    let mut moment = moment();
    let variables = json!({"minimum": {"type": "string", "value": "12.5"}, "days": {"type": "integer", "value": 3},
        "unset": {"type": "date"}, "city": {"type": "string", "value": "Lyon"}});
    moment.variables = serde_json::from_value(variables).unwrap();
    for (sql, expected) in [
        ("total * 2", "decimal(33,2)"),
        ("total / 2", "number"),
        ("id / 2", "number"),
        ("id % 2", "integer"),
        ("total > 3 or status = 'paid'", "boolean"),
        ("at > '2026-03-01'", "boolean"),
        ("at > date '2026-03-01'", "boolean"),
        ("at + interval '1 month 3 days'", "timestamp"),
        ("to_date(at) + 3", "date"),
        ("to_date(at) - date '2026-01-01'", "integer"),
        ("status || '!'", "string"),
        ("cast(status as integer)", "integer"),
        ("status::date", "date"),
        ("total > $minimum", "boolean"),
        ("total + $minimum", "decimal(13,2)"),
        ("add_days(at, $days)", "timestamp"),
        ("at > $unset", "boolean"),
        ("status = $city", "boolean"),
        ("coalesce(total, 0)", "decimal(21,2)"),
        ("case when id = 1 then 1 else 2.5 end", "decimal(20,1)"),
        ("case status when 'paid' then 1 end", "integer"),
        ("id in (1, 2, null)", "boolean"),
        ("status like 'p%' and status not ilike '%X_'", "boolean"),
        ("at between '2026-01-01' and now()", "boolean"),
        ("status is distinct from null", "boolean"),
        ("not (id = 1)", "boolean"),
        ("-id + 3", "integer"),
        ("row_number() over (partition by status order by at desc)", "integer"),
        ("cot(1.5)", "number"),
    ] {
        let bound = bind::expression(sql, Scope::table("orders"), &world.catalog, &moment, "");
        match bound {
            Ok(field) => assert_eq!(field.column.column_type.to_string(), expected, "{sql}"),
            Err(problem) => panic!("{sql}: {} {:?}", problem.message, problem.hint),
        }
    }
}

#[tokio::test]
async fn nothing_fails_on_a_row() {
    let world = world();
    for (sql, expected) in [
        ("id / (id - 1)", "NULL"),
        ("id % (id - 1)", "NULL"),
        ("total / 0", "NULL"),
        ("cast(status as integer)", "NULL"),
        ("cast('2026-02-30' as date)", "NULL"),
        ("to_timestamp(status)", "NULL"),
        ("add_years(at, 100000)", "NULL"),
        ("add_days(at, 9223372036854775807)", "NULL"),
        ("left(status, -9223372036854775807)", ""),
        ("length(lpad(status, 9223372036854775807))", "10000"),
        ("substring(status, -5, 100)", "paid"),
        ("substring(status, -9223372036854775808)", "paid"),
        ("substring(status, -9223372036854775808, 9223372036854775807)", ""),
        ("substring(status, id - 9223372036854775807 - 2)", "paid"),
        ("abs(id - 9223372036854775807 - 2)", "NULL"),
        ("to_date(at) - (id - 9223372036854775807 - 2)", "NULL"),
        ("add_quarters(at, 6148914691236517206)", "NULL"),
        ("make_date(id, 13, 1)", "NULL"),
        ("make_date(99999999999, 1, 1)", "NULL"),
        ("factorial(id - 2)", "NULL"),
        ("repeat(status, id - 2)", ""),
        ("length(repeat(status, 9223372036854775807))", "10000"),
        ("gcd(id - 9223372036854775807 - 2, 0)", "NULL"),
        ("lcm(id + 9223372036854775800, 4)", "NULL"),
        ("asin(id + 1)", "NULL"),
        ("log2(id - 1)", "NULL"),
        ("from_unixtime(id * 9223372036854775807)", "NULL"),
        ("ceil(cast(99999999999999999999999999999999999.5 as decimal(38,3)))", "NULL"),
        ("round(cast(99999999999999999999999999999999999.5 as decimal(38,3)))", "NULL"),
        (
            "floor(cast(99999999999999999999999999999999999.5 as decimal(38,3)))",
            "99999999999999999999999999999999999.000",
        ),
        ("sqrt(id - 2)", "NULL"),
        ("to_integer(1e300)", "NULL"),
        ("cast(99999999999999999999 as integer)", "NULL"),
        ("total * 99999999999999999999999999999999999.5", "999999999999999900000000000000000000"),
        ("json_value(status, '$.a')", "NULL"),
        ("char(1114112)", "NULL"),
        ("split_part(status, '', 1)", "paid"),
        ("round(total, -3)", "0.00"),
        ("1 is null or id > 0", "true"),
    ] {
        assert_eq!(value(&world, sql, false).await.as_deref(), Ok(expected), "{sql}");
    }
}

#[tokio::test]
async fn chance_is_the_same_when_asked_again() {
    let world = world();
    for sql in ["random()", "new_uuid()"] {
        let (once, again) = (value(&world, sql, false).await, value(&world, sql, false).await);
        assert_eq!(once, again);
        assert!(once.is_ok(), "{once:?}");
    }
    assert_eq!(value(&world, "random() = random()", false).await.as_deref(), Ok("false"));
}
