//! The reference of activities, as Markdown, made from the registry: what each kind's file says of it, its settings
//! with their help texts, its ports and its example. `docs/activities.md` is this text. And what forms are drawn from,
//! which is `docs/activity-kinds.json`, by which the web app's tests know every setting.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::activity::{Activity, Category};
use crate::{kinds, registry};

const HEAD: &str = "# Activities, one by one

*Made from the program by `cargo run -p tutti-activities --example reference > docs/activities.md`.*

An activity has an `id`, a `type`, and the settings of its type. What leaves it by a port reaches the activities that
transitions from `ID.PORT` lead to; `ID` alone means the port `out`.

";

const COMMON: &str = "## What every activity has

Besides its own settings every activity takes these. A disabled activity is skipped with whatever only it leads to. A
breakpoint holds the run before the activity; look at what arrives with `tutti population RUN ACTIVITY`, where the activity is the one before, go on with
`tutti resume RUN`. An activity that fails is tried again when the error may pass (another system is away or busy),
and then `on_error` says what the run does: `then: port` lets what arrived leave by the port `error`.

";

/// The whole reference.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    for category in [Category::Targeting, Category::Data, Category::FlowControl, Category::Channel] {
        let names: Vec<String> = of(category).map(|kind| format!("[{0}](#{0})", kind.kind())).collect();
        let _ = writeln!(text, "- {}: {}", name(category), names.join(", "));
    }
    text.push('\n');
    text.push_str(COMMON);
    settings(&mut text, &registry::common_schema().to_value());
    for (kind, source) in registry::all().iter().zip(kinds::SOURCES) {
        section(&mut text, *kind, source);
    }
    text
}

/// Every kind with the schema of its settings, and what every activity has, as JSON.
pub fn activity_kinds() -> String {
    let known = json!({"kinds": registry::describe(), "common": registry::common_schema()});
    format!("{known:#}\n")
}

fn of(category: Category) -> impl Iterator<Item = &'static dyn Activity> {
    registry::all().iter().copied().filter(move |kind| kind.category() == category)
}

fn name(category: Category) -> &'static str {
    match category {
        Category::Targeting => "Targeting",
        Category::FlowControl => "Flow control",
        Category::Channel => "Channels",
        Category::Data => "Data",
    }
}

fn section(text: &mut String, kind: &dyn Activity, source: &str) {
    let _ = write!(text, "\n## {}\n\n{}\n", kind.kind(), module_comment(source));
    let example = kind.example();
    let mut document = Map::new();
    document.insert("id".to_owned(), Value::from(kind.kind().replace('-', "_")));
    document.insert("type".to_owned(), Value::from(kind.kind()));
    document.extend(example.clone());
    let yaml = yaml(&Value::Object(document), 0);
    let _ = write!(text, "\n```yaml\n- {}\n```\n", yaml.trim_start().replace('\n', "\n  "));
    let ports: Vec<String> = kind.ports(&example, &[]).into_iter().map(|port| format!("`{}`", port.name)).collect();
    let ports = if ports.is_empty() { "none".to_owned() } else { ports.join(", ") };
    let _ = write!(text, "\nPorts of the example: {ports}.");
    let results: Vec<String> = kind.results(&example).iter().map(|(name, _)| format!("`$result_ID_{name}`")).collect();
    if !results.is_empty() {
        let _ = write!(text, " Results that later activities can ask for: {}.", results.join(", "));
    }
    text.push_str("\n\n");
    settings(text, &kind.settings_schema().to_value());
}

/// What stands in a file's module comment.
fn module_comment(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// A table of settings, and one for each type that they are made of.
fn settings(text: &mut String, schema: &Value) {
    let mut open = vec![("".to_owned(), schema.clone())];
    let mut told = BTreeSet::new();
    while let Some((title, of)) = open.pop() {
        let Some(properties) = of["properties"].as_object().filter(|properties| !properties.is_empty()) else {
            continue;
        };
        if !title.is_empty() {
            let _ = write!(text, "\nA *{}*: {}\n\n", title, line(of["description"].as_str().unwrap_or_default()));
        }
        text.push_str("| setting | type | |\n| --- | --- | --- |\n");
        let required: Vec<&str> = of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut below = Vec::new();
        for (name, property) in properties {
            let kind = type_of(property, schema, &mut below);
            let needed = if required.contains(&name.as_str()) { " **required**" } else { "" };
            let default = default_of(property);
            let help = help_of(property, schema);
            let _ = writeln!(text, "| `{name}` | {kind}{needed} | {}{default} |", line(&help));
        }
        for name in below.into_iter().rev() {
            if told.insert(name.clone()) {
                open.push((name.clone(), schema["$defs"][&name].clone()));
            }
        }
    }
}

fn help_of(property: &Value, schema: &Value) -> String {
    let own = property["description"].as_str().map(str::to_owned);
    own.or_else(|| {
        let name = property["$ref"].as_str()?.strip_prefix("#/$defs/")?;
        schema["$defs"][name]["description"].as_str().map(str::to_owned)
    })
    .unwrap_or_default()
}

fn default_of(property: &Value) -> String {
    match &property["default"] {
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        value => format!(" Default: `{}`.", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    }
}

/// A type in words; definitions that have settings of their own are added to `below`.
fn type_of(property: &Value, schema: &Value, below: &mut Vec<String>) -> String {
    if let Some(name) = property["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        let definition = &schema["$defs"][name];
        if definition["properties"].is_object() {
            below.push(name.to_owned());
            return format!("*{name}*");
        }
        return match definition["title"].as_str() {
            Some(title) => title.to_owned(),
            None => type_of(definition, schema, below),
        };
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = property[key].as_array() {
            let shown: Vec<String> = choices
                .iter()
                .filter(|choice| choice["type"] != "null")
                .map(|choice| type_of(choice, schema, below))
                .collect();
            return shown.join(" or ");
        }
    }
    if let Some(words) = property["enum"].as_array() {
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(" or ");
    }
    if let Some(word) = property["const"].as_str() {
        return format!("`{word}`");
    }
    let types: Vec<&str> = match &property["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => vec!["any"],
    };
    let shown = types.into_iter().map(|one| match one {
        "array" => format!("list of {}", type_of(&property["items"], schema, below)),
        "string" if property["x-tutti-editor"] == "duration" => "duration".to_owned(),
        "string" => "text".to_owned(),
        "object" if property["x-tutti-editor"] == "rule" => "rule".to_owned(),
        "object" => "map".to_owned(),
        other => other.to_owned(),
    });
    shown.collect::<Vec<_>>().join(" or ")
}

/// In one line, as cells of tables are.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// A value as YAML, lists and maps on lines of their own where they are not small.
fn yaml(value: &Value, depth: usize) -> String {
    let Value::Object(fields) = value else { return inline(value) };
    let indent = "  ".repeat(depth);
    let lines: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            let short = inline(value);
            match value {
                Value::Object(_) if short.len() > 70 => format!("{indent}{name}:\n{}", yaml(value, depth + 1)),
                Value::Array(items) if short.len() > 70 => {
                    let items: Vec<String> = items.iter().map(|item| format!("{indent}  - {}", inline(item))).collect();
                    format!("{indent}{name}:\n{}", items.join("\n"))
                }
                _ => format!("{indent}{name}: {short}"),
            }
        })
        .collect();
    lines.join("\n")
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {}", inline(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) => {
            let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
                && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.as_str());
            if plain { text.clone() } else { value.to_string() }
        }
        other => other.to_string(),
    }
}
