//! A buffer of each thread's own, for the value that it seals or opens next.
//!
//! A longer value's memory does not fit into the allocator's cache of the thread (1,032 bytes with
//! glibc), and having and freeing it takes as long as encrypting 200 bytes.

use std::cell::Cell;

use zeroize::Zeroize;

use crate::Result;
use crate::crypto::{Aead, AeadKey, NONCE_LEN, TAG_LEN};

/// Longer buffers go back to the allocator.
const KEPT: usize = 16 << 10;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// An empty buffer with room for `capacity` bytes.
pub(super) fn take(capacity: usize) -> Vec<u8> {
    // While a thread ends, it may have none any more.
    let spare = SPARE.try_with(Cell::take).unwrap_or_default();
    if spare.capacity() < capacity { Vec::with_capacity(capacity) } else { spare }
}

/// Wipes a value that was opened, and keeps its memory for the next one of this thread.
pub fn give_back(mut value: Vec<u8>) {
    // By the slice: a vector is wiped byte by byte, which takes longer than decryption.
    value.as_mut_slice().zeroize();
    value.clear();
    if value.capacity() <= KEPT {
        // As in `take`.
        let _ = SPARE.try_with(|spare| spare.set(value));
    }
}

/// What is about to be sealed. If it is not, it is wiped.
pub(crate) struct Plaintext(Vec<u8>);

impl Plaintext {
    /// Empty, with room for `capacity` bytes.
    pub(super) fn with_room(capacity: usize) -> Self {
        Self(take(capacity))
    }

    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Encrypts it where it stands.
    pub(super) fn seal(
        mut self,
        key: &Aead,
        nonce: [u8; NONCE_LEN],
        authenticated: &[u8],
    ) -> Result<(Vec<u8>, [u8; TAG_LEN])> {
        let tag = key.seal(nonce, authenticated, &mut self.0)?;
        Ok((std::mem::take(&mut self.0), tag))
    }
}

impl Drop for Plaintext {
    fn drop(&mut self) {
        if self.0.capacity() > 0 {
            give_back(std::mem::take(&mut self.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_with_room() {
        let mut buffer = take(100);
        buffer.extend_from_slice(b"secret");
        let start = buffer.as_ptr();
        give_back(buffer);
        let again = take(100);
        assert_eq!((again.as_ptr(), again.len()), (start, 0));
        assert!(take(100).capacity() >= 100, "while another is in use");
        give_back(again);
        assert!(take(KEPT + 1).capacity() > KEPT);
    }

    #[test]
    fn what_is_not_sealed_is_given_back() {
        let mut plaintext = Plaintext::with_room(100);
        plaintext.as_mut().extend_from_slice(b"secret");
        let start = plaintext.as_mut().as_ptr();
        drop(plaintext);
        let again = take(100);
        assert_eq!((again.as_ptr(), again.len()), (start, 0));
    }

    #[test]
    fn a_long_buffer_is_not_kept() {
        give_back(Vec::with_capacity(KEPT + 1));
        assert_eq!(take(0).capacity(), 0);
    }
}
