//! Calls of functions: found by name, their arguments checked, then built.

use datafusion::logical_expr::{Expr, lit};
use datafusion::sql::sqlparser::ast::{
    self, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned,
};
use tutti_model::bind::{Fault, Keys, Position};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use super::syntax::position;
use super::translate::Translator;
use super::typed::{Family, Typed};
use crate::functions::registry::{self, Build, Function, Takes};

/// A call whose arguments fit.
pub struct Call<'c> {
    pub function: &'static Function,
    pub arguments: Vec<Typed>,
    pub moment: &'c Moment,
    pub at: Position,
    translator: &'c Translator<'c>,
}

impl Call<'_> {
    pub fn expr(&self, index: usize) -> Expr {
        self.arguments.get(index).map_or_else(|| lit(datafusion::scalar::ScalarValue::Null), |typed| typed.expr.clone())
    }

    pub fn has(&self, index: usize) -> bool {
        self.arguments.len() > index
    }

    pub fn kind(&self, index: usize) -> Option<ColumnType> {
        self.arguments.get(index).and_then(|typed| typed.kind)
    }

    /// The argument as a value of a type that it can be cast to.
    pub fn cast(&self, index: usize, kind: ColumnType) -> Expr {
        self.arguments
            .get(index)
            .map_or_else(|| lit(datafusion::scalar::ScalarValue::Null), |typed| typed.cast_to(kind))
    }

    /// All arguments from `index` on, as text.
    pub fn texts(&self, index: usize) -> Vec<Expr> {
        self.arguments.iter().skip(index).map(|typed| typed.cast_to(ColumnType::String)).collect()
    }

    /// The value of a constant text.
    pub fn constant(&self, index: usize) -> Option<&str> {
        self.arguments.get(index)?.text.as_ref().map(|text| text.value.as_str())
    }

    pub fn zone(&self) -> &str {
        self.translator.zone()
    }

    /// The time zone that an argument names; the campaign's without one.
    pub fn zone_at(&self, index: usize) -> Result<String, Fault> {
        let Some(argument) = self.arguments.get(index) else { return Ok(self.zone().to_owned()) };
        match self.constant(index) {
            Some(name) if jiff::tz::TimeZone::get(name).is_ok() => Ok(name.to_owned()),
            name => {
                let message = format!("`{}` is not a time zone", name.unwrap_or("NULL"));
                Err(Fault::new(message).at(argument.at).hint("write an IANA name, like 'Europe/Paris'"))
            }
        }
    }

    /// What is encrypted with.
    pub fn secrets(&self) -> &Keys {
        &self.translator.secrets
    }

    pub fn now(&self) -> Expr {
        Typed::literal(&Literal::Timestamp(self.moment.now), self.at).expr
    }

    /// The date of now, in the zone.
    pub fn today(&self) -> Expr {
        let date = self.moment.zone.to_datetime(self.moment.now).date();
        Typed::literal(&Literal::Date(date), self.at).expr
    }

    /// What a function of chance draws its value from: the moment, which function of chance it is, and the row's key.
    pub fn key(&self) -> Vec<Expr> {
        let ordinal = self.translator.chances.get() + 1;
        self.translator.chances.set(ordinal);
        [lit(self.moment.now.as_microsecond()), lit(ordinal)]
            .into_iter()
            .chain(self.translator.keys.iter().cloned())
            .collect()
    }

    /// An argument converted to another type.
    pub fn converted(&self, index: usize, kind: ColumnType) -> Result<Expr, Fault> {
        match self.arguments.get(index) {
            Some(argument) => self.translator.convert(argument, kind).map(|typed| typed.expr),
            None => Ok(self.expr(index)),
        }
    }

    /// Whether two arguments are equal.
    pub fn equal(&self, one: usize, other: usize) -> Result<Expr, Fault> {
        let operator = datafusion::logical_expr::Operator::Eq;
        self.translator.compare(&self.arguments[one], operator, &self.arguments[other]).map(|typed| typed.expr)
    }

    /// The remainder of the first two arguments' quotient.
    pub fn remainder(&self) -> Result<Expr, Fault> {
        let operator = ast::BinaryOperator::Modulo;
        self.translator.arithmetic(&self.arguments[0], &operator, &self.arguments[1]).map(|typed| typed.expr)
    }

    /// Arguments as values of one type.
    pub fn alike(&self, indexes: &[usize]) -> Result<Vec<Expr>, Fault> {
        let mut parts: Vec<Typed> = indexes.iter().map(|index| self.arguments[*index].clone()).collect();
        // A literal text beside dates is a date.
        let family = parts.iter().find(|part| part.text.is_none()).and_then(|part| part.kind).map(Family::of);
        if let Some(family) = family {
            for part in &mut parts {
                if let Some(fitting) = part.fit(family, self.moment)? {
                    *part = fitting;
                }
            }
        }
        // A bare NULL has the type of those beside it, whichever its parameter gave it.
        let known: Vec<Typed> = parts.iter().filter(|part| !part.is_null()).cloned().collect();
        let kind = self.translator.common_kind(if known.is_empty() { &parts } else { &known })?;
        self.translator.all_as(&parts, kind)
    }

    /// A mistake in an argument.
    pub fn wrong(&self, index: usize, message: impl Into<String>) -> Fault {
        let at = self.arguments.get(index).map_or(self.at, |argument| argument.at);
        Fault::new(format!("`{}`: {}", self.function.name, message.into())).at(at)
    }
}

