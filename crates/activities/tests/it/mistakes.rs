//! Mistakes in the settings of every kind, one by one: the code, the place and the way out of each.

use serde_json::{Value, json};
use tutti_activities::{registry, validate_campaign};
use tutti_model::problem::Severity;

use crate::registry::campaign;
use crate::validation::catalog;
use crate::world::moment;

/// A kind, what is wrong with its example, the code, the place within the activity, and a part of the way out.
type Mistake = (&'static str, Value, &'static str, &'static str, &'static str);

fn targeting() -> Vec<Mistake> {
    vec![
        (
            "build-audience",
            json!({"dimension": "customer"}),
            "missing_dimension",
            "/dimension",
            "did you mean `customers`?",
        ),
        (
            "build-audience",
            json!({"where": {"field": "emial", "operator": "=", "value": "x"}}),
            "unknown_field",
            "/where/field",
            "did you mean `email`?",
        ),
        (
            "build-audience",
            json!({"where": {"field": "points", "operator": ">", "value": "many"}}),
            "wrong_type",
            "/where/value",
            "",
        ),
        ("build-audience", json!({"within": true}), "unreached", "/within", "add a transition"),
        ("build-audience", json!({"when_empty": "go"}), "unknown_value", "/when_empty", "`stop`, `continue`"),
        ("read-audience", json!({"audience": "vpi"}), "missing_audience", "/audience", "did you mean `vip`?"),
        ("read-audience", json!({"dimension": "orders"}), "missing_field", "", "reconcile"),
        ("read-audience", json!({"attributes": ["customer_id"]}), "duplicate_name", "/attributes/0", "leave it out"),
        (
            "read-audience",
            json!({"attributes": ["email", "email"]}),
            "duplicate_name",
            "/attributes/1",
            "another `name`",
        ),
        ("incremental-query", json!({"mode": "date-field"}), "missing_field", "", "date_field: created_at"),
        (
            "incremental-query",
            json!({"mode": "date-field", "date_field": "points"}),
            "wrong_type",
            "/date_field",
            "mode: keys",
        ),
        ("incremental-query", json!({"since": "now-3d"}), "bad_value", "/since", "remove `since`"),
        ("combine", json!({"operation": "intersect"}), "unknown_value", "/operation", "did you mean `intersection`?"),
        ("combine", json!({"operation": "exclusion"}), "missing_field", "", "add `primary`"),
        ("combine", json!({"complement": true}), "bad_value", "/complement", "complement: false"),
        ("combine", json!({"operation": "intersection", "limit": {"number": 3}}), "bad_value", "/limit", "split"),
        ("combine", json!({"limit": {"number": 0}}), "bad_value", "/limit/number", ""),
        (
            "combine",
            json!({"limit": {"number": 3, "priority": ["from_2"]}}),
            "missing_set",
            "/limit/priority/0",
            "from_",
        ),
        ("deduplication", json!({"by": []}), "missing_field", "/by", "by: [email]"),
        ("deduplication", json!({"by": ["orders.total"]}), "to_many_path", "/by/0", ""),
        ("deduplication", json!({"keep": -1}), "wrong_type", "/keep", ""),
        (
            "deduplication",
            json!({"method": {"values": {"field": "points", "list": ["x"]}}}),
            "wrong_type",
            "/method/values/list/0",
            "",
        ),
        (
            "deduplication",
            json!({"merge": [{"name": "customer_id", "field": "email"}]}),
            "duplicate_name",
            "/merge/0/name",
            "another name",
        ),
        ("split", json!({"subsets": []}), "missing_field", "/subsets", ""),
        (
            "split",
            json!({"subsets": [{"id": "a", "limit": {"percent": 70}}, {"id": "b", "limit": {"percent": 40}}]}),
            "over_100_percent",
            "/subsets",
            "overlap: true",
        ),
        ("split", json!({"subsets": [{"id": "a", "limit": {}}]}), "missing_field", "/subsets/0/limit", "percent: 50"),
        ("split", json!({"subsets": [{"id": "out"}]}), "reserved_name", "/subsets/0/id", ""),
        ("split", json!({"seed": "always"}), "unknown_value", "/seed", "`run`, `fixed`"),
        ("enrichment", json!({"add": [{"name": "x"}]}), "bad_value", "/add/0", "one entry for each column"),
        (
            "enrichment",
            json!({"add": [{"name": "x", "field": "orders.total"}]}),
            "to_many_path",
            "/add/0/field",
            "collect",
        ),
        (
            "enrichment",
            json!({"add": [{"name": "x", "link": "orders", "collect": {"count": 0, "fields": ["total"]}}]}),
            "bad_value",
            "/add/0/collect/count",
            "",
        ),
        (
            "enrichment",
            json!({"links": [{"name": "l", "to": {"table": "order"}, "on": {"customer_id": "customer_id"}}]}),
            "missing_table",
            "/links/0/to/table",
            "did you mean `orders`?",
        ),
        ("reconciliation", json!({"on": {}}), "missing_field", "/on", "on: {mail: email}"),
        ("reconciliation", json!({"on": {"points": "email"}}), "wrong_type", "/on/points", "expression"),
        ("reconciliation", json!({"carry": ["note"]}), "unknown_field", "/carry/0", "enrichment"),
        (
            "change-dimension",
            json!({"dimension": "orders", "link": "city"}),
            "dimension_mismatch",
            "/link",
            "name a path",
        ),
        ("change-dimension", json!({"dimension": "orders", "keep": 3}), "missing_field", "/fields", "add `fields`"),
        ("save-audience", json!({"audience": "My VIPs"}), "bad_name", "/audience", "lower-case"),
        ("save-audience", json!({"mode": "remove"}), "bad_value", "/columns", "leave `columns` out"),
        (
            "save-audience",
            json!({"columns": ["email", {"name": "city", "field": "points"}]}),
            "wrong_type",
            "/columns/1",
            "another `name`",
        ),
    ]
}

