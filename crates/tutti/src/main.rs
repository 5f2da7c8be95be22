//! The `tutti` binary: command line, settings, wiring and the demo.
//!
//! Owns what no other part may do: it reads the environment, the system clock and the system's randomness, and it
//! decides what goes to the screen. Each command is written once against the HTTP API, which is asked in this process
//! (on a data directory) or over the network (`--server`).

mod cli;
mod client;
mod commands;
mod demo;
mod failure;
mod output;
mod progress;
mod rule;
mod server;
mod settings;
mod system;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;

/// Help and the version are what was asked for; all else is wrong usage, and says so as other errors do.
fn usage(told: &clap::Error) -> ExitCode {
    if !told.use_stderr() {
        // Whoever reads may have enough: that is no failure.
        let _ = told.print();
        return ExitCode::SUCCESS;
    }
    let text = told.render().to_string();
    match text.strip_prefix("error: ") {
        Some(rest) => eprint!("error[usage]: {rest}"),
        // A command without its subcommand shows what there is.
        None => eprint!("{text}"),
    }
    ExitCode::from(2)
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return usage(&told),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return failure::Failure::new("runtime", format!("the threads could not be started: {error}")).report();
        }
    };
    let done = runtime.block_on(commands::run(cli));
    // What still runs in the background must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
