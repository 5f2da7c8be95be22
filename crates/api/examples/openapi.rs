//! Prints the description of the API.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", tutti_api::openapi().to_pretty_json()?);
    Ok(())
}
