//! Evidence bundles: what an audit needs of a database and its anchors, in one file.
//!
//! An [`Export`] writes one while the database is read; a [`BundleAudit`] audits one later and
//! elsewhere, without the database. Both stream: memory stays bounded however large the database
//! is. The form is that of `docs/format.md`, section "Evidence bundle".
//!
//! A bundle is not trusted. Its digests tell damage and no more; that somebody edited it is found
//! as that somebody edited the database.

#![forbid(unsafe_code)]

mod about;
mod anchors;
mod archive;
mod audit;
mod counted;
mod export;
mod growing;
pub mod inspect;
mod intake;
mod manifest;
mod member;
mod own;
mod spill;
#[cfg(test)]
mod tests;

pub use about::About;
pub use audit::BundleAudit;
pub use export::Export;
pub use intake::Intake;
pub use spill::TemporaryFile;

/// How much of a table stands in one member, unless a single row is more.
const CHUNK: usize = 1 << 20;
/// What a member of lines may have: it is held in memory.
const LINES: u64 = 512 << 20;
/// What one of the documents may have: what the bundle says of itself, its tables, its manifest.
const DOCUMENT: u64 = 16 << 20;
/// How many files and tables there may be: a manifest that lists more is too long.
const PARTS: usize = 200_000;
