//! `bulla canonicalize`.

use bulla_core::json::{self, Limits};
use clap::Args;

use crate::files::{Files, Input, Naming};
use crate::outcome::{self, Outcome, Result};
use crate::work;

const EXAMPLES: &str = "\
Examples:
  bulla canonicalize order.json | sha256sum
  bulla canonicalize --output-dir canonical *.json

A document that has no canonical form is refused with exit code 1 and the byte at which it has
none: one that is not JSON or not UTF-8, a member named twice, half of a surrogate pair, a number
that a double does not hold exactly.";

/// Write the canonical form of JSON documents (RFC 8785)
///
/// The canonical form has no line end, and is the same for all documents that say the same.
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
pub(crate) struct Canonicalize {
    #[command(flatten)]
    files: Files,
}

impl Canonicalize {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let Files { inputs, place, course } = &self.files;
        let jobs = place.jobs(Input::all(inputs)?, Naming::Same)?;
        work::each(
            &jobs,
            course,
            "canonicalized",
            || Ok(()),
            |(), job| {
                let canonical = || -> Result<_> {
                    job.target.must_be_free(place.force)?;
                    Ok(json::canonicalize(&job.input.read()?, Limits::default())?)
                };
                let canonical = canonical().map_err(|failure| failure.about(&job.input))?;
                job.target.write(&canonical, place.how(false)).map(|()| None)
            },
        )
    }
}
