//! Making a template of a campaign: what it takes from the installation, and its variables, become parameters with what
//! it has now as their defaults.

use serde_json::{Map, Value, json};

use super::holes;

/// Settings of activities that name something of the installation, and the types of parameters for them.
const NAMES: [(&str, &str); 5] = [
    ("dimension", "dimension"),
    ("channel", "channel"),
    ("content", "content"),
    ("audience", "audience"),
    ("table", "table"),
];

/// The body of a template of the campaign `document`. `ways` says how a channel reaches people.
pub fn template_of(name: &str, document: &Value, ways: impl Fn(&str) -> Option<&'static str>) -> Value {
    let mut campaign = document.as_object().cloned().unwrap_or_default();
    let meta: Map<String, Value> = ["label", "description", "tags", "folder"]
        .into_iter()
        .filter_map(|field| Some((field.to_owned(), campaign.get(field)?.clone())))
        .collect();
    for field in ["kind", "name", "folder"] {
        campaign.shift_remove(field);
    }
    let Value::Object(mut campaign) = holes::escape(&Value::Object(campaign)) else { return Value::Null };
    let mut making = Making { parameters: Map::new() };
    making.variables(&mut campaign);
    if let Some(Value::Array(activities)) = campaign.get_mut("canvas").and_then(|canvas| canvas.get_mut("activities")) {
        for activity in activities.iter_mut().filter_map(Value::as_object_mut) {
            making.activity(activity, &ways);
        }
    }
    let mut body = json!({"kind": "template", "name": name}).as_object().cloned().unwrap_or_default();
    body.extend(meta);
    if !making.parameters.is_empty() {
        body.insert("parameters".to_owned(), Value::Object(making.parameters));
    }
    body.insert("campaign".to_owned(), Value::Object(campaign));
    Value::Object(body)
}

struct Making {
    parameters: Map<String, Value>,
}

impl Making {
    fn variables(&mut self, campaign: &mut Map<String, Value>) {
        let Some(Value::Object(variables)) = campaign.get_mut("variables") else { return };
        for (name, variable) in variables.iter_mut() {
            let (data_type, value) = match variable {
                Value::Object(written) => {
                    let (Some(data_type), Some(value)) = (written.get("type"), written.get("value")) else { continue };
                    (data_type.clone(), value.clone())
                }
                Value::Bool(_) => (json!("boolean"), variable.clone()),
                Value::Number(number) if number.is_f64() => (json!("number"), variable.clone()),
                Value::Number(_) => (json!("integer"), variable.clone()),
                Value::String(_) => (json!("string"), variable.clone()),
                Value::Null | Value::Array(_) => continue,
            };
            self.parameters.insert(name.clone(), json!({"type": data_type, "default": value}));
            // The type stays written: a text in the hole could be read as another.
            *variable = json!({"type": data_type, "value": format!("${{{name}}}")});
        }
    }

    fn activity(&mut self, activity: &mut Map<String, Value>, ways: &impl Fn(&str) -> Option<&'static str>) {
        for (setting, kind) in NAMES {
            let Some(Value::String(named)) = activity.get(setting) else { continue };
            let mut parameter = json!({"type": kind, "default": named});
            if let Some(way) = Some(named).filter(|_| kind == "channel").and_then(|named| ways(named)) {
                parameter["channel"] = json!(way);
            }
            let name = self.name_for(kind, parameter);
            activity.insert(setting.to_owned(), Value::from(format!("${{{name}}}")));
        }
    }

    /// The parameter that is `parameter`, made where there is none yet.
    fn name_for(&mut self, kind: &str, parameter: Value) -> String {
        let names = (1..).map(|number| if number == 1 { kind.to_owned() } else { format!("{kind}_{number}") });
        for name in names {
            match self.parameters.get(&name) {
                Some(known) if *known == parameter => return name,
                Some(_) => {}
                None => {
                    self.parameters.insert(name.clone(), parameter);
                    return name;
                }
            }
        }
        kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    #[test]
    fn a_template_of_a_campaign_filled_with_its_defaults_is_that_campaign() {
        let campaign = json!({
            "kind": "campaign", "name": "c", "label": "C", "tags": ["x"], "folder": "news",
            "variables": {"least": 3, "city": {"type": "string", "value": "Lyon"}, "open": {"type": "date"}},
            "canvas": {
                "activities": [
                    {"id": "a", "type": "x", "dimension": "people", "html": "${city} {{ a }} $5"},
                    {"id": "b", "type": "x", "dimension": "orders", "channel": "mail"},
                    {"id": "d", "type": "x", "dimension": "people", "channel": "mail"},
                ],
                "transitions": [{"from": "a", "to": "b"}],
            },
        });
        let body = template_of("t", &campaign, |_| Some("email"));
        assert_eq!(body["parameters"]["dimension_2"], json!({"type": "dimension", "default": "orders"}));
        assert_eq!(body["parameters"]["channel"], json!({"type": "channel", "default": "mail", "channel": "email"}));
        assert_eq!(body["label"], "C");
        let mut rest = body.as_object().unwrap().clone();
        rest.retain(|field, _| ["parameters", "campaign"].contains(&field.as_str()));
        let mut problems = Vec::new();
        let template = Template::read("t", &Value::Object(rest), &mut problems).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        let defaults =
            template.parameters.iter().map(|(name, it)| (name.clone(), it.default.clone().unwrap())).collect();
        let filled = holes::fill(&Value::Object(template.campaign), &defaults);
        assert_eq!(filled["canvas"], campaign["canvas"]);
        assert_eq!(filled["variables"]["least"], json!({"type": "integer", "value": 3}));
    }
}
