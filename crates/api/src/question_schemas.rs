//! The shapes of questions about rows, and of their answers; see `schemas`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Item;
use crate::schemas::shapes;

/// A value of each row: the path of a field, or an expression over fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RowValue {
    Path(String),
    Computed(Computed),
}

/// A column: the path of a field, or an expression under a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ShownColumn {
    Path(String),
    Computed(NamedExpression),
}

shapes! {
    Computed {
        /// A SQL scalar expression over fields of the row.
        expression: String,
    }
    NamedExpression {
        /// A SQL scalar expression over fields of the row.
        expression: String,
        /// What the column is called; without it, as the expression is written.
        #[serde(rename = "as")]
        name: Option<String>,
    }
    /// A rule over a dimension.
    CountQuestion {
        dimension: String,
        /// A rule, in the shape that react-querybuilder exports.
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// Whether each part of the rule is counted as well.
        parts: Option<bool>,
        /// Who asks: a newer count of the same editor ends the older one, which then fails with `superseded`. Any text of
        /// the client's, that no other client would choose.
        editor: Option<String>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    /// A rule or an expression, whole or half-typed.
    CheckQuestion {
        dimension: String,
        /// A path of links: the expression is over the rows at its end.
        link: Option<String>,
        expression: Option<String>,
        /// Whether the expression is an aggregate's, over many linked rows.
        aggregates: Option<bool>,
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// The word at the cursor, for which candidates are wanted; empty for all.
        complete: Option<String>,
        /// Whether it is told what the count of the rule would take.
        cost: Option<bool>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    Checked {
        valid: bool,
        /// The type of the expression.
        #[serde(rename = "type")]
        column_type: Option<String>,
        /// The rule in plain words.
        words: Option<String>,
        problems: Vec<Item>,
        candidates: Vec<Candidate>,
        /// Of the count of the rule, where that was asked.
        cost: Option<Cost>,
        /// What to know before the rule is used, such as that it is slow; only where the cost was asked.
        warnings: Vec<String>,
    }
    Candidate {
        /// `field`, `link`, `function` or `variable`.
        kind: String,
        text: String,
        /// The type of a field or variable, the table of a link, the signature of a function.
        detail: String,
        about: Option<String>,
    }
    Function {
        /// In `snake_case`; case and `_` do not count.
        name: String,
        /// Other names.
        familiar: Vec<String>,
        category: String,
        signature: String,
        parameters: Vec<FunctionParameter>,
        /// The type of the result, and its unit.
        result: String,
        description: String,
        /// What NULL, and values that do not fit, give.
        nulls: String,
        /// Whether it is computed over many linked rows.
        aggregate: bool,
        examples: Vec<FunctionExample>,
    }
    FunctionParameter {
        name: String,
        #[serde(rename = "type")]
        takes: String,
        optional: bool,
        /// Whether it may be given more than once.
        repeated: bool,
    }
    FunctionExample {
        expression: String,
        result: String,
    }
    /// A predefined filter, for whoever asks.
    ListedFilter {
        name: String,
        label: Option<String>,
        description: Option<String>,
        dimension: String,
        parameters: Vec<FilterParameter>,
        /// Whether everybody sees it; else only its owner does.
        shared: bool,
        /// Whether it is a favorite, of whoever asks or of everybody.
        favorite: bool,
        owner: Option<String>,
        /// Whether it is Tutti's own, which nobody changes.
        builtin: bool,
        /// The version of its document.
        version: Option<i64>,
    }
    FilterParameter {
        name: String,
        /// A column type.
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        parameter_type: Value,
        /// Without one it has to be given.
        default: Option<Value>,
        label: Option<String>,
        /// The values that it can have, where they are few.
        #[serde(default)]
        values: Vec<String>,
    }
    /// Something that somebody keeps at hand.
    Favorite {
        name: String,
        /// When it was kept, or used, last.
        at: String,
    }
    /// A span of time with a name, in the time zone of the rule.
    DatePreset {
        name: String,
        /// As it stands after "is", with `{n}` in place of the number.
        words: String,
        /// The most that `n` may be, where the preset takes one.
        n_max: Option<i64>,
        /// Its first instant, as date math with `{n}`.
        from: String,
        /// The first instant after it.
        to: String,
    }
    PreviewQuestion {
        dimension: String,
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// Fields and expressions; without any, the columns of the table.
        columns: Option<Vec<ShownColumn>>,
        /// What comes first; ties go by the key.
        order: Option<Vec<OrderBy>>,
        /// 20 unless given; at most 10,000, and more is refused with `bad_limit`.
        limit: Option<u64>,
        offset: Option<u64>,
        /// Whether the number of all matching rows is told as well.
        total: Option<bool>,
        /// What the first page was read of, as its answer told: the page then is of the same rows, whatever is imported
        /// meanwhile. Without it, the newest rows.
        as_of: Option<AsOf>,
        editor: Option<String>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    OrderBy {
        /// Rows without a value come last.
        by: RowValue,
        /// `ascending` (default) or `descending`.
        order: Option<String>,
    }
    ExplainQuestion {
        dimension: String,
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// `duckdb` (default) or `postgresql`.
        dialect: Option<String>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    DistributionQuestion {
        dimension: String,
        /// A path over a link to many rows counts every linked row.
        field: RowValue,
        /// Of which rows; without it, of all.
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// How many values are listed; 20 unless given, at most 1,000, and more is refused with `bad_limit`.
        top: Option<u64>,
        editor: Option<String>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    SuggestQuestion {
        dimension: String,
        field: RowValue,
        /// What was typed; case does not matter.
        prefix: Option<String>,
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// 10 unless given; at most 1,000, and more is refused with `bad_limit`.
        limit: Option<u64>,
        editor: Option<String>,
        /// A campaign whose time zone and variables rules see; its newest version.
        campaign: Option<String>,
        /// Whether the campaign is taken as somebody works on it, where there is a draft.
        draft: Option<bool>,
        /// One of its activities: the rule is about the rows that the activity's rules are about, and may ask for the
        /// columns that they carry and for the populations before it.
        activity: Option<String>,
        /// Whose populations these are: the id of a run, `last` for the newest that has them, `dry` for what a run would
        /// have now.
        run: Option<String>,
        /// An IANA zone in which days are cut; `UTC` where there is no campaign.
        time_zone: Option<String>,
        /// Variables, before those of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    Count {
        count: u64,
        elapsed_ms: f64,
        /// Of the rule (the empty pointer) and of each of its parts about the same rows.
        #[serde(default)]
        parts: Vec<PartCount>,
        /// The run whose rows were counted, or asked for.
        run: Option<AskedRun>,
    }
    AskedRun {
        /// Its id; `dry` where its populations were worked out for the question.
        run: String,
        started_at: String,
    }
    PartCount {
        /// The part's JSON pointer in the rule.
        pointer: String,
        count: u64,
    }
    Explanation {
        /// One sentence.
        words: String,
        /// A query for the keys of the matching rows, where SQL can say it.
        sql: Option<String>,
        /// Where the SQL differs from the rule, or why there is none.
        sql_notes: Vec<String>,
        plan: String,
        cost: Cost,
        /// What to know before the rule is used, such as that it is slow.
        warnings: Vec<String>,
    }
    /// What answering is thought to take, before anything is read.
    Cost {
        /// Rough.
        estimated_ms: f64,
        tables: Vec<TableScan>,
        joins: u64,
        aggregates: u64,
        /// The most rows that any step has to do with: more than the tables have where links to many rows follow each
        /// other.
        rows_max: u64,
    }
    TableScan {
        table: String,
        rows: Option<u64>,
        /// How often the table is read.
        scans: u64,
    }
    Distribution {
        /// Of the values.
        #[serde(rename = "type")]
        column_type: String,
        /// The table that the counted rows are of.
        table: String,
        rows: u64,
        /// Rows without a value.
        nulls: u64,
        /// Different values.
        distinct: u64,
        /// The most frequent first.
        values: Vec<ValueShare>,
        /// Rows with a value that is not listed.
        others: u64,
        /// Of numbers, dates and timestamps.
        #[serde(default)]
        min: Value,
        #[serde(default)]
        max: Value,
        /// Bins of one width; those without rows are left out. Of timestamps they begin at round times of the zone.
        #[serde(default)]
        histogram: Vec<HistogramBin>,
        elapsed_ms: f64,
    }
    ValueShare {
        value: Value,
        count: u64,
        /// Of all rows, from 0 to 1.
        share: f64,
    }
    /// Rows with a value of at least `from` and less than `to`.
    HistogramBin {
        from: Value,
        to: Value,
        count: u64,
    }
    Suggestions {
        values: Vec<Suggestion>,
        elapsed_ms: f64,
    }
    Suggestion {
        value: Value,
        count: u64,
    }
    Rows {
        dimension: Option<String>,
        /// The columns of the key, where rows have one.
        #[serde(default)]
        key: Vec<String>,
        columns: Vec<RowsColumn>,
        #[schema(value_type = Vec<Vec<Object>>)]
        rows: Vec<Vec<Value>>,
        total: Option<u64>,
        /// Of a preview: what it was read of. Given to the next page, that is read of the same.
        as_of: Option<AsOf>,
    }
    /// What rows were read of.
    AsOf {
        /// What `now` was.
        at: String,
        /// The version of each table that was read.
        versions: BTreeMap<String, i64>,
        /// The run whose populations were read, where any were.
        run: Option<String>,
    }
    RowsColumn {
        name: String,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
    }
}
