//! Writing files: whole or not at all.

#[cfg(target_os = "linux")]
mod nameless;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::outcome::{Failure, Result};

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// Only its owner may read it.
    pub(crate) private: bool,
    /// A file that is there is replaced.
    pub(crate) force: bool,
    pub(crate) chosen: Chosen,
    /// It is on the disk when the command ends. What is replaced is so in any case: until then the
    /// old file is there.
    pub(crate) sync: bool,
}

/// Who chose the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// The user did, and means whatever is there.
    ByUser,
    /// The command made it of another one. Whoever may write to the directory could have put a link
    /// or a pipe there, which would take what is written elsewhere.
    ByCommand,
}

/// Files that say how the command does its work: keys, configuration, context, passphrase.
static SPARED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// No output takes the place of `file` from now on, by whichever of its names.
pub(crate) fn spare(file: &Path) {
    if let Ok(file) = fs::canonicalize(file) {
        SPARED.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
    }
}

fn is_spared(path: &Path) -> bool {
    let spared = SPARED.lock().unwrap_or_else(PoisonError::into_inner);
    !spared.is_empty() && fs::canonicalize(path).is_ok_and(|path| spared.contains(&path))
}

/// Writes `bytes` to a new file and gives it the name `path` when it is complete.
pub(crate) fn write(path: &Path, bytes: &[u8], how: How) -> Result<()> {
    if how.force && is_spared(path) {
        let problem = "holds a key or a setting that this command uses; name another file";
        return Err(Failure::unusable(format!("{} {problem}", path.display())));
    }
    if how.chosen == Chosen::ByCommand && path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        let problem = "is no file but a link, a directory or a device; remove it, or name it with --output";
        return Err(Failure::unusable(format!("{} {problem}", path.display())));
    }
    let written = match path.metadata() {
        // A device or a pipe is written to, never replaced.
        Ok(found) if !found.is_file() && !found.is_dir() => fs::write(path, bytes),
        // What a link points to is replaced, not the link.
        Ok(_) if how.force => fs::canonicalize(path).and_then(|path| replace(&path, bytes, how)),
        _ => replace(path, bytes, how),
    };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists if !how.force => {
            Failure::unusable(format!("{} is there already; --force replaces it", path.display()))
        }
        _ => Failure::unusable(format!("{} cannot be written: {}", path.display(), cause(&error))),
    })
}

/// Without the path of a temporary neighbour, which `tempfile` appends.
fn cause(error: &io::Error) -> String {
    let told = error.to_string();
    told.split_once(" at path ").map_or(told.as_str(), |(cause, _)| cause).into()
}

/// Makes the mode of `file` that of the file that it replaces, and its owner too, if this process may.
#[cfg(unix)]
fn take_after(file: &File, replaced: &Path, how: How) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    // What is for its owner alone stays so, whatever was there.
    if how.private || !how.force {
        return Ok(());
    }
    let Ok(found) = replaced.metadata() else { return Ok(()) };
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (found.uid(), found.gid()) {
        let _ = fchown(file, Some(found.uid()), Some(found.gid()));
    }
    file.set_permissions(found.permissions())
}

#[cfg(not(unix))]
fn take_after(_file: &File, _replaced: &Path, _how: How) -> io::Result<()> {
    Ok(())
}

fn replace(path: &Path, bytes: &[u8], how: How) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(target_os = "linux")]
    let written = nameless::write(directory, path, bytes, how)?;
    #[cfg(not(target_os = "linux"))]
    let written = false;
    if !written {
        write_named(directory, path, bytes, how)?;
    }
    if how.is_durable() {
        UNSETTLED.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.to_owned());
    }
    Ok(())
}

/// Where files cannot be nameless. A process that is killed leaves the neighbour behind.
fn write_named(directory: &Path, path: &Path, bytes: &[u8], how: How) -> io::Result<()> {
    let mut builder = neighbours();
    #[cfg(unix)]
    if !how.private {
        // What the process's mask leaves of it.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    take_after(file.as_file(), path, how)?;
    if how.is_durable() {
        file.as_file().sync_all()?;
    }
    if how.force {
        file.persist(path)?;
    } else {
        file.persist_noclobber(path)?;
    }
    Ok(())
}

/// What the names of temporary neighbours look like.
fn neighbours() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bulla-").suffix(".part");
    builder
}

impl How {
    /// Whether the content reaches the disk before it gets its name.
    fn is_durable(self) -> bool {
        self.sync || self.force
    }
}

/// Directories with names that may not be on the disk yet.
static UNSETTLED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Waits until the names of all durable files are on the disk, as their contents are: once for each
/// directory, not for each file.
pub(crate) fn settle() -> Result<()> {
    let directories = mem::take(&mut *UNSETTLED.lock().unwrap_or_else(PoisonError::into_inner));
    for directory in directories.iter().filter(|_| cfg!(unix)) {
        File::open(directory).and_then(|opened| opened.sync_all()).map_err(|error| {
            Failure::unusable(format!("{} may not be on the disk: {error}", directory.display()))
        })?;
    }
    Ok(())
}
