//! Documents: validate, compare, apply, read back, delete.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_engine::campaign::Event;
use tutti_model::audience;
use tutti_model::bind;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, KINDS, Spec};
use tutti_model::problem::{DocumentRef, Problem, Severity, has_errors};
use tutti_model::source::{self, Source, SourceFile};
use tutti_store::{DocumentVersion, DocumentWrite, NewAudit};

use crate::compare::{FieldChange, field_changes};
use crate::error::{Error, Result};
use crate::life::{Actor, on_new_version};
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
    /// gives up what was to take over later; or with those after `takes_over`.
    #[boxed]
    pub async fn apply_documents_as(
        &self,
        files: &[SourceFile],
        dry_run: bool,
        takes_over: Option<Timestamp>,
        actor: &Actor,
    ) -> Result<Vec<DocumentChange>> {
        let _guard = self.lake.alone("documents").await?;
        let mut checked = self.check(files).await?;
        checked.problems.extend(self.check_edits(&checked.documents).await?);
        if has_errors(&checked.problems) {
            let what = if dry_run { "nothing would be applied" } else { "nothing was applied" };
            return Err(Error::Problems { what: what.to_owned(), problems: checked.problems });
        }
        let changes = self.compare(&checked.documents).await?;
        if dry_run {
            return Ok(changes);
        }
        self.check_take_over(takes_over)?;
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
        let in_life = |stored: &tutti_store::Campaign, written: &DocumentVersion| {
            on_new_version(stored, written.version, takes_over, now, actor)
        };
        self.store.documents().apply_to_campaigns(writes, now.as_microsecond(), &in_life).await?;
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
        let mut rest = self.stored_documents().await?;
        rest.retain(|document| document.kind != kind || document.name != name);
        let mut problems = Vec::new();
        let before: BTreeSet<String> = self.check_all(&self.stored_documents().await?).1.iter().map(identity).collect();
        problems.extend(
            self.check_all(&rest)
                .1
                .into_iter()
                .filter(|problem| problem.is_error() && !before.contains(&identity(problem))),
        );
        if has_errors(&problems) {
            let what = format!("the {kind} `{name}` was not deleted, because others need it");
            return Err(Error::Problems { what, problems });
        }
        if kind == "campaign" {
            self.forget_campaign(name, actor).await?;
        }
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
        all.retain(|stored| !given.iter().any(|document| document.kind == stored.kind && document.name == stored.name));
        all.extend(given.iter().cloned());
        // Documents that could not be read would be reported again by all that refer to them.
        let unread: BTreeSet<&str> = problems
            .iter()
            .filter_map(|problem| problem.document.as_ref())
            .map(|document| document.name.as_str())
            .collect();
        let (catalog, found) = self.check_all(&all);
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
        // What is doubtful in documents that nobody touched is no news.
        let is_given = |problem: &Problem| problem.document.as_ref().is_none_or(|it| sources.contains_key(it));
        problems.retain(|problem| problem.is_error() || is_given(problem));
        problems.sort_by_key(|problem| problem.severity);
        Ok(Checked { documents: given, catalog, problems, sources })
    }

    /// Everything that documents say wrongly of each other.
    fn check_all(&self, documents: &[Document]) -> (Catalog, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut catalog = Catalog::build(documents.iter().cloned(), &mut problems);
        catalog.expressions = Some(self.expressions());
        let moment = self.moment_utc();
        for filter in catalog.filters.values() {
            let mut found = Vec::new();
            match catalog.dimension_table(&filter.dimension) {
                None => {
                    let message = format!("there is no dimension `{}`", filter.dimension);
                    found.push(
                        Problem::error("missing_dimension", "/dimension", message)
                            .did_you_mean(&filter.dimension, catalog.dimensions.keys().map(String::as_str)),
                    );
                }
                Some((_, table)) => {
                    bind::bind_filter(filter, &table.name, &catalog, &moment, &mut found);
                }
            }
            let document = DocumentRef { kind: "filter".to_owned(), name: filter.name.clone() };
            problems.extend(found.into_iter().map(|problem| Problem { document: Some(document.clone()), ..problem }));
        }
        for content in catalog.contents.values() {
            // A content that is being written is checked as a whole, this with it.
            if let Err(problem) = content.expanded(&catalog.fragments) {
                let document = DocumentRef { kind: "content".to_owned(), name: content.name.clone() };
                problems.push(Problem { document: Some(document), ..problem });
            }
        }
        for campaign in catalog.campaigns.values() {
            let document = DocumentRef { kind: "campaign".to_owned(), name: campaign.name.clone() };
            let found = tutti_activities::validate_campaign(campaign, &catalog, &moment);
            problems.extend(found.into_iter().map(|problem| Problem { document: Some(document.clone()), ..problem }));
        }
        problems.extend(crate::chains::check(&catalog));
        problems.extend(crate::simulation::check(&catalog));
        (catalog, problems)
    }

    /// Changes of campaigns that would never run.
    pub(crate) async fn check_edits(&self, documents: &[Document]) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for document in documents.iter().filter(|document| document.kind == "campaign") {
            let stored = self.store.campaigns().get(&document.name).await?;
            let Err(refusal) = crate::life::state_of(&stored)?.check(Event::Edit) else { continue };
            let head = self.store.documents().get("campaign", &document.name, None).await?;
            if head.and_then(|head| head.body).as_ref() == Some(&document.body) {
                continue;
            }
            let message = format!("the campaign `{}` is {} and cannot be changed", document.name, refusal.state);
            let problem = Problem::error("not_allowed", "", message).hint(refusal.instead);
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

fn identity(problem: &Problem) -> String {
    format!(
        "{:?} {:?} {} {} {}",
        problem.severity == Severity::Error,
        problem.document,
        problem.code,
        problem.pointer,
        problem.message
    )
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
        updated_at: crate::time::rfc3339(document.written_us),
        kind: document.kind,
        name: document.name,
        version: document.version,
    }
}
