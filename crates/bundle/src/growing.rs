//! A file to which a node may be writing while it is read.

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::rc::Rc;
use std::time::Duration;

/// How long one waits at a time for the rest of a batch, and how often: a second in all, more than
/// it takes to write one.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSES: u32 = 20;
/// A file that nobody has written to for so long is not being written.
const AT_REST: Duration = Duration::from_secs(10);

/// Whether what is read now is the inside of a batch, where the file cannot end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inside(Rc<Cell<bool>>);

impl Inside {
    pub(crate) fn set(&self, inside: bool) {
        self.0.set(inside);
    }
}

/// Reads such a file; where it ends inside a batch, waits for the rest.
pub(crate) struct Growing<'a, W> {
    file: &'a File,
    inside: Inside,
    pauses: u32,
    wait: W,
}

impl<'a> Growing<'a, fn()> {
    pub(crate) fn new(file: &'a File, inside: Inside) -> Self {
        let written = file.metadata().and_then(|metadata| metadata.modified()).ok();
        // A time ahead of the clock is one of just now, by another clock.
        let at_rest = written.and_then(|time| time.elapsed().ok()).is_some_and(|since| since > AT_REST);
        Self { pauses: if at_rest { 0 } else { PAUSES }, ..Growing::waiting(file, inside, pause) }
    }
}

fn pause() {
    std::thread::sleep(PAUSE);
}

impl<'a, W: FnMut()> Growing<'a, W> {
    fn waiting(file: &'a File, inside: Inside, wait: W) -> Self {
        Self { file, inside, pauses: PAUSES, wait }
    }
}

impl<W: FnMut()> Read for Growing<'_, W> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = self.file.read(out)?;
            if count > 0 || out.is_empty() || !self.inside.0.get() || self.pauses == 0 {
                return Ok(count);
            }
            self.pauses -= 1;
            (self.wait)();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(content: &[u8]) -> (tempfile::NamedTempFile, File) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let reading = file.reopen().unwrap();
        (file, reading)
    }

    #[test]
    fn the_rest_of_a_batch_is_waited_for() {
        let (mut writing, reading) = file(b"half");
        let (inside, mut waited) = (Inside::default(), 0);
        inside.set(true);
        let wait = || {
            waited += 1;
            if waited == 3 {
                writing.write_all(b" a batch").unwrap();
            }
        };
        let mut read = [0; 12];
        Growing::waiting(&reading, inside, wait).read_exact(&mut read).unwrap();
        assert_eq!((&read, waited), (b"half a batch", 3));
    }

    #[test]
    fn it_is_not_waited_for_without_end() {
        let (_writing, reading) = file(b"half");
        let (inside, mut waited) = (Inside::default(), 0);
        inside.set(true);
        let mut read = Vec::new();
        Growing::waiting(&reading, inside, || waited += 1).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), waited), (&b"half"[..], PAUSES));
    }

    #[test]
    fn between_two_batches_the_file_may_end() {
        let (_writing, reading) = file(b"whole");
        let mut waited = 0;
        let mut read = Vec::new();
        Growing::waiting(&reading, Inside::default(), || waited += 1).read_to_end(&mut read).unwrap();
        assert_eq!((read.as_slice(), waited), (&b"whole"[..], 0));
    }

    #[test]
    fn what_was_written_long_ago_stays_as_it_is() {
        let (writing, reading) = file(b"half");
        let before = std::time::SystemTime::now() - 2 * AT_REST;
        writing.as_file().set_modified(before).unwrap();
        assert_eq!(Growing::new(&reading, Inside::default()).pauses, 0);
    }
}
