//! Importing a bundle: what is new, what is the same, what differs and what is missing here, and a choice for everything
//! that differs. All or nothing.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::document::KINDS;
use tutti_model::id::is_document_name;
use tutti_model::problem::{DocumentRef, Problem, has_errors};
use tutti_model::source::{self, SourceFile};

use super::references::{references, rename};
use super::{Key, environment, key_of};
use crate::compare::{FieldChange, field_changes};
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::workspace::Workspace;

/// How many differences of one document are named.
const DIFFERENCES_MAX: usize = 50;

/// A bundle that is to be imported.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleRequest {
    /// YAML or JSON, one or several documents, as an export gives them.
    pub text: String,
    /// What is done about documents that differ and for which nothing else is chosen. Without it, they keep the
    /// import from being done.
    #[serde(default)]
    pub on_clash: Option<ClashRule>,
    #[serde(default)]
    pub choices: Vec<BundleChoice>,
    /// Says what would be done, and does nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What is done about documents that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClashRule {
    /// Ours stays.
    Keep,
    /// Theirs becomes the newest version.
    Take,
    /// Theirs comes in under another name. As the rule for all, this leaves tables, dimensions, audiences and channels
    /// as they are here.
    Rename,
}

/// What is done about one document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleChoice {
    pub kind: String,
    pub name: String,
    pub choice: ClashRule,
    /// With `rename`; without it, the name with a number.
    #[serde(default)]
    pub new_name: Option<String>,
}

/// What an import does, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct BundleReport {
    /// Whether it was done.
    pub imported: bool,
    pub documents: Vec<BundleLine>,
    /// What the documents ask for, and neither they nor this installation have.
    pub missing: Vec<MissingThing>,
    /// What keeps it from being done, and what is doubtful.
    pub problems: Vec<Problem>,
    /// Environment variables with secrets that have to be set here.
    pub environment: Vec<String>,
}

/// What becomes of one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundleLine {
    pub kind: String,
    pub name: String,
    /// `new`, `same` or `differs`.
    pub state: String,
    /// What is taken: NULL while that is to choose.
    pub takes: Option<TakeFrom>,
    /// The name that it gets here.
    pub new_name: String,
    /// Ours before, theirs after.
    pub differences: Vec<FieldChange>,
}

/// Whose document is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TakeFrom {
    /// It was not here before, or comes in under another name.
    New,
    Ours,
    Theirs,
}

/// Something that is not here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingThing {
    /// A kind of document, or `column`.
    pub kind: String,
    /// For a column, `table.column`.
    pub name: String,
    /// The document that asks for it.
    pub needed_by: String,
}

impl Workspace {
    /// Imports a bundle, whole or not at all.
    #[boxed]
    pub async fn import_bundle(&self, request: &BundleRequest, actor: &Actor) -> Result<BundleReport> {
        let given = read(&request.text)?;
        let heads = self.store.documents().heads().await?;
        let ours: BTreeMap<Key, &Value> = heads
            .iter()
            .filter_map(|head| Some(((head.kind.clone(), head.name.clone()), head.body.as_ref()?)))
            .collect();
        let mut problems = Vec::new();
        check_choices(request, &given, &mut problems);
        let mut taken: BTreeSet<Key> = ours.keys().cloned().chain(given.iter().map(key_of)).collect();
        let mut lines: Vec<BundleLine> =
            given.iter().map(|theirs| decide(theirs, &ours, request, &mut taken, &mut problems)).collect();
        // What is the same as ours is another one where it names something that comes in under a new name; that may get
        // a new name itself.
        while let Some(at) = (0..lines.len()).find(|&at| is_another(&given[at], &lines, at, &ours)) {
            let theirs = with_new_names(&given[at], &lines);
            lines[at] = decide(&theirs, &ours, request, &mut taken, &mut problems);
        }
        let files = files(&given, &lines);
        let missing = missing(&given, &lines, &ours);
        let checked = self.check(&files).await?;
        problems.extend(checked.problems);
        problems.extend(self.check_edits(&checked.documents).await?);
        let coming = given.iter().zip(&lines).filter(|(_, line)| line.takes != Some(TakeFrom::Ours));
        let environment: BTreeSet<String> = coming.flat_map(|(body, _)| environment(body)).collect();
        let environment = environment.into_iter().collect();
        let report = BundleReport { imported: false, documents: lines, missing, problems, environment };
        if request.dry_run {
            return Ok(report);
        }
        if has_errors(&report.problems) {
            return Err(Error::Problems { what: "nothing was imported".to_owned(), problems: report.problems });
        }
        self.apply_documents_as(&files, false, None, actor).await?;
        Ok(BundleReport { imported: true, ..report })
    }
}