impl Translator<'_> {
    /// A call as it is written.
    pub fn function(&mut self, call: &ast::Function, at: Position) -> Result<Typed, Fault> {
        let name = match call.name.0.as_slice() {
            [part] => part.as_ident().map(|name| name.value.clone()),
            _ => None,
        };
        let Some(name) = name else {
            return Err(Fault::new(format!("there is no function `{}`", call.name)).at(at));
        };
        if call.filter.is_some() || !call.within_group.is_empty() || call.null_treatment.is_some() {
            return Err(
                Fault::new("`filter`, `within group` and the treatment of nulls are not understood here").at(at)
            );
        }
        let (arguments, distinct) = arguments(call, at)?;
        if let Some(over) = &call.over {
            return self.over_clause(&name, &arguments, over, at);
        }
        match registry::find(&name) {
            Some(function) if distinct && !function.is_aggregate() => {
                Err(Fault::new(format!("`distinct` has no place in `{name}`, which is not an aggregate")).at(at))
            }
            Some(function) => self.call(function, &name, &arguments, distinct, at),
            None => Err(unknown(&name).at(at)),
        }
    }

    /// A call of one of the library's functions by its name.
    pub fn named(&mut self, name: &str, arguments: &[&ast::Expr], at: Position) -> Result<Typed, Fault> {
        let arguments: Vec<Argument<'_>> = arguments.iter().map(|expr| Argument::Expr(expr)).collect();
        match registry::find(name) {
            Some(function) => self.call(function, name, &arguments, false, at),
            None => Err(unknown(name).at(at)),
        }
    }

    fn call(
        &mut self,
        function: &'static Function,
        name: &str,
        arguments: &[Argument<'_>],
        distinct: bool,
        at: Position,
    ) -> Result<Typed, Fault> {
        match function.build {
            Build::Aggregate(aggregation) => self.aggregate(function, aggregation, arguments, distinct, at),
            Build::Form(form) => self.form(form, name, arguments, at),
            Build::Scalar(build) => {
                let arguments = self.checked(function, arguments, at)?;
                if arguments
                    .iter()
                    .zip(function.parameters)
                    .any(|(argument, parameter)| argument.kind.is_none() && parameter.takes == Takes::Constant)
                {
                    return Ok(Typed::null(None, at));
                }
                let call = Call { function, arguments, moment: self.moment, at, translator: self };
                let expr = build(&call).map_err(|fault| fault.at(at))?;
                self.typed(expr, at)
            }
        }
    }

    /// The arguments, each of the type that its parameter takes.
    pub fn checked(
        &mut self,
        function: &'static Function,
        arguments: &[Argument<'_>],
        at: Position,
    ) -> Result<Vec<Typed>, Fault> {
        let (least, most) = function.arity();
        if arguments.len() < least || most.is_some_and(|most| arguments.len() > most) {
            let expected = match (least, most) {
                (0, Some(0)) => "no arguments".to_owned(),
                (1, Some(1)) => "1 argument".to_owned(),
                (least, Some(most)) if least == most => format!("{least} arguments"),
                (least, Some(most)) => format!("{least} to {most} arguments"),
                (least, None) => format!("{least} or more arguments"),
            };
            let message = format!("`{}` takes {expected}, not {}", function.name, arguments.len());
            return Err(Fault::new(message).at(at).hint(format!("write `{}`", function.signature())));
        }
        let mut checked = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let Argument::Expr(expr) = argument else {
                return Err(Fault::new(format!("`*` has no place in `{}`", function.name)).at(at));
            };
            let value = self.translate(expr)?;
            let parameter = function.parameters.get(index).or(function.parameters.last());
            checked.push(match parameter {
                Some(parameter) => self.fitting(function, parameter.name, parameter.takes, value)?,
                None => value,
            });
        }
        Ok(checked)
    }

    fn fitting(&self, function: &Function, name: &str, takes: Takes, value: Typed) -> Result<Typed, Fault> {
        let family = match takes {
            Takes::Any => return Ok(value),
            Takes::Text | Takes::Constant => Family::Text,
            Takes::Integer | Takes::Number => Family::Number,
            Takes::Boolean => Family::Boolean,
            Takes::Time => Family::Time,
        };
        let fitting = value.fit(family, self.moment)?;
        let refuse = |hint: String| {
            let message =
                format!("`{}` takes {} as its `{name}`, not {}", function.name, takes.words(), value.kind_words());
            Err(Fault::new(message).at(value.at).hint(hint))
        };
        match fitting {
            None => refuse(format!("convert it with `{}(...)`", family.conversion())),
            Some(fit) if takes == Takes::Integer && !matches!(fit.kind, Some(ColumnType::Integer) | None) => {
                refuse("convert it with `to_integer(...)`, or round it first".to_owned())
            }
            Some(fit) if takes == Takes::Constant && fit.kind.is_some() && fit.text.is_none() => {
                Err(Fault::new(format!("the `{name}` of `{}` is the same text for every row", function.name))
                    .at(value.at)
                    .hint("write it in quotes, or as a variable"))
            }
            // A bare NULL takes the type that is asked for.
            Some(fit) if fit.kind.is_none() => Ok(Typed::null(
                match takes {
                    Takes::Text => Some(ColumnType::String),
                    Takes::Integer => Some(ColumnType::Integer),
                    Takes::Number => Some(ColumnType::Number),
                    Takes::Boolean => Some(ColumnType::Boolean),
                    Takes::Time => Some(ColumnType::Timestamp),
                    Takes::Any | Takes::Constant => None,
                },
                fit.at,
            )),
            Some(fit) => Ok(fit),
        }
    }
}