fn data() -> Vec<Mistake> {
    vec![
        ("load-file", json!({"path": "../x.csv"}), "bad_path", "/path", "without `..`"),
        ("load-file", json!({"path": "{{ dat }}.csv"}), "unknown_field", "/path", "did you mean `date`?"),
        ("load-file", json!({"columns": []}), "missing_field", "/columns", "name the columns"),
        ("load-file", json!({"format": {"separator": "::"}}), "bad_value", "/format/separator", "one character"),
        (
            "load-file",
            json!({"format": {"time_zone": "Paris"}}),
            "unknown_time_zone",
            "/format/time_zone",
            "Europe/Paris",
        ),
        (
            "load-file",
            json!({"format": {"type": "fixed-width"}, "columns": [{"name": "a"}]}),
            "missing_field",
            "/columns/0",
            "add `width`",
        ),
        (
            "load-file",
            json!({"columns": [{"name": "a", "on_error": "default"}]}),
            "missing_field",
            "/columns/0",
            "add `default`",
        ),
        (
            "load-file",
            json!({"columns": [{"name": "a", "on_unmapped": "reject"}]}),
            "bad_value",
            "/columns/0/on_unmapped",
            "",
        ),
        (
            "load-file",
            json!({"columns": [{"name": "a", "type": "integer", "case": "lower"}]}),
            "bad_value",
            "/columns/0/case",
            "",
        ),
        (
            "load-file",
            json!({"columns": [{"name": "a", "type": "number", "thousands": ".", "decimal": "."}]}),
            "bad_value",
            "/columns/0/thousands",
            "",
        ),
        ("load-file", json!({"columns": [{"name": "a"}, {"name": "a"}]}), "duplicate_name", "/columns/1/name", ""),
        ("load-file", json!({"line_column": "email"}), "bad_name", "/line_column", ""),
        ("load-file", json!({"megabytes_max": 0}), "bad_value", "/megabytes_max", ""),
        ("extract-file", json!({"path": "vip"}), "unknown_format", "/format", "`parquet`"),
        ("extract-file", json!({"path": "ftp://x/vip.csv"}), "bad_path", "/path", "s3://"),
        ("extract-file", json!({"path": "vip.xlsx.gz"}), "bad_value", "/format", ".gz"),
        (
            "extract-file",
            json!({"path": "vip.parquet", "format": {"separator": ";"}}),
            "bad_value",
            "/format/separator",
            "",
        ),
        ("extract-file", json!({"format": {"thousands": "."}}), "bad_value", "/format/thousands", ""),
        ("extract-file", json!({"columns": ["email", "email"]}), "duplicate_name", "/columns/1", "another `header`"),
        (
            "extract-file",
            json!({"columns": [{"expression": "lower(email)"}]}),
            "missing_field",
            "/columns/0",
            "add `header`",
        ),
        (
            "extract-file",
            json!({"columns": [{"field": "email", "format": "dd/MM"}]}),
            "bad_value",
            "/columns/0/format",
            "",
        ),
        (
            "extract-file",
            json!({"columns": [{"field": "points", "labels": {"1": "one"}}]}),
            "bad_value",
            "/columns/0/labels",
            "",
        ),
        (
            "extract-file",
            json!({"columns": [{"field": "email", "decimals": 2}]}),
            "bad_value",
            "/columns/0/decimals",
            "",
        ),
        (
            "extract-file",
            json!({"columns": [{"field": "points", "decimals": 20}]}),
            "bad_value",
            "/columns/0/decimals",
            "",
        ),
        (
            "extract-file",
            json!({"columns": ["email"], "distinct": true}),
            "bad_value",
            "/sort/0",
            "add it to `columns`",
        ),
        ("update-data", json!({"table": "customer"}), "missing_table", "/table", "did you mean `customers`?"),
        (
            "update-data",
            json!({"set": {"contry": {"value": "FR"}}}),
            "unknown_field",
            "/set/contry",
            "did you mean `country`?",
        ),
        ("update-data", json!({"set": {"points": {"value": "many"}}}), "wrong_type", "/set/points/value", ""),
        (
            "update-data",
            json!({"mode": "delete", "set": {"country": {"value": "FR"}}}),
            "bad_value",
            "/set/country",
            "columns of the key",
        ),
        (
            "update-data",
            json!({"table": "orders", "set": {"total": {"value": 1}}}),
            "missing_field",
            "/set",
            "set: {order_id",
        ),
        ("http-call", json!({"url": "scores.example"}), "bad_value", "/url", "https://"),
        ("http-call", json!({"url": "https://me:secret@scores.example/"}), "bad_value", "/url", "{env: NAME}"),
        ("http-call", json!({"batch_rows": 0}), "bad_value", "/batch_rows", ""),
        ("http-call", json!({"attempts": 21}), "bad_value", "/attempts", ""),
        ("http-call", json!({"headers": {"Content-Type": "x"}}), "bad_name", "/headers/Content-Type", ""),
        (
            "http-call",
            json!({"answer": {"columns": [{"name": "a", "pointer": "x"}]}}),
            "bad_value",
            "/answer/columns/0/pointer",
            "/scores/0/value",
        ),
    ]
}

