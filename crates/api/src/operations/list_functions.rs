//! Lists the functions of expressions.

use serde::Serialize;
use tutti_query::functions::registry::{self, Function};

use crate::extract::Json;
use crate::schemas;

/// A function as an editor shows it.
#[derive(Debug, Serialize)]
pub struct Described {
    name: &'static str,
    familiar: &'static [&'static str],
    category: &'static str,
    signature: String,
    parameters: Vec<Parameter>,
    result: &'static str,
    description: &'static str,
    nulls: &'static str,
    aggregate: bool,
    examples: Vec<Example>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: &'static str,
    #[serde(rename = "type")]
    takes: &'static str,
    optional: bool,
    repeated: bool,
}

#[derive(Debug, Serialize)]
struct Example {
    expression: &'static str,
    result: &'static str,
}

impl From<&'static Function> for Described {
    fn from(function: &'static Function) -> Self {
        let parameters = function.parameters.iter().map(|parameter| Parameter {
            name: parameter.name,
            takes: parameter.takes.words(),
            optional: parameter.optional,
            repeated: parameter.many,
        });
        Self {
            name: function.name,
            familiar: function.familiar,
            category: function.category.name(),
            signature: function.signature(),
            parameters: parameters.collect(),
            result: function.result,
            description: function.about,
            nulls: function.nulls,
            aggregate: function.is_aggregate(),
            examples: function.examples.iter().map(|(expression, result)| Example { expression, result }).collect(),
        }
    }
}

/// All functions of expressions, by category.
#[utoipa::path(get, path = "/functions", tag = "query", responses((status = 200, body = [schemas::Function])))]
pub async fn handle() -> Json<Vec<Described>> {
    Json(registry::all().map(Described::from).collect())
}