fn read(text: &str) -> Result<Vec<Value>> {
    let file = SourceFile { path: "bundle".to_owned(), text: text.to_owned() };
    let wrong = |problems| Error::Problems { what: "the file cannot be read".to_owned(), problems };
    let sources = source::parse(&file).map_err(|problem| wrong(vec![problem]))?;
    if sources.is_empty() {
        return Err(wrong(vec![Problem::error("empty", "", "there is no document in the file")]));
    }
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for source in &sources {
        let key = key_of(&source.value);
        if !KINDS.contains(&key.0.as_str()) || !is_document_name(&key.1) {
            let mut problem = Problem::error("not_a_document", "", "a document has a `kind` and a `name`");
            problem.place = source.place("");
            problems.push(problem);
        } else if !seen.insert(key.clone()) {
            let mut problem =
                Problem::error("duplicate_document", "", format!("the {} `{}` is there twice", key.0, key.1));
            problem.place = source.place("");
            problems.push(problem);
        }
    }
    if problems.is_empty() {
        Ok(sources.into_iter().map(|source| source.value).collect())
    } else {
        Err(wrong(problems))
    }
}

/// Choices about documents that are not in the bundle are slips.
fn check_choices(request: &BundleRequest, given: &[Value], problems: &mut Vec<Problem>) {
    for (index, choice) in request.choices.iter().enumerate() {
        let key = (choice.kind.clone(), choice.name.clone());
        let pointer = format!("/choices/{index}");
        if !given.iter().any(|body| key_of(body) == key) {
            let names: Vec<String> =
                given.iter().map(key_of).filter(|(kind, _)| *kind == key.0).map(|it| it.1).collect();
            let message = format!("there is no {} `{}` in the file", key.0, key.1);
            let problem = Problem::error("unknown_document", pointer, message);
            problems.push(problem.did_you_mean(&key.1, names.iter().map(String::as_str)));
        } else if let Some(name) = choice.new_name.as_ref().filter(|name| !is_document_name(name)) {
            problems.push(Problem::error(
                "bad_name",
                format!("{pointer}/new_name"),
                format!("`{name}` cannot be a name"),
            ));
        }
    }
}

fn decide(
    theirs: &Value,
    ours: &BTreeMap<Key, &Value>,
    request: &BundleRequest,
    taken: &mut BTreeSet<Key>,
    problems: &mut Vec<Problem>,
) -> BundleLine {
    let (kind, name) = key_of(theirs);
    let chosen = request.choices.iter().find(|choice| choice.kind == kind && choice.name == name);
    let mut line = BundleLine {
        state: "new".to_owned(),
        takes: Some(TakeFrom::New),
        new_name: name.clone(),
        differences: Vec::new(),
        kind,
        name,
    };
    let own = ours.get(&(line.kind.clone(), line.name.clone()));
    let rule = match own {
        Some(own) if *own == theirs => {
            line.state = "same".to_owned();
            line.takes = Some(TakeFrom::Ours);
            chosen.map(|choice| choice.choice).filter(|rule| *rule == ClashRule::Rename)
        }
        Some(own) => {
            line.state = "differs".to_owned();
            line.takes = None;
            line.differences = field_changes(own, theirs);
            line.differences.truncate(DIFFERENCES_MAX);
            chosen.map(|choice| choice.choice).or_else(|| request.on_clash.map(|rule| for_all(rule, &line.kind)))
        }
        None => chosen.map(|choice| choice.choice).filter(|rule| *rule == ClashRule::Rename),
    };
    match rule {
        Some(ClashRule::Keep) => line.takes = Some(TakeFrom::Ours),
        Some(ClashRule::Take) => line.takes = Some(TakeFrom::Theirs),
        Some(ClashRule::Rename) => {
            line.takes = Some(TakeFrom::New);
            let wanted = chosen.and_then(|choice| choice.new_name.clone());
            line.new_name = wanted.unwrap_or_else(|| free_name(&line.kind, &line.name, taken));
            if !taken.insert((line.kind.clone(), line.new_name.clone())) {
                let message = format!("there is a {} `{}` already", line.kind, line.new_name);
                problems.push(Problem::error("name_taken", "/choices", message).hint("choose another name"));
            }
        }
        None if line.takes.is_none() => problems.push(to_choose(&line)),
        None => {}
    }
    line
}

