//! What a command reads, and where what comes of it goes.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::outcome::{self, Failure, Outcome, Result};
use crate::output::{self, Chosen, How};

/// More bytes than any plaintext or document may have: each is held in memory whole.
const LONGEST: u64 = 1 << 30;
/// More than the envelope or statement of the longest has.
const LONGEST_TEXT: u64 = 2 * LONGEST;
/// More than a file of settings has; what is longer is another file, given by mistake.
const LONGEST_SETTINGS: u64 = 1 << 24;

/// Files, and where what comes of each goes.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Files to read, of up to 1 GiB; "-" or none is standard input
    #[arg(value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) course: Course,
}

/// Where what comes of files goes.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Write to this file; "-" is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write into this directory, by the usual names
    #[arg(short = 'd', long, value_name = "DIR", conflicts_with = "output")]
    pub(crate) output_dir: Option<PathBuf>,
    /// Replace files that are there
    #[arg(short, long)]
    pub(crate) force: bool,
    /// Wait until what was written is on the disk, as before the inputs are deleted
    #[arg(long)]
    pub(crate) sync: bool,
}

/// How the work on many files goes on.
#[derive(Debug, Args)]
pub(crate) struct Course {
    /// Stop at the first file that fails
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Show neither progress nor a summary
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Input {
    Standard,
    File(PathBuf),
}

/// Where something goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Standard,
    File(PathBuf),
}

/// The name of what comes of a file, from the file's own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Naming {
    /// The same, so it goes to another directory, or to standard output.
    Same,
    /// With this at its end.
    With(&'static str),
    /// Without this at its end.
    Without(&'static str),
}

/// One input and where what comes of it goes.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) input: Input,
    pub(crate) target: Target,
}

impl Input {
    /// The inputs that arguments name.
    pub(crate) fn all(files: &[PathBuf]) -> Result<Vec<Self>> {
        if files.is_empty() {
            return Ok(vec![Self::Standard]);
        }
        let inputs: Vec<_> = files.iter().map(|file| Self::from(file.as_path())).collect();
        if inputs.iter().filter(|input| **input == Self::Standard).count() > 1 {
            return Err(Failure::unusable("standard input (\"-\") can be read once only"));
        }
        Ok(inputs)
    }

    /// All of it, at most 1 GiB. It may be a plaintext, so it is overwritten in the end.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.read_at_most(LONGEST)
    }

    fn read_at_most(&self, longest: u64) -> Result<Zeroizing<Vec<u8>>> {
        let read = match self {
            Self::Standard => at_most(longest, io::stdin().lock(), 0),
            Self::File(path) => File::open(path).and_then(|file| {
                let said = file.metadata()?.len();
                at_most(longest, file, said)
            }),
        };
        read.map_err(|error| Failure::unusable(format!("cannot be read: {error}")))
    }

    /// All of it, at most 2 GiB, which must be text.
    pub(crate) fn read_text(&self) -> Result<Zeroizing<String>> {
        let mut bytes = self.read_at_most(LONGEST_TEXT)?;
        String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| Failure {
            outcome: Outcome::Refused,
            message: format!("invalid UTF-8 at byte {}", error.utf8_error().valid_up_to()),
        })
    }
}

/// The text of a file that says what a command is to do.
pub(crate) fn read_settings(file: &Path) -> Result<String> {
    let read = || {
        let text = at_most(LONGEST_SETTINGS, File::open(file)?, 0)?;
        String::from_utf8(text.to_vec()).map_err(|_| io::Error::other("it is not UTF-8"))
    };
    read().map_err(|error| Failure::unusable(format!("{}: cannot be read: {error}", file.display())))
}

/// What `source`, which says that it has so many bytes, has: in memory that no reading in between moved,
/// if it said the truth.
fn at_most(longest: u64, source: impl Read, said: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let room = usize::try_from(said.min(longest)).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 1));
    source.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest {
        return Err(io::Error::other(format!("it has more than {longest} bytes")));
    }
    Ok(bytes)
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        if path == Path::new("-") { Self::Standard } else { Self::File(path.into()) }
    }
}

