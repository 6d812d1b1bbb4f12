//! Keys: what they are called, how they are kept, and which of them may do what.
//!
//! A *master key* wraps; a *data key* seals, in the process that made it; a *search key* makes
//! tags; a *commitment key* makes commitments. The latter three are wrapped in rows of the *key
//! registry*, signed by an *epoch key*, which the node's *identity key* certifies. The
//! [`Vault`] holds them all for a running process.

pub(crate) mod asymmetric;
pub(crate) mod certificate;
pub(crate) mod data;
mod id;
pub mod jwk;
mod keyring;
mod master;
mod pem;
pub mod protected;
pub(crate) mod recipient;
pub(crate) mod registry;
mod signer;
mod signing;
mod vault;

pub use certificate::{Certificate, Epoch, Trust};
pub use id::KeyId;
pub use jwk::{Jwk, Pair};
pub use keyring::NamedSecret;
pub use master::{MasterKey, MasterKeyDescription};
pub use recipient::{OpeningKey, Recipient};
pub use registry::{Purpose, RegistryRow};
pub use signer::{Signer, Verifier};
pub use signing::{SignatureAlgorithm, SigningKey, StatementSigner, VerifyingKey};
pub use vault::{KeyRow, Vault};
