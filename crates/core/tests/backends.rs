//! Both backends: against each other, and against Wycheproof.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "backends/differential.rs"]
mod differential;
#[path = "backends/foreign.rs"]
mod foreign;
#[path = "backends/keys.rs"]
mod keys;
#[path = "backends/wycheproof.rs"]
mod wycheproof;
