//! Of which row another is a duplicate, and which of them stayed.

use tutti_model::bind::Scope;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions::string::expr_fn::concat_ws;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{Expr, cast, lit};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{functions, list_value};

use super::{KEPT, Settings, criteria, group, order};
use crate::explain::{Explanation, is_row};
use crate::step::{Error, StepContext};

const SIZE: &str = "__size";
const WINNER: &str = "__winner";

pub(super) fn explain(settings: &Settings, context: &StepContext<'_>, key: &[String]) -> Result<Explanation, Error> {
    let input = context.input()?;
    let table = context.table(&input.dimension)?;
    let scope = Scope { table: &table.name, added: &input.added };
    let by = settings.by.iter().map(|value| value.of(scope, context)).collect::<Result<Vec<_>, _>>()?;
    let criteria = criteria(settings, scope, context)?;
    let ranked = criteria.iter().filter_map(|(_, field)| field.as_ref());
    let frame = context.frame(input)?.with_fields(by.iter().chain(ranked))?;
    let groups: Vec<Expr> = by.iter().map(|field| group(&frame, field, settings.case_sensitive)).collect();
    let order = order(settings, &criteria, &frame, context)?;
    let keys = || table.primary_key.iter().map(ident);
    let descending: Vec<bool> =
        order.iter().map(|(_, descending)| *descending).chain(keys().map(|_| false)).collect();
    let position =
        functions::row_key(order.iter().map(|(expr, _)| expr.clone()).chain(keys()).collect(), &descending);
    let key_text = keys().map(|part| cast(part, DataType::Utf8)).collect();
    let first = functions::first_rows(1, position, vec![concat_ws(lit(","), key_text)]);
    let frame = frame
        .with_group_values(groups.clone(), vec![(count(lit(1i64)), SIZE.to_owned()), (first, WINNER.to_owned())])?
        .mark_first(groups, order, u64::from(settings.keep), KEPT)?
        .filter_by(is_row(table, key))?;
    let mut columns = vec![
        ident(KEPT).alias("kept"),
        ident(SIZE).alias("size"),
        list_value(ident(WINNER), 1, 0).alias("winner"),
    ];
    let names: Vec<String> = by.iter().map(tutti_model::bind::Field::path).collect();
    columns.extend(by.iter().enumerate().map(|(index, field)| frame.column(field).alias(format!("by_{index}"))));
    let plan = frame.project(columns)?;
    Ok(Explanation::new(plan, move |seen| {
        let names = names.iter().enumerate();
        let empty: Vec<&String> =
            names.clone().filter(|(index, _)| seen.is_null(&format!("by_{index}"))).map(|(_, name)| name).collect();
        if let Some(name) = empty.first().filter(|_| seen.is_true("kept")) {
            return vec![format!("kept: it has no {name}, and rows without one are nobody's duplicate")];
        }
        let values: Vec<String> =
            names.map(|(index, name)| format!("{name}: {}", seen.text(&format!("by_{index}")))).collect();
        let (values, winner) = (values.join(", "), seen.text("winner"));
        vec![match (seen.is_true("kept"), seen.number("size").unwrap_or(1)) {
            (true, 1) => format!("kept: no other row has {values}"),
            (true, size) => format!("kept of {size} rows with {values}; `{winner}` comes first"),
            (false, size) => format!("dropped as a duplicate: of {size} rows with {values}, `{winner}` comes first"),
        }]
    }))
}
