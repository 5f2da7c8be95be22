//! Random imports against a map that does what the contract says, row by row.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tutti_lake::{ImportOptions, Mode};

use super::{Fixture, mode, table};

#[derive(Clone, Debug)]
struct Row {
    key: (u8, String),
    value: Option<i64>,
    version: Option<i64>,
    delete: bool,
}

fn row() -> impl Strategy<Value = Row> {
    let key = (0u8..6, prop::sample::select(vec!["", "a", "é", "b b", "\"q\"", "x,y", "n\nl"]));
    let version = prop_oneof![1 => Just(None), 4 => (0i64..5).prop_map(Some)];
    (key, prop::option::of(0i64..100), version, prop::bool::weighted(0.2))
        .prop_map(|(key, value, version, delete)| Row { key: (key.0, key.1.to_owned()), value, version, delete })
}

/// The rows by key, and the versions of the keys that were deleted.
#[derive(Default)]
struct State {
    rows: BTreeMap<(u8, String), (Option<i64>, Option<i64>)>,
    deleted: BTreeMap<(u8, String), i64>,
}

/// Counts as in the report: inserted, updated, deleted, skipped.
fn apply(state: &mut State, rows: &[Row], replace: bool, versioned: bool) -> (u64, u64, u64, u64) {
    let mut best: BTreeMap<(u8, String), &Row> = BTreeMap::new();
    let rank = |row: &Row| match (versioned, row.delete, row.version) {
        (false, ..) => (0, None),
        (true, true, None) => (1, None),
        (true, _, version) => (0, version),
    };
    let always = |row: &Row| row.delete && versioned && row.version.is_none();
    let mut counts = (0, 0, 0, 0);
    for row in rows {
        let wins = best.get(&row.key).is_none_or(|held| rank(row) >= rank(held));
        if best.contains_key(&row.key) {
            counts.3 += 1;
        }
        if wins {
            best.insert(row.key.clone(), row);
        }
    }
    if replace {
        *state = State::default();
    }
    for (key, row) in best {
        let stored = state.rows.get(&key).copied();
        let version = match stored {
            Some((_, version)) => Some(version),
            None => state.deleted.get(&key).map(|version| Some(*version)),
        };
        let older = versioned && !always(row) && version.is_some_and(|version| row.version < version);
        match (stored, row.delete) {
            _ if older => counts.3 += 1,
            (Some((_, version)), true) => {
                state.rows.remove(&key);
                counts.2 += 1;
                let version = if always(row) { version } else { row.version };
                if let Some(version) = version.filter(|_| versioned) {
                    state.deleted.insert(key, version);
                }
            }
            (None, true) => {
                counts.3 += 1;
                if let Some(version) = row.version.filter(|_| versioned) {
                    state.deleted.insert(key, version);
                }
            }
            (held, false) => {
                state.deleted.remove(&key);
                state.rows.insert(key, (row.value, row.version));
                if held.is_some() { counts.1 += 1 } else { counts.0 += 1 }
            }
        }
    }
    counts
}

fn text(rows: &[Row]) -> String {
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
    writer.write_record(["n", "k", "value", "v", "_change_request_type"]).unwrap();
    for row in rows {
        let number = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
        let kind = if row.delete { "d" } else { "u" };
        writer
            .write_record([&row.key.0.to_string(), &row.key.1, &number(row.value), &number(row.version), kind])
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn imports_do_what_a_map_does(
        batches in prop::collection::vec((prop::collection::vec(row(), 0..40), prop::bool::weighted(0.1)), 1..7),
        versioned: bool,
    ) {
        let mut t = table(serde_json::json!({
            "columns": [{"name": "n", "type": "integer"}, {"name": "k", "type": "string"},
                {"name": "value", "type": "integer"}, {"name": "v", "type": "integer"}],
            "primary_key": ["n", "k"]}));
        t.version = versioned.then(|| "v".to_owned());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let f = Fixture::new();
            let mut state = State::default();
            for (rows, replace) in &batches {
                let options = if *replace { mode(Mode::Replace) } else { ImportOptions::default() };
                let report = f.import(&t, "r.csv", &text(rows), options).await.unwrap();
                let counts = apply(&mut state, rows, *replace, versioned);
                assert_eq!((report.inserted, report.updated, report.deleted, report.skipped), counts);
                let number = |value: Option<i64>| value.map_or("-".to_owned(), |value| value.to_string());
                let mut expected: Vec<String> = state.rows.iter()
                    .map(|((n, k), (value, version))| format!("{n}|{k}|{}|{}", number(*value), number(*version)))
                    .collect();
                expected.sort();
                assert_eq!(f.rows("people").await, expected);
            }
        });
    }
}
