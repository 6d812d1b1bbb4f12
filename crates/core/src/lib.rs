//! Seals process variables and keeps the ledger that proves what was written.
//!
//! The core does no I/O, starts no threads and reads no clock: whoever embeds it passes in bytes
//! and times and carries out what comes back.
//!
//! # Sealing
//!
//! A [`Vault`](keys::Vault) holds the keys of a running process. It asks for what it lacks by an
//! error: [`Error::DataKeyNeeded`] for a fresh key, whose registry row must be stored durably
//! before the key is used, [`Error::UnknownKey`] for the row of a key that another process made.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bulla_core::context::Context;
//! use bulla_core::keys::{Epoch, MasterKey, Purpose, Signer, Trust, Vault};
//! use bulla_core::{Error, ErrorKind};
//!
//! # fn example(master: Arc<dyn MasterKey>) -> bulla_core::Result<()> {
//! let now = 1_790_000_000_000; // milliseconds, by the caller's clock
//! let identity = Signer::generate()?; // from a file, as a rule
//! let epoch = Arc::new(Epoch::start(&identity, "loans/node-1", now)?);
//! let vault = Vault::new("loans", vec![master], Trust::new([identity.kid()]), Some(epoch));
//!
//! let place = Context {
//!     log: "loans".into(),
//!     table: "ACT_RU_VARIABLE".into(),
//!     row: "4711".into(),
//!     group: "value".into(),
//!     name: Some("amount".into()),
//!     type_: Some("string".into()),
//!     tenant: None,
//!     instance: Some("4710".into()),
//! };
//! assert_eq!(vault.seal(&place, b"2,500", now), Err(Error::DataKeyNeeded));
//! let row = vault.new_key(Purpose::Data, now)?;
//! // … here the caller stores `row.text` under `row.kid`, durably …
//! vault.activate(row.kid.as_str())?;
//!
//! let envelope = vault.seal(&place, b"2,500", now)?;
//! assert_eq!(vault.open(&place, &envelope)?, b"2,500");
//! let elsewhere = Context { row: "4712".into(), ..place };
//! assert_eq!(vault.open(&elsewhere, &envelope).unwrap_err().kind(), ErrorKind::ContextMismatch);
//! # Ok(())
//! # }
//! # struct Master(bulla_core::crypto::Wrapping);
//! # use bulla_core::crypto::{Secret, WrappingKey};
//! # impl MasterKey for Master {
//! #     fn kid(&self) -> &str { "master" }
//! #     fn wrap(&self, key: &Secret) -> bulla_core::Result<Vec<u8>> { self.0.wrap(key) }
//! #     fn unwrap(&self, wrapped: &[u8]) -> bulla_core::Result<Secret> { Ok(self.0.unwrap(wrapped).unwrap()) }
//! # }
//! # let key = Secret::random().unwrap();
//! # example(Arc::new(Master(<bulla_core::crypto::Wrapping as WrappingKey>::new(&key)))).unwrap();
//! ```
#![forbid(unsafe_code)]

pub mod audit;
mod base64url;
pub mod config;
pub mod context;
pub mod crypto;
pub mod envelope;
pub mod error;
pub mod inspect;
pub mod json;
pub mod keys;
pub mod ledger;
mod media_type;
pub mod packed;
pub mod policy;
pub mod printable;
pub mod process;
pub mod search;
pub mod serialized;
pub mod statement;

pub use error::{Error, ErrorKind, Result};
