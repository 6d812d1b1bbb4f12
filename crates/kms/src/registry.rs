//! A key registry in a file, for use without an engine.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bulla_core::keys::{KeyRow, Purpose};
use bulla_core::{Error, Result};

/// A key registry in a file: one row a line, as purpose, key id and signed row with a space
/// between. Rows are appended under a lock of the file and reach the disk before they are used,
/// so processes may share it, Java ones too.
#[derive(Debug)]
pub struct FileKeyRegistry {
    path: PathBuf,
}

/// A file's lock is the process's, so threads need one of their own, whichever registry they use;
/// readers too, because whichever thread closes the file first ends its lock for all (POSIX,
/// `fcntl`).
static USING: Mutex<()> = Mutex::new(());

/// One line of the file.
struct Line<'a> {
    purpose: Purpose,
    kid: &'a str,
    row: &'a str,
}

impl FileKeyRegistry {
    /// A registry in the file `path`, which is made when the first row is added.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where the registry lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The signed row of the key `kid`.
    pub fn row(&self, kid: &str) -> Result<Option<String>> {
        let text = self.read()?;
        let line = self.lines(&text)?.into_iter().find(|line| line.kid == kid);
        Ok(line.map(|line| line.row.to_owned()))
    }

    /// The signed rows of all keys of a purpose.
    pub fn rows(&self, purpose: Purpose) -> Result<Vec<String>> {
        let text = self.read()?;
        let lines = self.lines(&text)?.into_iter().filter(|line| line.purpose == purpose);
        Ok(lines.map(|line| line.row.to_owned()).collect())
    }

    /// Adds a row, durably. Returns whether it was added: of search and commitment keys there is
    /// one, and another process may have been faster.
    pub fn add(&self, row: &KeyRow) -> Result<bool> {
        let _using = USING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)
            .and_then(lock)
            .map_err(|e| self.failed("written", &e))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| self.failed("read", &e))?;
        let known = self.lines(&text)?;
        if row.purpose != Purpose::Data && known.iter().any(|line| line.purpose == row.purpose) {
            return Ok(false);
        }
        let line = format!("{} {} {}\n", row.purpose.name(), row.kid, row.text);
        append(&mut file, whole(&text).len(), &line).map_err(|e| self.failed("written", &e))?;
        if text.is_empty() {
            sync_directory(&self.path).map_err(|e| self.failed("written", &e))?;
        }
        Ok(true)
    }

    /// Puts other rows in the place of those for which `other` has one, all or none, and returns how
    /// many. Before, the file is copied to `backup`, which must not be there yet; if the process ends
    /// in between, that is what the registry is restored from.
    pub fn replace(&self, backup: &Path, other: impl Fn(&str) -> Result<Option<KeyRow>>) -> Result<usize> {
        let _using = USING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&self.path)
            .and_then(lock)
            .map_err(|e| self.failed("written", &e))?;
        let mut old = String::new();
        file.read_to_string(&mut old).map_err(|e| self.failed("read", &e))?;
        let (mut new, mut replaced) = (String::with_capacity(old.len()), 0);
        for line in self.lines(&old)? {
            let other = other(line.row)?;
            replaced += usize::from(other.is_some());
            let row = other.as_ref().map_or(line.row, |other| &other.text);
            let _ = writeln!(new, "{} {} {row}", line.purpose.name(), line.kid);
        }
        if replaced > 0 {
            let problem = |e: std::io::Error| Error::Io {
                what: format!("the copy {} of the key registry", backup.display()),
                problem: e.to_string(),
            };
            copy(&old, backup).map_err(problem)?;
            // In its place, under the lock: another process that waits for it writes to this file.
            append(&mut file, 0, &new).map_err(|e| self.failed("written", &e))?;
        }
        Ok(replaced)
    }

    fn read(&self) -> Result<String> {
        let _using = USING.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::read_to_string(&self.path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read.map_err(|e| self.failed("read", &e)),
        }
    }

    fn lines<'a>(&self, text: &'a str) -> Result<Vec<Line<'a>>> {
        let lines = whole(text).lines().enumerate();
        lines.map(|(index, line)| parse(line).ok_or_else(|| self.malformed(index + 1))).collect()
    }

    fn malformed(&self, line: usize) -> Error {
        Error::BadRegistryRow {
            kid: format!("line {line} of {}", self.path.display()),
            problem: "it is not purpose, key id and signed row; put the file back from a backup".into(),
        }
    }

    fn failed(&self, verb: &str, error: &std::io::Error) -> Error {
        Error::KeyUnavailable {
            kid: "registry".into(),
            problem: format!("the key registry {} cannot be {verb}: {error}", self.path.display()),
        }
    }
}

/// The lines that were written to their ends: a row that a crash cut off was never used.
fn whole(text: &str) -> &str {
    &text[..text.rfind('\n').map_or(0, |end| end + 1)]
}

fn parse(line: &str) -> Option<Line<'_>> {
    let mut parts = line.split(' ');
    let (purpose, kid, row) = (parts.next()?, parts.next()?, parts.next()?);
    let purpose = Purpose::from_name(purpose)?;
    parts.next().is_none().then_some(Line { purpose, kid, row })
}

/// Writes a new file, which is on the disk with its name when this returns.
fn copy(text: &str, path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_directory(path)
}

