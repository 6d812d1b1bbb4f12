//! The ledger.

mod account;
mod checkpoint;
mod commitment;
mod coverage;
mod record;
mod signature;
mod transaction;
mod tree;

pub use account::{Account, Numbers, Outstanding};
pub use checkpoint::{Checkpoint, LogVerifier};
pub use commitment::{
    Column, Commitment, CommitmentKey, InstanceKey, Locator, RowKey, RowLocators, SALT_LEN, SaltDigest,
    salt_digest,
};
pub use coverage::{Coverage, CoveredTable};
pub use record::{Body, EpochKey, Record, SignedRecord, UnverifiedRecord, record_leaf};
pub use signature::RecordSigner;
pub use transaction::{Change, Instance, Plain, Row, Seen, Transaction};
pub use tree::{Frontier, Hash, leaf_hash};
