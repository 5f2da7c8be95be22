//! Controls: which way a test goes, which population a join lets on, what is asked and told.

use serde_json::{Value, json};
use tutti_activities::{Input, Step, StepContext, registry};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::variables::{ROWS, Variable};
use tutti_query::datafusion::arrow::array::RecordBatch;
use tutti_query::{Planner, Providers, schema_of};

use crate::world::{catalog, moment, provider};

pub fn moment_with(variables: &[(&str, ColumnType, Value)]) -> Moment {
    let mut moment = moment();
    for (name, column_type, value) in variables {
        moment
            .variables
            .insert(*name, Variable::new(*column_type, Some(value.clone()).filter(|value| !value.is_null())));
    }
    moment
}

/// The step of a control at which empty populations arrive from these activities (`a` or `a.port`).
pub fn step(kind: &str, settings: &Value, from: &[&str], moment: &Moment) -> Result<Step, String> {
    let catalog = catalog();
    let tables = Providers::new();
    let planner = Planner::new(&catalog, &tables);
    let keys: Vec<_> = catalog.table("people").unwrap().key_columns().into_iter().cloned().collect();
    let input = |name: &&str| {
        let (from, port) = name.split_once('.').unwrap_or((name, "out"));
        Input {
            from: from.to_owned(),
            port: port.to_owned(),
            dimension: "people".to_owned(),
            rows: provider(RecordBatch::new_empty(schema_of(&keys))),
            added: Vec::new(),
        }
    };
    let inputs: Vec<Input> = from.iter().map(input).collect();
    let mark = tutti_activities::Mark::default();
    let context = StepContext { planner: &planner, moment, inputs: &inputs, seed: 1, fixed_seed: 1, mark };
    let settings = settings.as_object().unwrap();
    registry::find(kind).unwrap().step(settings, &context).map_err(|error| error.to_string())
}

pub fn way(conditions: &Value, default: bool, moment: &Moment) -> Result<String, String> {
    let settings = json!({"conditions": conditions, "default": default});
    match step("test", &settings, &["before"], moment)? {
        Step::Route { input: Some(0), ports, .. } => Ok(ports.join(" ")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_condition_that_holds_wins() {
    let moment = moment_with(&[
        (ROWS, ColumnType::Integer, json!(1_000)),
        ("rows_vip", ColumnType::Integer, json!(7)),
        ("rows_target__complement", ColumnType::Integer, json!(3)),
        ("city", ColumnType::String, json!("Lyon")),
        ("limit", ColumnType::Integer, json!(null)),
    ]);
    let more = |than: u64| json!({"id": format!("more_{than}"), "operator": ">", "value": than});
    for (conditions, expected) in [
        (json!([more(10_000), more(1_000), more(999), more(1)]), "more_999"),
        (json!([more(1_000)]), "default"),
        (json!([{"id": "vip", "count": "vip", "operator": "<", "value": 10}]), "vip"),
        (json!([{"id": "rest", "count": "target.complement", "operator": "=", "value": "3"}]), "rest"),
        (json!([{"id": "lyon", "variable": "city", "operator": "in", "value": ["paris", "LYON"]}]), "lyon"),
        (json!([{"id": "any", "variable": "limit", "operator": ">", "value": 0}]), "default"),
        (json!([{"id": "none", "variable": "limit", "operator": "null"}]), "none"),
        (json!([{"id": "share", "expression": "$rows_vip * 100 / $rows", "operator": "<", "value": 1}]), "share"),
        (json!([{"id": "yes", "expression": "$rows > 100 and $city like 'L%'"}]), "yes"),
        (json!([{"id": "null", "expression": "$limit > 1"}, more(1)]), "more_1"),
    ] {
        assert_eq!(way(&conditions, true, &moment).as_deref(), Ok(expected), "{conditions}");
    }
    assert_eq!(way(&json!([more(1_000)]), false, &moment).as_deref(), Ok(""), "the branch ends");
    assert!(way(&json!([{"id": "x", "variable": "none", "operator": ">", "value": 1}]), true, &moment).is_err());
}

#[test]
fn a_join_lets_its_primary_population_on() {
    let primary = |settings: &Value, from: &[&str]| match step("and-join", settings, from, &moment()) {
        Ok(Step::Route { input, ports, .. }) => {
            assert_eq!(ports, ["out"]);
            input
        }
        other => panic!("{other:?}"),
    };
    let arrived = ["a", "split.left", "split.right", "b"];
    for (settings, expected) in [
        (json!({}), Some(0)),
        (json!({"primary": "b"}), Some(3)),
        (json!({"primary": "split.right"}), Some(2)),
        (json!({"primary": "split"}), Some(1)),
        (json!({"inbound": ["b", "split.right"]}), Some(2)),
        (json!({"primary": "gone"}), None),
    ] {
        assert_eq!(primary(&settings, &arrived), expected, "{settings}");
    }
    assert_eq!(primary(&json!({}), &[]), None);
}

#[test]
fn texts_name_what_the_run_knows() {
    let moment = moment_with(&[
        (ROWS, ColumnType::Integer, json!(12)),
        ("rows_target", ColumnType::Integer, json!(40)),
        ("starts", ColumnType::Date, json!("2026-04-01")),
    ]);
    let settings = json!({"title": "{{ rows }} of {{ variables.rows_target }}", "message": "x", "level": "critical"});
    let Ok(Step::Alert(notice)) = step("alert", &settings, &["a"], &moment) else { panic!() };
    assert_eq!((notice.title.as_str(), notice.level.as_str()), ("12 of 40", "critical"));
    let settings = json!({"message": "Send {{ rows }}?", "by": ["marta"], "deadline": "$starts"});
    let Ok(Step::Ask(question)) = step("approval", &settings, &["a"], &moment) else { panic!() };
    let deadline = question.deadline.as_ref().map(|due| due.from(moment.now, &moment.zone).to_string());
    assert_eq!((question.message.as_str(), deadline.as_deref()), ("Send 12?", Some("2026-04-01T00:00:00Z")));
    let settings = json!({"signals": [{"campaign": "next", "variables": {"n": "{{ rows }}", "exact": 3}}]});
    let Ok(Step::Signal(signals)) = step("end", &settings, &["a"], &moment) else { panic!() };
    assert_eq!(json!(signals[0].variables), json!({"n": "12", "exact": 3}));
    assert!(matches!(step("end", &json!({}), &["a"], &moment), Ok(Step::End)));
}
