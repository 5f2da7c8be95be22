//! The laws of what is done outside of a run: which rows an audience, a file, a table or a service gets.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;
use tutti_activities::Effect;
use tutti_model::table::ColumnType;

use crate::linked::{Line, Person, Set, World, set, text, worlds};

pub const SAVED: &[fn()] = &[an_audience_gets_keys_and_columns];
pub const WRITTEN: &[fn()] = &[a_file_has_its_rows_in_order];
pub const UPDATED: &[fn()] = &[a_table_gets_what_is_set];
pub const CALLED: &[fn()] = &[a_service_gets_every_row_once];
pub const LOADED: &[fn()] = &[lines_carry_the_columns_that_are_read];

fn everybody(world: &World) -> Set {
    let rows = world.people.iter().map(|person| vec![text(person.id), text(format!("note {}", person.id % 3))]);
    set("before", "people", &[("note", ColumnType::String)], rows.collect())
}

fn points(person: &Person) -> Option<String> {
    person.points.and_then(text)
}

fn sorted(mut rows: Vec<Line>) -> Vec<Line> {
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_audience_gets_keys_and_columns(world in worlds()) {
        let settings = json!({"audience": "kept", "columns": ["note", "points", {"name": "twice", "expression": "points * 2"}]});
        let (effect, rows) = world.effect("save-audience", &settings, &[everybody(&world)]);
        let Effect::SaveAudience(save) = effect else { panic!("{effect:?}") };
        let names: Vec<&str> = save.columns.iter().map(|column| column.name.as_str()).collect();
        prop_assert_eq!(names, ["note", "points", "twice"]);
        let expected = world.people.iter().map(|person| {
            let twice = person.points.and_then(|points| text(points * 2));
            vec![text(person.id), text(format!("note {}", person.id % 3)), points(person), twice]
        });
        prop_assert_eq!(sorted(rows), sorted(expected.collect()));
    }

    /// By points, the highest first and nothing last, then as the file's other rows are; alike rows once if asked.
    #[test]
    fn a_file_has_its_rows_in_order(world in worlds(), distinct: bool, descending: bool) {
        let order = if descending { "descending" } else { "ascending" };
        let settings = json!({"path": "x.csv", "columns": ["points", {"header": "Mail", "expression": "lower(email)"}],
            "sort": [{"field": "points", "order": order}], "distinct": distinct});
        let (effect, rows) = world.effect("extract-file", &settings, &[everybody(&world)]);
        let Effect::ExtractFile(extract) = effect else { panic!("{effect:?}") };
        let headers: Vec<&str> = extract.columns.iter().map(|column| column.header.as_str()).collect();
        prop_assert_eq!(headers, ["points", "Mail"]);
        let expected: Vec<Line> = world
            .people
            .iter()
            .map(|person| vec![points(person), person.email.as_ref().map(|email| email.to_lowercase())])
            .collect();
        let expected = if distinct { expected.into_iter().collect::<BTreeSet<_>>().into_iter().collect() } else { expected };
        let place = |row: &Line| {
            let points: Option<i64> = row[0].as_deref().map(|points| points.parse().unwrap());
            (points.is_none(), points.map(|points| if descending { -points } else { points }))
        };
        prop_assert!(rows.is_sorted_by_key(place), "{rows:?}");
        prop_assert_eq!(sorted(rows), sorted(expected));
    }

    /// What is not set stays; `empty` fills gaps only, `given` takes nothing away; rows that are not there are refused.
    #[test]
    fn a_table_gets_what_is_set(world in worlds(), gone in prop::collection::btree_set(0i64..9, 0..4), update: bool) {
        let mut arrived = everybody(&world);
        arrived.rows.extend((20..22).map(|id| vec![text(id), None]));
        let settings = json!({"table": "people", "mode": if update { "update" } else { "upsert" },
            "set": {"email": {"field": "note", "when": "empty"}, "points": {"expression": "nullif(points, 2)", "when": "given"}},
            "where": {"field": "id", "operator": "notIn", "value": gone.iter().collect::<Vec<_>>()}});
        let settings = if gone.is_empty() { without_rule(settings) } else { settings };
        let (effect, rows) = world.effect("update-data", &settings, std::slice::from_ref(&arrived));
        let Effect::UpdateData(written) = effect else { panic!("{effect:?}") };
        prop_assert_eq!(&written.columns, &["id", "email", "points"]);
        let expected = arrived.rows.iter().filter_map(|row| {
            let id: i64 = row[0].as_deref().unwrap().parse().unwrap();
            if gone.contains(&id) {
                return None;
            }
            let known = world.people.iter().find(|person| person.id == id);
            let email = known.and_then(|known| known.email.clone()).or_else(|| row[1].clone());
            let refused = (update && known.is_none()).then(|| "there is no such row in `people`".to_owned());
            Some(vec![text(id), email, known.and_then(points), refused, text(id)])
        });
        prop_assert_eq!(sorted(rows), sorted(expected.collect()));
    }

    #[test]
    fn a_service_gets_every_row_once(world in worlds(), all: bool) {
        let mut settings = json!({"url": "https://scores.example/v1"});
        if !all {
            settings["columns"] = json!(["email", {"name": "p", "field": "points"}]);
        }
        let (effect, rows) = world.effect("http-call", &settings, &[everybody(&world)]);
        let Effect::HttpCall(call) = effect else { panic!("{effect:?}") };
        prop_assert_eq!(&call.sent, &if all { vec!["id", "note"] } else { vec!["email", "p"] });
        let expected = world.people.iter().map(|person| {
            let (id, note) = (text(person.id), text(format!("note {}", person.id % 3)));
            let sent = if all { vec![id.clone(), note.clone()] } else { vec![person.email.clone(), points(person)] };
            [vec![id, note], sent].concat()
        });
        prop_assert_eq!(sorted(rows), sorted(expected.collect()));
    }

    /// Columns that are passed over are not there; the line is, where it has a name.
    #[test]
    fn lines_carry_the_columns_that_are_read(ignored in prop::collection::vec(any::<bool>(), 1..6), line: bool) {
        let columns: Vec<_> = ignored
            .iter()
            .enumerate()
            .map(|(index, ignore)| json!({"name": format!("c{index}"), "ignore": ignore}))
            .collect();
        let mut settings = json!({"path": "x.csv", "columns": columns});
        if line {
            settings["line_column"] = json!("line");
        }
        let (effect, rows) = World::default().effect("load-file", &settings, &[]);
        let Effect::LoadFile(load) = effect else { panic!("{effect:?}") };
        let read = ignored.iter().enumerate().filter(|(_, ignore)| !**ignore).map(|(index, _)| format!("c{index}"));
        let expected: Vec<String> = read.chain(line.then(|| "line".to_owned())).collect();
        prop_assert_eq!(load.added().into_iter().map(|column| column.name).collect::<Vec<_>>(), expected);
        prop_assert!(rows.is_empty());
    }
}

fn without_rule(mut settings: serde_json::Value) -> serde_json::Value {
    settings.as_object_mut().unwrap().shift_remove("where");
    settings
}
