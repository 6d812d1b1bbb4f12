//! Records as they are read: first what a record claims, then, once its signature was verified,
//! what it says.
//!
//! ```
//! # use bulla_core::{Result, keys::{Certificate, Trust}, ledger::{EpochKey, Record, UnverifiedRecord}};
//! # fn read(text: &str, signature: &str, trust: &Trust, known: EpochKey) -> Result<Record> {
//! let claimed = UnverifiedRecord::parse(text, signature)?;
//! let key = match claimed.certificate() {
//!     // The first record of an epoch brings the certificate of the key that signed it.
//!     Some(certificate) => EpochKey::from(&Certificate::verify(certificate, trust)?),
//!     // The others are of an epoch whose first record was read.
//!     None => known,
//! };
//! claimed.verify(&key)
//! # }
//! ```
//!
//! # Members
//!
//! Every record is an object in canonical form (RFC 8785) with these members:
//!
//! | member | kinds | meaning |
//! |---|---|---|
//! | `v` | all | format version, 1 |
//! | `kind` | all | `epoch`, `tx`, `account`, `end` |
//! | `log`, `epoch`, `seq` | all | the log's name, the epoch's id, the record's number in the log from 1 |
//! | `time` | all | milliseconds since 1970-01-01T00:00Z, never less than that of a lower `seq` |
//! | `certificate`, `coverage` | `epoch` | the epoch certificate; [`Coverage`] |
//! | `missing` | `epoch` | [`Missing`], left out if nothing was |
//! | `ck`, `rows`, `salts`, `seen`, `user` | `tx` | [`Transaction`](super::Transaction) |
//! | `first`, `previous`, `start`, `added`, `void`, `open`, `doubt`, `recovered` | `account`, `end` | [`Account`] |

use super::account::{Account, signed};
use super::coverage::Coverage;
use super::signature::DetachedSignature;
use super::transaction::Transaction;
use super::tree::{Hash, leaf_hash};
use crate::json::{Limits, Object, Value, Writer};
use crate::keys::Certificate;
use crate::{Error, Result};

pub(super) const WHAT: &str = "record";
pub(super) const VERSION: i64 = 1;

/// A record's text and its signature, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRecord {
    /// The record's number in its log.
    pub seq: u64,
    /// The record.
    pub text: String,
    /// Its detached JWS.
    pub signature: String,
}

impl SignedRecord {
    /// The record's leaf in its log's tree: text, line feed, signature.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        record_leaf(&self.text, &self.signature)
    }
}

/// The leaf of a record: text, line feed, signature.
#[must_use]
pub fn record_leaf(text: &str, signature: &str) -> Hash {
    leaf_hash(&[text.as_bytes(), b"\n", signature.as_bytes()])
}

/// A key that a trusted identity certified for the records of one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochKey {
    /// The log.
    pub log: String,
    /// The epoch's id.
    pub epoch: String,
    /// The key's thumbprint.
    pub kid: String,
    /// The public key.
    pub public: [u8; 32],
}

impl From<&Certificate> for EpochKey {
    fn from(certificate: &Certificate) -> Self {
        Self {
            log: certificate.log.clone(),
            epoch: certificate.epoch.clone(),
            kid: certificate.key.kid().to_string(),
            public: *certificate.key.public(),
        }
    }
}

/// A record that has the form of one. Nothing in it is to be believed yet.
#[derive(Debug)]
pub struct UnverifiedRecord<'a> {
    text: &'a str,
    raw_signature: &'a str,
    signature: DetachedSignature<'a>,
    record: Record,
}

impl<'a> UnverifiedRecord<'a> {
    /// Reads a record and its signature.
    pub fn parse(text: &'a str, signature: &'a str) -> Result<Self> {
        let object = crate::json::parse(text.as_bytes(), Limits::default())?.into_object(WHAT)?;
        let parsed = DetachedSignature::parse(signature)?;
        let record = Record::from_json(&object)?;
        Ok(Self { text, raw_signature: signature, signature: parsed, record })
    }

    /// The log that the record claims to be of.
    #[must_use]
    pub fn log(&self) -> &str {
        &self.record.log
    }