fn flow() -> Vec<Mistake> {
    vec![
        ("test", json!({"conditions": []}), "missing_field", "/conditions", ""),
        (
            "test",
            json!({"conditions": [{"id": "default", "operator": ">", "value": 1}]}),
            "bad_port",
            "/conditions/0/id",
            "another name",
        ),
        ("test", json!({"conditions": [{"id": "a"}]}), "missing_field", "/conditions/0", "operator"),
        (
            "test",
            json!({"conditions": [{"id": "a", "operator": ">", "value": "x"}]}),
            "wrong_type",
            "/conditions/0/value",
            "",
        ),
        (
            "test",
            json!({"conditions": [{"id": "a", "variable": "minimum", "operator": ">", "value": 1}]}),
            "unknown_variable",
            "/conditions/0/variable",
            "",
        ),
        (
            "test",
            json!({"conditions": [{"id": "a", "count": "it", "operator": ">", "value": 1}]}),
            "not_earlier",
            "/conditions/0/count",
            "",
        ),
        (
            "test",
            json!({"conditions": [{"id": "a", "expression": "$rows + 1"}]}),
            "wrong_type",
            "/conditions/0/expression",
            "compare in it",
        ),
        ("and-join", json!({"primary": "nobody"}), "missing_set", "/primary", "from_"),
        ("and-join", json!({"inbound": ["from_0"]}), "too_few_inputs", "/inbound", ""),
        ("and-join", json!({"inbound": ["from_0", "from_1"], "primary": "from_2"}), "missing_set", "/primary", "from_"),
        ("wait", json!({"until": "2030-01-01"}), "bad_value", "/until", "keep one of them"),
        ("wait", json!({"duration": "soon"}), "wrong_type", "/duration", ""),
        ("wait", json!({"duration": "0s"}), "bad_value", "/duration", ""),
        ("wait", json!({"duration": "3651d"}), "wait_too_long", "/duration", "a campaign of its own"),
        ("approval", json!({"message": "{{ row }}"}), "unknown_variable", "/message", "`rows`"),
        ("approval", json!({"deadline": "3651d"}), "wait_too_long", "/deadline", "a campaign of its own"),
        ("approval", json!({"deadline": "whenever"}), "bad_time", "/deadline", ""),
        ("approval", json!({"on_deadline": "aprove"}), "bad_value", "/on_deadline", "did you mean"),
        (
            "approval",
            json!({"answers": [{"id": "yes"}, {"id": "yes"}], "on_deadline": "yes"}),
            "duplicate_port",
            "/answers/1/id",
            "",
        ),
        (
            "approval",
            json!({"answers": [{"id": "fail"}], "on_deadline": "fail"}),
            "bad_port",
            "/answers/0/id",
            "another name",
        ),
        ("approval", json!({"answers": [{"id": "yes"}]}), "bad_value", "/on_deadline", "`yes`"),
        ("approval", json!({"needed": 0}), "bad_value", "/needed", ""),
        ("alert", json!({"title": "{{ rows"}), "bad_template", "/title", ""),
        ("alert", json!({"level": "loud"}), "unknown_value", "/level", "`critical`"),
        (
            "alert",
            json!({"email": {"channel": "email_marketting", "to": ["a@x.example"]}}),
            "missing_channel",
            "/email/channel",
            "did you mean `email_marketing`?",
        ),
        (
            "end",
            json!({"signals": [{"campaign": "folow_up"}]}),
            "missing_campaign",
            "/signals/0/campaign",
            "did you mean `follow_up`?",
        ),
        ("end", json!({"signals": [{"campaign": "scheduled"}]}), "no_signals", "/signals/0/campaign", "type: signal"),
        ("fork", json!({"ways": 2}), "unknown_field", "/ways", ""),
        (
            "email",
            json!({"channel": "email_marketting"}),
            "missing_channel",
            "/channel",
            "did you mean `email_marketing`?",
        ),
        ("email", json!({"subject": "{{ frist_name }}"}), "unknown_field", "/subject", "did you mean `first_name`?"),
    ]
}

