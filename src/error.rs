//! Kinds of errors, and how one is handed over.

use std::ffi::{CStr, CString, c_char};

use bulla_core::{Error, ErrorKind};

/// Whether a call succeeded, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "these are names of C")]
#[repr(C)]
pub enum Kind {
    /// The call succeeded.
    BULLA_OK = 0,
    /// The text is not UTF-8.
    BULLA_INVALID_UTF8 = 101,
    /// The document begins with a byte-order mark.
    BULLA_BYTE_ORDER_MARK = 102,
    /// The document is not JSON.
    BULLA_JSON_SYNTAX = 103,
    /// An object names a member twice.
    BULLA_DUPLICATE_MEMBER = 104,
    /// A string holds half of a surrogate pair.
    BULLA_LONE_SURROGATE = 105,
    /// The document is nested too deeply.
    BULLA_TOO_DEEP = 106,
    /// The document is larger than the limit.
    BULLA_TOO_LARGE = 107,
    /// A number would be silently changed.
    BULLA_INEXACT_NUMBER = 108,
    /// A number is beyond the range of a double.
    BULLA_NUMBER_OUT_OF_RANGE = 109,
    /// A member is missing or has a wrong type.
    BULLA_UNEXPECTED_JSON = 110,
    /// The envelope has not the form of one.
    BULLA_MALFORMED_ENVELOPE = 201,
    /// The algorithm is not one that this key allows.
    BULLA_UNSUPPORTED_ALGORITHM = 202,
    /// A critical header is not understood.
    BULLA_UNKNOWN_CRITICAL = 203,
    /// The envelope states no context.
    BULLA_CONTEXT_MISSING = 204,
    /// The envelope belongs elsewhere.
    BULLA_CONTEXT_MISMATCH = 205,
    /// The envelope was changed, or sealed by another key.
    BULLA_AUTHENTICATION_FAILED = 206,
    /// A plain value stands where policy says sealed.
    BULLA_NOT_SEALED = 207,
    /// A search tag is not that of its value.
    BULLA_TAG_MISMATCH = 208,
    /// A comparison other than equality, or of a variable that is not searchable.
    BULLA_NOT_SEARCHABLE = 209,
    /// The serialised object is none that is opened.
    BULLA_REFUSED_OBJECT = 210,
    /// The key is in no keyring.
    BULLA_UNKNOWN_KEY = 301,
    /// The key cannot be had now.
    BULLA_KEY_UNAVAILABLE = 302,
    /// The text is not a key.
    BULLA_MALFORMED_KEY = 303,
    /// The key serves another purpose.
    BULLA_WRONG_PURPOSE = 304,
    /// The registry row is not signed as it must be.
    BULLA_BAD_REGISTRY_ROW = 305,
    /// The signer is not among the trusted identities.
    BULLA_UNTRUSTED_KEY = 306,
    /// The unwrapped key is not the one that its id names.
    BULLA_KEY_MISMATCH = 307,
    /// No data key may seal now: make a fresh one.
    BULLA_DATA_KEY_NEEDED = 308,
    /// The system gave no random bytes.
    BULLA_RANDOM_UNAVAILABLE = 309,
    /// The record has not the form of one.
    BULLA_MALFORMED_RECORD = 401,
    /// The signature is not the signer's.
    BULLA_BAD_SIGNATURE = 402,
    /// The checkpoint has not the form of one.
    BULLA_MALFORMED_CHECKPOINT = 403,
    /// The anchor's line has not the form of one.
    BULLA_MALFORMED_ANCHOR = 404,
    /// The ledger is not in a state for this.
    BULLA_LEDGER_STATE = 405,
    /// The statement has not the form of one.
    BULLA_MALFORMED_STATEMENT = 406,
    /// The document is not among those that were signed together.
    BULLA_NOT_IN_BATCH = 407,
    /// The evidence bundle is damaged, or has not the form of one.
    BULLA_MALFORMED_BUNDLE = 408,
    /// The configuration is not valid.
    BULLA_INVALID_CONFIG = 501,
    /// An argument is not valid.
    BULLA_INVALID_ARGUMENT = 601,
    /// The object was closed.
    BULLA_CLOSED = 602,
    /// A file or a database could not be read or written.
    BULLA_IO = 603,
    /// This platform is not covered.
    BULLA_UNSUPPORTED_PLATFORM = 604,
    /// A defect of this library.
    BULLA_INTERNAL = 699,
}