    /// The epoch that the record claims to be of.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.record.epoch
    }

    /// The number that the record claims.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.record.seq
    }

    /// The time that the record claims.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.record.time
    }

    /// The thumbprint of the key that the signature claims.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.signature.kid
    }

    /// The certificate that the first record of an epoch brings.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        match &self.record.body {
            Body::Epoch { certificate, .. } => Some(certificate),
            _ => None,
        }
    }

    /// What the record claims to account for.
    pub(super) fn account(&self) -> Option<&Account> {
        match &self.record.body {
            Body::Account(account) | Body::End(account) => Some(account),
            _ => None,
        }
    }

    /// The record's leaf in its log's tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        record_leaf(self.text, self.raw_signature)
    }

    /// The record, if `key` signed it for the epoch that it claims.
    pub fn verify(self, key: &EpochKey) -> Result<Record> {
        let record = self.record;
        let signed = self.signature.kid == key.kid && self.signature.verify(self.text, &key.public);
        if signed && record.log == key.log && record.epoch == key.epoch {
            return Ok(record);
        }
        let what = format!("record {} of log {}, epoch {},", record.seq, record.log, record.epoch);
        Err(Error::BadSignature { what, kid: key.kid.clone() })
    }
}

/// A record whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The log, `<installation>/<node>`.
    pub log: String,
    /// The epoch's id.
    pub epoch: String,
    /// The number in the log, from 1.
    pub seq: u64,
    /// When it was made, in milliseconds since 1970-01-01T00:00Z by the node's clock; never less
    /// than that of a lower `seq` of the same log.
    pub time: i64,
    /// What it says.
    pub body: Body,
}

/// Records that an anchor held and the database did not when an epoch began: it had been set back to
/// an older state, or they had been deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// How many, accounts not counted.
    pub count: u64,
    /// The lowest of their numbers.
    pub first: u64,
    /// The highest of their numbers.
    pub last: u64,
}

impl Missing {
    /// Of these numbers; `None` if there are none.
    #[must_use]
    pub fn of(numbers: &[u64]) -> Option<Self> {
        let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
        Some(Self { count: numbers.len() as u64, first, last })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.member("missing").begin_array();
        for number in [self.count, self.first, self.last] {
            writer.integer(signed(number));
        }
        writer.end_array();
    }

    fn from_json(object: &Object) -> Result<Option<Self>> {
        let Some(numbers) = object.optional_array(WHAT, "missing")? else { return Ok(None) };
        let number = |value: &Value| value.as_i64().and_then(|number| u64::try_from(number).ok());
        match numbers.iter().map(number).collect::<Option<Vec<_>>>().as_deref() {
            Some(&[count, first, last]) => Ok(Some(Self { count, first, last })),
            _ => Err(malformed("missing is not a count and two numbers")),
        }
    }
}

/// What a record says, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// An epoch begins.
    Epoch {
        /// The certificate of the epoch's key, by an identity key.
        certificate: String,
        /// What the epoch covers.
        coverage: Coverage,
        /// What the database lacked when the epoch began.
        missing: Option<Missing>,
    },
    /// What one transaction wrote.
    Transaction(Transaction),
    /// What became of the numbers since the account before.
    Account(Account),
    /// The same, and that no more will come of this epoch.
    End(Account),
}

impl Record {
    fn from_json(object: &Object) -> Result<Self> {
        const COMMON: [&str; 6] = ["v", "kind", "log", "epoch", "seq", "time"];
        if object.required_i64(WHAT, "v")? != VERSION {
            return Err(malformed("its version is not 1"));
        }
        let kind = object.required_str(WHAT, "kind")?;
        let members: &[&str] = match kind {
            "epoch" => &["certificate", "coverage", "missing"],
            "tx" => &["ck", "rows", "salts", "seen", "user"],
            "account" | "end" => {
                &["first", "previous", "start", "added", "void", "open", "doubt", "recovered"]
            }
            _ => return Err(malformed("its kind is unknown")),
        };
        object.only(WHAT, &[&COMMON, members].concat())?;
        let seq = u64::try_from(object.required_i64(WHAT, "seq")?).ok().filter(|seq| *seq > 0);
        Ok(Self {
            log: object.required_str(WHAT, "log")?.into(),
            epoch: object.required_str(WHAT, "epoch")?.into(),
            seq: seq.ok_or_else(|| malformed("its number is not positive"))?,
            time: object.required_i64(WHAT, "time")?,
            body: match kind {
                "epoch" => Body::Epoch {
                    certificate: object.required_str(WHAT, "certificate")?.into(),
                    coverage: Coverage::from_json(object.required_object(WHAT, "coverage")?)?,
                    missing: Missing::from_json(object)?,
                },
                "tx" => Body::Transaction(Transaction::from_json(object)?),
                "end" => Body::End(Account::from_json(object)?),
                _ => Body::Account(Account::from_json(object)?),
            },
        })
    }
}

pub(super) fn malformed(problem: &str) -> Error {
    Error::MalformedRecord { problem: problem.into() }
}
