//! Documents: validate, compare, apply, read back, delete.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_engine::campaign::Event;
use tutti_model::audience;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, KINDS, META, Spec};
use tutti_model::problem::{DocumentRef, Problem, has_errors};
use tutti_model::source::{self, Source, SourceFile};
use tutti_store::{DocumentVersion, DocumentWrite, NewAudit};

use crate::compare::{FieldChange, field_changes};
use crate::error::{Error, Result};
use crate::life::{Actor, TakeOverTime, on_description, on_new_version};
use crate::together::{NewVersions, changed_campaigns, identity};
use crate::workspace::Workspace;

/// What applying does to one document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentChange {
    pub kind: String,
    pub name: String,
    /// `created`, `updated` or `unchanged`.
    pub change: String,
    /// The version after the change; for a dry run of a change, the version that it would get.
    pub version: i64,
    /// For one that is updated: its fields that change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

/// What a folder of documents says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ValidationReport {
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// A stored document's head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentHead {
    pub kind: String,
    pub name: String,
    pub label: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub folder: Option<String>,
    pub version: i64,
    pub created_at: String,
    pub updated_at: String,
}

/// Documents that were read and found right with all others, and what they change.
pub(crate) struct Checked {
    pub(crate) documents: Vec<Document>,
    pub(crate) catalog: Catalog,
    pub(crate) problems: Vec<Problem>,
    /// The documents with the places of their parts.
    pub(crate) sources: HashMap<DocumentRef, Source>,
}

impl Workspace {
    /// Finds all that is wrong or doubtful in `files`, against the documents that are stored.
    #[boxed]
    pub async fn validate_documents(&self, files: &[SourceFile]) -> Result<ValidationReport> {
        let problems = self.check(files).await?.problems;
        let (errors, warnings) = problems.into_iter().partition(Problem::is_error);
        Ok(ValidationReport { errors, warnings })
    }

    /// Creates or updates documents, all or none, and their tables.
    #[boxed]
    pub async fn apply_documents(&self, files: &[SourceFile], dry_run: bool) -> Result<Vec<DocumentChange>> {
        self.apply_documents_as(files, dry_run, None, &Actor::anyone()).await
    }

    /// As [`Workspace::apply_documents`], by somebody. Changes of live campaigns take over with their next runs, which
    /// gives up what was to take over later; or with those after `takes_over`, for which nothing else may change. A
    /// version that waits already is given this time.
    #[boxed]
    pub async fn apply_documents_as(
        &self,
        files: &[SourceFile],
        dry_run: bool,
        takes_over: Option<TakeOverTime>,
        actor: &Actor,
    ) -> Result<Vec<DocumentChange>> {
        let _guard = self.lake.alone("documents").await?;
        let mut checked = self.check_taking(files, takes_over.is_some()).await?;
        checked.problems.extend(self.check_edits(&checked.documents).await?);
        if has_errors(&checked.problems) {
            let what = if dry_run { "nothing would be applied" } else { "nothing was applied" };
            return Err(Error::Problems { what: what.to_owned(), problems: checked.problems });
        }
        let changes = self.compare(&checked.documents).await?;
        let times = self.take_over_times(&checked.documents, &changes, takes_over).await?;
        if dry_run {
            return Ok(changes);
        }
        let mut described = BTreeSet::new();
        for document in checked.documents.iter().filter(|document| document.kind == "campaign") {
            if self.only_describes(&document.name, &document.body).await? {
                described.insert(document.name.clone());
            }
        }
        self.create_tables(&checked).await?;
        let changed: Vec<&DocumentChange> = changes.iter().filter(|change| change.change != "unchanged").collect();
        let audit: Vec<NewAudit> = changed
            .iter()
            .map(|change| NewAudit {
                actor: actor.as_str().to_owned(),
                kind: change.kind.clone(),
                name: change.name.clone(),
                action: if change.change == "created" { "create" } else { "update" }.to_owned(),
                detail: Some(format!("version {}", change.version)),
            })
            .collect();
        let writes = checked
            .documents
            .into_iter()
            .map(|document| DocumentWrite {
                kind: document.kind,
                name: document.name,
                body: document.body,
                expected_version: None,
            })
            .collect();
        let now = self.clock.now();
        let in_life = |stored: &tutti_store::Campaign, written: &DocumentVersion| match times.get(&written.name) {
            None if described.contains(&written.name) => on_description(stored, written.version, now, actor),
            at => on_new_version(stored, written.version, at.copied(), now, actor),
        };
        self.store.documents().apply_to_campaigns(writes, now.as_microsecond(), &in_life).await?;
        for same in changes.iter().filter(|change| change.change == "unchanged" && change.kind == "campaign") {
            if let Some(at) = times.get(&same.name) {
                self.move_take_over(&same.name, same.version, *at, actor).await?;
            }
        }
        self.store.audit().add(&audit, self.clock.now_us()).await?;
        if !audit.is_empty() {
            self.plan_launches(false).await?;
            self.notify_changed();
        }
        Ok(changes)
    }

