//! Steps: the moments between which a process that dies leaves something behind. A test that wants to know that nothing
//! is lost lets the work end at each of them.

use std::fmt;
use std::sync::Arc;

/// On which side of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// Nothing of it is to be seen.
    Before,
    /// It is durable, or has left the process.
    After,
}

/// A step, such as the moment after a task's result was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// What is done.
    pub what: &'static str,
    /// Before or after.
    pub when: When,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.when == When::Before { "before" } else { "after" };
        write!(f, "{when} `{}`", self.what)
    }
}

/// Told of every step. Only tests have one.
pub trait Witness: Send + Sync {
    /// Whether the work ends here: whoever took the step never goes on.
    fn ends(&self, step: Step) -> bool;
}

/// Tells the witness, where there is one; a store that is in use has none.
#[derive(Clone, Default)]
pub(crate) struct Steps(Option<Arc<dyn Witness>>);

impl Steps {
    pub fn new(witness: Option<Arc<dyn Witness>>) -> Self {
        Self(witness)
    }

    pub async fn reach(&self, what: &'static str, when: When) {
        if let Some(witness) = &self.0
            && witness.ends(Step { what, when })
        {
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "witnessed" } else { "unseen" })
    }
}
