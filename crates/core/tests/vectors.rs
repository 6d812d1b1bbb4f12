//! Reads every file of `tests/vectors`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vectors {
    pub(crate) mod json;
    pub(crate) mod support;
}