    /// What [`Workspace::apply_documents`] would change.
    #[boxed]
    pub async fn diff_documents(&self, files: &[SourceFile]) -> Result<Vec<DocumentChange>> {
        self.apply_documents(files, true).await
    }

    /// The stored documents of one kind, by name.
    #[boxed]
    pub async fn list_documents(&self, kind: &str) -> Result<Vec<DocumentHead>> {
        known_kind(kind)?;
        let documents = self.store.documents().list(kind).await?;
        Ok(documents.into_iter().map(head).collect())
    }

    /// One stored document's head.
    pub(crate) async fn document_head(&self, kind: &str, name: &str) -> Result<DocumentHead> {
        match self.store.documents().get(kind, name, None).await? {
            Some(document) => Ok(head(document)),
            None => Err(self.no_document(kind, name).await?),
        }
    }

    /// One document as apply takes it.
    #[boxed]
    pub async fn get_document(&self, kind: &str, name: &str, version: Option<i64>) -> Result<Value> {
        known_kind(kind)?;
        let documents = self.store.documents();
        if let Some(body) = documents.get(kind, name, version).await?.and_then(|document| document.body) {
            return Ok(body);
        }
        match (version, documents.get(kind, name, None).await?) {
            (Some(version), Some(newest)) => Err(Error::NotFound {
                what: "version",
                name: format!("{version} of the {kind} {name}"),
                hint: Some(format!("the newest is {}", newest.version)),
            }),
            _ => Err(self.no_document(kind, name).await?),
        }
    }

    /// Deletes a document that no other document needs. A table's rows go with it.
    #[boxed]
    pub async fn delete_document(&self, kind: &str, name: &str) -> Result<()> {
        self.delete_document_as(kind, name, &Actor::anyone()).await
    }

    /// As [`Workspace::delete_document`], by somebody.
    #[boxed]
    pub async fn delete_document_as(&self, kind: &str, name: &str, actor: &Actor) -> Result<()> {
        let _guard = self.lake.alone("documents").await?;
        known_kind(kind)?;
        if self.store.documents().get(kind, name, None).await?.and_then(|document| document.body).is_none() {
            return Err(self.no_document(kind, name).await?);
        }
        self.delete_together(kind, name, &[], actor).await
    }

    /// Deletes a document with some tests of it, where no other document needs it. Nobody else may write documents
    /// meanwhile.
    pub(crate) async fn delete_together(&self, kind: &str, name: &str, tests: &[String], actor: &Actor) -> Result<()> {
        let mut rest = self.stored_documents().await?;
        let is_test = |document: &Document| document.kind == "test" && tests.contains(&document.name);
        rest.retain(|document| (document.kind != kind || document.name != name) && !is_test(document));
        let lives = self.lives(NewVersions::default()).await?;
        let (catalog, mut problems) = self.check_all(rest, &lives);
        if has_errors(&problems) {
            let before = self.known_problems().await?;
            problems.retain(|problem| !before.contains(&identity(problem)));
        }
        problems.extend(self.check_lives(&catalog, &lives).await?);
        problems.retain(Problem::is_error);
        if has_errors(&problems) {
            let what = format!("the {kind} `{name}` was not deleted, because others need it");
            return Err(Error::Problems { what, problems });
        }
        for test in tests {
            self.forget_document("test", test, actor).await?;
        }
        if kind == "campaign" {
            self.forget_campaign(name, actor).await?;
        }
        self.forget_document(kind, name, actor).await
    }

