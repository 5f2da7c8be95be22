//! Predefined filters as people choose among them, and what each person keeps at hand: favorites, and the attributes
//! that were used last. Where nobody signs in, people are the names that they give.

use std::collections::BTreeSet;

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::catalog::Catalog;
use tutti_model::dimension::{Filter, Parameter};
use tutti_model::feedback::{self, BEHAVIOR, BEHAVIORS, FEEDBACK};
use tutti_model::table::ColumnType;

use crate::documents::DocumentHead;
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most attributes that are somebody's favorites, or are remembered as used last.
pub const ATTRIBUTES_MAX: usize = 20;

/// The most filters that are somebody's favorites.
pub const FILTERS_MAX: usize = 500;

/// The longest name of a person, in characters.
pub const PERSON_CHARS_MAX: usize = 200;

/// A filter, for whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterLine {
    pub name: String,
    pub label: Option<String>,
    pub description: Option<String>,
    pub dimension: String,
    pub parameters: Vec<FilterParameter>,
    /// Whether everybody sees it; else only its owner does.
    pub shared: bool,
    /// Whether it is a favorite, of whoever asks or of everybody.
    pub favorite: bool,
    pub owner: Option<String>,
    /// Whether it is Tutti's own, which nobody changes.
    pub builtin: bool,
    /// The version of its document.
    pub version: Option<i64>,
}

/// What a filter has to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterParameter {
    pub name: String,
    #[serde(rename = "type")]
    pub parameter_type: ColumnType,
    /// Without one it has to be given.
    pub default: Option<Value>,
    pub label: Option<String>,
    /// The values that it can have, where they are few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// What people keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FavoriteKind {
    Filter,
    /// A field of a dimension, as `dimension.path`.
    Attribute,
    /// A field that was used in a rule.
    RecentAttribute,
}

/// Something that somebody keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FavoriteLine {
    pub name: String,
    /// When it was kept, or used, last.
    pub at: String,
}

