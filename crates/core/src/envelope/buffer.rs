//! A buffer of each thread's own, for the value that it seals or opens next.
//!
//! A longer value's memory does not fit into the allocator's cache of the thread (1,032 bytes with
//! glibc), and having and freeing it takes as long as encrypting 200 bytes.

use std::cell::Cell;

use zeroize::Zeroize;

/// Longer buffers go back to the allocator.
const KEPT: usize = 16 << 10;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// An empty buffer with room for `capacity` bytes.
pub(super) fn take(capacity: usize) -> Vec<u8> {
    let spare = SPARE.take();
    if spare.capacity() < capacity { Vec::with_capacity(capacity) } else { spare }
}

/// Wipes a value that was opened, and keeps its memory for the next one of this thread.
pub fn give_back(mut value: Vec<u8>) {
    // By the slice: a vector is wiped byte by byte, which takes longer than decryption.
    value.as_mut_slice().zeroize();
    value.clear();
    if value.capacity() <= KEPT {
        SPARE.set(value);
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
    fn a_long_buffer_is_not_kept() {
        give_back(Vec::with_capacity(KEPT + 1));
        assert_eq!(take(0).capacity(), 0);
    }
}
