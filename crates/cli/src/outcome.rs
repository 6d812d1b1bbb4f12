//! What a command ends with.

use std::io::{self, Write};
use std::process::ExitCode;

use bulla_core::printable::printable;
use bulla_core::{Error, ErrorKind};

/// The result of a command, and of its work on each file.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// What a command ends with, as its help tells it.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  everything was done
  1  something does not verify, does not open or was refused as it is
  2  wrong use, or something cannot be read or written
  3  inconclusive: something that the answer needs is missing
Of several files the gravest counts: 1 before 2 before 3. An interrupted command ends with 130.";

/// What stands below the options in a command's help: `examples`, and what it ends with.
pub(crate) fn help(examples: &str) -> String {
    format!("{examples}\n\n{EXIT_CODES}")
}

/// How a command ends, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Something that the answer needs is missing.
    Inconclusive,
    /// Wrong use, or something cannot be read or written.
    Unusable,
    /// Something was read and does not verify, does not open or is not allowed as it is.
    Refused,
    /// The user ended it.
    Interrupted,
}

/// Why a command, or its work on one file, did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    pub(crate) message: String,
}

impl Failure {
    /// Wrong use, or something that cannot be read or written.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self { outcome: Outcome::Unusable, message: message.into() }
    }

    /// The failure, told of `subject`, unless it names that itself.
    pub(crate) fn about(self, subject: impl std::fmt::Display) -> Self {
        let subject = subject.to_string();
        if self.message.strip_prefix(&subject).is_some_and(|rest| rest.starts_with([',', ':', ' '])) {
            return self;
        }
        Self { message: format!("{subject}: {}", self.message), ..self }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let outcome = match error.kind() {
            ErrorKind::KeyUnavailable => Outcome::Inconclusive,
            ErrorKind::MalformedKey
            | ErrorKind::InvalidConfig
            | ErrorKind::InvalidArgument
            | ErrorKind::Io
            | ErrorKind::RandomUnavailable
            | ErrorKind::UnsupportedPlatform
            | ErrorKind::Internal => Outcome::Unusable,
            _ => Outcome::Refused,
        };
        Self { outcome, message: error.to_string() }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Refused => 1,
            Outcome::Unusable => 2,
            Outcome::Inconclusive => 3,
            Outcome::Interrupted => 130,
        })
    }
}

/// Tells the user something, beside the command's output, in one line. Files may be called anything.
pub(crate) fn tell(message: &str) {
    // Where even that is closed, the exit code has to do.
    let _ = writeln!(io::stderr(), "bulla: {}", printable(message));
}

/// Writes to standard output.
pub(crate) fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => {
            Failure::unusable("whoever reads standard output closed it before everything was written")
        }
        _ => Failure::unusable(format!("standard output cannot be written: {error}")),
    })
}

/// Writes a line to standard output.
pub(crate) fn print_line(line: &str) -> Result<()> {
    print(format!("{line}\n").as_bytes())
}
