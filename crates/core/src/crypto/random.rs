//! Nonces from a buffer of each thread's own.
//!
//! A draw from the backend costs about the same for twelve bytes as for some hundred, so it is
//! made for many nonces at once. Buffered bytes are dangerous once there are two of them: a forked
//! or cloned process would use the same nonce twice. So a buffer serves only the process that
//! filled it, and only for as long as one transaction takes; what is drawn later comes fresh from
//! the backend, which notices forks and, where the platform tells, restored machines.
//! `docs/decisions/0004-random-bytes.md` has the figures.

use std::cell::RefCell;

use super::{Active, Backend, NONCE_LEN};
use crate::Result;

/// How many nonces one draw from the backend yields.
const NONCES: usize = 42;
/// How far the caller's clock may move before what is left of a buffer is thrown away.
const LIFETIME_MS: u64 = 10;

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
            Active::fill_random(&mut self.bytes)?;
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
