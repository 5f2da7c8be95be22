//! Distances on the earth.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;

use super::arguments::{Arguments, Native, numbers};

pub const FUNCTIONS: &[Native] = &[Native { name: "tutti_distance_km", returns: |_| DataType::Float64, run: distance }];

/// The mean radius of the earth in kilometres (IUGG).
const RADIUS_KM: f64 = 6371.0088;

/// `tutti_distance_km(lon_a, lat_a, lon_b, lat_b)`: along a great circle, by the haversine formula
/// (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984). A latitude past the poles has no value.
fn distance(arguments: &Arguments) -> Result<ArrayRef> {
    let columns = (0..4).map(|index| arguments.numbers(index)).collect::<Result<Vec<_>>>()?;
    Ok(numbers((0..arguments.rows).map(|row| {
        let value = |index: usize| {
            let column = &columns[index];
            column.is_valid(row).then(|| column.value(row)).filter(|value| value.is_finite())
        };
        let (lon_a, lat_a, lon_b, lat_b) = (value(0)?, value(1)?, value(2)?, value(3)?);
        if lat_a.abs() > 90.0 || lat_b.abs() > 90.0 {
            return None;
        }
        let half_sine = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
        let haversine =
            half_sine(lat_a, lat_b) + lat_a.to_radians().cos() * lat_b.to_radians().cos() * half_sine(lon_a, lon_b);
        Some(2.0 * RADIUS_KM * haversine.clamp(0.0, 1.0).sqrt().asin())
    })))
}
