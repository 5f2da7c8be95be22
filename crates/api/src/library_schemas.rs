//! The shapes of templates, comments, bundles, lists and calendars; see `schemas`.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::problem::Item;
use crate::schemas::shapes;

shapes! {
    /// A template of campaigns.
    TemplateHead {
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        /// It comes with Tutti. A stored one of the same name takes its place.
        built_in: bool,
        /// 0: it comes with Tutti.
        version: i64,
        updated_at: Option<String>,
        /// How many it has.
        parameters: u64,
        picture: Picture,
    }
    /// A canvas, as small as it can be drawn.
    Picture { activities: Vec<PictureActivity>, transitions: Vec<PictureTransition>, }
    PictureActivity {
        id: String,
        #[serde(rename = "type")]
        kind: String,
        label: Option<String>,
    }
    PictureTransition { from: String, to: String, }
    /// A template with what would be chosen for its parameters.
    Template {
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        built_in: bool,
        version: i64,
        updated_at: Option<String>,
        parameters: u64,
        picture: Picture,
        #[schema(value_type = Object)]
        document: Value,
        chosen: Vec<Chosen>,
        /// What to look at before a campaign that was made of it is published.
        checklist: Vec<String>,
    }
    /// What is chosen for a parameter.
    Chosen {
        name: String,
        /// The type of a column for values; else `dimension`, `table`, `field`, `link`, `channel` and so on.
        #[serde(rename = "type")]
        parameter_type: String,
        label: Option<String>,
        description: Option<String>,
        /// NULL: it is still to choose.
        value: Option<Value>,
        /// `given`, `default`, `only_one` or `to_choose`.
        how: String,
        /// What there is to choose from; empty for plain values.
        candidates: Vec<TemplateCandidate>,
    }
    TemplateCandidate {
        value: String,
        label: Option<String>,
        /// The type of a field, the table of a link, the way of a channel.
        detail: Option<String>,
    }
    /// A campaign that is to be made of a template.
    CreateRequest {
        /// The name of the campaign.
        name: String,
        /// In place of the template's.
        label: Option<String>,
        folder: Option<String>,
        /// Beside those of the template.
        tags: Option<Vec<String>>,
        /// Values of parameters.
        #[schema(value_type = Option<Object>)]
        values: Option<Map<String, Value>>,
        /// Says what would be made, and makes nothing.
        dry_run: Option<bool>,
    }
    /// A campaign that was made of a template, or would be.
    Creation {
        campaign: String,
        template: String,
        created: bool,
        chosen: Vec<Chosen>,
        /// The parameters that nothing is chosen for.
        to_choose: Vec<String>,
        /// What keeps it from being made, and what is doubtful.
        problems: Vec<Item>,
        checklist: Vec<String>,
        /// The campaign, where everything is chosen.
        #[schema(value_type = Option<Object>)]
        document: Option<Value>,
    }
    /// What somebody says about a campaign.
    Comment {
        /// Grows from comment to comment.
        id: i64,
        campaign: String,
        /// About one activity.
        activity: Option<String>,
        /// About one version.
        version: Option<i64>,
        /// The comment that this one answers.
        reply_to: Option<i64>,
        author: String,
        text: String,
        created_at: String,
        /// When its text was written last, where that was after it was made.
        changed_at: Option<String>,
        resolved_at: Option<String>,
        resolved_by: Option<String>,
    }
    CommentRequest {
        text: String,
        activity: Option<String>,
        version: Option<i64>,
        reply_to: Option<i64>,
        /// Who says it, where nobody signs in.
        by: Option<String>,
    }
    CommentChange {
        text: Option<String>,
        resolved: Option<bool>,
        /// Who does it, where nobody signs in.
        by: Option<String>,
    }
    /// A campaign with all that it needs.
    Bundle {
        campaign: String,
        version: i64,
        /// YAML, one document after the other, as apply takes them.
        text: String,
        documents: Vec<BundleDocument>,
        /// Audiences that it asks for and that no document describes.
        audiences: Vec<String>,
        /// Environment variables with secrets, which are not in it.
        environment: Vec<String>,
    }
    BundleDocument { kind: String, name: String, version: i64, }
    BundleRequest {
        /// YAML or JSON, one or several documents, as an export gives them.
        text: String,
        /// For everything that differs: `keep`, `take` or `rename` (which leaves tables, dimensions, audiences and
        /// channels as they are). Without it, what differs needs a choice of its own.
        on_clash: Option<String>,
        choices: Option<Vec<BundleChoice>>,
        /// Says what would be done, and does nothing.
        dry_run: Option<bool>,
    }
    BundleChoice {
        kind: String,
        name: String,
        /// `keep` ours, `take` theirs, or `rename` theirs.
        choice: String,
        /// With `rename`; without it, the name with a number.
        new_name: Option<String>,
    }
    /// What an import does, or would do.
    BundleReport {
        imported: bool,
        documents: Vec<BundleLine>,
        /// What the documents ask for, and neither they nor this installation have.
        missing: Vec<MissingThing>,
        /// What keeps it from being done, and what is doubtful.
        problems: Vec<Item>,
        /// Environment variables with secrets that have to be set here.
        environment: Vec<String>,
    }
    BundleLine {
        kind: String,
        name: String,
        /// `new`, `same` or `differs`.
        state: String,
        /// `new`, `ours` or `theirs`; NULL while it is to choose.
        takes: Option<String>,
        /// The name that it gets here.
        new_name: String,
        /// Ours before, theirs after.
        differences: Vec<crate::schemas::FieldChange>,
    }
    MissingThing {
        /// A kind of document, or `column`.
        kind: String,
        /// For a column, `table.column`.
        name: String,
        /// The document that asks for it.
        needed_by: String,
    }
    /// What is done with many campaigns.
    BulkRequest {
        campaigns: Vec<String>,
        /// `tag`, `untag`, `move`, `publish`, `unpublish`, `suspend`, `continue`, `close`, `stop`, `archive`, `unarchive`
        /// or `delete`.
        action: String,
        /// With `tag` and `untag`.
        tags: Option<Vec<String>>,
        /// With `move`; empty: into none.
        folder: Option<String>,
    }
    BulkLine {
        campaign: String,
        done: bool,
        /// Its state afterwards; NULL where it is gone or is not there.
        state: Option<String>,
        /// The code of the error.
        code: Option<String>,
        /// Why it was not done.
        message: Option<String>,
        hint: Option<String>,
    }
    /// A stretch of the calendar.
    CalendarPage {
        /// RFC 3339, in the zone, like all times.
        from: String,
        to: String,
        time_zone: String,
        /// By time.
        entries: Vec<CalendarEntry>,
        /// Launches from which no run came, by time.
        skipped: Vec<CalendarEntry>,
        /// Days of calendars.
        days: Vec<CalendarDay>,
    }
    CalendarEntry {
        /// `launch`, `run` or `skipped`.
        what: String,
        campaign: String,
        label: Option<String>,
        at: String,
        /// The last of several.
        until: Option<String>,
        count: u64,
        /// Of the campaign; of a run and of a launch that was skipped, its own.
        state: String,
        /// Why a launch was skipped: `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
        reason: Option<String>,
        /// Of a run that stands alone.
        run: Option<String>,
        /// `live` or `test`, of a run.
        mode: Option<String>,
    }
    CalendarDay {
        calendar: String,
        /// What the entry is called, else the calendar.
        label: String,
        from: String,
        /// Included.
        until: String,
    }
}
