//! The decisions of runs, from outside: small cases as tables, and laws on random canvases.

mod cases;
mod laws;
mod world;
