//! The ledger.

mod account;
mod anchor;
mod checkpoint;
mod commitment;
mod coverage;
mod draft;
mod node;
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
pub use record::{Body, EpochKey, Record, SignedRecord, UnverifiedRecord, record_leaf};
pub use recovery::{Recovery, Remains, SavedCheckpoint, Wanted};
pub use transaction::{Change, Instance, Plain, Row, Seen, Transaction};
pub use tree::{Frontier, Hash, leaf_hash};
