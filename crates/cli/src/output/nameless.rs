//! Files that have no name until they are complete (`O_TMPFILE`, `open(2)`), so that nothing is left of
//! them when the process is killed.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};

use super::{How, neighbours, take_after};

/// Whether the file was written; not where the file system has no such files, or the process no `/proc`.
pub(super) fn write(directory: &Path, path: &Path, bytes: &[u8], how: How) -> io::Result<bool> {
    let mode = if how.private { 0o600 } else { 0o666 };
    let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
    // If it is for another reason, a file with a name fails as well, and tells.
    let Ok(file) = rustix::fs::open(directory, flags, Mode::from_bits_truncate(mode)) else {
        return Ok(false);
    };
    let mut file = File::from(file);
    file.write_all(bytes)?;
    take_after(&file, path, how)?;
    if how.is_durable() {
        file.sync_all()?;
    }
    match link(&file, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && how.force => {
            // A link replaces nothing, a renaming does. Of a process that is killed in between, a
            // complete neighbour is left.
            let neighbour = neighbours().make_in(directory, |neighbour| link(&file, neighbour))?;
            neighbour.into_temp_path().persist(path)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => Ok(false),
    }
}

fn link(file: &File, path: &Path) -> io::Result<()> {
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