    async fn forget_document(&self, kind: &str, name: &str, actor: &Actor) -> Result<()> {
        let now_us = self.clock.now_us();
        self.store.documents().delete(kind, name, now_us).await?;
        let line = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            action: "delete".to_owned(),
            detail: None,
        };
        self.store.audit().add(&[line], now_us).await?;
        self.store.drafts().delete(kind, name, None).await?;
        match kind {
            "table" => self.lake.drop_table(name).await?,
            "audience" => self.lake.drop_table(&audience::table_name(name)).await?,
            "filter" => self.store.favorites().forget("filter", name).await?,
            _ => {}
        }
        if kind == "campaign" {
            self.store.comments().forget(name).await?;
            self.store.marks().forget(name).await?;
            self.lake.forget_all_keys(name).await?;
        }
        Ok(())
    }

    pub(crate) async fn no_document(&self, kind: &str, name: &str) -> Result<Error> {
        let known = self.store.documents().list(kind).await?;
        let what = KINDS.iter().find(|known| **known == kind).copied().unwrap_or("document");
        Ok(Error::not_found(what, name, known.iter().map(|document| document.name.as_str())))
    }

    pub(crate) async fn check(&self, files: &[SourceFile]) -> Result<Checked> {
        self.check_taking(files, false).await
    }

    /// As [`Workspace::check`]; with `later`, campaigns take their new versions at a time.
    async fn check_taking(&self, files: &[SourceFile], later: bool) -> Result<Checked> {
        let mut problems = Vec::new();
        let mut sources: HashMap<DocumentRef, Source> = HashMap::new();
        let mut given: Vec<Document> = Vec::new();
        for file in files {
            match source::parse(file) {
                Err(problem) => problems.push(problem),
                Ok(found) => found.into_iter().for_each(|source| read(source, &mut given, &mut sources, &mut problems)),
            }
        }
        let mut all = self.stored_documents().await?;
        let changed = changed_campaigns(&given, &all);
        let lives = self.lives(NewVersions { of: &changed, later }).await?;
        all.retain(|stored| !given.iter().any(|document| document.kind == stored.kind && document.name == stored.name));
        all.extend(given.iter().cloned());
        // Documents that could not be read would be reported again by all that refer to them.
        let unread: BTreeSet<&str> = problems
            .iter()
            .filter_map(|problem| problem.document.as_ref())
            .map(|document| document.name.as_str())
            .collect();
        let (catalog, found) = self.check_all(all, &lives);
        let found: Vec<Problem> = found
            .into_iter()
            .filter(|problem| {
                !(problem.code.starts_with("missing_")
                    && unread.iter().any(|name| problem.message.contains(&format!("`{name}`"))))
            })
            .collect();
        problems.extend(found);
        problems.extend(self.check_schedules(&given, &catalog));
        for document in &given {
            for problem in crate::contents::check_document(document, &catalog) {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
            let members = || catalog.members(&document.name).map(AsRef::as_ref);
            let table = match &document.spec {
                Spec::Table(table) => Some(table),
                Spec::Audience(_) => members(),
                _ => None,
            };
            if let Some(table) = table {
                let evolution = self.lake.check_evolution(table).await?;
                problems.extend(
                    evolution.into_iter().map(|problem| Problem { document: Some(document.reference()), ..problem }),
                );
            }
        }
        for problem in &mut problems {
            if problem.place.is_none()
                && let Some(source) = problem.document.as_ref().and_then(|document| sources.get(document))
            {
                problem.place = source.place(&problem.pointer);
            }
        }
        // What is doubtful in documents that nobody touched is no news, nor is what was wrong with them before.
        let is_given = |problem: &Problem| problem.document.as_ref().is_none_or(|it| sources.contains_key(it));
        problems.retain(|problem| problem.is_error() || is_given(problem));
        if !problems.iter().all(is_given) {
            let before = self.known_problems().await?;
            problems.retain(|problem| is_given(problem) || !before.contains(&identity(problem)));
        }
        problems.extend(self.check_lives(&catalog, &lives).await?);
        problems.sort_by_key(|problem| problem.severity);
        Ok(Checked { documents: given, catalog, problems, sources })
    }

    /// Whether a new version of a campaign does what its newest does.
    pub(crate) async fn only_describes(&self, name: &str, body: &Value) -> Result<bool> {
        let head = self.store.documents().get("campaign", name, None).await?.and_then(|head| head.body);
        Ok(head.is_some_and(|head| without_meta(&head) == without_meta(body)))
    }

    /// Changes of campaigns that would never run.
    pub(crate) async fn check_edits(&self, documents: &[Document]) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for document in documents.iter().filter(|document| document.kind == "campaign") {
            let stored = self.store.campaigns().get(&document.name).await?;
            let state = crate::life::state_of(&stored)?;
            let Err(refusal) = state.check(Event::Edit) else { continue };
            let head = self.store.documents().get("campaign", &document.name, None).await?.and_then(|head| head.body);
            let same = head.as_ref() == Some(&document.body);
            let does_the_same = head.as_ref().is_some_and(|head| without_meta(head) == without_meta(&document.body));
            let describes = state.check(Event::Describe).is_ok();
            if same || does_the_same && describes {
                continue;
            }
            let message = format!("the campaign `{}` is {} and cannot be changed", document.name, refusal.state);
            let hint = match describes {
                true => format!(
                    "{}; its label, description, tags and folder can be changed, and `tutti get campaign {}` gives the \
                     rest as it is",
                    refusal.instead, document.name
                ),
                false => refusal.instead.to_owned(),
            };
            let problem = Problem::error("not_allowed", "", message).hint(hint);
            problems.push(Problem { document: Some(document.reference()), ..problem });
        }
        Ok(problems)
    }

    async fn compare(&self, documents: &[Document]) -> Result<Vec<DocumentChange>> {
        let heads = self.store.documents().heads().await?;
        Ok(documents
            .iter()
            .map(|document| {
                let head = heads.iter().find(|head| head.kind == document.kind && head.name == document.name);
                let (change, version) = match head {
                    None => ("created", 1),
                    Some(head) if head.body.as_ref() == Some(&document.body) => ("unchanged", head.version),
                    Some(head) => ("updated", head.version + 1),
                };
                DocumentChange {
                    kind: document.kind.clone(),
                    name: document.name.clone(),
                    change: change.to_owned(),
                    version,
                    fields: head
                        .and_then(|head| head.body.as_ref())
                        .map_or_else(Vec::new, |stored| field_changes(stored, &document.body)),
                }
            })
            .collect())
    }

    /// Creates the tables that the documents describe, and Tutti's own beside every table that has a dimension. Doing
    /// it before the documents are stored leaves at worst an empty table that nobody knows.
    async fn create_tables(&self, checked: &Checked) -> Result<()> {
        let given: BTreeSet<&str> = checked
            .documents
            .iter()
            .filter(|document| document.kind == "table")
            .map(|document| document.name.as_str())
            .collect();
        let audiences = checked.documents.iter().filter(|document| document.kind == "audience");
        let members = audiences.map(|document| audience::table_name(&document.name));
        let targeted = checked.documents.iter().filter_map(|document| match &document.spec {
            Spec::Dimension(dimension) => Some(dimension.table.as_str()),
            _ => None,
        });
        let mut wanted: BTreeSet<String> = given.iter().map(|name| (*name).to_owned()).chain(members).collect();
        for table in given.iter().copied().chain(targeted) {
            wanted.extend([tutti_model::builtin::messages_table(table), tutti_model::builtin::events_table(table)]);
        }
        for name in &wanted {
            if let Some(table) = checked.catalog.table(name) {
                self.lake.ensure_table(table).await?;
            }
        }
        Ok(())
    }
}

