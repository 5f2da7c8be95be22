//! Prints the reference of functions: `cargo run -p tutti-query --example functions_reference > docs/functions.md`.

fn main() {
    print!("{}", tutti_query::functions::reference::markdown());
}
