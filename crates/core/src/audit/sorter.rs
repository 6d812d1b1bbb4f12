//! Sorts more than fits into memory: sorted runs go to a place that the caller provides and are
//! merged when read back.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Error, Result};

/// A place for what does not fit into memory: written front to back, read anywhere.
///
/// The core does no I/O, so its caller brings the place, usually an unlinked temporary file.
pub trait Spill: Send {
    /// Appends `bytes` to what was written before.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;
    /// Fills `out` with what was written from `offset` on.
    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<()>;
}

/// A spill that stays in memory, for small databases and tests.
#[derive(Debug, Default)]
pub struct MemorySpill(Vec<u8>);

impl Spill for MemorySpill {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<()> {
        let from = usize::try_from(offset).map_err(|_| unreadable())?;
        let bytes = self.0.get(from..from + out.len()).ok_or_else(unreadable)?;
        out.copy_from_slice(bytes);
        Ok(())
    }
}

fn unreadable() -> Error {
    Error::Io {
        what: "the audit's temporary file".into(),
        problem: "is shorter than what was written".into(),
    }
}

/// The spill that all sorters of one audit share.
#[derive(Clone)]
pub(super) struct Space(Arc<Mutex<Written>>);

struct Written {
    spill: Box<dyn Spill>,
    length: u64,
}

