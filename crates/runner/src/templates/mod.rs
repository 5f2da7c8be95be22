//! Templates: the library and those of the installation, campaigns made of them, and templates made of campaigns.

mod library;

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Problem, has_errors, join_pointer};
use tutti_model::source::SourceFile;
use tutti_model::template::{Chosen, Filled, How, Template, fill, template_of};
use tutti_store::NewAudit;

use crate::documents::DocumentChange;
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// A template as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TemplateHead {
    pub name: String,
    pub label: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub folder: Option<String>,
    /// It comes with Tutti. A stored one of the same name takes its place.
    pub built_in: bool,
    /// 0: it comes with Tutti.
    pub version: i64,
    pub updated_at: Option<String>,
    /// How many parameters it has.
    pub parameters: usize,
    pub picture: Picture,
}

/// The canvas of a template, as small as it can be drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Picture {
    pub activities: Vec<PictureActivity>,
    pub transitions: Vec<PictureTransition>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureActivity {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub label: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureTransition {
    pub from: String,
    pub to: String,
}

/// A template with what would be chosen for its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TemplateView {
    #[serde(flatten)]
    pub head: TemplateHead,
    pub document: Value,
    pub chosen: Vec<Chosen>,
    pub checklist: Vec<String>,
}

/// A campaign that is to be made of a template.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// The name of the campaign.
    pub name: String,
    /// In place of the template's.
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub folder: Option<String>,
    /// Beside those of the template.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Values of parameters.
    #[serde(default)]
    pub values: Map<String, Value>,
    /// Says what would be made, and makes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A campaign that was made of a template, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Creation {
    pub campaign: String,
    pub template: String,
    /// Whether it was made.
    pub created: bool,
    pub chosen: Vec<Chosen>,
    /// The parameters that nothing is chosen for.
    pub to_choose: Vec<String>,
    /// What keeps it from being made, and what is doubtful.
    pub problems: Vec<Problem>,
    /// What to look at before it is published.
    pub checklist: Vec<String>,
    /// The campaign, where everything is chosen.
    pub document: Option<Value>,
}

impl Workspace {
    /// All templates: those that are stored, and the library's that have no stored one of their name.
    #[boxed]
    pub async fn list_templates(&self) -> Result<Vec<TemplateHead>> {
        let mut found: Vec<TemplateHead> = Vec::new();
        for document in self.store.documents().list("template").await? {
            let body = document.body.unwrap_or_default();
            found.push(head(&body, document.version, Some(rfc3339(document.written_us))));
        }
        let stored: Vec<String> = found.iter().map(|head| head.name.clone()).collect();
        let library = library::all().iter().filter(|document| !stored.contains(&document.name));
        found.extend(library.map(|document| head(&document.body, 0, None)));
        Ok(found)
    }

    /// One template, with what would be chosen for its parameters.
    #[boxed]
    pub async fn get_template(&self, name: &str) -> Result<TemplateView> {
        let (template, head, document) = self.find_template(name).await?;
        let filled = self.fill_template(&template, &Map::new()).await?;
        Ok(TemplateView { head, document, chosen: filled.chosen, checklist: template.checklist.clone() })
    }

    /// Makes a draft of a template, if everything is chosen and nothing is wrong with it.
    #[boxed]
    pub async fn create_from_template(&self, name: &str, request: CreateRequest, actor: &Actor) -> Result<Creation> {
        let (template, head, _) = self.find_template(name).await?;
        let CreateRequest { name: campaign, label, folder, tags, values, dry_run } = request;
        if self.store.documents().get("campaign", &campaign, None).await?.and_then(|found| found.body).is_some() {
            let message = format!("there is a campaign `{campaign}` already");
            return Err(Error::refused_with("name_taken", message, "give the new one another name"));
        }
        let filled = self.fill_template(&template, &values).await?;
        let mut problems = filled.problems.clone();
        let to_choose = to_choose(&filled, &mut problems);
        let document = filled.campaign.map(|body| named(&campaign, body, label, folder, tags));
        if let Some(document) = &document {
            problems.extend(self.problems_of(&campaign, document).await?);
        }
        let made = Creation {
            campaign,
            template: template.name.clone(),
            created: false,
            chosen: filled.chosen,
            to_choose,
            problems,
            checklist: template.checklist.clone(),
            document,
        };
        if dry_run {
            return Ok(made);
        }
        match &made.document {
            Some(document) if !has_errors(&made.problems) => {
                self.apply_documents_as(&[file_of(&made.campaign, document)], false, None, actor).await?;
            }
            _ => {
                let what = format!("nothing was made of the template `{name}`");
                return Err(Error::Problems { what, problems: made.problems });
            }
        }
        let origin = if head.built_in { String::new() } else { format!(", version {}", head.version) };
        let line = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: "campaign".to_owned(),
            name: made.campaign.clone(),
            action: "create_from_template".to_owned(),
            detail: Some(format!("the template {name}{origin}")),
        };
        self.store.audit().add(&[line], self.clock.now_us()).await?;
        Ok(Creation { created: true, ..made })
    }

    /// Makes a template of the newest version of a campaign, or a new version of the template.
    #[boxed]
    pub async fn copy_as_template(
        &self,
        campaign: &str,
        name: &str,
        label: Option<&str>,
        actor: &Actor,
    ) -> Result<DocumentChange> {
        let document = self.get_document("campaign", campaign, None).await?;
        let catalog = self.catalog().await?;
        let way = |channel: &str| catalog.channels.get(channel).map(|channel| channel.kind.as_str());
        let mut body = template_of(name, &document, way);
        if let Some(label) = label {
            body["label"] = json!(label);
        }
        let mut changes = self.apply_documents_as(&[file_of(name, &body)], false, None, actor).await?;
        changes.pop().ok_or_else(|| Error::refused("nothing_copied", format!("`{campaign}` gave no template")))
    }

    async fn find_template(&self, name: &str) -> Result<(Template, TemplateHead, Value)> {
        let stored = self.store.documents().get("template", name, None).await?;
        let (body, version, updated_at) = match stored.and_then(|it| Some((it.body?, it.version, it.written_us))) {
            Some((body, version, written_us)) => (body, version, Some(rfc3339(written_us))),
            None => match library::all().iter().find(|document| document.name == name) {
                Some(document) => (document.body.clone(), 0, None),
                None => {
                    let known = self.list_templates().await?;
                    return Err(Error::not_found("template", name, known.iter().map(|head| head.name.as_str())));
                }
            },
        };
        let mut problems = Vec::new();
        match Document::read(&body, &mut problems).map(|document| document.spec) {
            Some(Spec::Template(template)) => Ok((*template, head(&body, version, updated_at), body)),
            _ => Err(Error::Problems { what: format!("the template `{name}` cannot be used"), problems }),
        }
    }

    async fn fill_template(&self, template: &Template, values: &Map<String, Value>) -> Result<Filled> {
        Ok(fill(template, values, &*self.catalog().await?, &self.moment_utc()))
    }

    /// What is wrong or doubtful with a campaign that is not stored.
    async fn problems_of(&self, name: &str, document: &Value) -> Result<Vec<Problem>> {
        let found = self.check(&[file_of(name, document)]).await?.problems;
        let of_this =
            |problem: &Problem| problem.document.as_ref().is_none_or(|it| it.kind == "campaign" && it.name == name);
        Ok(found.into_iter().filter(of_this).map(|problem| Problem { place: None, ..problem }).collect())
    }
}

