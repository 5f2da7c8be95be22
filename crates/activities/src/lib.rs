//! The kinds of activities: their settings, ports and checks, and the step that each takes in a run.
//!
//! One registry ([`registry`]) owns the list of kinds; the API, forms, documentation and tests learn them from it. A
//! kind is one file under `kinds`, and implements [`Activity`]. Everything here is pure: a step is a plan over
//! populations that are passed in, with the moment and the seed for random choices. This crate must never write a
//! population, send a message, read a clock or draw a random number; `runner` does what a [`Step`] says.
//!
//! ```
//! use tutti_activities::registry;
//!
//! let split = registry::find("split").unwrap();
//! let ports: Vec<String> = split.ports(&split.example(), &[]).into_iter().map(|port| port.name).collect();
//! assert_eq!(ports, ["a", "b"]);
//! ```

pub mod activity;
pub mod collected;
pub mod columns;
mod compare;
pub mod due;
mod earlier;
pub mod effect;
pub mod explain;
mod fields;
pub mod file_name;
pub mod kinds;
pub mod lineage;
mod marks;
pub mod operand;
pub mod reference;
pub mod registry;
pub mod step;
mod subject;
pub mod template;
pub mod text;
pub mod told;
mod upstream;
mod validate;

pub use activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Shape, Shapes, outbound_ports, port_names,
};
pub use earlier::{Earlier, Fact};
pub use effect::Effect;
pub use explain::Explanation;
pub use kinds::{alert, and_join, approval, email, end};
pub use lineage::Side;
pub use step::{Error, Finding, Input, Mark, MarkMove, Output, PORT_COLUMN, Step, StepContext, TakenKeys};
pub use subject::{RuleRows, RuleSubject};
pub use told::{Passed, Told};
pub use upstream::{asks_for_populations, populations_asked, populations_before};
pub use validate::{Validation, validate, validate_campaign};
