//! Bits, identifiers and what else there is.

use datafusion::logical_expr::{Expr, Operator, lit};
use datafusion::scalar::ScalarValue;
use tutti_model::table::ColumnType;

use crate::expression::{Call, binary};
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "set_bit",
        familiar: &["SetBit"],
        category: Category::Other,
        parameters: &[p("value", Takes::Integer), p("flag", Takes::Integer)],
        result: "integer",
        about: "The value with all bits of `flag` set.",
        nulls: SPREADS,
        examples: &[("set_bit(4, 3)", "7")],
        build: Build::Scalar(|call| Ok(binary(call.expr(0), Operator::BitwiseOr, call.expr(1)))),
    },
    Function {
        name: "clear_bit",
        familiar: &["ClearBit"],
        category: Category::Other,
        parameters: &[p("value", Takes::Integer), p("flag", Takes::Integer)],
        result: "integer",
        about: "The value with all bits of `flag` cleared.",
        nulls: SPREADS,
        examples: &[("clear_bit(7, 2)", "5")],
        build: Build::Scalar(|call| {
            Ok(binary(call.expr(0), Operator::BitwiseAnd, binary(call.expr(1), Operator::BitwiseXor, lit(-1i64))))
        }),
    },
    Function {
        name: "is_bit_set",
        familiar: &["IsBitSet"],
        category: Category::Other,
        parameters: &[p("value", Takes::Integer), p("flag", Takes::Integer)],
        result: "boolean",
        about: "Whether all bits of `flag` are set in the value.",
        nulls: SPREADS,
        examples: &[("is_bit_set(7, 2)", "true"), ("is_bit_set(5, 2)", "false")],
        build: Build::Scalar(|call| Ok(binary(call.expr(0), Operator::BitwiseAnd, call.expr(1)).eq(call.expr(1)))),
    },
    Function {
        name: "to_boolean",
        familiar: &["ToBoolean"],
        category: Category::Other,
        parameters: &[p("value", Takes::Any)],
        result: "boolean",
        about: "A number is true where it is not 0; of texts `true`, `t`, `yes`, `y`, `on`, `1` are true and `false`, `f`, `no`, `n`, `off`, `0` are false, whatever the case.",
        nulls: "NULL where the value is NULL or another text",
        examples: &[("to_boolean(2)", "true"), ("to_boolean('No')", "false"), ("to_boolean('maybe')", "NULL")],
        build: Build::Scalar(|call| call.converted(0, ColumnType::Boolean)),
    },
    Function {
        name: "new_uuid",
        familiar: &["NewUUID", "uuid"],
        category: Category::Other,
        parameters: &[],
        result: "text, 36 characters",
        about: "A unique identifier (RFC 9562, version 8) of the row at this moment: a step done twice gives the same.",
        nulls: "Never NULL",
        examples: &[("length(new_uuid())", "36")],
        build: Build::Scalar(|call| Ok(native::call("tutti_uuid", call.key()))),
    },
    Function {
        name: "get_mirror_url",
        familiar: &["GetMirrorURL"],
        category: Category::Other,
        parameters: &[optional("value", Takes::Any)],
        result: "text",
        about: "The public address of the server, where the pages of messages are, without a slash at its end. The argument does not matter.",
        nulls: "NULL where the address is not known, as outside of runs",
        examples: &[("get_mirror_url()", "NULL")],
        build: Build::Scalar(|call| Ok(mirror(call))),
    },
    Function {
        name: "hmac_sha256",
        familiar: &[],
        category: Category::Other,
        parameters: &[p("text", Takes::Text), p("key", Takes::Constant)],
        result: "text, 64 hexadecimal digits",
        about: "The keyed digest of the text (RFC 2104 with SHA-256): for identifiers that others cannot guess.",
        nulls: SPREADS,
        examples: &[("left(hmac_sha256('what do ya want for nothing?', 'Jefe'), 16)", "5bdcc146bf60754e")],
        build: Build::Scalar(|call| Ok(native::call("tutti_hmac", call.texts(0)))),
    },
];

/// The variable that runs have for the server's address.
const ADDRESS: &str = "tutti_public_url";

fn mirror(call: &Call<'_>) -> Expr {
    let address = call.moment.variables.get(ADDRESS).and_then(|variable| variable.value.as_ref()?.as_str());
    lit(ScalarValue::Utf8(address.map(|address| address.trim_end_matches('/').to_owned())))
}
