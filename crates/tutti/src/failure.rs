//! How a command fails: what is printed and the exit code.

use std::fmt::Write as _;
use std::process::ExitCode;

use tutti_api::{Item, ProblemBody};
use tutti_model::problem::Place;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    code: String,
    message: String,
    hint: Option<String>,
    items: Vec<Item>,
    /// 1: the operation failed. 2: wrong usage.
    exit: u8,
    /// Nothing more is to be said.
    silent: bool,
}

/// The result of a command.
pub type Done<T = ()> = Result<T, Failure>;

impl Failure {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: None, items: Vec::new(), exit: 1, silent: false }
    }

    /// The command line says something that cannot be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: 2, ..Self::new("usage", message) }
    }

    /// Exit code 1 after everything was said.
    pub fn told() -> Self {
        Self { silent: true, ..Self::new("", "") }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the server, or this process in its place, answered.
    pub fn from_problem(problem: ProblemBody) -> Self {
        Self { hint: problem.hint, items: problem.errors, ..Self::new(&problem.code, problem.detail) }
    }

    #[must_use]
    pub fn with_items(mut self, items: Vec<Item>) -> Self {
        self.items = items;
        self
    }

    /// Fills in where things are whose place is not known yet.
    #[must_use]
    pub fn located(mut self, place: impl Fn(&Item) -> Option<Place>) -> Self {
        locate(&mut self.items, place);
        self
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    /// Prints the failure to stderr and gives the exit code.
    pub fn report(self) -> ExitCode {
        if !self.silent {
            eprint!("{}", self.text());
        }
        ExitCode::from(self.exit)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Errors last, where one looks first.
        let (warnings, errors): (Vec<&Item>, Vec<&Item>) =
            self.items.iter().partition(|item| item.severity == "warning");
        for item in warnings.into_iter().chain(errors) {
            text.push_str(&describe(item));
        }
        // Writing to a text cannot fail.
        let _ = writeln!(text, "error[{}]: {}", self.code, self.message);
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "  hint: {hint}");
        }
        text
    }
}

/// Fills in where problems are whose place is not known yet.
pub fn locate(items: &mut [Item], place: impl Fn(&Item) -> Option<Place>) {
    for item in items.iter_mut().filter(|item| item.file.is_none()) {
        if let Some(Place { file, line, column }) = place(item) {
            (item.file, item.line, item.column) = (Some(file), Some(line), Some(column));
        }
    }
}

/// Prints what an answer warns of to stderr.
pub fn warn(answer: &serde_json::Value) {
    let warnings: Vec<Item> = serde_json::from_value(answer["warnings"].clone()).unwrap_or_default();
    for item in warnings.iter().filter(|item| item.severity == "warning") {
        eprint!("{}", describe(item));
    }
}

/// One problem with its place and its hint, as a block of lines.
pub fn describe(item: &Item) -> String {
    let mut text = String::new();
    let severity = if item.severity == "warning" { "warning" } else { "error" };
    let _ = writeln!(text, "{severity}[{}]: {}", item.code, item.message);
    if let (Some(file), Some(line)) = (&item.file, item.line) {
        let column = item.column.map_or_else(String::new, |column| format!(":{column}"));
        let _ = writeln!(text, "  --> {file}:{line}{column}");
    }
    let mut place = Vec::new();
    if let Some(document) = &item.document {
        place.push(format!("document: {} `{}`", document.kind, document.name));
    }
    if let Some(activity) = &item.activity {
        place.push(format!("activity: `{activity}`"));
    }
    if !item.pointer.is_empty() {
        place.push(format!("field: {}", item.pointer));
    }
    if !place.is_empty() {
        let _ = writeln!(text, "  in {}", place.join(", "));
    }
    if let Some(hint) = &item.hint {
        let _ = writeln!(text, "  hint: {hint}");
    }
    text
}

impl From<tutti_runner::Error> for Failure {
    fn from(error: tutti_runner::Error) -> Self {
        Self::from_problem(tutti_api::Failure::from(error).body().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_tells_its_place_and_its_hint() {
        let item = Item {
            code: "unknown_field".to_owned(),
            severity: "error".to_owned(),
            message: "there is no field `labl`".to_owned(),
            document: Some(serde_json::from_str(r#"{"kind":"table","name":"orders"}"#).unwrap()),
            pointer: "/labl".to_owned(),
            hint: Some("did you mean `label`?".to_owned()),
            file: Some("a.yaml".to_owned()),
            line: Some(3),
            column: Some(1),
            ..Item::default()
        };
        let expected = "error[unknown_field]: there is no field `labl`\n  --> a.yaml:3:1\n  in document: table `orders`, field: /labl\n  hint: did you mean `label`?\n";
        assert_eq!(describe(&item), expected);
    }
}
