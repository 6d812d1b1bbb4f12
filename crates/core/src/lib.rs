//! Seals process variables and keeps the ledger that proves what was written.
//!
//! The core does no I/O, starts no threads and reads no clock: whoever embeds it passes in bytes
//! and times and carries out what comes back.
#![forbid(unsafe_code)]

pub mod audit;
mod base64url;
pub mod config;
pub mod context;
pub mod crypto;
pub mod envelope;
pub mod error;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod packed;
pub mod policy;
pub mod search;

pub use error::{Error, ErrorKind, Result};
