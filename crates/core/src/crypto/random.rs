//! Random bytes, and nonces from a buffer of each thread's own.
//!
//! What is random comes from the kernel, with words of the processor's own generator over it, where
//! there is one: the kernel alone would hand the same bytes to two copies of a running machine, if
//! nothing tells it that there are two.
//!
//! A draw costs little more for some hundred bytes than for twelve, so it is made for many nonces
//! at once. Buffered bytes are dangerous once there are two of them: a forked or cloned process
//! would use the same nonce twice. So a buffer serves only the process that filled it, and only for
//! as long as one transaction takes. `docs/decisions/0004-random-bytes.md` has the figures.

use std::cell::RefCell;
use std::sync::LazyLock;

use getrandom::rand_core::TryRng as _;
use rdrand::RdRand;

use super::NONCE_LEN;
use crate::{Error, Result};

/// How many nonces one draw yields.
const NONCES: usize = 42;
/// How far the caller's clock may move before what is left of a buffer is thrown away.
const LIFETIME_MS: u64 = 10;
/// How many bytes of a draw have words of the processor's own.
const MASK_LEN: usize = 16;

/// The processor's generator, if it has one that works.
static PROCESSOR: LazyLock<Option<RdRand>> = LazyLock::new(|| RdRand::new().ok());

/// Fills `out` with random bytes, drawn now.
///
/// # Errors
/// [`Error::RandomUnavailable`] if the operating system has none.
pub fn fill(out: &mut [u8]) -> Result<()> {
    getrandom::fill(out).map_err(|_| Error::RandomUnavailable)?;
    if let Some(mask) = PROCESSOR.and_then(mask) {
        cover(out, mask);
    }
    Ok(())
}

/// Words that no copy of this machine has; `None` if the generator is exhausted.
fn mask(mut processor: RdRand) -> Option<[u8; MASK_LEN]> {
    let mut mask = [0; MASK_LEN];
    for word in mask.as_chunks_mut().0 {
        *word = processor.try_next_u64().ok()?.to_ne_bytes();
    }
    Some(mask)
}

/// Lays `mask` over bytes that are random without it, so however bad it is, they stay so.
fn cover(out: &mut [u8], mask: [u8; MASK_LEN]) {
    for chunk in out.chunks_mut(MASK_LEN) {
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

struct Buffer {
    bytes: [u8; NONCES * NONCE_LEN],
    /// How many nonces were handed out; `NONCES` when there is none left.
    used: usize,
    process: u32,
    filled_at: i64,
}

thread_local! {
    static BUFFER: RefCell<Buffer> = const {
        RefCell::new(Buffer { bytes: [0; NONCES * NONCE_LEN], used: NONCES, process: 0, filled_at: 0 })
    };
}

/// A random nonce for `process` (the id of the running process) at `now` (milliseconds).
pub(crate) fn nonce(now: i64, process: u32) -> Result<[u8; NONCE_LEN]> {
    BUFFER.with_borrow_mut(|buffer| buffer.nonce(now, process))
}

impl Buffer {
    fn nonce(&mut self, now: i64, process: u32) -> Result<[u8; NONCE_LEN]> {
        let stale = self.process != process || self.filled_at.abs_diff(now) > LIFETIME_MS;
        if stale || self.used == NONCES {
            self.used = NONCES;
            fill(&mut self.bytes)?;
            (self.process, self.filled_at, self.used) = (process, now, 0);
        }
        let (nonces, _) = self.bytes.as_chunks::<NONCE_LEN>();
        let nonce = nonces[self.used];
        self.used += 1;
        Ok(nonce)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn empty() -> Buffer {
        Buffer { bytes: [0; NONCES * NONCE_LEN], used: NONCES, process: 0, filled_at: 0 }
    }

    /// What the other side of a fork or a clone has.
    fn copy(buffer: &Buffer) -> Buffer {
        Buffer { bytes: buffer.bytes, ..*buffer }
    }

    #[test]
    fn copies_of_a_machine_to_which_the_kernel_gives_the_same_bytes_share_no_nonce() {
        let drawn: [u8; NONCES * NONCE_LEN] = std::array::from_fn(|i| u8::try_from(i % 251).unwrap());
        let nonces = |mask| {
            let mut bytes = drawn;
            cover(&mut bytes, mask);
            bytes.as_chunks::<NONCE_LEN>().0.to_vec()
        };
        let both = [nonces([0; MASK_LEN]), nonces(*b"what others have")].concat();
        assert_eq!(both.iter().collect::<HashSet<_>>().len(), 2 * NONCES);
    }

    #[test]
    fn the_processor_gives_other_words_each_time() {
        let Some(processor) = *PROCESSOR else { return };
        assert_ne!(mask(processor).unwrap(), mask(processor).unwrap());
    }

    #[test]
    fn every_byte_is_drawn() {
        for length in [1, 12, 31, 504] {
            let mut ever = vec![0; length];
            for _ in 0..64 {
                let mut bytes = vec![0; length];
                fill(&mut bytes).unwrap();
                ever.iter_mut().zip(bytes).for_each(|(ever, byte)| *ever |= byte);
            }
            assert!(ever.iter().all(|byte| *byte == 0xff), "{length}");
        }
    }

    #[test]
    fn nonces_do_not_repeat_over_many_buffers() {
        let mut buffer = empty();
        let nonces: HashSet<_> = (0..10 * NONCES).map(|_| buffer.nonce(0, 1).unwrap()).collect();
        assert_eq!(nonces.len(), 10 * NONCES);
    }

    #[test]
    fn a_forked_process_does_not_use_what_its_parent_drew() {
        let mut parent = empty();
        parent.nonce(0, 1).unwrap();
        let mut child = copy(&parent);
        assert_ne!(parent.nonce(0, 1).unwrap(), child.nonce(0, 2).unwrap());
    }

    #[test]
    fn a_machine_restored_later_or_earlier_does_not_use_what_was_drawn_before() {
        let mut first = empty();
        first.nonce(1_000, 1).unwrap();
        for later in [1_011, 989, i64::MAX, i64::MIN] {
            let (mut first, mut second) = (copy(&first), copy(&first));
            assert_ne!(first.nonce(1_000, 1).unwrap(), second.nonce(later, 1).unwrap());
        }
    }

    #[test]
    fn one_transaction_draws_once() {
        let mut buffer = empty();
        buffer.nonce(1_000, 1).unwrap();
        let drawn = buffer.bytes;
        for nonce in drawn.as_chunks::<NONCE_LEN>().0.iter().skip(1) {
            assert_eq!(&buffer.nonce(1_010, 1).unwrap(), nonce);
        }
        assert_eq!(buffer.bytes, drawn);
    }
}
