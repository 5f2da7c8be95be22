//! What a content says to real rows.

use async_recursion::async_recursion as boxed;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tutti_activities::email;
use tutti_delivery::template::{Rendered, check_rendered};
use tutti_delivery::{Job, Previewed, Registers, eligibility, preview};
use tutti_model::bind::{self, Predicate, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::channel::{Channel, ChannelKind};
use tutti_model::content::Content;
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::rule::Rule;
use tutti_model::table::{self, ColumnType};
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use tutti_query::{Frame, Planner};

use super::check::find_channel;
use super::population::Arrival;
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::workspace::Workspace;

/// The most rows that are rendered at once.
pub const RENDER_ROWS_MAX: usize = 50;

/// What to render, and for whom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RenderQuestion {
    /// The name of a stored content.
    pub content: Option<String>,
    /// A content as a document, saved or not.
    pub document: Option<Value>,
    /// The channel to send with; without it that of the activity, or the first.
    pub channel: Option<String>,
    pub rows: RowsAsked,
    pub offset: usize,
    /// 1 where it is not given.
    pub limit: Option<usize>,
    /// Who asks: a newer question of the same editor ends the older one.
    pub editor: Option<String>,
}

/// Rows of a dimension, or those that would arrive at an activity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RowsAsked {
    /// Without it, that of the content.
    pub dimension: Option<String>,
    /// One row; the parts of a key of several columns are joined by commas.
    pub key: Option<String>,
    #[serde(rename = "where")]
    pub rule: Option<Rule>,
    /// A campaign, as it stands in its draft.
    pub campaign: Option<String>,
    pub activity: Option<String>,
    /// Values for the campaign's variables.
    pub variables: Map<String, Value>,
}

/// Messages as people would get them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenderAnswer {
    pub dimension: Option<String>,
    /// How many rows there are.
    pub total: u64,
    /// None where the content has errors.
    pub rows: Vec<RenderedRow>,
    /// What is wrong or doubtful with the content.
    pub problems: Vec<Problem>,
}

/// The message to one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenderedRow {
    pub key: String,
    pub address: Option<String>,
    /// Why the row would be excluded now.
    pub excluded: Option<String>,
    pub subject: String,
    pub preheader: String,
    pub html: String,
    pub text: String,
    pub html_bytes: usize,
    /// What is doubtful with this message; places are in its HTML.
    pub problems: Vec<Problem>,
    /// Why it cannot be rendered.
    pub failure: Option<String>,
}

/// A content that can be rendered, with whom it is for.
pub(super) struct Asked {
    pub content: Option<Content>,
    catalog: Arc<Catalog>,
    pub problems: Vec<Problem>,
    channel: Arc<Channel>,
    rows: Rows,
}

/// The rows as they are found.
enum Rows {
    Arrived(Box<Arrival>),
    Matching { dimension: String, predicate: Box<Predicate>, moment: Box<Moment> },
}

/// One page of messages.
pub(super) struct Page {
    pub total: u64,
    pub messages: Vec<Previewed>,
    /// The channel with what the content has in its place.
    pub channel: Arc<Channel>,
    pub dimension: String,
}

impl Workspace {
    /// Renders a content for some rows. Nothing is sent, and nothing is put on record.
    #[boxed]
    pub async fn render_content(&self, question: &RenderQuestion, actor: &Actor) -> Result<RenderAnswer> {
        self.editors.ask(actor, "render", question.editor.as_deref(), self.rendered(question)).await
    }

    async fn rendered(&self, question: &RenderQuestion) -> Result<RenderAnswer> {
        let limit = question.limit.unwrap_or(1).min(RENDER_ROWS_MAX);
        let mut asked = self.asked(question).await?;
        let problems = std::mem::take(&mut asked.problems);
        let page = match asked.content.is_some() && !has_errors(&problems) {
            true => Some(self.page(&asked, question.offset, limit).await),
            false => None,
        };
        self.forget_rows(&asked).await?;
        let Some(page) = page else { return Ok(RenderAnswer { problems, ..RenderAnswer::default() }) };
        match page {
            Ok(Page { total, messages, dimension, .. }) => {
                let rows = messages.into_iter().map(rendered_row).collect();
                Ok(RenderAnswer { dimension: Some(dimension), total, rows, problems })
            }
            Err(error) => Err(error),
        }
    }

    /// Finds out what is to be rendered, and for whom. Populations that this makes are there until
    /// [`Workspace::forget_rows`].
    pub(super) async fn asked(&self, question: &RenderQuestion) -> Result<Asked> {
        let RowsAsked { campaign, activity, .. } = &question.rows;
        match (campaign, activity) {
            (Some(campaign), Some(activity)) => {
                let arrival = self.arrival(campaign, activity, &question.rows.variables).await?;
                let asked = self.asked_at(question, &arrival).await;
                match asked {
                    Ok((content, catalog, problems, channel)) => {
                        Ok(Asked { content, catalog, problems, channel, rows: Rows::Arrived(Box::new(arrival)) })
                    }
                    Err(error) => {
                        self.forget_arrival(&arrival).await?;
                        Err(error)
                    }
                }
            }
            (None, None) => self.asked_of_dimension(question).await,
            _ => Err(Error::refused_with(
                "bad_rows",
                "rows that arrive are those of an activity of a campaign",
                "give both `campaign` and `activity`, or a `dimension`",
            )),
        }
    }

