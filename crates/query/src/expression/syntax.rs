//! The text of an expression: parsed by the engine's parser, with the familiar forms of functions that SQL's grammar
//! has other uses for (`Case(When(...), Else(...))`, `Line(text, 2)`).

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{self, Ident, Spanned, visit_expressions};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};
use tutti_model::bind::{Fault, Names, Position};

use crate::functions::registry;

/// The longest expression, in bytes.
const LENGTH_MAX: usize = 20_000;
/// How deep an expression may nest.
const DEPTH_MAX: usize = 64;

/// Reads the text of an expression.
pub fn parse(sql: &str) -> Result<ast::Expr, Fault> {
    if sql.len() > LENGTH_MAX {
        return Err(Fault::new(format!("an expression has at most {LENGTH_MAX} bytes")));
    }
    let dialect = GenericDialect {};
    let mut tokens = Tokenizer::new(&dialect, sql).tokenize_with_location().map_err(|error| {
        Fault::new(lower(&error.message)).at(Position { line: error.location.line, column: error.location.column })
    })?;
    familiar(&mut tokens);
    if tokens.iter().all(|token| matches!(token.token, Token::Whitespace(_) | Token::EOF)) {
        return Err(Fault::new("the expression is empty"));
    }
    let mut parser = Parser::new(&dialect).with_recursion_limit(DEPTH_MAX).with_tokens_with_locations(tokens);
    let parsed = parser.parse_expr().map_err(|error| syntax(error, sql))?;
    let next = parser.peek_token();
    if next.token == Token::EOF {
        return Ok(parsed);
    }
    let fault = Fault::new(format!("`{}` after the end of the expression", next.token)).at(position(next.span.start));
    Err(match next.token {
        Token::Word(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Placeholder(_) => {
            fault.hint("is an operator or a comma missing before it?")
        }
        Token::SemiColon => fault.hint("a rule has one expression, without a semicolon"),
        _ => fault,
    })
}

/// The fields and variables that an expression names.
pub fn names(parsed: &ast::Expr) -> Result<Names, Fault> {
    let mut names = Names::default();
    let flow = visit_expressions(parsed, |expr| {
        let (name, list) = match expr {
            ast::Expr::Identifier(name) if is_row_id(name) => return ControlFlow::Continue(()),
            ast::Expr::Identifier(name) => (name.value.clone(), &mut names.paths),
            ast::Expr::CompoundIdentifier(parts) => (path_of(parts), &mut names.paths),
            ast::Expr::Value(value) => match &value.value {
                ast::Value::Placeholder(name) if name.starts_with('$') => {
                    (name.trim_start_matches('$').to_owned(), &mut names.variables)
                }
                _ => return ControlFlow::Continue(()),
            },
            ast::Expr::Subquery(_) | ast::Expr::Exists { .. } | ast::Expr::InSubquery { .. } => {
                let fault = Fault::new("a query inside an expression is not a scalar");
                return ControlFlow::Break(fault.hint("use a related-rows rule").at(start(expr)));
            }
            _ => return ControlFlow::Continue(()),
        };
        if !list.iter().any(|(known, _)| *known == name) {
            list.push((name, start(expr)));
        }
        ControlFlow::Continue(())
    });
    match flow {
        ControlFlow::Break(fault) => Err(fault),
        ControlFlow::Continue(()) => Ok(names),
    }
}

/// `RowId`, which is written without parentheses.
pub fn is_row_id(name: &Ident) -> bool {
    name.quote_style.is_none() && name.value == "RowId"
}

pub fn path_of(names: &[Ident]) -> String {
    names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".")
}

/// Where a part of an expression begins.
pub fn start(expr: &ast::Expr) -> Position {
    position(expr.span().start)
}

pub fn position(at: Location) -> Position {
    Position { line: at.line.max(1), column: at.column.max(1) }
}

/// Quotes the names of the library's functions where they stand before a parenthesis, so that the grammar takes none
/// of them for a keyword.
fn familiar(tokens: &mut [TokenWithSpan]) {
    let meaningful: Vec<usize> = (0..tokens.len()).filter(|at| !is_space(&tokens[*at].token)).collect();
    // The depths of the parentheses in which `When` and `Else` are functions.
    let mut cases: Vec<usize> = Vec::new();
    let mut depth = 0;
    for (place, at) in meaningful.iter().enumerate() {
        let follows = |ahead: usize| meaningful.get(place + ahead).map(|at| &tokens[*at].token);
        match &tokens[*at].token {
            Token::LParen => depth += 1,
            Token::RParen => {
                cases.retain(|case| *case < depth);
                depth = depth.saturating_sub(1);
            }
            Token::Word(word) if word.quote_style.is_none() && follows(1) == Some(&Token::LParen) => {
                let is = |token: Option<&Token>, name: &str| matches!(token, Some(Token::Word(word)) if word.value.eq_ignore_ascii_case(name));
                let name = word.value.to_lowercase();
                let is_function = match name.as_str() {
                    "case" => is(follows(2), "when") && follows(3) == Some(&Token::LParen),
                    "when" | "else" => cases.contains(&depth),
                    // The grammar knows these, in more than one form.
                    "over" | "cast" | "try_cast" | "extract" | "position" | "substring" | "substr" | "trim"
                    | "overlay" | "interval" | "exists" => false,
                    _ => registry::find(&name).is_some(),
                };
                if is_function {
                    if name == "case" {
                        cases.push(depth + 1);
                    }
                    let value = word.value.clone();
                    tokens[*at].token = Token::Word(datafusion::sql::sqlparser::tokenizer::Word {
                        value,
                        quote_style: Some('"'),
                        keyword: Keyword::NoKeyword,
                    });
                }
            }
            _ => {}
        }
    }
}

fn is_space(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}

/// The parser's message, with the place that stands at its end. What is missing at the end of the text has none.
fn syntax(error: ParserError, sql: &str) -> Fault {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text,
        ParserError::RecursionLimitExceeded => {
            return Fault::new(format!("an expression nests at most {DEPTH_MAX} levels"));
        }
    };
    let (text, place) = text.rsplit_once(" at Line: ").unwrap_or((&text, ""));
    let at = place.split_once(", Column: ").and_then(|(line, column)| {
        Some(Position { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
    });
    let text = lower(text.trim()).replace("eOF", "the end").replace(": EOF", ": the end");
    Fault::new(text).at(at.filter(|at| at.line > 0).unwrap_or_else(|| end(sql)))
}

/// The place after the last character.
fn end(sql: &str) -> Position {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let last = sql.rsplit('\n').next().unwrap_or_default();
    Position { line: count(sql.matches('\n').count() + 1), column: count(last.chars().count() + 1) }
}

fn lower(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
