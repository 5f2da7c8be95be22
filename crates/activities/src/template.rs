//! Names in message templates: which there are, and whether what arrives has them. Rendering is `delivery`'s.

use std::collections::BTreeSet;

use minijinja::Environment;
use tutti_model::bind::{Field, Position, Scope, field};
use tutti_model::catalog::Catalog;
use tutti_model::content::position;
use tutti_model::jinja::{self, PartKind};
use tutti_model::problem::Problem;
use tutti_model::variables::Variables;

use crate::text;

/// Names that every message template may use, besides the fields of its row. Delivery gives each of them a value.
pub const MESSAGE_NAMES: [(&str, &str); 2] = [
    ("segment_code", "the code of the subset that the row went to; empty without a split"),
    ("unsubscribe_url", "the page where the recipient can unsubscribe from this channel"),
];

/// A text that is not a template.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be read: {reason}{}", at.map_or_else(String::new, |at| format!(" (line {} of the text)", at.line)))]
pub struct Error {
    pub reason: String,
    /// The place in the template.
    pub at: Option<Position>,
    #[source]
    source: minijinja::Error,
}

/// The names that a template looks up from outside, with dots between the parts of a path, in order.
pub fn names(template: &str) -> Result<BTreeSet<String>, Error> {
    let mut environment = Environment::new();
    // So that errors know their place in the line.
    environment.set_debug(true);
    let text = template;
    let template = environment.template_from_str(text).map_err(|source| Error {
        reason: source.detail().map_or_else(|| source.kind().to_string(), str::to_owned),
        at: source.range().map(|range| position(text, range.start)).or_else(|| {
            let line = source.line()?;
            Some(Position { line: line as u64, column: 1 })
        }),
        source,
    })?;
    let from_outside = template.undeclared_variables(true).into_iter();
    Ok(from_outside.filter(|name| !environment.globals().any(|(global, _)| global == name)).collect())
}

/// The fields that templates use, each once, in the order of their paths. Names that are not fields are left out:
/// [`check`] reports them.
pub fn fields<'t>(
    templates: impl IntoIterator<Item = &'t str>,
    scope: Scope<'_>,
    catalog: &Catalog,
) -> Result<Vec<Field>, Error> {
    let mut paths = BTreeSet::new();
    for template in templates {
        paths.extend(names(template)?);
    }
    Ok(paths
        .iter()
        .filter(|path| !is_own(path, scope))
        .filter_map(|path| field(path, scope, catalog, "").ok())
        .collect())
}

/// What the names in a template may mean.
#[derive(Clone, Copy)]
pub struct NamesIn<'a> {
    /// The rows that arrive.
    pub scope: Scope<'a>,
    pub catalog: &'a Catalog,
    /// Those that are known; without them, any variable may be named.
    pub variables: Option<&'a Variables>,
}

/// Adds a problem at `pointer` when `template` cannot be read, and one for each name that nothing has. Without
/// `names_in`, only the form is checked. `written` is the template before fragments came into it: places are in there.
pub fn check(template: &str, written: &str, names_in: Option<NamesIn<'_>>, pointer: &str, problems: &mut Vec<Problem>) {
    let names = match names(template) {
        Ok(names) => names,
        Err(error) => {
            let problem = Problem::error("bad_template", pointer, error.to_string());
            problems.push(Problem { within: error.at, ..problem });
            return;
        }
    };
    let Some(NamesIn { scope, catalog, variables }) = names_in else { return };
    for name in names.iter().filter(|name| !is_own(name, scope)) {
        let Err(mut problem) = field(name, scope, catalog, pointer) else { continue };
        if name == text::VARIABLES {
            continue;
        }
        if let Some(variable) = text::variable_of(name) {
            match variables.map_or(Ok(()), |variables| variables.find(variable, pointer).map(drop)) {
                Ok(()) => continue,
                Err(unknown) => problem = unknown,
            }
        }
        if problem.code == "unknown_field" {
            let near = tutti_model::problem::nearest(name, MESSAGE_NAMES.iter().map(|(own, _)| *own));
            if let Some(near) =
                near.filter(|_| !problem.hint.as_deref().is_some_and(|hint| hint.starts_with("did you")))
            {
                problem.hint = Some(format!("did you mean `{near}`?"));
            }
        }
        problem.message = format!("in the template, {}", problem.message);
        problem.within = place_of(name, written);
        problems.push(problem);
    }
}

/// Where a template names something first.
pub fn place_of(name: &str, template: &str) -> Option<Position> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    jinja::parts(template).ok()?.into_iter().filter(|part| part.kind != PartKind::Comment).find_map(|part| {
        let text = &template[part.range.clone()];
        text.match_indices(name).find_map(|(at, _)| {
            let before = text[..at].chars().next_back().is_none_or(|c| !is_word(c));
            let after = text[at + name.len()..].chars().next().is_none_or(|c| !is_word(c));
            (before && after).then(|| position(template, part.range.start + at))
        })
    })
}

/// Whether a name is not a field of the row but one that delivery gives a value.
fn is_own(name: &str, scope: Scope<'_>) -> bool {
    MESSAGE_NAMES.iter().any(|(own, _)| *own == name) && scope.added.iter().all(|column| column.name != name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_outside_only() {
        for (template, expected) in [
            ("Hello", ""),
            ("{{ first_name | default('there') }}", "first_name"),
            ("{{ address.city }}{% if tier == 'gold' %}{{ points }}{% endif %}", "address.city points tier"),
            ("{% set x = age %}{{ x }}{% for n in range(3) %}{{ n }}{{ loop.index }}{% endfor %}", "age"),
            ("{# a comment: {{ x }} #}", ""),
        ] {
            let names: Vec<String> = names(template).unwrap().into_iter().collect();
            assert_eq!(names.join(" "), expected, "{template}");
        }
    }

    #[test]
    fn a_wrong_template_says_where() {
        let error = names("Hello\n{{ first_name ").unwrap_err();
        assert_eq!(error.at.map(|at| at.line), Some(2));
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
