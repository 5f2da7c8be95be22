//! Marks in the schemas of settings, by which forms offer what is there instead of an empty box.
//!
//! `x-tutti-editor` says what a value is, and on a list what each of its entries is: a `field` of a row, an `operand`
//! (the path of a field or an expression, in one text), an `expression`, a `column` of a table, a column that is
//! `carried`, `columns` that may have names of their own, a `link` or its `target`, an `aggregate`, a `rule`, a `sort`,
//! a `value`, a `moment`, a `duration`, a time `until` which is waited, a `template`, a `time-zone`, a `column-type`;
//! the name of a `dimension`, a `table`, an `audience` (or a `new-audience`), a `channel`, a `content`, a `campaign`, a
//! `file` to read or a `file-name` to write; a population that arrives (`inbound`) or that is `earlier`, a `variable`,
//! a `parameter`, the `port` that an entry is, or the `answer` of an approval.
//!
//! `x-tutti-rows` says whose fields are meant, where it is not those of the rows that arrive: those of the activity's
//! own `dimension` or `table`, of the `members` of its audience, of the rows that are `found` for them with what was
//! saved, of its `primary` set, of the `set`, of the rows behind the link (`linked`) or at the end (`target`) that
//! stands beside; `matched` are those of the dimension, and those of the rows that arrive behind `inbound.`; `run`
//! stands for the variables of the run alone.

use schemars::{Schema, SchemaGenerator, json_schema};

/// Fields or expressions over what arrives, and those of the dimension.
pub(crate) fn operands_to_operands(_: &mut SchemaGenerator) -> Schema {
    pairs(("operand", None), ("operand", Some("dimension")))
}

/// Fields or expressions over what arrives, and columns at the end of a link.
pub(crate) fn fields_to_columns(_: &mut SchemaGenerator) -> Schema {
    pairs(("operand", None), ("column", Some("target")))
}

/// Fields or expressions over the primary set, and those of another one.
pub(crate) fn fields_of_two_sets(_: &mut SchemaGenerator) -> Schema {
    pairs(("operand", Some("primary")), ("operand", Some("set")))
}

/// Fields of the members of an audience, and of the dimension.
pub(crate) fn members_to_fields(_: &mut SchemaGenerator) -> Schema {
    pairs(("field", Some("members")), ("field", Some("dimension")))
}

/// Any values, by the names of a campaign's parameters.
pub(crate) fn values_of_parameters(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"type": "string", "x-tutti-editor": "parameter"},
        "additionalProperties": {"x-tutti-editor": "value"},
    })
}

/// A map of texts, each side with its editor and its rows.
fn pairs(key: (&str, Option<&str>), value: (&str, Option<&str>)) -> Schema {
    let side = |(editor, rows): (&str, Option<&str>)| {
        let mut side = json_schema!({"type": "string", "x-tutti-editor": editor});
        if let Some(rows) = rows {
            side.insert("x-tutti-rows".to_owned(), rows.into());
        }
        side
    };
    json_schema!({"type": "object", "propertyNames": side(key), "additionalProperties": side(value)})
}
