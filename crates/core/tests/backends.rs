//! Both backends: against each other, the RFCs and Wycheproof.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "backends/differential.rs"]
mod differential;
#[path = "backends/foreign.rs"]
mod foreign;
#[path = "backends/keys.rs"]
mod keys;
#[path = "backends/rfc.rs"]
mod rfc;
#[path = "backends/wycheproof.rs"]
mod wycheproof;
