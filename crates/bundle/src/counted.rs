//! How far a source was read, and how much came of it.

use std::io::{BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is expanded freely.
const FREE: u64 = 1 << 30;
/// Beyond that, how many times its compressed size a bundle may be. Rows with ids of their own come
/// nowhere near it.
const RATIO: u64 = 256;

/// How much was read, and how much that was once expanded. Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expansion(Arc<(AtomicU64, AtomicU64)>);

impl Expansion {
    /// How many bytes were read.
    pub(crate) fn read(&self) -> u64 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Notes that so many bytes came of what was read.
    pub(crate) fn expanded(&self, bytes: usize) -> std::io::Result<()> {
        let expanded = self.0.1.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if expanded > FREE && expanded / RATIO > self.read() {
            let problem = format!(
                "more than {RATIO} times as much comes of it as was read, which is no export of a database"
            );
            return Err(std::io::Error::other(problem));
        }
        Ok(())
    }
}

/// A source that counts what is taken from it.
pub(crate) struct Counted<B> {
    source: B,
    expansion: Expansion,
}

impl<B: BufRead> Counted<B> {
    pub(crate) fn new(source: B) -> Self {
        Self { source, expansion: Expansion::default() }
    }

    pub(crate) fn expansion(&self) -> &Expansion {
        &self.expansion
    }
}

impl<B: BufRead> Read for Counted<B> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(out)?;
        self.expansion.0.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<B: BufRead> BufRead for Counted<B> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
        self.expansion.0.0.fetch_add(count as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_is_free_and_beyond_it_counts_what_was_read() {
        let free = usize::try_from(FREE).unwrap();
        let mut source = Counted::new(&[0; 8192][..]);
        let expansion = source.expansion().clone();
        assert!(expansion.expanded(free).is_ok());
        let told = expansion.expanded(1).unwrap_err().to_string();
        assert!(told.starts_with("more than 256 times as much comes of it as was read"), "{told}");
        source.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(expansion.read(), 8192);
        expansion.0.0.fetch_add(FREE / RATIO, Ordering::Relaxed);
        assert!(expansion.expanded(1).is_ok());
    }
}
