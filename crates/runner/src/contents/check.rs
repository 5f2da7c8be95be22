//! What is wrong with a content: its templates, its names, and what mail programs will make of it.

use async_recursion::async_recursion as boxed;
use serde::Deserialize;
use serde_json::Value;
use tutti_activities::template::{self, NamesIn};
use tutti_delivery::template as rendering;
use tutti_model::bind::Scope;
use tutti_model::catalog::Catalog;
use tutti_model::channel::Category;
use tutti_model::content::Content;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Problem, Severity};

use crate::drafts::file_of;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// A content that is stored, or one that somebody is writing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContentQuestion {
    /// The name of a stored content.
    pub content: Option<String>,
    /// A content as a document, saved or not.
    pub document: Option<Value>,
    /// A channel, for what its category asks for.
    pub channel: Option<String>,
}

/// What was found out.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentCheck {
    pub problems: Vec<Problem>,
    /// Of the HTML template; messages are a little larger or smaller.
    pub html_bytes: usize,
}

impl Workspace {
    /// Everything wrong or doubtful with a content, with places in its templates.
    #[boxed]
    pub async fn check_content(&self, question: &ContentQuestion) -> Result<ContentCheck> {
        let (content, catalog, mut problems) =
            self.asked_content(question.content.as_deref(), question.document.as_ref()).await?;
        let category = match &question.channel {
            Some(name) => Some(find_channel(&catalog, name)?.category),
            None => None,
        };
        let Some(content) = content else { return Ok(ContentCheck { problems, html_bytes: 0 }) };
        let found = check_content(&content, &catalog, category);
        // What needs no channel was found already.
        for problem in found.problems {
            if !problems.iter().any(|known| same(known, &problem)) {
                problems.push(problem);
            }
        }
        if category == Some(Category::Transactional) {
            problems.retain(|problem| problem.code != "no_unsubscribe_link");
        }
        Ok(ContentCheck { problems, html_bytes: found.html_bytes })
    }

    /// A content by name or as a document, with all other documents and what is wrong with it. There is none where the
    /// document cannot be read.
    pub(crate) async fn asked_content(
        &self,
        name: Option<&str>,
        document: Option<&Value>,
    ) -> Result<(Option<Content>, Catalog, Vec<Problem>)> {
        let body = match (name, document) {
            (_, Some(document)) => named(document),
            (Some(name), None) => self.get_document("content", name, None).await?,
            (None, None) => {
                let hint = "name a stored `content`, or give one as a `document`";
                return Err(Error::refused_with("no_content", "no content was given", hint));
            }
        };
        let checked = self.check(&[file_of(&body)]).await?;
        let about = |problem: &Problem| {
            problem
                .document
                .as_ref()
                .is_none_or(|at| at.kind == "content" && Some(at.name.as_str()) == text(&body, "name"))
        };
        let problems = checked.problems.into_iter().filter(about).collect();
        let content = checked.documents.into_iter().find_map(|document| match document.spec {
            Spec::Content(content) => Some(content),
            _ => None,
        });
        Ok((content, checked.catalog, problems))
    }
}

/// What somebody writes need not have a name yet.
fn named(document: &Value) -> Value {
    let mut body = document.clone();
    if let Value::Object(fields) = &mut body {
        fields.entry("kind").or_insert_with(|| "content".into());
        fields.entry("name").or_insert_with(|| "unnamed".into());
    }
    body
}

fn text<'v>(body: &'v Value, name: &str) -> Option<&'v str> {
    body.get(name).and_then(Value::as_str)
}

fn same(one: &Problem, other: &Problem) -> bool {
    one.code == other.code && one.pointer == other.pointer && one.within == other.within && one.message == other.message
}

/// The channel of this name, which must send e-mail.
pub(crate) fn find_channel<'c>(
    catalog: &'c Catalog,
    name: &str,
) -> Result<&'c std::sync::Arc<tutti_model::channel::Channel>> {
    catalog
        .channels
        .get(name)
        .ok_or_else(|| Error::not_found("channel", name, catalog.channels.keys().map(String::as_str)))
}

/// Everything wrong or doubtful with a content or fragment that was read. Nothing for other documents.
pub(crate) fn check_document(document: &Document, catalog: &Catalog) -> Vec<Problem> {
    let problems = match &document.spec {
        Spec::Content(content) => check_content(content, catalog, None).problems,
        Spec::Fragment(fragment) => {
            let mut problems = Vec::new();
            for (part, text) in fragment.templates() {
                template::check(text, text, None, &format!("/{part}"), &mut problems);
            }
            problems
        }
        _ => Vec::new(),
    };
    let about = |problem| Problem { document: Some(document.reference()), ..problem };
    problems.into_iter().map(about).collect()
}

fn check_content(content: &Content, catalog: &Catalog, category: Option<Category>) -> rendering::Checked {
    let mut problems = Vec::new();
    for (part, text) in content.templates() {
        template::check(text, text, None, &format!("/{part}"), &mut problems);
    }
    let expanded = match content.expanded(&catalog.fragments) {
        Ok(expanded) => expanded,
        Err(problem) => {
            problems.push(problem);
            return rendering::Checked { problems, html_bytes: 0 };
        }
    };
    if problems.is_empty() {
        check_names(content, &expanded, catalog, &mut problems);
    }
    let mut checked = rendering::check(content, &expanded, category);
    // A template that cannot be read is said once, by who reads templates.
    let unread = problems.iter().any(|problem| problem.code == "bad_template");
    checked.problems.retain(|problem| !(unread && problem.code == "bad_mjml"));
    problems.append(&mut checked.problems);
    rendering::Checked { problems, html_bytes: checked.html_bytes }
}

/// Names that the dimension does not have are doubtful only: a campaign may add columns before it sends.
fn check_names(content: &Content, expanded: &Content, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let Some((_, table)) = content.dimension.as_deref().and_then(|name| catalog.dimension_table(name)) else { return };
    let names_in = NamesIn { scope: Scope::table(&table.name), catalog, variables: None };
    let first = problems.len();
    for ((part, text), (_, written)) in expanded.templates().zip(content.templates()) {
        template::check(text, written, Some(names_in), &format!("/{part}"), problems);
    }
    for problem in &mut problems[first..] {
        if problem.severity == Severity::Error && problem.code == "unknown_field" {
            problem.severity = Severity::Warning;
            problem.message.push_str("; that is right only where the campaign adds it");
        }
    }
}