    /// The content that is asked for, or else the message of the activity.
    async fn asked_at(
        &self,
        question: &RenderQuestion,
        arrival: &Arrival,
    ) -> Result<(Option<Content>, Arc<Catalog>, Vec<Problem>, Arc<Channel>)> {
        let of_campaign = &arrival.context.catalog;
        let settings = email::Settings::read(&arrival.node.settings).ok();
        let own = || settings.as_ref().and_then(|settings| settings.message(of_campaign));
        let (content, catalog, problems) = match (&question.content, &question.document) {
            (None, None) => match own() {
                Some(content) => (Some(content), Arc::clone(of_campaign), Vec::new()),
                None => {
                    let message = format!("the activity `{}` has no message", arrival.node.id);
                    return Err(Error::refused_with("no_content", message, "write one, or name a `content`"));
                }
            },
            (name, document) => {
                let (content, catalog, problems) = self.asked_content(name.as_deref(), document.as_ref()).await?;
                (content, Arc::new(catalog), problems)
            }
        };
        let name = question.channel.as_deref().or(settings.as_ref().map(|settings| settings.channel.as_str()));
        let channel = channel_of(&catalog, name)?;
        Ok((content, catalog, problems, channel))
    }

    async fn asked_of_dimension(&self, question: &RenderQuestion) -> Result<Asked> {
        let (content, catalog, problems) =
            self.asked_content(question.content.as_deref(), question.document.as_ref()).await?;
        let catalog = Arc::new(catalog);
        let of_content = content.as_ref().and_then(|content| content.dimension.clone());
        let Some(dimension) = question.rows.dimension.clone().or(of_content) else {
            let hint = "give a `dimension`, or write one into the content";
            return Err(Error::refused_with("no_rows", "nobody knows which rows the content is for", hint));
        };
        let table = self.table_of(&catalog, &dimension)?;
        let moment = self.moment_utc();
        let rule = rule_of(&question.rows, &catalog, &table)?;
        let mut found = Vec::new();
        let predicate = bind::bind(&rule, Scope::table(&table), &catalog, &moment, "/rows/where", &mut found);
        let Some(predicate) = predicate else {
            return Err(Error::Problems { what: "the rule cannot be used".to_owned(), problems: found });
        };
        let rows = Rows::Matching { dimension, predicate: Box::new(predicate), moment: Box::new(moment) };
        let channel = channel_of(&catalog, question.channel.as_deref())?;
        Ok(Asked { content, catalog, problems, channel, rows })
    }

    pub(super) async fn forget_rows(&self, asked: &Asked) -> Result<()> {
        match &asked.rows {
            Rows::Arrived(arrival) => self.forget_arrival(arrival).await,
            Rows::Matching { .. } => Ok(()),
        }
    }

    /// Renders the content for some of its rows.
    pub(super) async fn page(&self, asked: &Asked, offset: usize, limit: usize) -> Result<Page> {
        let catalog = &asked.catalog;
        let Some(content) = &asked.content else {
            let problems = asked.problems.clone();
            return Err(Error::Problems { what: "the content cannot be rendered".to_owned(), problems });
        };
        let (dimension, added, moment, time_zone): (&str, &[table::Column], &Moment, &str) = match &asked.rows {
            Rows::Arrived(arrival) => (
                &arrival.arrived.dimension,
                &arrival.arrived.at.added,
                &arrival.context.moment,
                &arrival.context.campaign.time_zone,
            ),
            Rows::Matching { dimension, moment, .. } => (dimension, &[], moment, "UTC"),
        };
        let (dimension_document, table) = catalog
            .dimension_table(dimension)
            .ok_or_else(|| Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str)))?;
        let job = Job {
            run: "preview".to_owned(),
            campaign: String::new(),
            activity: content.name.clone(),
            dimension: Arc::clone(dimension_document),
            table: Arc::clone(table),
            channel: content_channel(&asked.channel, content),
            content: expanded(content, catalog)?,
            deduplicate_addresses: false,
            time_zone: time_zone.to_owned(),
            variables: tutti_activities::text::values(&moment.variables),
            variable_places: tutti_activities::text::places(&moment.variables),
            folder: self.settings.data_dir.join("spill"),
            tracking: None,
        };
        let unsubscribe_url = format!("{}/u/proof", self.settings.public_url.trim_end_matches('/'));
        let templates = job.compile_preview(catalog, added, &unsubscribe_url)?;
        let registers = Registers::read(&self.store, &job).await?;
        let (providers, _) = self.lake.snapshots(catalog.stored_tables()).await?;
        let input = match &asked.rows {
            Rows::Arrived(arrival) => Some(self.input(&arrival.context, &arrival.arrived)?),
            Rows::Matching { .. } => None,
        };
        // The planner borrows, so everything that needs it is planned before anything is awaited.
        let (counted, rows) = {
            let planner = Planner::new(catalog, &providers);
            let frame = || -> Result<Frame<'_>> {
                match (&asked.rows, &input) {
                    (Rows::Matching { predicate, .. }, _) => Ok(planner.rows(&table.name)?.filter(predicate)?),
                    (Rows::Arrived(_), Some(input)) => {
                        Ok(planner.population(&table.name, planner.scan_provider(&input.rows)?, &input.added)?)
                    }
                    (Rows::Arrived(_), None) => Err(Error::refused("internal", "the population is not there")),
                }
            };
            // What is asked of each row is asked of these few only.
            let few = planner.population(&table.name, some(frame()?, offset, limit)?, added)?;
            (frame()?.into_plan(), eligibility::plan(&job, few, catalog, &templates, registers)?)
        };
        let total = self.session.count(counted).await?;
        let (channel, dimension) = (Arc::clone(&job.channel), dimension.to_owned());
        let messages = preview(&self.session, Arc::new(job), Arc::new(templates), rows, limit).await?;
        Ok(Page { total, messages, channel, dimension })
    }
}

