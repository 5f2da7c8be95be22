//! Checking a rule or an expression as somebody types it, and what could be typed next.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::bind::{self, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::rule::Rule;
use tutti_model::table::{Column, ColumnType};
use tutti_model::variables::Variables;
use tutti_query::Cost;
use tutti_query::functions::registry;

use crate::error::Result;
use crate::questions::{CostAnswer, RULE};
use crate::setting::Setting;
use crate::situation::NEEDS_A_RUN;
use crate::workspace::Workspace;

/// The most candidates that are offered.
const CANDIDATES_MAX: usize = 50;

/// A rule or an expression over the rows of a dimension, whole or half-typed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckQuestion {
    pub dimension: String,
    /// A path of links: the expression is over the rows at its end.
    #[serde(default)]
    pub link: Option<String>,
    #[serde(default)]
    pub expression: Option<String>,
    /// Whether the expression is an aggregate's, over many linked rows.
    #[serde(default)]
    pub aggregates: bool,
    #[serde(default, rename = "where")]
    pub rule: Option<Rule>,
    /// The word at the cursor, for which candidates are wanted; empty for all.
    #[serde(default)]
    pub complete: Option<String>,
    /// Whether it is told what the count of the rule would take.
    #[serde(default)]
    pub cost: bool,
    #[serde(flatten)]
    pub setting: Setting,
}

/// What was found out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckAnswer {
    pub valid: bool,
    /// The type of the expression.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub column_type: Option<ColumnType>,
    /// The rule in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub problems: Vec<Problem>,
    pub candidates: Vec<Candidate>,
    /// Of the count of the rule, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostAnswer>,
    /// What to know before the rule is used.
    pub warnings: Vec<String>,
}

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// `field`, `link`, `function` or `variable`.
    pub kind: &'static str,
    /// What to write.
    pub text: String,
    /// The type of a field or variable, the table of a link, the signature of a function.
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Workspace {
    /// Checks a rule or an expression without reading any row.
    #[boxed]
    pub async fn check_rule(&self, question: &CheckQuestion) -> Result<CheckAnswer> {
        let outline = self.outline(&question.dimension, &question.setting).await?;
        let (catalog, moment) = (&outline.catalog, &outline.moment);
        let mut answer = CheckAnswer {
            valid: true,
            column_type: None,
            words: None,
            problems: Vec::new(),
            candidates: Vec::new(),
            cost: None,
            warnings: Vec::new(),
        };
        let table = match &question.link {
            None => Some(outline.table.clone()),
            Some(link) => match catalog.resolve(&outline.table, link, "/link") {
                Ok(path) if path.column.is_none() => path.hops.last().map(|hop| hop.to.clone()),
                Ok(_) => {
                    let message = format!("`{link}` is a column, not a link");
                    answer.problems.push(Problem::error("not_a_link", "/link", message));
                    None
                }
                Err(problem) => {
                    answer.problems.push(problem);
                    None
                }
            },
        };
        if let Some(table) = table {
            let scope = if question.link.is_none() { outline.scope() } else { Scope::table(&table) };
            if let Some(sql) = &question.expression {
                let bound = if question.aggregates {
                    bind::aggregate_expression(sql, scope, catalog, moment, "/expression")
                } else {
                    let field = bind::expression(sql, scope, catalog, moment, "/expression");
                    field.map(|field| field.column.column_type)
                };
                match bound {
                    Ok(column_type) => answer.column_type = Some(column_type),
                    Err(problem) => answer.problems.push(problem),
                }
            }
            if let Some(rule) = &question.rule {
                let bound = bind::bind(rule, scope, catalog, moment, RULE, &mut answer.problems);
                answer.words = bound.map(|predicate| bind::words(&predicate));
            }
            if let Some(word) = &question.complete {
                answer.candidates = candidates(word, scope, catalog, &moment.variables);
            }
        }
        answer.valid = !has_errors(&answer.problems);
        if let Some(rule) = question.rule.as_ref().filter(|_| question.cost && answer.valid && question.link.is_none())
        {
            match self.cost(&question.dimension, rule, &question.setting).await {
                Ok(cost) => {
                    answer.warnings.extend(cost.warning());
                    answer.cost = Some(cost.into());
                }
                // What is only known in a run is read in a run only.
                Err(error) if error.code() == NEEDS_A_RUN => {}
                Err(error) => return Err(error),
            }
        }
        Ok(answer)
    }

    /// What the count of a rule is thought to take.
    async fn cost(&self, dimension: &str, rule: &Rule, setting: &Setting) -> Result<Cost> {
        let situation = self.situation(dimension, rule, setting, self.clock.now()).await?;
        let question = self.question(situation, rule, &[], None).await?;
        Ok(tutti_query::estimate(&self.session, &question.planner(), question.table(), &question.predicate)?)
    }
}

/// What could stand where `word` was begun: fields and links first, then variables, then functions.
fn candidates(word: &str, scope: Scope<'_>, catalog: &Catalog, variables: &Variables) -> Vec<Candidate> {
    let begins = |name: &str, with: &str| name.to_lowercase().starts_with(&with.to_lowercase());
    let mut found = Vec::new();
    if !word.starts_with('$') {
        let (before, last) = word.rsplit_once('.').map_or(("", word), |(before, last)| (before, last));
        let at = match before {
            "" => Some(scope.table.to_owned()),
            path => match catalog.resolve(scope.table, path, "") {
                Ok(path) if path.column.is_none() => path.hops.last().map(|hop| hop.to.clone()),
                _ => None,
            },
        };
        let field = |column: &Column, text: String| Candidate {
            kind: "field",
            text,
            detail: column.column_type.to_string(),
            about: column.label.clone(),
        };
        let carried = scope.added.iter().filter(|column| before.is_empty() && begins(&column.name, last));
        found.extend(carried.map(|column| field(column, column.name.clone())));
        let whole = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
        if let Some(at) = at {
            let columns = catalog.table(&at).map(|table| table.columns.as_slice()).unwrap_or_default();
            let columns = columns.iter().filter(|column| begins(&column.name, last));
            found.extend(columns.map(|column| field(column, whole(&column.name))));
            found.extend(catalog.hops(&at).filter(|hop| begins(&hop.link, last)).map(|hop| Candidate {
                kind: "link",
                text: whole(&hop.link),
                detail: hop.to.clone(),
                about: None,
            }));
        }
    }
    if word.is_empty() || word.starts_with('$') {
        let known = variables.0.iter().filter(|(name, _)| begins(&format!("${name}"), word));
        found.extend(known.map(|(name, variable)| Candidate {
            kind: "variable",
            text: format!("${name}"),
            detail: variable.data_type.to_string(),
            about: None,
        }));
    }
    if !word.contains(['.', '$']) {
        let fold = |name: &str| name.replace('_', "").to_lowercase();
        let named = |name: &&str| fold(name).starts_with(&fold(word));
        let functions = registry::all().filter_map(|function| {
            let name = std::iter::once(function.name).chain(function.familiar.iter().copied()).find(named)?;
            Some(Candidate {
                kind: "function",
                text: name.to_owned(),
                detail: function.signature(),
                about: Some(function.about.to_owned()),
            })
        });
        found.extend(functions);
    }
    found.truncate(CANDIDATES_MAX);
    found
}
