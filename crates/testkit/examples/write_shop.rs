//! Writes the sample shop and says how long it took: `write_shop CUSTOMERS FOLDER [AS_OF]`.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use jiff::civil::{Date, date};
use tutti_testkit::shop::Shop;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [customers, folder, rest @ ..] = &arguments[..] else {
        return Err("usage: write_shop CUSTOMERS FOLDER [AS_OF]".into());
    };
    let as_of: Date = rest.first().map_or(Ok(date(2026, 11, 1)), |text| text.parse())?;
    let start = Instant::now();
    let summary = Shop::new(customers.parse()?, as_of, 42).write_parquet(Path::new(folder), |_| {})?;
    for table in &summary.tables {
        println!("{:14} {:>12} rows {:>14} bytes", table.name, table.rows, table.bytes);
    }
    println!("{:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
