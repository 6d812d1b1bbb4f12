//! Seals process variables and keeps the ledger that proves what was written.
//!
//! The core does no I/O, starts no threads and reads no clock: whoever embeds it passes in bytes
//! and times and carries out what comes back.
#![forbid(unsafe_code)]

pub mod crypto;
pub mod error;
pub mod json;
pub mod ledger;
pub mod packed;

pub use error::{Error, ErrorKind, Result};
