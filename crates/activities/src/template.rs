//! Names in message templates: which there are, and whether what arrives has them. Rendering is `delivery`'s.

use std::collections::BTreeSet;

use minijinja::Environment;
use tutti_model::bind::{Field, Scope, field};
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;

use crate::activity::CheckContext;
use crate::text;

/// Names that every message template may use, besides the fields of its row. Delivery gives each of them a value.
pub const MESSAGE_NAMES: [(&str, &str); 2] = [
    ("segment_code", "the code of the subset that the row went to; empty without a split"),
    ("unsubscribe_url", "the page where the recipient can unsubscribe from this channel"),
];

/// A text that is not a template.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be read: {reason}{}", line.map_or_else(String::new, |line| format!(" (line {line} of the text)")))]
pub struct Error {
    pub reason: String,
    /// The line in the template, from 1.
    pub line: Option<usize>,
    #[source]
    source: minijinja::Error,
}

/// The names that a template looks up from outside, with dots between the parts of a path, in order.
pub fn names(template: &str) -> Result<BTreeSet<String>, Error> {
    let environment = Environment::new();
    let template = environment.template_from_str(template).map_err(|source| Error {
        reason: source.detail().map_or_else(|| source.kind().to_string(), str::to_owned),
        line: source.line(),
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

/// Adds a problem at `pointer` when `template` cannot be read, and one for each name that nothing has. Without a
/// scope, only the form is checked.
pub(crate) fn check(
    template: &str,
    scope: Option<Scope<'_>>,
    context: &CheckContext<'_>,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    let names = match names(template) {
        Ok(names) => names,
        Err(error) => {
            problems.push(Problem::error("bad_template", pointer, error.to_string()));
            return;
        }
    };
    let Some(scope) = scope else { return };
    for name in names.iter().filter(|name| !is_own(name, scope)) {
        let Err(mut problem) = field(name, scope, context.catalog, pointer) else { continue };
        if name == text::VARIABLES {
            continue;
        }
        if let Some(variable) = text::variable_of(name) {
            match context.moment.variables.find(variable, pointer) {
                Ok(_) => continue,
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
        problems.push(problem);
    }
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
        assert_eq!(error.line, Some(2));
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
