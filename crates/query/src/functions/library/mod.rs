//! The functions of expressions, by category. What is here and nowhere else: names, parameters, meaning, examples.

mod aggregate;
mod choice;
mod date_add;
mod date_between;
mod date_convert;
mod date_parts;
mod number;
mod other;
mod pattern;
mod text;
mod text_parts;
mod trigonometry;
mod window;

pub use other::key_variable;

use super::registry::Function;

/// All lists, in the order of the reference.
pub const LISTS: [&[Function]; 13] = [
    aggregate::FUNCTIONS,
    date_add::FUNCTIONS,
    date_between::FUNCTIONS,
    date_convert::FUNCTIONS,
    date_parts::FUNCTIONS,
    number::FUNCTIONS,
    trigonometry::FUNCTIONS,
    text::FUNCTIONS,
    text_parts::FUNCTIONS,
    pattern::FUNCTIONS,
    choice::FUNCTIONS,
    other::FUNCTIONS,
    window::FUNCTIONS,
];
