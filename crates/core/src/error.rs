//! What can go wrong, each cause with where it happened and what to do about it.
//!
//! No variant ever holds a secret or a plaintext.

use std::borrow::Cow;

use crate::printable::name;

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $number:literal,)*) => {
        /// The cause of an [`Error`], by the name and number that all bindings share.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum ErrorKind { $($(#[$doc])* $kind = $number,)* }

        impl ErrorKind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The kind's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind),)* }
            }

            /// The kind's number.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }
        }
    };
}

kinds! {
    /// The text is not UTF-8.
    InvalidUtf8 = 101,
    /// The document begins with a byte-order mark.
    ByteOrderMark = 102,
    /// The document is not JSON.
    JsonSyntax = 103,
    /// An object names a member twice.
    DuplicateMember = 104,
    /// A string holds half of a surrogate pair.
    LoneSurrogate = 105,
    /// The document is nested too deeply.
    TooDeep = 106,
    /// The document is larger than the limit.
    TooLarge = 107,
    /// A number would be silently changed.
    InexactNumber = 108,
    /// A number is beyond the range of a double.
    NumberOutOfRange = 109,
    /// A member is missing or has a wrong type.
    UnexpectedJson = 110,
    /// The envelope has not the form of one.
    MalformedEnvelope = 201,
    /// The algorithm is not one that this key allows.
    UnsupportedAlgorithm = 202,
    /// A critical header is not understood.
    UnknownCritical = 203,
    /// The envelope states no context.
    ContextMissing = 204,
    /// The envelope belongs elsewhere.
    ContextMismatch = 205,
    /// The envelope was changed, or sealed by another key.
    AuthenticationFailed = 206,
    /// A plain value stands where policy says sealed.
    NotSealed = 207,
    /// A search tag is not that of its value.
    TagMismatch = 208,
    /// A comparison other than equality, or of a variable that is not searchable.
    NotSearchable = 209,
    /// The serialised object is none that is opened.
    RefusedObject = 210,
    /// The key is in no keyring.
    UnknownKey = 301,
    /// The key cannot be had now.
    KeyUnavailable = 302,
    /// The text is not a key.
    MalformedKey = 303,
    /// The key serves another purpose.
    WrongPurpose = 304,
    /// The registry row is not signed as it must be.
    BadRegistryRow = 305,
    /// The signer is not among the trusted identities.
    UntrustedKey = 306,
    /// The unwrapped key is not the one that its id names.
    KeyMismatch = 307,
    /// No data key may seal now: make a fresh one.
    DataKeyNeeded = 308,
    /// The system gave no random bytes.
    RandomUnavailable = 309,
    /// The record has not the form of one.
    MalformedRecord = 401,
    /// The signature is not the signer's.
    BadSignature = 402,
    /// The checkpoint has not the form of one.
    MalformedCheckpoint = 403,
    /// The anchor's line has not the form of one.
    MalformedAnchor = 404,
    /// The ledger is not in a state for this.
    LedgerState = 405,
    /// The statement has not the form of one.
    MalformedStatement = 406,
    /// The document is not among those that were signed together.
    NotInBatch = 407,
    /// The evidence bundle is damaged, or has not the form of one.
    MalformedBundle = 408,
    /// The configuration is not valid.
    InvalidConfig = 501,
    /// An argument is not valid.
    InvalidArgument = 601,
    /// The object was closed.
    Closed = 602,
    /// A file or a database could not be read or written.
    Io = 603,
    /// This platform is not covered.
    UnsupportedPlatform = 604,
    /// A defect of this library.
    Internal = 699,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields say what the message says")]
pub enum Error {
    /// The text is not UTF-8.
    #[error("invalid UTF-8 at byte {position}")]
    InvalidUtf8 { position: usize },
    /// The document begins with a byte-order mark.
    #[error("the document begins with a byte-order mark; remove it")]
    ByteOrderMark,
    /// The document is not JSON.
    #[error("not JSON at byte {position}: {problem}")]
    JsonSyntax { position: usize, problem: &'static str },
    /// An object names a member twice. The name is content, so it is not told.
    #[error("duplicate member name at byte {position}")]
    DuplicateMember { position: usize },
    /// A string holds half of a surrogate pair.
    #[error("lone surrogate at byte {position}")]
    LoneSurrogate { position: usize },
    /// The document is nested too deeply.
    #[error("nested deeper than {limit} at byte {position}")]
    TooDeep { position: usize, limit: usize },
    /// The document is larger than the limit.
    #[error("{size} bytes are more than the limit of {limit}")]
    TooLarge { size: usize, limit: usize },
    /// A number would be silently changed.
    #[error("the number at byte {position} cannot be kept exactly by a double; write it as a string")]
    InexactNumber { position: usize },
    /// A number is beyond the range of a double.
    #[error("the number at byte {position} is out of the range of a double; write it as a string")]
    NumberOutOfRange { position: usize },
    /// A member is missing or has a wrong type.
    #[error("{what}: {problem}")]
    UnexpectedJson { what: &'static str, problem: String },
    /// The envelope has not the form of one.
    #[error("not an envelope: {problem}")]
    MalformedEnvelope { problem: String },
    /// The algorithm is not one that this key allows.
    #[error("algorithm {algorithm:?} is refused where {allowed} is expected")]
    UnsupportedAlgorithm { algorithm: String, allowed: &'static str },
    /// A critical header is not understood.
    #[error("critical header {header:?} is not understood")]
    UnknownCritical { header: String },
    /// The envelope states no context.
    #[error("the envelope states no context")]
    ContextMissing,
    /// The envelope belongs elsewhere.
    #[error("the envelope belongs elsewhere: {} is {} and should be {}", name(.member), quoted(.found.as_deref()), quoted(.expected.as_deref()))]
    ContextMismatch { member: Cow<'static, str>, expected: Option<String>, found: Option<String> },
    /// The envelope was changed, or sealed by another key.
    #[error("{what} was changed since it was sealed, or sealed by another key than {}", name(.kid))]
    AuthenticationFailed { what: String, kid: String },
    /// A plain value stands where policy says sealed.
    #[error("{what} is not sealed though policy says it must be: it was replaced by a plain value")]
    NotSealed { what: String },
    /// A search tag is not that of its value.
    #[error("the search tag of {what} is not that of its value: it was changed")]
    TagMismatch { what: String },
    /// A comparison other than equality, or of a variable that is not searchable.
    #[error("{what}; list the variable under policy.search and compare by equality")]
    NotSearchable { what: String },
    /// The serialised object is none that is opened: it is another, or not as Java writes it, or
    /// lacks the signature that is asked for.
    #[error("the serialised object is refused: {problem}")]
    RefusedObject { problem: String },
    /// The key is in no keyring.
    #[error("key {} is not in the keyring", name(.kid))]
    UnknownKey { kid: String },
    /// The key cannot be had now.
    #[error("key {} cannot be had: {problem}", name(.kid))]
    KeyUnavailable { kid: String, problem: String },
    /// The text is not a key. The text is never told.
    #[error("{what} is not a usable key: {problem}")]
    MalformedKey { what: String, problem: String },
    /// The key serves another purpose.
    #[error("key {kid} is for {found}, not for {expected}")]
    WrongPurpose { kid: String, expected: &'static str, found: String },
    /// The registry row is not signed as it must be.
    #[error("the key registry's row of {} is refused: {problem}", name(.kid))]
    BadRegistryRow { kid: String, problem: String },
    /// The signer is not among the trusted identities.
    #[error("identity {kid} is not trusted; if it is one of yours, add it to keys.trusted")]
    UntrustedKey { kid: String },
    /// The unwrapped key is not the one that its id names.
    #[error("what master key {} unwrapped is not key {kid}", name(.master))]
    KeyMismatch { kid: String, master: String },
    /// No data key may seal now.
    #[error("no data key may seal now; make a fresh one and register it first")]
    DataKeyNeeded,
    /// The system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    RandomUnavailable,
    /// The record has not the form of one.
    #[error("not a record: {problem}")]
    MalformedRecord { problem: String },
    /// The signature is not the signer's.
    #[error("the signature of {what} is not that of key {kid}")]
    BadSignature { what: String, kid: String },
    /// The checkpoint has not the form of one.
    #[error("not a checkpoint: {problem}")]
    MalformedCheckpoint { problem: String },
    /// The anchor's line has not the form of one.
    #[error("{file}, line {line}: {problem}")]
    MalformedAnchor { file: String, line: u64, problem: String },
    /// The ledger is not in a state for this.
    #[error("{problem}")]
    LedgerState { problem: String },
    /// The statement has not the form of one.
    #[error("not a statement: {problem}")]
    MalformedStatement { problem: String },
    /// The document is not among those that were signed together.
    #[error("the document is not among the {size} that key {kid} signed together: {problem}")]
    NotInBatch { kid: String, size: u64, problem: &'static str },
    /// The evidence bundle is damaged, or has not the form of one.
    #[error("{file}, byte {position}: {problem}")]
    MalformedBundle { file: String, position: u64, problem: String },
    /// The configuration is not valid.
    #[error("{file}, line {line}: {problem}")]
    InvalidConfig { file: String, line: usize, problem: String },
    /// An argument is not valid.
    #[error("{what} {problem}")]
    InvalidArgument { what: &'static str, problem: String },
    /// A file or a database could not be read or written.
    #[error("{what}: {problem}")]
    Io { what: String, problem: String },
    /// A defect of this library.
    #[error("{what} failed though it cannot; please report this")]
    Internal { what: &'static str },
}

impl Error {
    /// The cause, by the name and number that all bindings share.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        macro_rules! same_names {
            ($($kind:ident)*) => { match self { $(Self::$kind { .. } => ErrorKind::$kind,)* } };
        }
        same_names!(InvalidUtf8 ByteOrderMark JsonSyntax DuplicateMember LoneSurrogate TooDeep TooLarge
            InexactNumber NumberOutOfRange UnexpectedJson MalformedEnvelope UnsupportedAlgorithm
            UnknownCritical ContextMissing ContextMismatch AuthenticationFailed NotSealed TagMismatch
            NotSearchable RefusedObject UnknownKey KeyUnavailable MalformedKey WrongPurpose BadRegistryRow UntrustedKey
            KeyMismatch DataKeyNeeded RandomUnavailable MalformedRecord BadSignature MalformedCheckpoint
            MalformedAnchor LedgerState MalformedStatement NotInBatch MalformedBundle InvalidConfig InvalidArgument Io
            Internal)
    }
}

/// A side of a difference, or that it is missing there.
fn quoted(side: Option<&str>) -> String {
    side.map_or_else(|| "missing".into(), |text| format!("{text:?}"))
}
