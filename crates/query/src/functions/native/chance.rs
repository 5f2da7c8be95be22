//! Chance that can be repeated: numbers and identifiers that follow from the moment and the key of the row, so that a
//! step done twice gives the same rows.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::TEXT;
use super::arguments::{Arguments, Native, numbers, texts};

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_chance", returns: |_| DataType::Float64, run: chance },
    Native { name: "tutti_uuid", returns: |_| TEXT, run: uuid },
];

/// `tutti_chance(seed, key, ...)`: from 0 to 1, 1 excluded.
fn chance(arguments: &Arguments) -> Result<ArrayRef> {
    let hashes = hashes(arguments, 0)?;
    // The 53 bits that a number holds exactly.
    Ok(numbers(hashes.into_iter().map(|hash| Some((hash >> 11) as f64 / (1u64 << 53) as f64))))
}

/// `tutti_uuid(seed, key, ...)`: a UUID of version 8 (RFC 9562, section 5.8), made of two hashes.
fn uuid(arguments: &Arguments) -> Result<ArrayRef> {
    let (high, low) = (hashes(arguments, 0)?, hashes(arguments, 1)?);
    Ok(texts(high.into_iter().zip(low).map(|(high, low)| {
        let high = (high & !0xF000) | 0x8000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        let (a, b, c) = (high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF);
        Some(format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xFFFF_FFFF_FFFF))
    })))
}

fn hashes(arguments: &Arguments, salt: u64) -> Result<Vec<u64>> {
    let parts = (0..arguments.len()).map(|index| arguments.texts(index)).collect::<Result<Vec<_>>>()?;
    let mut bytes = Vec::new();
    Ok((0..arguments.rows)
        .map(|row| {
            bytes.clear();
            for part in &parts {
                let text = if part.is_valid(row) { part.value(row) } else { "" };
                bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
            xxh3_64_with_seed(&bytes, salt)
        })
        .collect())
}