/// Some of the rows, in the order of their keys: the keys and the added columns.
fn some(frame: Frame<'_>, offset: usize, limit: usize) -> Result<LogicalPlan> {
    let order: Vec<_> = frame.keys().iter().map(Column::from_name).collect();
    let order = order.into_iter().map(|key| Expr::Column(key).sort(true, false));
    let rows = LogicalPlanBuilder::from(frame.select_population()?)
        .sort(order)
        .and_then(|rows| rows.limit(offset, Some(limit)))
        .and_then(LogicalPlanBuilder::build);
    Ok(rows.map_err(tutti_query::Error::from)?)
}

/// A content with its fragments in their places.
pub(crate) fn expanded(content: &Content, catalog: &Catalog) -> Result<Content> {
    content.expanded(&catalog.fragments).map_err(|problem| {
        let what = match content.name.as_str() {
            "" => "the message cannot be put together".to_owned(),
            name => format!("the content `{name}` cannot be put together"),
        };
        Error::Problems { what, problems: vec![problem] }
    })
}

/// A channel with what a content has in place of its sender.
pub(crate) fn content_channel(channel: &Arc<Channel>, content: &Content) -> Arc<Channel> {
    if content.from.is_none() && content.reply_to.is_none() {
        return Arc::clone(channel);
    }
    let mut own = Channel::clone(channel);
    if let Some(from) = &content.from {
        own.from = from.clone();
    }
    own.reply_to = content.reply_to.clone().or(own.reply_to);
    Arc::new(own)
}

/// The channel of this name, or the first that sends e-mail. Where there is none, messages are those of a marketing
/// channel, which says the most.
fn channel_of(catalog: &Catalog, name: Option<&str>) -> Result<Arc<Channel>> {
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        return find_channel(catalog, name).map(Arc::clone);
    }
    if let Some(channel) = catalog.channels.values().find(|channel| channel.kind == ChannelKind::Email) {
        return Ok(Arc::clone(channel));
    }
    let stand_in = json!({"channel": "email", "category": "marketing", "from": {"address": "nobody@tutti.invalid"},
        "smtp": {"host": "localhost"}});
    serde_json::from_value(stand_in).map(Arc::new).map_err(|error| Error::refused("internal", error.to_string()))
}

/// The rule for one key, or the one that was given, or that of all rows.
fn rule_of(rows: &RowsAsked, catalog: &Catalog, table: &str) -> Result<Rule> {
    let Some(key) = &rows.key else { return Ok(rows.rule.clone().unwrap_or_default()) };
    let found = catalog.table(table);
    let columns = found.map(|table| table.primary_key.clone()).unwrap_or_default();
    let parts = tutti_delivery::feedback::split_key(key, columns.len()).filter(|parts| parts.len() == columns.len());
    let Some(parts) = parts else {
        let message = format!("`{key}` is no key of `{table}`, which has {} columns", columns.len());
        return Err(Error::refused_with("bad_key", message, format!("write `{}`", columns.join(","))));
    };
    let conditions = columns.iter().zip(parts);
    let conditions: Vec<Value> = conditions
        .map(|(column, part)| {
            let column_type = found.and_then(|table| table.column(column)).map(|column| column.column_type);
            let value = match column_type {
                Some(ColumnType::Integer) => part.parse::<i64>().map_or(json!(part), |number| json!(number)),
                Some(ColumnType::Boolean) => json!(part == "true"),
                _ => json!(part),
            };
            json!({"field": column, "operator": "=", "value": value, "caseSensitive": true})
        })
        .collect();
    Ok(Rule(json!({"combinator": "and", "rules": conditions})))
}

fn rendered_row(previewed: Previewed) -> RenderedRow {
    let Previewed { key, address, excluded, preheader, message, failure } = previewed;
    let problems = if failure.is_none() { check_rendered(&message) } else { Vec::new() };
    let Rendered { subject, html, text } = message;
    RenderedRow { key, address, excluded, preheader, html_bytes: html.len(), subject, html, text, problems, failure }
}