/// The parameters that nothing is chosen for; each is a problem that names what there is.
fn to_choose(filled: &Filled, problems: &mut Vec<Problem>) -> Vec<String> {
    let open: Vec<&Chosen> = filled.chosen.iter().filter(|chosen| chosen.how == How::ToChoose).collect();
    for chosen in &open {
        let pointer = join_pointer("/values", &chosen.name);
        if problems.iter().any(|problem| problem.pointer == pointer) {
            continue;
        }
        let what = chosen.label.as_deref().map_or_else(String::new, |label| format!(" ({label})"));
        let kind = String::from(chosen.parameter_type);
        let message = format!("`{}`{what} is still to choose: a {kind}", chosen.name);
        let known: Vec<String> = chosen.candidates.iter().take(12).map(|it| format!("`{}`", it.value)).collect();
        let problem = Problem::error("to_choose", pointer, message);
        problems.push(match known.as_slice() {
            [] => problem.hint(format!("give it a value: `--set {}=...`", chosen.name)),
            known => problem.hint(format!("there are {}", known.join(", "))),
        });
    }
    open.into_iter().map(|chosen| chosen.name.clone()).collect()
}

/// The campaign that fills a template, with its name and what is said of it.
fn named(name: &str, body: Value, label: Option<String>, folder: Option<String>, more_tags: Vec<String>) -> Value {
    let mut document = json!({"kind": "campaign", "name": name}).as_object().cloned().unwrap_or_default();
    let Value::Object(mut body) = body else { return Value::Object(document) };
    if let Some(label) = label {
        body.insert("label".to_owned(), json!(label));
    }
    if let Some(folder) = folder {
        body.insert("folder".to_owned(), json!(folder));
    }
    let mut tags = body.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    for tag in more_tags.into_iter().map(Value::from) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if !tags.is_empty() {
        body.insert("tags".to_owned(), Value::Array(tags));
    }
    for field in ["label", "description", "tags", "folder"] {
        if let Some(value) = body.shift_remove(field) {
            document.insert(field.to_owned(), value);
        }
    }
    document.extend(body);
    Value::Object(document)
}

fn file_of(name: &str, document: &Value) -> SourceFile {
    SourceFile { path: format!("{name}.json"), text: document.to_string() }
}

fn head(body: &Value, version: i64, updated_at: Option<String>) -> TemplateHead {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let tags = body.get("tags").and_then(Value::as_array);
    let list = |pointer: &str| body.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    TemplateHead {
        name: text(body, "name").unwrap_or_default(),
        label: text(body, "label"),
        description: text(body, "description"),
        tags: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        folder: text(body, "folder"),
        built_in: version == 0,
        version,
        updated_at,
        parameters: body.get("parameters").and_then(Value::as_object).map_or(0, Map::len),
        picture: Picture {
            activities: list("/campaign/canvas/activities")
                .iter()
                .filter_map(|activity| {
                    Some(PictureActivity {
                        id: text(activity, "id")?,
                        kind: text(activity, "type")?,
                        label: text(activity, "label"),
                    })
                })
                .collect(),
            transitions: list("/campaign/canvas/transitions")
                .iter()
                .filter_map(|transition| {
                    Some(PictureTransition { from: text(transition, "from")?, to: text(transition, "to")? })
                })
                .collect(),
        },
    }
}