#[test]
fn each_mistake_has_its_place_and_its_way_out() {
    let (catalog, mut wrong) = (catalog(), String::new());
    for (kind, more, code, place, hint) in targeting().into_iter().chain(data()).chain(flow()) {
        let found = registry::find(kind).unwrap();
        let mut settings = found.example();
        settings.extend(more.as_object().unwrap().clone());
        let problems = validate_campaign(&campaign(found, &settings), &catalog, &moment());
        let pointer = format!("/canvas/activities/0{place}");
        let fits = problems.iter().any(|problem| {
            problem.severity == Severity::Error
                && problem.code == code
                && problem.pointer == pointer
                && problem.activity.as_deref() == Some("it")
                && problem.hint.as_deref().unwrap_or_default().contains(hint)
        });
        if !fits {
            wrong.push_str(&format!("{kind} {more}: {code} at {pointer} ({hint})\n"));
            for problem in problems {
                wrong.push_str(&format!(
                    "    {} {} {} {:?}\n",
                    problem.code, problem.pointer, problem.message, problem.hint
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn long_waits_are_doubtful_and_no_mistakes() {
    for (kind, settings, warned) in [
        ("wait", json!({"duration": "30d"}), false),
        ("wait", json!({"duration": "400d"}), true),
        ("approval", json!({"deadline": "90d"}), true),
    ] {
        let found = registry::find(kind).unwrap();
        let mut whole = found.example();
        whole.extend(settings.as_object().unwrap().clone());
        let problems = validate_campaign(&campaign(found, &whole), &catalog(), &moment());
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let told = (errors, problems.iter().any(|problem| problem.code == "long_wait"));
        assert_eq!(told, (0, warned), "{kind} {settings}: {problems:?}");
    }
}