/// What went wrong. All zero before it is first used.
#[derive(Debug)]
#[repr(C)]
pub struct Failure {
    /// A `bulla_kind`.
    kind: i32,
    /// What happened, where, and what to do: UTF-8 that ends with a NUL, never a secret or a
    /// plaintext. NULL without an error.
    message: *mut c_char,
}

impl Failure {
    pub(crate) const NONE: Self = Self { kind: 0, message: std::ptr::null_mut() };

    pub(crate) fn new(problem: &Problem) -> Self {
        let message = CString::new(problem.message.replace('\0', "\\0"));
        let message = message.expect("its NULs were replaced");
        Self { kind: number(problem.kind), message: message.into_raw() }
    }
}

#[cfg(test)]
impl Failure {
    pub(crate) fn says(&self, message: &str) -> bool {
        // SAFETY: this library filled it.
        !self.message.is_null() && unsafe { CStr::from_ptr(self.message) }.to_str() == Ok(message)
    }
}

/// Why a call fails.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self { kind: error.kind(), message: error.to_string() }
    }
}

impl Problem {
    /// An argument that cannot be used.
    pub(crate) fn argument(what: &'static str, problem: impl Into<String>) -> Self {
        Error::InvalidArgument { what, problem: problem.into() }.into()
    }
}

pub(crate) fn number(kind: ErrorKind) -> i32 {
    i32::from(kind.number())
}

/// Frees the message of an error and makes it all zero. NULL is fine, and so is doing it twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_error_free(error: *mut Failure) {
    // SAFETY: as promised by the caller; a message that is not NULL came from `CString::into_raw`.
    unsafe {
        if let Some(error) = error.as_mut() {
            let Failure { message, .. } = std::mem::replace(error, Failure::NONE);
            if !message.is_null() {
                drop(CString::from_raw(message));
            }
        }
    }
}

/// The name of a kind in capitals, such as `"CONTEXT_MISMATCH"`; `"OK"` of 0, NULL of a number that
/// is no kind. It is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_kind_name(kind: i32) -> *const c_char {
    NAMES.iter().find(|(number, _)| *number == kind).map_or(std::ptr::null(), |(_, name)| name.as_ptr())
}

