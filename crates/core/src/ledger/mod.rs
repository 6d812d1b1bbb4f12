//! What a node writes down of every transaction, and how it is read back.
//!
//! A *log* is the Merkle tree (RFC 6962) of one node's *records*. It is written in *epochs*, each
//! with a signing key of its own that the node's identity key certifies.
//!
//! # Writing
//!
//! [`Ledger`] is one epoch. At the end of a transaction it makes a record of what was written, to
//! be stored in the same transaction. [`Ledger::checkpoint`] then accounts for what became of each
//! record ([`Account`]), signs the tree's head ([`Checkpoint`]) and gives back a [`Batch`]: lines
//! for the anchors ([`AnchorLine`]) and what the database keeps. After a crash, [`Recovery`] is what
//! the next epoch goes on from.
//!
//! # Reading
//!
//! * [`LogReader`] follows a log from its first line and believes only what fits.
//! * A record is an [`UnverifiedRecord`] until its signature was verified with the [`EpochKey`] of
//!   its epoch; then it is a [`Record`], whose [`Body`] is the start of an epoch, a
//!   [`Transaction`], an account or the end.
//! * A checkpoint's note is read by the [`LogVerifier`] of its log; pushing [`record_leaf`]s to a
//!   [`Frontier`] in the order of the leaves must give its root.
//! * [`Outstanding`] follows the accounts and sees that every number is accounted for once.
//! * To check a row, derive its [`RowKey`] and [`RowLocators`] from the [`CommitmentKey`] and the
//!   salt of its process instance ([`CommitmentKey::instance`]), or from its disclosed bytes, and
//!   compare what they make of its [`Column`]s with what the [`Change`] says.

mod account;
mod anchor;
mod checkpoint;
mod commitment;
mod coverage;
mod draft;
pub(crate) mod inclusion;
mod node;
mod reader;
mod record;
mod recovery;
mod signature;
mod transaction;
mod tree;

#[cfg(test)]
mod tests;

pub use account::{Account, Numbers, Outstanding};
pub use anchor::AnchorLine;
pub use checkpoint::{Checkpoint, LogVerifier};
pub use commitment::{
    Column, Commitment, CommitmentKey, InstanceKey, Locator, RowKey, RowLocators, SALT_LEN, SaltDigest,
    salt_digest,
};
pub use coverage::{Coverage, CoveredTable};
pub use node::{Batch, Ledger, Setup};
pub use reader::LogReader;
pub use record::{Body, EpochKey, Missing, Record, SignedRecord, UnverifiedRecord, record_leaf};
pub use recovery::{Recovery, Remains, SavedCheckpoint, Wanted};
pub use transaction::{Change, Instance, Plain, Row, Seen, Transaction};
pub use tree::{Frontier, Hash, leaf_hash};