impl From<&Path> for Target {
    fn from(path: &Path) -> Self {
        match Input::from(path) {
            Input::Standard => Self::Standard,
            Input::File(path) => Self::File(path),
        }
    }
}

impl Target {
    /// Fails early, before the work, if something is there that must stay.
    pub(crate) fn must_be_free(&self, force: bool) -> Result<()> {
        match self {
            Self::File(path) if !force && path.symlink_metadata().is_ok_and(|found| found.is_file()) => {
                Err(Failure::unusable(format!("{} is there already; --force replaces it", path.display())))
            }
            _ => Ok(()),
        }
    }

    /// Puts `bytes` there: all of them or none.
    pub(crate) fn write(&self, bytes: &[u8], how: How) -> Result<()> {
        match self {
            Self::Standard => outcome::print(bytes),
            Self::File(path) => output::write(path, bytes, how),
        }
    }
}

impl Place {
    /// How files are written; `private` ones are for their owner alone.
    pub(crate) fn how(&self, private: bool) -> How {
        let chosen = if self.output.is_some() { Chosen::ByUser } else { Chosen::ByCommand };
        How { private, force: self.force, chosen, sync: self.sync }
    }

    /// Where what comes of each input goes: beside it, or as the options say.
    pub(crate) fn jobs(&self, inputs: Vec<Input>, naming: Naming) -> Result<Vec<Job>> {
        if self.output.is_some() && inputs.len() > 1 {
            return Err(Failure::unusable(
                "several files do not go into one: use --output-dir in place of --output",
            ));
        }
        if let Some(directory) = self.output_dir.as_ref().filter(|directory| !directory.is_dir()) {
            let problem = "is not a directory; make it first";
            return Err(Failure::unusable(format!("{} {problem}", directory.display())));
        }
        let mut taken = HashSet::new();
        let mut jobs = Vec::with_capacity(inputs.len());
        for input in inputs {
            let target = self.target(&input, naming)?;
            if let Target::File(path) = &target
                && !taken.insert(path.clone())
            {
                let path = path.display();
                return Err(Failure::unusable(format!("two files would both go to {path}")));
            }
            jobs.push(Job { input, target });
        }
        if matches!(naming, Naming::Same) && self.output_dir.is_none() && jobs.len() > 1 {
            return Err(Failure::unusable("say with --output-dir where several files go"));
        }
        Ok(jobs)
    }

    fn target(&self, input: &Input, naming: Naming) -> Result<Target> {
        if let Some(output) = &self.output {
            return Ok(Target::from(output.as_path()));
        }
        let path = match input {
            Input::Standard if self.output_dir.is_some() => {
                return Err(Failure::unusable("standard input has no name; use --output"));
            }
            Input::Standard => return Ok(Target::Standard),
            Input::File(path) => path,
        };
        if matches!(naming, Naming::Same) && self.output_dir.is_none() {
            return Ok(Target::Standard);
        }
        let named = naming.of(path).map_err(|failure| failure.about(input))?;
        Ok(Target::File(match (&self.output_dir, named.file_name()) {
            (Some(directory), Some(name)) => directory.join(name),
            _ => named,
        }))
    }
}

impl Naming {
    /// The name of what comes of `file`.
    pub(crate) fn of(self, file: &Path) -> Result<PathBuf> {
        let (name, end) = match self {
            Self::Same => return Ok(file.into()),
            Self::With(end) => {
                let mut name = file.as_os_str().to_owned();
                name.push(end);
                return Ok(name.into());
            }
            Self::Without(end) => (file.to_str().and_then(|name| name.strip_suffix(end)), end),
        };
        match name {
            Some(name) if !name.is_empty() && !name.ends_with('/') => Ok(name.into()),
            _ => {
                let problem = format!("its name does not end with {end}; give the other name by an option");
                Err(Failure::unusable(problem))
            }
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}
