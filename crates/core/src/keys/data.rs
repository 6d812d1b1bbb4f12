//! The data key that this process seals with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::KeyId;
use crate::crypto::Aead;

/// When a data key seals no more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retirement {
    /// Random nonces of 96 bit: at 2^30 messages, two are equal with probability 2^-37.
    pub(crate) messages: u64,
    /// In bytes of plaintext.
    pub(crate) bytes: u64,
    /// By the caller's clock, in milliseconds.
    pub(crate) age: u64,
}

impl Default for Retirement {
    fn default() -> Self {
        Self { messages: 1 << 30, bytes: 1 << 40, age: 24 * 60 * 60 * 1000 }
    }
}

/// A data key that seals, and how much it sealed.
pub(crate) struct SealingKey {
    pub(crate) kid: KeyId,
    pub(crate) aead: Arc<Aead>,
    /// The process that made it, the only one that may seal with it.
    process: u32,
    created: i64,
    messages: AtomicU64,
    bytes: AtomicU64,
}

impl SealingKey {
    pub(crate) fn new(kid: KeyId, aead: Arc<Aead>, process: u32, created: i64) -> Self {
        Self { kid, aead, process, created, messages: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    /// Counts one message of `length` bytes and says whether it may be sealed.
    pub(crate) fn admit(&self, length: usize, now: i64, process: u32, retirement: Retirement) -> bool {
        // A clock set back a day retires the key as well: its true age is unknown.
        if self.process != process || self.created.abs_diff(now) >= retirement.age {
            return false;
        }
        let length = length as u64;
        self.messages.fetch_add(1, Ordering::Relaxed) < retirement.messages
            && self.bytes.fetch_add(length, Ordering::Relaxed) + length <= retirement.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{AeadKey, Secret};

    const LIMITS: Retirement = Retirement { messages: 3, bytes: 100, age: 1000 };

    fn key() -> SealingKey {
        let secret = Secret::new([1; 32]);
        let aead = Arc::new(<Aead as AeadKey>::new(&secret));
        SealingKey::new(KeyId::of_secret(&secret), aead, 1, 5000)
    }

    #[test]
    fn a_key_retires_by_messages() {
        let key = key();
        assert_eq!([0; 4].map(|_| key.admit(1, 5000, 1, LIMITS)), [true, true, true, false]);
    }

    #[test]
    fn a_key_retires_by_bytes() {
        let key = key();
        assert!(key.admit(100, 5000, 1, LIMITS));
        assert!(!key.admit(1, 5000, 1, LIMITS));
    }

    #[test]
    fn a_key_retires_by_age_and_when_the_clock_is_set_back_as_far() {
        for (now, admitted) in [(5999, true), (6000, false), (4001, true), (4000, false), (i64::MIN, false)] {
            assert_eq!(key().admit(1, now, 1, LIMITS), admitted, "{now}");
        }
    }

    #[test]
    fn a_key_does_not_seal_in_a_forked_process() {
        assert!(!key().admit(1, 5000, 2, LIMITS));
    }
}