const NAMES: &[(i32, &CStr)] = &[
    (Kind::BULLA_OK as i32, c"OK"),
    (Kind::BULLA_INVALID_UTF8 as i32, c"INVALID_UTF8"),
    (Kind::BULLA_BYTE_ORDER_MARK as i32, c"BYTE_ORDER_MARK"),
    (Kind::BULLA_JSON_SYNTAX as i32, c"JSON_SYNTAX"),
    (Kind::BULLA_DUPLICATE_MEMBER as i32, c"DUPLICATE_MEMBER"),
    (Kind::BULLA_LONE_SURROGATE as i32, c"LONE_SURROGATE"),
    (Kind::BULLA_TOO_DEEP as i32, c"TOO_DEEP"),
    (Kind::BULLA_TOO_LARGE as i32, c"TOO_LARGE"),
    (Kind::BULLA_INEXACT_NUMBER as i32, c"INEXACT_NUMBER"),
    (Kind::BULLA_NUMBER_OUT_OF_RANGE as i32, c"NUMBER_OUT_OF_RANGE"),
    (Kind::BULLA_UNEXPECTED_JSON as i32, c"UNEXPECTED_JSON"),
    (Kind::BULLA_MALFORMED_ENVELOPE as i32, c"MALFORMED_ENVELOPE"),
    (Kind::BULLA_UNSUPPORTED_ALGORITHM as i32, c"UNSUPPORTED_ALGORITHM"),
    (Kind::BULLA_UNKNOWN_CRITICAL as i32, c"UNKNOWN_CRITICAL"),
    (Kind::BULLA_CONTEXT_MISSING as i32, c"CONTEXT_MISSING"),
    (Kind::BULLA_CONTEXT_MISMATCH as i32, c"CONTEXT_MISMATCH"),
    (Kind::BULLA_AUTHENTICATION_FAILED as i32, c"AUTHENTICATION_FAILED"),
    (Kind::BULLA_NOT_SEALED as i32, c"NOT_SEALED"),
    (Kind::BULLA_TAG_MISMATCH as i32, c"TAG_MISMATCH"),
    (Kind::BULLA_NOT_SEARCHABLE as i32, c"NOT_SEARCHABLE"),
    (Kind::BULLA_REFUSED_OBJECT as i32, c"REFUSED_OBJECT"),
    (Kind::BULLA_UNKNOWN_KEY as i32, c"UNKNOWN_KEY"),
    (Kind::BULLA_KEY_UNAVAILABLE as i32, c"KEY_UNAVAILABLE"),
    (Kind::BULLA_MALFORMED_KEY as i32, c"MALFORMED_KEY"),
    (Kind::BULLA_WRONG_PURPOSE as i32, c"WRONG_PURPOSE"),
    (Kind::BULLA_BAD_REGISTRY_ROW as i32, c"BAD_REGISTRY_ROW"),
    (Kind::BULLA_UNTRUSTED_KEY as i32, c"UNTRUSTED_KEY"),
    (Kind::BULLA_KEY_MISMATCH as i32, c"KEY_MISMATCH"),
    (Kind::BULLA_DATA_KEY_NEEDED as i32, c"DATA_KEY_NEEDED"),
    (Kind::BULLA_RANDOM_UNAVAILABLE as i32, c"RANDOM_UNAVAILABLE"),
    (Kind::BULLA_MALFORMED_RECORD as i32, c"MALFORMED_RECORD"),
    (Kind::BULLA_BAD_SIGNATURE as i32, c"BAD_SIGNATURE"),
    (Kind::BULLA_MALFORMED_CHECKPOINT as i32, c"MALFORMED_CHECKPOINT"),
    (Kind::BULLA_MALFORMED_ANCHOR as i32, c"MALFORMED_ANCHOR"),
    (Kind::BULLA_LEDGER_STATE as i32, c"LEDGER_STATE"),
    (Kind::BULLA_MALFORMED_STATEMENT as i32, c"MALFORMED_STATEMENT"),
    (Kind::BULLA_NOT_IN_BATCH as i32, c"NOT_IN_BATCH"),
    (Kind::BULLA_MALFORMED_BUNDLE as i32, c"MALFORMED_BUNDLE"),
    (Kind::BULLA_INVALID_CONFIG as i32, c"INVALID_CONFIG"),
    (Kind::BULLA_INVALID_ARGUMENT as i32, c"INVALID_ARGUMENT"),
    (Kind::BULLA_CLOSED as i32, c"CLOSED"),
    (Kind::BULLA_IO as i32, c"IO"),
    (Kind::BULLA_UNSUPPORTED_PLATFORM as i32, c"UNSUPPORTED_PLATFORM"),
    (Kind::BULLA_INTERNAL as i32, c"INTERNAL"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// `ContextMismatch` is `CONTEXT_MISMATCH` in C.
    fn in_capitals(name: &str) -> String {
        let mut capitals = String::new();
        for character in name.chars() {
            if character.is_ascii_uppercase() && !capitals.is_empty() {
                capitals.push('_');
            }
            capitals.push(character.to_ascii_uppercase());
        }
        capitals
    }

    #[test]
    fn kinds_have_the_names_and_numbers_of_the_core() {
        let core = ErrorKind::ALL.iter().map(|kind| (number(*kind), in_capitals(kind.name())));
        let expected: Vec<_> = std::iter::once((0, "OK".to_owned())).chain(core).collect();
        let here: Vec<_> =
            NAMES.iter().map(|(kind, name)| (*kind, name.to_str().unwrap().to_owned())).collect();
        assert_eq!(here, expected);
    }

    #[test]
    fn a_message_keeps_what_comes_after_a_nul() {
        let problem = Problem { kind: ErrorKind::Io, message: "a\0b".into() };
        let mut failure = Failure::new(&problem);
        assert_eq!(failure.kind, 603);
        // SAFETY: `failure` was just filled.
        unsafe {
            assert_eq!(CStr::from_ptr(failure.message), c"a\\0b");
            bulla_error_free(&raw mut failure);
            bulla_error_free(&raw mut failure);
            bulla_error_free(std::ptr::null_mut());
        }
        assert!(failure.message.is_null());
    }
}
