//! `tutti_aes_encrypt(text, key)`: AES-256 in Galois/counter mode (NIST SP 800-38D), with a nonce that follows from the
//! key and the text, so that a step done twice gives the same and equal texts can be found again.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use aes_gcm::aead::Aead;
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tutti_model::bind::Keys;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// A key as it is given: 64 hexadecimal digits, or base64 of 32 bytes.
pub fn read_key(text: &str) -> Option<[u8; KEY_BYTES]> {
    let text = text.trim();
    if text.len() == 2 * KEY_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let mut key = [0; KEY_BYTES];
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        return Some(key);
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The call of the function. The plan has the key's name; its value is looked up where the plan runs.
pub fn encrypt(text: Expr, key: Expr, keys: &Keys) -> Expr {
    ScalarUDF::from(Encrypt { keys: keys.clone() }).call(vec![text, key])
}

/// As it is registered in a session: without keys.
pub fn without_keys() -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(Encrypt { keys: Keys::default() }))
}

#[derive(Debug)]
struct Encrypt {
    keys: Keys,
}

impl PartialEq for Encrypt {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Encrypt {}

impl Hash for Encrypt {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl ScalarUDFImpl for Encrypt {
    fn name(&self) -> &str {
        "tutti_aes_encrypt"
    }

    fn signature(&self) -> &Signature {
        static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::any(2, Volatility::Immutable));
        &SIGNATURE
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [text, ColumnarValue::Scalar(name)] = arguments.args.as_slice() else {
            return exec_err!("the name of a key is the same text for every row");
        };
        let name = name.try_as_str().flatten().unwrap_or_default();
        let Some(cipher) = self.keys.find(name).as_deref().and_then(read_key).and_then(Cipher::new) else {
            return exec_err!("there is no key `{name}` here");
        };
        let texts = cast(&text.to_array(arguments.number_rows)?, &DataType::Utf8)?;
        let sealed: StringArray = texts.as_string::<i32>().iter().map(|text| cipher.seal(text?)).collect();
        let sealed: ArrayRef = Arc::new(sealed);
        if sealed.null_count() != texts.null_count() {
            return exec_err!("a text is too long to be encrypted");
        }
        Ok(ColumnarValue::Array(sealed))
    }
}

struct Cipher {
    cipher: Aes256Gcm,
    /// Makes nonces of texts.
    nonces: Hmac<Sha256>,
}

impl Cipher {
    fn new(key: [u8; KEY_BYTES]) -> Option<Self> {
        // A key of its own for the nonces, so that they say nothing of the one that encrypts.
        let mut derived = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        derived.update(b"tutti nonce");
        Some(Self {
            cipher: Aes256Gcm::new_from_slice(&key).ok()?,
            nonces: Hmac::new_from_slice(&derived.finalize().into_bytes()).ok()?,
        })
    }

    /// Base64 of the nonce (12 bytes), the encrypted text and the tag (16 bytes).
    fn seal(&self, text: &str) -> Option<String> {
        let mut digest = self.nonces.clone();
        digest.update(text.as_bytes());
        let digest = digest.finalize().into_bytes();
        let nonce: [u8; NONCE_BYTES] = digest.get(..NONCE_BYTES)?.try_into().ok()?;
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), text.as_bytes()).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), sealed.as_slice()].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn keys_are_hexadecimal_or_base64() {
        let key = read_key(HEX).unwrap();
        assert_eq!(key[31], 0x1f);
        assert_eq!(read_key(&STANDARD.encode(key)), Some(key));
        for text in ["", "secret", &HEX[2..], "AAECAwQFBgcICQoLDA0ODw=="] {
            assert_eq!(read_key(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_sealed_can_be_opened_with_any_library() {
        let cipher = Cipher::new(read_key(HEX).unwrap()).unwrap();
        for text in ["", "anna@shop.example", "Straße"] {
            let sealed = STANDARD.decode(cipher.seal(text).unwrap()).unwrap();
            let (nonce, sealed) = sealed.split_at(NONCE_BYTES);
            let nonce: [u8; NONCE_BYTES] = nonce.try_into().unwrap();
            assert_eq!(cipher.cipher.decrypt(&Nonce::from(nonce), sealed).unwrap(), text.as_bytes());
        }
        assert_ne!(cipher.seal("a"), cipher.seal("b"));
        assert_eq!(cipher.seal("a"), cipher.seal("a"));
    }
}
