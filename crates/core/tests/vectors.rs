//! Reads every file of `tests/vectors`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vectors {
    mod envelopes;
    mod jose;
    mod json;
    mod keys;
    mod ledger;
    mod serialized;
    mod support;
}