/// Reads one source into `given`, refusing a second document of the same name.
fn read(
    source: Source,
    given: &mut Vec<Document>,
    sources: &mut HashMap<DocumentRef, Source>,
    problems: &mut Vec<Problem>,
) {
    let mut found = Vec::new();
    let document = Document::read(&source.value, &mut found);
    for problem in &mut found {
        problem.place = source.place(&problem.pointer);
    }
    problems.append(&mut found);
    let name = |field: &str| source.value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let reference = DocumentRef { kind: name("kind"), name: name("name") };
    if sources.contains_key(&reference) {
        let mut problem = Problem::error("duplicate_document", "/name", format!("the {reference} is given twice"));
        problem.place = source.place("/name");
        problem.document = Some(reference);
        problems.push(problem);
        return;
    }
    sources.insert(reference, source);
    given.extend(document);
}

/// What a document does, without what it is called and where it is found.
fn without_meta(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|field, _| !META.contains(&field.as_str()));
    }
    body
}

pub(crate) fn known_kind(kind: &str) -> Result<()> {
    if KINDS.contains(&kind) { Ok(()) } else { Err(Error::not_found("kind of document", kind, KINDS)) }
}

pub(crate) fn head(document: tutti_store::Document) -> DocumentHead {
    let body = document.body.unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let tags = body.get("tags").and_then(Value::as_array);
    DocumentHead {
        label: text("label"),
        description: text("description"),
        folder: text("folder"),
        tags: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        created_at: crate::time::rfc3339(document.created_us),
        updated_at: crate::time::rfc3339(document.written_us),
        kind: document.kind,
        name: document.name,
        version: document.version,
    }
}
