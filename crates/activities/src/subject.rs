//! What the rules of an activity are about, as far as it is known before any run.

use std::collections::BTreeMap;

use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::variables::Variables;

use crate::activity::Shape;
use crate::earlier::Earlier;
use crate::registry;
use crate::upstream::populations_before;
use crate::validate::validate;

/// The rows that the rules of an activity are about, and what they may ask for besides.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSubject {
    pub rows: RuleRows,
    /// The populations before the activity, as `activity.port`, and the table whose rows each has.
    pub populations: BTreeMap<String, String>,
    /// What a run knows by then, without values.
    pub variables: Variables,
}

/// Which rows the rules of an activity are about.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleRows {
    /// All rows of a dimension.
    All,
    /// Those that arrive from an activity, which they left by `port`. Their shape is not known where an error before
    /// hides it.
    Arriving { from: String, port: String, shape: Option<Shape> },
    /// Those that arrive, and nothing does.
    Nothing,
}

impl RuleSubject {
    /// Of the rules of `node` on the canvas of `campaign`.
    pub fn of(node: &ActivityNode, campaign: &Campaign, catalog: &Catalog, moment: &Moment) -> Self {
        let canvas = &campaign.canvas;
        let shapes = validate(campaign, catalog, moment).shapes;
        let sets: Vec<(&str, &str)> =
            canvas.inbound(&node.id).map(|transition| (transition.from.as_str(), transition.port.as_str())).collect();
        let rows = match registry::find(&node.kind).filter(|kind| kind.filters_arrivals(&node.settings)) {
            None => RuleRows::All,
            Some(kind) => match sets.get(kind.main_input(&node.settings, &sets)) {
                None => RuleRows::Nothing,
                Some((from, port)) => RuleRows::Arriving {
                    from: (*from).to_owned(),
                    port: (*port).to_owned(),
                    shape: shapes.get(*from).and_then(|ports| ports.get(*port)).cloned(),
                },
            },
        };
        Self {
            rows,
            populations: populations_before(&node.id, canvas, catalog, &shapes),
            variables: Earlier::new(canvas).run_variables(&node.id),
        }
    }
}