impl FavoriteKind {
    pub const NAMES: [(&'static str, Self); 3] =
        [("filter", Self::Filter), ("attribute", Self::Attribute), ("recent-attribute", Self::RecentAttribute)];

    fn parse(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        let unknown = || Error::not_found("kind of favorites", name, Self::NAMES.iter().map(|(known, _)| *known));
        found.map(|(_, kind)| *kind).ok_or_else(unknown)
    }

    /// The most of the kind that one person keeps.
    fn most(self) -> usize {
        match self {
            Self::Filter => FILTERS_MAX,
            Self::Attribute | Self::RecentAttribute => ATTRIBUTES_MAX,
        }
    }
}

impl Workspace {
    /// The filters that somebody sees, of one dimension or of all: favorites first, then by what they are called.
    /// Others' private ones are not among them.
    #[boxed]
    pub async fn list_filters(&self, dimension: Option<&str>, by: Option<&str>) -> Result<Vec<FilterLine>> {
        let (catalog, person) = (self.catalog().await?, person(by)?);
        if let Some(name) = dimension
            && !catalog.dimensions.contains_key(name)
        {
            return Err(Error::not_found("dimension", name, catalog.dimensions.keys().map(String::as_str)));
        }
        let heads = self.list_documents("filter").await?;
        let kept = self.store.favorites().list(&person, "filter").await?;
        let kept: BTreeSet<&str> = kept.iter().map(|favorite| favorite.name.as_str()).collect();
        let is_asked = |of: &str| dimension.is_none_or(|asked| asked == of);
        let documents =
            catalog.filters.values().filter(|filter| is_asked(&filter.dimension) && is_seen(filter, &person));
        let mut lines: Vec<FilterLine> = documents
            .map(|filter| line(filter, heads.iter().find(|head| head.name == filter.name)))
            .chain(catalog.dimensions.keys().filter(|name| is_asked(name)).map(|name| feedback_line(name)))
            .collect();
        for line in &mut lines {
            line.favorite |= kept.contains(line.name.as_str());
        }
        let called = |line: &FilterLine| line.label.as_ref().unwrap_or(&line.name).to_lowercase();
        lines.sort_by_cached_key(|line| (!line.favorite, called(line), line.dimension.clone()));
        Ok(lines)
    }

    /// What somebody keeps of a kind, newest first.
    #[boxed]
    pub async fn list_favorites(&self, kind: &str, by: Option<&str>) -> Result<Vec<FavoriteLine>> {
        FavoriteKind::parse(kind)?;
        let kept = self.store.favorites().list(&person(by)?, kind).await?;
        Ok(kept.into_iter().map(|kept| FavoriteLine { name: kept.name, at: rfc3339(kept.at_us) }).collect())
    }

    /// Keeps something for somebody. There are only so many favorites; of what was used last, the oldest go.
    #[boxed]
    pub async fn add_favorite(&self, kind: &str, name: &str, by: Option<&str>) -> Result<()> {
        let (of, person) = (FavoriteKind::parse(kind)?, person(by)?);
        let catalog = self.catalog().await?;
        match of {
            FavoriteKind::Filter => check_filter(&catalog, name, &person)?,
            FavoriteKind::Attribute | FavoriteKind::RecentAttribute => check_attribute(&catalog, name)?,
        }
        let favorites = self.store.favorites();
        if of != FavoriteKind::RecentAttribute {
            let kept = favorites.list(&person, kind).await?;
            if kept.len() >= of.most() && kept.iter().all(|kept| kept.name != name) {
                let message = format!("{} favorites of a kind are kept, and there are so many already", of.most());
                return Err(Error::refused_with("too_many_favorites", message, "give up one of them first"));
            }
        }
        let keep = i64::try_from(of.most()).unwrap_or(i64::MAX);
        Ok(favorites.add(&person, kind, name, keep, self.clock.now_us()).await?)
    }

    /// Gives up something that somebody keeps; what is not kept is given up already.
    #[boxed]
    pub async fn remove_favorite(&self, kind: &str, name: &str, by: Option<&str>) -> Result<()> {
        FavoriteKind::parse(kind)?;
        self.store.favorites().remove(&person(by)?, kind, name).await?;
        Ok(())
    }
}

/// Who asks, where nobody signs in.
fn person(by: Option<&str>) -> Result<String> {
    let Some(name) = by.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(Actor::anyone().as_str().to_owned());
    };
    if name.chars().count() > PERSON_CHARS_MAX {
        let message = format!("the name of a person has at most {PERSON_CHARS_MAX} characters");
        return Err(Error::refused("long_name", message));
    }
    Ok(name.to_owned())
}

/// Whether lists have a filter for somebody. One that is not shared and of nobody is everybody's.
fn is_seen(filter: &Filter, person: &str) -> bool {
    filter.shared || filter.owner.as_deref().is_none_or(|owner| owner == person)
}

fn check_filter(catalog: &Catalog, name: &str, person: &str) -> Result<()> {
    let seen = || catalog.filters.values().filter(move |filter| is_seen(filter, person));
    if name == FEEDBACK || seen().any(|filter| filter.name == name) {
        return Ok(());
    }
    Err(Error::not_found("filter", name, seen().map(|filter| filter.name.as_str()).chain([FEEDBACK])))
}

fn check_attribute(catalog: &Catalog, name: &str) -> Result<()> {
    let missing = |hint: Option<String>| Error::NotFound { what: "attribute", name: name.to_owned(), hint };
    let Some((dimension, path)) = name.split_once('.') else {
        return Err(missing(Some("write the dimension before the field, like `customers.address.city`".to_owned())));
    };
    let Some(dimension) = catalog.dimensions.get(dimension) else {
        return Err(Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str)));
    };
    catalog.resolve(&dimension.table, path, "").map(drop).map_err(|problem| missing(problem.hint))
}

fn line(filter: &Filter, head: Option<&DocumentHead>) -> FilterLine {
    FilterLine {
        name: filter.name.clone(),
        label: head.and_then(|head| head.label.clone()),
        description: head.and_then(|head| head.description.clone()),
        dimension: filter.dimension.clone(),
        parameters: filter.parameters.iter().map(|(name, parameter)| described(name, parameter)).collect(),
        shared: filter.shared,
        favorite: filter.favorite,
        owner: filter.owner.clone(),
        builtin: false,
        version: head.map(|head| head.version),
    }
}

fn described(name: &str, parameter: &Parameter) -> FilterParameter {
    FilterParameter {
        name: name.to_owned(),
        parameter_type: parameter.parameter_type,
        default: parameter.default.clone(),
        label: parameter.label.clone(),
        values: Vec::new(),
    }
}

/// The built-in filter on what came back to campaigns, for a dimension.
fn feedback_line(dimension: &str) -> FilterLine {
    let parameters = feedback::parameters();
    let parameters = parameters.iter().map(|(name, parameter)| {
        let values = if name == BEHAVIOR { BEHAVIORS.map(str::to_owned).to_vec() } else { Vec::new() };
        FilterParameter { values, ..described(name, parameter) }
    });
    FilterLine {
        name: FEEDBACK.to_owned(),
        label: Some(feedback::LABEL.to_owned()),
        description: Some(feedback::ABOUT.to_owned()),
        dimension: dimension.to_owned(),
        parameters: parameters.collect(),
        shared: true,
        favorite: false,
        owner: None,
        builtin: true,
        version: None,
    }
}
