//! The command `bulla`: what the library does, with files.
//!
//! One module is one subcommand. [`files`] says what is read and where what comes of it goes,
//! [`output`] writes it, [`work`] does so for many files at once, and [`outcome`] says what the
//! process ends with.
#![forbid(unsafe_code)]

mod audit;
mod canonicalize;
mod config;
mod context;
mod files;
mod inspect;
mod keygen;
mod keys;
mod open;
mod outcome;
mod output;
mod passphrase;
mod reseal;
mod rewrap;
mod seal;
mod sign;
mod verify;
mod work;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::outcome::{EXIT_CODES, Outcome, Result};

/// Seals files, opens and inspects envelopes, signs documents and verifies statements.
#[derive(Debug, Parser)]
#[command(name = "bulla", version, after_help = EXIT_CODES)]
struct Bulla {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Keygen(keygen::Keygen),
    Seal(seal::Seal),
    Open(open::Open),
    Sign(sign::Sign),
    Verify(verify::Verify),
    Inspect(inspect::Inspect),
    Rewrap(rewrap::Rewrap),
    Reseal(reseal::Reseal),
    Canonicalize(canonicalize::Canonicalize),
    Audit(audit::Audit),
}

impl Command {
    fn run(&self) -> Result<Outcome> {
        match self {
            Self::Keygen(command) => command.run(),
            Self::Seal(command) => command.run(),
            Self::Open(command) => command.run(),
            Self::Sign(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Inspect(command) => command.run(),
            Self::Rewrap(command) => command.run(),
            Self::Reseal(command) => command.run(),
            Self::Canonicalize(command) => command.run(),
            Self::Audit(command) => command.run(),
        }
    }
}

/// Runs the command that this process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Bulla::parse();
    let run = arguments.command.run();
    let settled = output::settle();
    let outcome = run.and_then(|outcome| settled.map(|()| outcome)).unwrap_or_else(|failure| {
        outcome::tell(&failure.message);
        failure.outcome
    });
    outcome.into()
}

/// The command's grammar, from which manual and completions are made.
#[must_use]
pub fn grammar() -> clap::Command {
    Bulla::command()
}
