//! Bits, identifiers and what else there is.

use datafusion::logical_expr::{Expr, Operator, lit};
use datafusion::scalar::ScalarValue;
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;
use tutti_model::variables::PUBLIC_URL;

use crate::expression::{Call, binary};
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};
use crate::functions::{encrypt, native};

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
        nulls: "Never NULL",
        examples: &[("get_mirror_url()", "https://mail.shop.example")],
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
    Function {
        name: "aes_encrypt",
        familiar: &["AESEncrypt"],
        category: Category::Other,
        parameters: &[p("text", Takes::Text), optional("key", Takes::Constant)],
        result: "text, base64",
        about: "The text encrypted with AES-256-GCM (NIST SP 800-38D): base64 of a nonce of 12 bytes, the encrypted UTF-8 bytes and a tag of 16 bytes. The nonce follows from key and text, so that equal texts give equal results. Keys are never written in documents: the key `crm` is the environment variable `TUTTI_KEY_CRM` where tutti runs, and without a name it is `TUTTI_KEY`; 32 bytes, as 64 hexadecimal digits or as base64.",
        nulls: "NULL where the text is NULL",
        examples: &[
            ("length(aes_encrypt('anna@shop.example'))", "60"),
            ("AESEncrypt('a') = AESEncrypt('a')", "true"),
            ("aes_encrypt('a') = aes_encrypt('a', 'crm')", "false"),
            ("aes_encrypt(null)", "NULL"),
        ],
        build: Build::Scalar(encrypted),
    },
];

/// Keys that expressions name are the environment variables with this name, and the key's after it.
pub const KEY_VARIABLE: &str = "TUTTI_KEY";

/// The environment variable of a key; of the one without a name where it is empty. `None` where there is no such name.
pub fn key_variable(key: &str) -> Option<String> {
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if key.is_empty() { KEY_VARIABLE.to_owned() } else { format!("{KEY_VARIABLE}_{}", key.to_uppercase()) };
    plain.then_some(name)
}

fn encrypted(call: &Call<'_>) -> Result<Expr, Fault> {
    let key = call.constant(1).unwrap_or_default();
    let Some(variable) = key_variable(key) else {
        return Err(call.wrong(1, format!("`{key}` cannot be the name of a key")).hint("use letters, digits and `_`"));
    };
    match call.secrets().find(key).map(|value| encrypt::read_key(&value)) {
        Some(Some(_)) => Ok(encrypt::encrypt(call.cast(0, ColumnType::String), lit(key), call.secrets())),
        Some(None) => Err(call
            .wrong(1, format!("the environment variable `{variable}` is not a key"))
            .hint("a key has 32 bytes: 64 hexadecimal digits, or base64, as `openssl rand -base64 32` makes it")),
        None => Err(call
            .wrong(1, format!("its key is the environment variable `{variable}`, which is not set"))
            .hint(format!("set `{variable}` where tutti runs, for example to what `openssl rand -base64 32` prints"))),
    }
}

fn mirror(call: &Call<'_>) -> Expr {
    let address = call.moment.variables.get(PUBLIC_URL).and_then(|variable| variable.value.as_ref()?.as_str());
    lit(ScalarValue::Utf8(address.map(|address| address.trim_end_matches('/').to_owned())))
}