impl Space {
    pub(super) fn new(spill: Box<dyn Spill>) -> Self {
        Self(Arc::new(Mutex::new(Written { spill, length: 0 })))
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes were spilled so far.
    pub(super) fn spilled(&self) -> u64 {
        self.lock().length
    }
}

impl Written {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.spill.append(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// How many bytes a sorter holds before it spills a run.
pub(super) const BUDGET: usize = 48 << 20;
/// How many runs are merged at a time.
const FAN_IN: usize = 64;
/// How much of a run is read at a time.
const CHUNK: usize = 128 << 10;
/// Key length and payload length before each entry.
const PREFIX: usize = 8;

/// Collects entries in any order; equal keys keep the order in which they came.
pub(super) struct Sorter {
    space: Space,
    budget: usize,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<Run>,
}

#[derive(Clone, Copy)]
pub(super) struct Entry {
    offset: usize,
    key: u32,
    payload: u32,
}

impl Entry {
    fn key(self, arena: &[u8]) -> &[u8] {
        &arena[self.offset..self.offset + self.key as usize]
    }

    fn payload(self, arena: &[u8]) -> &[u8] {
        let from = self.offset + self.key as usize;
        &arena[from..from + self.payload as usize]
    }
}

#[derive(Clone, Copy)]
struct Run {
    offset: u64,
    length: u64,
}

impl Sorter {
    pub(super) fn new(space: &Space, budget: usize) -> Self {
        Self { space: space.clone(), budget, arena: Vec::new(), entries: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        let size = key.len() + payload.len() + size_of::<Entry>();
        let held = self.arena.len() + self.entries.len() * size_of::<Entry>();
        if held + size > self.budget && !self.entries.is_empty() {
            self.spill()?;
        }
        let too_large = |size: usize| Error::TooLarge { size, limit: u32::MAX as usize };
        self.entries.push(Entry {
            offset: self.arena.len(),
            key: u32::try_from(key.len()).map_err(|_| too_large(key.len()))?,
            payload: u32::try_from(payload.len()).map_err(|_| too_large(payload.len()))?,
        });
        self.arena.extend_from_slice(key);
        self.arena.extend_from_slice(payload);
        Ok(())
    }

    /// Ends collecting; what was pushed comes back in order.
    pub(super) fn finish(mut self) -> Result<Sorted> {
        if self.runs.is_empty() {
            self.sort();
            return Ok(Sorted::Held { arena: self.arena, entries: self.entries, next: 0 });
        }
        self.spill()?;
        self.arena = Vec::new();
        self.entries = Vec::new();
        while self.runs.len() > FAN_IN {
            let mut merged = Vec::with_capacity(self.runs.len().div_ceil(FAN_IN));
            for group in self.runs.chunks(FAN_IN) {
                merged.push(self.merge(group)?);
            }
            self.runs = merged;
        }
        Ok(Sorted::Spilled(Merge::new(&self.space, &self.runs)?))
    }

    fn sort(&mut self) {
        let arena = &self.arena;
        self.entries.sort_by(|a, b| a.key(arena).cmp(b.key(arena)));
    }

    fn spill(&mut self) -> Result<()> {
        self.sort();
        let mut writer = RunWriter::new(&self.space);
        for entry in &self.entries {
            writer.entry(entry.key(&self.arena), entry.payload(&self.arena))?;
        }
        self.runs.push(writer.finish()?);
        self.arena.clear();
        self.entries.clear();
        Ok(())
    }

    fn merge(&self, runs: &[Run]) -> Result<Run> {
        // The merged run is written while its sources are read: entries are gathered until the
        // whole run is known to be contiguous, so no other sorter may write in between. One audit
        // runs on one thread, which sees to that.
        let mut merge = Merge::new(&self.space, runs)?;
        let mut writer = RunWriter::new(&self.space);
        while let Some((key, payload)) = merge.next()? {
            writer.entry(key, payload)?;
        }
        writer.finish()
    }
}

struct RunWriter<'a> {
    space: &'a Space,
    buffer: Vec<u8>,
    offset: u64,
    written: u64,
}

impl<'a> RunWriter<'a> {
    fn new(space: &'a Space) -> Self {
        Self { space, buffer: Vec::with_capacity(CHUNK), offset: space.spilled(), written: 0 }
    }

    fn entry(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        let lengths = [key.len(), payload.len()].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
        self.buffer.extend_from_slice(&lengths[0].to_be_bytes());
        self.buffer.extend_from_slice(&lengths[1].to_be_bytes());
        self.buffer.extend_from_slice(key);
        self.buffer.extend_from_slice(payload);
        if self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.space.lock().append(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Run> {
        self.flush()?;
        Ok(Run { offset: self.offset, length: self.written })
    }
}

/// Entries in the order of their keys.
pub(super) enum Sorted {
    Held { arena: Vec<u8>, entries: Vec<Entry>, next: usize },
    Spilled(Merge),
}

impl Sorted {
    /// The next key and payload.
    pub(super) fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        match self {
            Self::Held { arena, entries, next } => {
                let Some(entry) = entries.get(*next) else { return Ok(None) };
                *next += 1;
                Ok(Some((entry.key(arena), entry.payload(arena))))
            }
            Self::Spilled(merge) => merge.next(),
        }
    }
}

/// Merges sorted runs; a binary heap of cursors, smallest key on top.
pub(super) struct Merge {
    space: Space,
    cursors: Vec<Cursor>,
    heap: Vec<usize>,
    started: bool,
}

impl Merge {
    fn new(space: &Space, runs: &[Run]) -> Result<Self> {
        let mut cursors: Vec<Cursor> = runs.iter().map(|run| Cursor::new(*run)).collect();
        let mut heap = Vec::with_capacity(cursors.len());
        for (index, cursor) in cursors.iter_mut().enumerate() {
            if cursor.advance(space)? {
                heap.push(index);
            }
        }
        let mut merge = Self { space: space.clone(), cursors, heap, started: false };
        for position in (0..merge.heap.len() / 2).rev() {
            merge.sift(position);
        }
        Ok(merge)
    }

    fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        if self.started
            && let Some(&top) = self.heap.first()
        {
            if !self.cursors[top].advance(&self.space)? {
                self.heap.swap_remove(0);
            }
            self.sift(0);
        }
        self.started = true;
        Ok(self.heap.first().map(|&top| self.cursors[top].entry()))
    }

    fn sift(&mut self, mut position: usize) {
        loop {
            let mut least = position;
            for child in [2 * position + 1, 2 * position + 2] {
                if child < self.heap.len() && self.order(child, least) == Ordering::Less {
                    least = child;
                }
            }
            if least == position {
                return;
            }
            self.heap.swap(least, position);
            position = least;
        }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        let (a, b) = (self.heap[a], self.heap[b]);
        self.cursors[a].key().cmp(self.cursors[b].key()).then(a.cmp(&b))
    }
}

/// Reads one run a chunk at a time.
struct Cursor {
    rest: Run,
    buffer: Vec<u8>,
    at: usize,
    key: usize,
    payload: usize,
}

impl Cursor {
    fn new(run: Run) -> Self {
        Self { rest: run, buffer: Vec::new(), at: 0, key: 0, payload: 0 }
    }

    fn key(&self) -> &[u8] {
        &self.buffer[self.at..self.at + self.key]
    }

    fn entry(&self) -> (&[u8], &[u8]) {
        let payload = self.at + self.key;
        (self.key(), &self.buffer[payload..payload + self.payload])
    }

    /// Steps to the next entry; `false` at the end of the run.
    fn advance(&mut self, space: &Space) -> Result<bool> {
        self.at += self.key + self.payload;
        (self.key, self.payload) = (0, 0);
        if self.buffer.len() == self.at && self.rest.length == 0 {
            self.buffer = Vec::new();
            self.at = 0;
            return Ok(false);
        }
        self.hold(space, PREFIX)?;
        let number = |at: usize| {
            self.buffer[at..at + 4].iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
        };
        let (key, payload) = (number(self.at), number(self.at + 4));
        self.at += PREFIX;
        self.hold(space, key + payload)?;
        (self.key, self.payload) = (key, payload);
        Ok(true)
    }

    /// Sees to it that `wanted` bytes are in the buffer.
    fn hold(&mut self, space: &Space, wanted: usize) -> Result<()> {
        let held = self.buffer.len() - self.at;
        if held >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let missing = (wanted - held).max(CHUNK) as u64;
        let length = missing.min(self.rest.length);
        let more = usize::try_from(length).map_err(|_| unreadable())?;
        if held + more < wanted {
            return Err(unreadable());
        }
        self.buffer.resize(held + more, 0);
        space.lock().spill.read(self.rest.offset, &mut self.buffer[held..])?;
        self.rest.offset += length;
        self.rest.length -= length;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Entry = (Vec<u8>, Vec<u8>);

    fn sorted(entries: &[Entry], budget: usize) -> (Vec<Entry>, u64) {
        let space = Space::new(Box::new(MemorySpill::default()));
        let mut sorter = Sorter::new(&space, budget);
        for (key, payload) in entries {
            sorter.push(key, payload).unwrap();
        }
        let mut all = sorter.finish().unwrap();
        let mut out = Vec::new();
        while let Some((key, payload)) = all.next().unwrap() {
            out.push((key.to_vec(), payload.to_vec()));
        }
        (out, space.spilled())
    }

    proptest! {
        #[test]
        fn what_is_spilled_comes_back_like_what_is_held(
            entries in proptest::collection::vec(
                (proptest::collection::vec(0..4_u8, 0..4), proptest::collection::vec(any::<u8>(), 0..40)),
                0..300,
            ),
            budget in 1_usize..2000,
        ) {
            let mut expected = entries.clone();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(sorted(&entries, budget).0, expected);
        }
    }

    #[test]
    fn more_runs_than_are_merged_at_a_time_are_merged_in_levels() {
        let entries: Vec<_> =
            (0..10_000_u32).map(|n| (n.wrapping_mul(2_654_435_761).to_be_bytes().to_vec(), vec![])).collect();
        let mut expected = entries.clone();
        expected.sort();
        let (out, spilled) = sorted(&entries, 1000);
        assert_eq!(out, expected);
        assert!(spilled > 10_000 * 12, "the runs were merged more than once: {spilled}");
    }

    #[test]
    fn an_entry_longer_than_a_chunk_is_read_whole() {
        let entries = vec![(vec![2], vec![7; 3 * CHUNK]), (vec![1], vec![8; CHUNK])];
        let expected = vec![entries[1].clone(), entries[0].clone()];
        assert_eq!(sorted(&entries, 1).0, expected);
    }
}