/// There is no such function. What only the engine knows is none: it may fail on a row, know nothing of the zone, or
/// give something else every time.
fn unknown(name: &str) -> Fault {
    let fault = Fault::new(format!("there is no function `{name}`"));
    match registry::near(name) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault,
    }
}

/// An argument as it is written.
#[derive(Clone, Copy)]
pub enum Argument<'a> {
    Expr(&'a ast::Expr),
    /// `*`, in `count(*)`.
    Star,
}

pub fn arguments(call: &ast::Function, at: Position) -> Result<(Vec<Argument<'_>>, bool), Fault> {
    let list = match &call.args {
        FunctionArguments::None => return Ok((Vec::new(), false)),
        FunctionArguments::Subquery(_) => return Err(Fault::new("a query inside an expression is not a scalar").at(at)),
        FunctionArguments::List(list) => list,
    };
    if !list.clauses.is_empty() {
        return Err(Fault::new("clauses inside the parentheses of a function are not understood").at(at));
    }
    let arguments = list
        .args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(Argument::Expr(expr)),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => Ok(Argument::Star),
            other => {
                Err(Fault::new(format!("`{other}`: arguments have no names")).at(position(call.name.span().start)))
            }
        })
        .collect::<Result<_, _>>()?;
    Ok((arguments, list.duplicate_treatment == Some(DuplicateTreatment::Distinct)))
}
