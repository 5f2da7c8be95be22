//! Functions with a grammar of their own: `case(when(...), else(...))`, window functions and aggregates.

use datafusion::functions_aggregate::expr_fn::{avg, count, max, min, stddev, sum};
use datafusion::functions_window::expr_fn::{dense_rank, rank, row_number};
use datafusion::logical_expr::expr::{Sort, WindowFunction};
use datafusion::logical_expr::{Expr, ExprFunctionExt, ExprSchemable, WindowFunctionDefinition, lit};
use datafusion::sql::sqlparser::ast::{self, Spanned, WindowType};
use tutti_model::bind::{Fault, Function as Aggregated, Position};
use tutti_model::table::ColumnType;

use super::call::Argument;
use super::syntax::start;
use super::translate::Translator;
use super::typed::{Family, Typed};
use crate::aggregate::exact;
use crate::frame::column;
use crate::functions::aggregation::{AggregateCall, Aggregation};
use crate::functions::registry::{self, Build, Form, Function};
use crate::types::arrow_type;

impl Translator<'_> {
    pub fn form(&mut self, form: Form, name: &str, arguments: &[Argument<'_>], at: Position) -> Result<Typed, Fault> {
        match form {
            Form::Case => self.case_form(arguments, at),
            Form::Branch => Err(Fault::new(format!("`{name}` stands only inside `case(...)`")).at(at)),
            Form::WindowPart => {
                Err(Fault::new(format!("`{name}` stands only inside a window function")).at(at).hint("see `row_num`"))
            }
            Form::RowId => {
                let window = Window::default();
                self.window(row_number(), window, true, at)
            }
            Form::RowNumber | Form::Rank | Form::DenseRank => {
                let window = self.window_parts(arguments, at)?;
                self.ranked(form, window, at)
            }
            Form::Over => {
                let Some((Argument::Expr(ast::Expr::Function(call)), parts)) = arguments.split_first() else {
                    return Err(Fault::new("`_over_` takes a call and a window")
                        .at(at)
                        .hint("write `_over_(sum(total), partition_by(city))`"));
                };
                let window = self.window_parts(parts, at)?;
                let name = call.name.to_string();
                let inner = super::call::arguments(call, at)?.0;
                self.windowed(name.trim_matches('"'), &inner, window, at)
            }
        }
    }

    /// `case(when(condition, value), ..., else(value))`.
    fn case_form(&mut self, arguments: &[Argument<'_>], at: Position) -> Result<Typed, Fault> {
        let wrong = |at: Position| {
            Fault::new("`case` takes `when(condition, value)` once or more, then at most one `else(value)`").at(at)
        };
        let mut branches = Vec::new();
        let mut otherwise = None;
        for argument in arguments {
            let Argument::Expr(expr @ ast::Expr::Function(call)) = argument else { return Err(wrong(at)) };
            let inner = super::call::arguments(call, at)?.0;
            let name = call.name.to_string().trim_matches('"').to_lowercase();
            match (name.as_str(), inner.as_slice()) {
                ("when", [Argument::Expr(condition), Argument::Expr(value)]) if otherwise.is_none() => {
                    branches.push((*condition, *value));
                }
                ("else", [Argument::Expr(value)]) if otherwise.is_none() => otherwise = Some(*value),
                _ => return Err(wrong(start(expr))),
            }
        }
        if branches.is_empty() {
            return Err(wrong(at));
        }
        self.case(None, &branches, otherwise, at)
    }

    /// An aggregate's value over the linked rows, as a column that stands for it.
    pub fn aggregate(
        &mut self,
        function: &'static Function,
        aggregation: Aggregation,
        arguments: &[Argument<'_>],
        distinct: bool,
        at: Position,
    ) -> Result<Typed, Fault> {
        let Some(mut found) = self.aggregates.take() else {
            let message =
                format!("`{}` is an aggregate, and has no place in an expression over one row", function.name);
            return Err(Fault::new(message)
                .at(at)
                .hint("use an aggregate rule over linked rows: {\"field\": LINK, \"aggregate\": {...}}"));
        };
        // Aggregates do not nest, so there are none while the operand is read.
        let operand = self.aggregate_operand(function, aggregation, arguments, at);
        let (operand, separator) = operand?;
        let aggregated = match aggregation {
            Aggregation::Of(aggregated) => aggregated,
            Aggregation::CountAll => Aggregated::Count,
        };
        let name = format!("__aggregate_{}", found.len());
        let kind = aggregate_kind(aggregated, operand.as_ref().map(|(_, kind)| *kind));
        found.push(AggregateCall { name: name.clone(), function: aggregated, operand, distinct, separator });
        self.aggregates = Some(found);
        self.add_column(&name, arrow_type(kind));
        self.typed(column(&name), at)
    }

    /// The operand with its type, none where rows are counted, and the separator.
    fn aggregate_operand(
        &mut self,
        function: &'static Function,
        aggregation: Aggregation,
        arguments: &[Argument<'_>],
        at: Position,
    ) -> Result<(Option<(Expr, ColumnType)>, String), Fault> {
        let counts_rows = aggregation == Aggregation::CountAll
            || (aggregation == Aggregation::Of(Aggregated::Count) && matches!(arguments, [] | [Argument::Star]));
        if counts_rows {
            return match arguments {
                [] | [Argument::Star] => Ok((None, String::new())),
                _ => Err(Fault::new(format!("`{}` takes no arguments", function.name)).at(at)),
            };
        }
        let values = self.checked(function, arguments, at)?;
        let value = &values[0];
        let kind = value.kind.unwrap_or(ColumnType::Integer);
        let Aggregation::Of(aggregated) = aggregation else { return Ok((None, String::new())) };
        let needs_number = matches!(aggregated, Aggregated::Sum | Aggregated::Avg | Aggregated::Stddev);
        if needs_number && !Family::Number.holds(kind) {
            let message = format!("`{}` computes with numbers, not with {kind}", function.name);
            return Err(Fault::new(message).at(value.at).hint("convert it with `to_number(...)`"));
        }
        let separator = values
            .get(1)
            .and_then(|separator| separator.text.as_ref())
            .map_or_else(String::new, |text| text.value.clone());
        let expr =
            if aggregated == Aggregated::StringAgg { value.cast_to(ColumnType::String) } else { value.expr.clone() };
        Ok((Some((expr, kind)), separator))
    }

    /// `call over (...)`.
    pub fn over_clause(
        &mut self,
        name: &str,
        arguments: &[Argument<'_>],
        over: &WindowType,
        at: Position,
    ) -> Result<Typed, Fault> {
        let WindowType::WindowSpec(spec) = over else {
            return Err(Fault::new("windows have no names here").at(at));
        };
        if spec.window_frame.is_some() {
            return Err(Fault::new("frames of windows are not understood").at(at));
        }
        let mut window = Window::default();
        for expr in &spec.partition_by {
            window.partition.push(self.translate(expr)?.expr);
        }
        for order in &spec.order_by {
            let expr = self.translate(&order.expr)?.expr;
            window.order.push(expr.sort(order.options.asc.unwrap_or(true), order.options.nulls_first.unwrap_or(false)));
        }
        self.windowed(name, arguments, window, at)
    }

    /// `partition_by(...)` and `order_by(...)`, in any order.
    fn window_parts(&mut self, arguments: &[Argument<'_>], at: Position) -> Result<Window, Fault> {
        let mut window = Window::default();
        let wrong = |at: Position| Fault::new("a window is `partition_by(...)` and `order_by(...)`").at(at);
        for argument in arguments {
            let Argument::Expr(part @ ast::Expr::Function(call)) = argument else { return Err(wrong(at)) };
            let inner = super::call::arguments(call, at)?.0;
            let name = call.name.to_string();
            match registry::find(name.trim_matches('"')).map(|function| function.name) {
                Some("partition_by") => {
                    for expr in inner {
                        let Argument::Expr(expr) = expr else { return Err(wrong(start(part))) };
                        window.partition.push(self.translate(expr)?.expr);
                    }
                }
                Some("order_by") => {
                    for expr in inner {
                        let Argument::Expr(expr) = expr else { return Err(wrong(start(part))) };
                        let sort = self.sort(expr)?;
                        window.order.push(sort);
                    }
                }
                _ => return Err(wrong(start(part))),
            }
        }
        Ok(window)
    }

    /// A sort key, `desc(key)` or `key`; NULLs are last either way.
    fn sort(&mut self, expr: &ast::Expr) -> Result<Sort, Fault> {
        if let ast::Expr::Function(call) = expr
            && registry::find(call.name.to_string().trim_matches('"')).is_some_and(|function| function.name == "desc")
        {
            let inner = super::call::arguments(call, start(expr))?.0;
            return match inner.as_slice() {
                [Argument::Expr(inner)] => Ok(self.translate(inner)?.expr.sort(false, false)),
                _ => Err(Fault::new("`desc` takes 1 argument").at(super::syntax::position(call.name.span().start))),
            };
        }
        Ok(self.translate(expr)?.expr.sort(true, false))
    }

    fn windowed(
        &mut self,
        name: &str,
        arguments: &[Argument<'_>],
        window: Window,
        at: Position,
    ) -> Result<Typed, Fault> {
        let call = match registry::find(name).map(|function| (function, function.build)) {
            Some((_, Build::Form(form @ (Form::RowNumber | Form::Rank | Form::DenseRank)))) if arguments.is_empty() => {
                return self.ranked(form, window, at);
            }
            Some((function, Build::Aggregate(aggregation))) => {
                let (operand, _) = self.aggregate_operand(function, aggregation, arguments, at)?;
                let exactly = |operand: Expr, kind: ColumnType| exact(operand, Some(kind));
                match (aggregation, operand) {
                    (_, None) => count(lit(1i64)),
                    (Aggregation::Of(Aggregated::Count), Some((value, _))) => count(value),
                    (Aggregation::Of(Aggregated::Sum), Some((value, kind))) => sum(exactly(value, kind)),
                    (Aggregation::Of(Aggregated::Min), Some((value, _))) => min(value),
                    (Aggregation::Of(Aggregated::Max), Some((value, _))) => max(value),
                    (Aggregation::Of(Aggregated::Avg), Some((value, _))) => {
                        avg(datafusion::logical_expr::cast(value, arrow_type(ColumnType::Number)))
                    }
                    (Aggregation::Of(Aggregated::Stddev), Some((value, _))) => stddev(value),
                    _ => return Err(Fault::new(format!("`{name}` has no window")).at(at)),
                }
            }
            _ => {
                let fault = Fault::new(format!("`{name}` is not a function over a window")).at(at);
                return Err(fault.hint("known are row_num, rank, dense_rank, count, sum, avg, min, max, stddev"));
            }
        };
        // An aggregate over a window is a function of windows to the engine.
        let call = match call {
            Expr::AggregateFunction(call) => {
                let definition = WindowFunctionDefinition::AggregateUDF(call.func);
                Expr::from(WindowFunction::new(definition, call.params.args))
            }
            call => call,
        };
        self.window(call, window, false, at)
    }

    /// The place of the row in a window. Rows that are equal in its order have places of their own only where they are
    /// numbered.
    fn ranked(&mut self, form: Form, window: Window, at: Position) -> Result<Typed, Fault> {
        match form {
            Form::Rank => self.window(rank(), window, false, at),
            Form::DenseRank => self.window(dense_rank(), window, false, at),
            _ => self.window(row_number(), window, true, at),
        }
    }

    /// The value of a window function, as a column that stands for it. With `by_key`, rows that are equal in the
    /// window's order go by their key, so that the answer is the same every time.
    fn window(&mut self, call: Expr, window: Window, by_key: bool, at: Position) -> Result<Typed, Fault> {
        if self.aggregates.is_some() {
            return Err(Fault::new("window functions have no place beside aggregates").at(at));
        }
        let mut order = window.order;
        if by_key {
            order.extend(self.keys.iter().map(|key| key.clone().sort(true, false)));
        }
        let built = call.partition_by(window.partition);
        // Without an order the whole part is the frame, which the engine takes only where none is said.
        let built = if order.is_empty() { built } else { built.order_by(order) };
        let expr = built.build().map_err(|error| Fault::new(super::message(&error)).at(at))?;
        // The engine's optimizer takes nothing but the bare function here: the cast to a column type stands outside.
        let data_type = expr.get_type(&self.schema).map_err(|error| Fault::new(super::message(&error)).at(at))?;
        let name = format!("__window_{}", self.windows.len());
        self.windows.push((name.clone(), expr));
        self.add_column(&name, data_type);
        self.typed(column(&name), at)
    }
}

/// The rows that a window function looks at, and in which order.
#[derive(Default)]
struct Window {
    partition: Vec<Expr>,
    order: Vec<Sort>,
}

/// The type of an aggregate's value.
pub fn aggregate_kind(function: Aggregated, operand: Option<ColumnType>) -> ColumnType {
    match (function, operand) {
        (Aggregated::Count | Aggregated::CountDistinct, _) | (_, None) => ColumnType::Integer,
        (Aggregated::Avg | Aggregated::Stddev, _) => ColumnType::Number,
        (Aggregated::StringAgg, _) => ColumnType::String,
        // A sum may have more digits than its parts.
        (Aggregated::Sum, Some(ColumnType::Decimal { scale, .. })) => ColumnType::Decimal { precision: 38, scale },
        (_, Some(kind)) => kind,
    }
}
