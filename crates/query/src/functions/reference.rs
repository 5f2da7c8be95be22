//! The reference of functions, as the documentation has it: made from the registry and from nothing else.

use std::fmt::Write;

use super::registry::{Category, Function, all};

const HEAD: &str = "\
# Functions of expressions

This page is made from the list that expressions are checked with (`cargo run -p tutti-query --example
functions_reference`). Names are found whatever their case and underscores: `AddDays`, `add_days` and `ADD_DAYS` are
one function. Editors get the same list from `GET /api/v1/functions`.

Examples are tests. They run at 2026-03-15T10:20:30Z in the zone Europe/Paris, for the first of three orders:

| id | total | status | at |
| --- | --- | --- | --- |
| 1 | 10.00 | paid | 2026-03-01T09:00:00Z |
| 2 | 20.50 | open | 2026-03-10T18:30:00Z |
| 3 | NULL | paid | 2026-03-15T08:00:00Z |

";

/// The page, in Markdown.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for category in Category::ALL {
        let functions: Vec<&Function> = all().filter(|function| function.category == category).collect();
        let name = category.name();
        let (first, rest) = name.split_at(1);
        let _ = writeln!(page, "## {}{rest}\n", first.to_uppercase());
        for function in functions {
            push(&mut page, function);
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn push(page: &mut String, function: &Function) {
    let _ = writeln!(page, "### `{}`\n", function.signature());
    let _ = writeln!(page, "{}\n", function.about);
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .map(|parameter| format!("`{}` {}", parameter.name, parameter.takes.words()))
        .collect();
    if !parameters.is_empty() {
        let _ = writeln!(page, "- takes {}", parameters.join(", "));
    }
    if function.result != "–" {
        let _ = writeln!(page, "- gives {}", function.result);
    }
    let _ = writeln!(page, "- NULL: {}", function.nulls);
    if !function.familiar.is_empty() {
        let names: Vec<String> = function.familiar.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "- also {}", names.join(", "));
    }
    page.push('\n');
    page.push_str("```text\n");
    let width = function.examples.iter().map(|(sql, _)| sql.chars().count()).max().unwrap_or_default();
    for (sql, result) in function.examples {
        let result = if result.is_empty() { "''" } else { result };
        let _ = writeln!(page, "{sql:width$}  ->  {result}");
    }
    page.push_str("```\n\n");
}
