//! An empty directory that the command is run in.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;

pub(crate) struct Place(tempfile::TempDir);

/// What a run of the command came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// An empty directory with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Who may read and write a file.
    #[cfg(unix)]
    pub(crate) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("bulla"));
        command.current_dir(self.0.path());
        command
    }

    /// Runs the command with arguments that hold no space.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments, "")
    }

    /// The same, with something on standard input.
    pub(crate) fn run_with(&self, arguments: &str, input: &str) -> Run {
        Run::from(self.command().args(arguments.split_whitespace()).write_stdin(input).output().unwrap())
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            told: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// That everything was done, whatever was said.
    #[track_caller]
    pub(crate) fn must_be_fine(&self) {
        assert_eq!(self.code, 0, "{self:?}");
    }

    /// That it ended with `code` and said just this, line by line.
    #[track_caller]
    pub(crate) fn must_end(&self, code: i32, told: &str) {
        assert_eq!((self.code, self.told.as_str()), (code, told), "{self:?}");
    }
}
