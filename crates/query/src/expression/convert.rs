//! Conversions between types: `cast(value as type)` and the functions `to_...`. A value that cannot be converted has
//! no value afterwards: one bad row never stops a rule.

use datafusion::functions::string::expr_fn::btrim;
use datafusion::logical_expr::{cast, lit, try_cast};
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;

use super::translate::Translator;
use super::typed::{Family, Typed};
use crate::functions::native;
use crate::types::arrow_type;

impl Translator<'_> {
    /// The value as one of `kind`.
    pub fn convert(&self, value: &Typed, kind: ColumnType) -> Result<Typed, Fault> {
        let Some(from) = value.kind else { return Ok(Typed::null(Some(kind), value.at)) };
        if from == kind {
            return Ok(value.clone());
        }
        let plain = || value.expr.clone();
        let wanted = arrow_type(kind);
        let zone = self.zone();
        let expr = match (from, kind) {
            (ColumnType::Timestamp, ColumnType::String) => native::format_time(plain(), lit("iso"), zone),
            (_, ColumnType::String) => cast(plain(), wanted),
            (ColumnType::String, ColumnType::Timestamp) => native::read_time(plain(), zone),
            (ColumnType::String, ColumnType::Date) => native::date(native::read_time(plain(), zone), zone),
            (ColumnType::String, ColumnType::Integer) => {
                // Through a decimal, so that `12.7` is 12.
                let decimal = ColumnType::Decimal { precision: 38, scale: 10 };
                try_cast(try_cast(btrim(vec![plain()]), arrow_type(decimal)), wanted)
            }
            (ColumnType::String, _) => try_cast(btrim(vec![plain()]), wanted),
            (ColumnType::Date, ColumnType::Timestamp) => native::instant(plain(), zone),
            (ColumnType::Timestamp, ColumnType::Date) => native::date(plain(), zone),
            (ColumnType::Boolean, _) if Family::Number.holds(kind) => {
                try_cast(cast(plain(), arrow_type(ColumnType::Integer)), wanted)
            }
            (_, ColumnType::Boolean) if Family::Number.holds(from) => plain().not_eq(lit(0i64)),
            // To an integer, Arrow cuts the fraction.
            _ if Family::Number.holds(from) && Family::Number.holds(kind) => try_cast(plain(), wanted),
            _ => {
                return Err(Fault::new(format!("{from} cannot be converted to {kind}")).at(value.at));
            }
        };
        self.typed(expr, value.at)
    }
}
