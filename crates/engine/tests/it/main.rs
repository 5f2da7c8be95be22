//! The decisions of runs, from outside: small cases as tables, and laws on random canvases.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod world;