/// What a rule for all means for a kind.
fn for_all(rule: ClashRule, kind: &str) -> ClashRule {
    match rule {
        ClashRule::Rename if ["table", "dimension", "audience", "channel"].contains(&kind) => ClashRule::Keep,
        rule => rule,
    }
}

fn free_name(kind: &str, name: &str, taken: &BTreeSet<Key>) -> String {
    let names = (2..).map(|number| format!("{name}_{number}"));
    names.into_iter().find(|name| !taken.contains(&(kind.to_owned(), name.clone()))).unwrap_or_default()
}

fn to_choose(line: &BundleLine) -> Problem {
    let BundleLine { kind, name, differences, .. } = line;
    let shown: Vec<String> = differences.iter().take(3).map(|change| format!("`{}`", change.path)).collect();
    let more = if differences.len() > 3 { ", ..." } else { "" };
    let message = format!("the {kind} `{name}` is another one here; they differ in {}{more}", shown.join(", "));
    let mut problem = Problem::error("to_choose", "", message)
        .hint(format!("`--keep {kind}/{name}`, `--take {kind}/{name}` or `--rename {kind}/{name}=NEW`"));
    problem.document = Some(DocumentRef { kind: kind.clone(), name: name.clone() });
    problem
}

/// A document with the names that those get that it refers to.
fn with_new_names(body: &Value, lines: &[BundleLine]) -> Value {
    let renamed = |kind: &str, name: &str| {
        let line = lines.iter().find(|line| line.kind == kind && line.name == name);
        line.filter(|line| line.new_name != line.name).map(|line| line.new_name.clone())
    };
    let mut body = body.clone();
    rename(&mut body, &renamed);
    body
}

/// Whether a document that is the same as ours by its text refers to others than ours does.
fn is_another(theirs: &Value, lines: &[BundleLine], at: usize, ours: &BTreeMap<Key, &Value>) -> bool {
    let line = &lines[at];
    line.state == "same"
        && line.takes == Some(TakeFrom::Ours)
        && ours.get(&key_of(theirs)).is_some_and(|own| **own != with_new_names(theirs, lines))
}

/// The documents that come in, under the names that they get.
fn files(given: &[Value], lines: &[BundleLine]) -> Vec<SourceFile> {
    let coming =
        given.iter().zip(lines).filter(|(_, line)| matches!(line.takes, Some(TakeFrom::New | TakeFrom::Theirs)));
    coming
        .map(|(body, line)| {
            let mut body = with_new_names(body, lines);
            body["name"] = Value::from(line.new_name.as_str());
            SourceFile { path: format!("{}/{}", line.kind, line.new_name), text: body.to_string() }
        })
        .collect()
}

/// What is named and is nowhere, and the columns that our tables lack.
fn missing(given: &[Value], lines: &[BundleLine], ours: &BTreeMap<Key, &Value>) -> Vec<MissingThing> {
    let coming: BTreeSet<Key> = given.iter().map(key_of).collect();
    let mut found = BTreeSet::new();
    for (body, line) in given.iter().zip(lines) {
        let needed_by = format!("{} {}", line.kind, line.name);
        if line.takes != Some(TakeFrom::Ours) {
            for reference in references(body) {
                let key = (reference.kind.to_owned(), reference.name);
                if !coming.contains(&key) && !ours.contains_key(&key) {
                    found.insert(MissingThing { kind: key.0, name: key.1, needed_by: needed_by.clone() });
                }
            }
        } else if let (true, Some(own)) = (line.kind == "table", ours.get(&(line.kind.clone(), line.name.clone()))) {
            let columns = |table: &Value| -> BTreeSet<String> {
                let columns = table["columns"].as_array().into_iter().flatten();
                columns.filter_map(|column| Some(column["name"].as_str()?.to_owned())).collect()
            };
            for column in columns(body).difference(&columns(own)) {
                let name = format!("{}.{column}", line.name);
                found.insert(MissingThing { kind: "column".to_owned(), name, needed_by: needed_by.clone() });
            }
        }
    }
    found.into_iter().collect()
}