fn append(file: &mut File, end: usize, line: &str) -> std::io::Result<()> {
    let end = end as u64;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Writes the entry of a new file to the disk: without it a crash could take the file away.
#[cfg(unix)]
fn sync_directory(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere directories cannot be opened, and the file system sees to it.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Takes the lock that Java's `FileChannel.lock` takes; it ends with the file.
#[cfg(unix)]
fn lock(file: File) -> std::io::Result<File> {
    rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::LockExclusive)?;
    Ok(file)
}

/// Takes the lock that Java's `FileChannel.lock` takes; it ends with the file.
#[cfg(not(unix))]
fn lock(file: File) -> std::io::Result<File> {
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use bulla_core::crypto::Secret;
    use bulla_core::keys::KeyId;

    use super::*;

    fn row(purpose: Purpose, byte: u8) -> KeyRow {
        KeyRow { kid: KeyId::of_secret(&Secret::new([byte; 32])), purpose, text: format!("row{byte}") }
    }

    fn registry(directory: &Path) -> FileKeyRegistry {
        FileKeyRegistry::new(directory.join("registry"))
    }

    #[test]
    fn rows_are_found_by_key_and_by_purpose() {
        let directory = tempfile::tempdir().unwrap();
        let registry = registry(directory.path());
        assert_eq!(registry.row("k").unwrap(), None);
        let (first, second) = (row(Purpose::Data, 1), row(Purpose::Data, 2));
        assert!(registry.add(&first).unwrap() && registry.add(&second).unwrap());
        assert_eq!(registry.row(second.kid.as_str()).unwrap().as_deref(), Some("row2"));
        assert_eq!(registry.rows(Purpose::Data).unwrap(), ["row1", "row2"]);
        assert_eq!(registry.rows(Purpose::Search).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_installation_has_one_search_key() {
        let directory = tempfile::tempdir().unwrap();
        let registry = registry(directory.path());
        assert!(registry.add(&row(Purpose::Search, 1)).unwrap());
        assert!(!registry.add(&row(Purpose::Search, 2)).unwrap());
        assert_eq!(registry.rows(Purpose::Search).unwrap(), ["row1"]);
    }

    #[test]
    fn two_registries_of_one_file_add_one_search_key_at_once() {
        for _ in 0..50 {
            let directory = tempfile::tempdir().unwrap();
            let added = std::thread::scope(|scope| {
                let add = |byte| {
                    let registry = registry(directory.path());
                    move || registry.add(&row(Purpose::Search, byte)).unwrap()
                };
                let threads: Vec<_> = (1..=8).map(|byte| scope.spawn(add(byte))).collect();
                threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
            });
            assert_eq!(added, 1);
            assert_eq!(registry(directory.path()).rows(Purpose::Search).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_row_that_a_crash_cut_off_makes_room() {
        let directory = tempfile::tempdir().unwrap();
        let registry = registry(directory.path());
        registry.add(&row(Purpose::Data, 1)).unwrap();
        let mut file = OpenOptions::new().append(true).open(directory.path().join("registry")).unwrap();
        file.write_all(b"data torn").unwrap();
        registry.add(&row(Purpose::Data, 2)).unwrap();
        assert_eq!(registry.rows(Purpose::Data).unwrap(), ["row1", "row2"]);
    }

    #[test]
    fn rows_are_replaced_all_or_none_and_the_old_ones_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let registry = registry(directory.path());
        let rows = [row(Purpose::Data, 1), row(Purpose::Search, 2), row(Purpose::Data, 3)];
        for row in &rows {
            assert!(registry.add(row).unwrap());
        }
        let old = std::fs::read(registry.path()).unwrap();
        let backup = directory.path().join("backup");
        let failed = Err(Error::Internal { what: "it" });
        let third_fails =
            |text: &str| if text == "row3" { failed.clone() } else { Ok(Some(row(Purpose::Data, 9))) };
        assert_eq!(registry.replace(&backup, third_fails), Err(Error::Internal { what: "it" }));
        assert_eq!((std::fs::read(registry.path()).unwrap(), backup.exists()), (old.clone(), false));

        let second = |text: &str| Ok((text == "row2").then(|| row(Purpose::Search, 4)));
        assert_eq!(registry.replace(&backup, second), Ok(1));
        assert_eq!(registry.rows(Purpose::Search).unwrap(), ["row4"]);
        assert_eq!(registry.rows(Purpose::Data).unwrap(), ["row1", "row3"]);
        assert_eq!(std::fs::read(&backup).unwrap(), old);
        let error = registry.replace(&backup, |_| Ok(Some(row(Purpose::Data, 5)))).unwrap_err();
        assert!(error.to_string().contains("backup of the key registry: File exists"), "{error}");
        assert_eq!(registry.rows(Purpose::Data).unwrap(), ["row1", "row3"]);
    }

    #[test]
    fn a_line_that_is_no_row_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let registry = registry(directory.path());
        registry.add(&row(Purpose::Data, 1)).unwrap();
        std::fs::write(directory.path().join("registry"), "data a b\nwhat is this\n").unwrap();
        let message = registry.rows(Purpose::Data).unwrap_err().to_string();
        assert!(message.contains("line 2 of ") && message.contains("backup"), "{message}");
    }
}
