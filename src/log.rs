//! Reading and verifying a log.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

use bulla_core::keys::{Jwk, Trust};
use bulla_core::ledger::{AnchorLine, LogReader, LogVerifier};

use crate::boundary::{add, call, input, required_text};
use crate::error::{Failure, Problem};
use crate::handle::Handles;

static LOGS: Handles<Mutex<Lines>> = Handles::new("log", 8);

/// What is known of one node's log by who reads it. Threads that use it at once wait for each other.
pub type LogHandle = u64;

struct Lines {
    reader: LogReader,
    /// How many lines were taken up.
    count: u64,
}

/// Begins to read the log `name`, `<installation>/<node>`.
///
/// `log_key`: the public key that signs its checkpoints, as a JWK, a JWK Set or in PEM, `log_key_len`
/// bytes. `identities`: the public keys that may certify its epochs, likewise, `identities_len` bytes.
/// All are Ed25519. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_log_open(
    name: *const c_char,
    log_key: *const u8,
    log_key_len: usize,
    identities: *const u8,
    identities_len: usize,
    out: *mut LogHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&LOGS, out, error, || {
            const LOG_KEY: &str = "the log's key";
            const IDENTITY: &str = "an identity";
            let keys = Jwk::parse_any(input("log_key", log_key, log_key_len)?, LOG_KEY)?;
            let [key] = keys.as_slice() else {
                return Err(Problem::argument("log_key", "is not one key but several, or none"));
            };
            let public = *key.verifier(LOG_KEY)?.public();
            let log = LogVerifier::new(required_text("name", name)?, public)?;
            let identities = Jwk::parse_any(input("identities", identities, identities_len)?, IDENTITY)?;
            let identities = identities.iter().map(|key| key.verifier(IDENTITY).map(|key| key.kid()));
            let trust = Trust::new(identities.collect::<Result<Vec<_>, _>>()?);
            Ok(Mutex::new(Lines { reader: LogReader::new(log, trust), count: 0 }))
        })
    }
}

/// Forgets a log. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_log_free(log: LogHandle) {
    LOGS.remove(log);
}

/// Follows the log: takes up the next lines of an anchor, from its first on, and verifies them all: the
/// signature of each record by a certified key, that the accounts leave no number out, and that each
/// checkpoint is signed over just these records in this order. It stops at the first line that is not
/// genuine or does not follow, which the message names; the lines before it are taken up, it is not.
///
/// `lines`: any number of whole lines, `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_log_follow(
    log: LogHandle,
    lines: *const u8,
    len: usize,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            let log = LOGS.get(log)?;
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            for line in input("lines", lines, len)?.split_inclusive(|byte| *byte == b'\n') {
                let number = log.count + 1;
                let parsed = AnchorLine::parse(line, "anchor", number)?;
                log.reader.follow(&parsed).map_err(|error| Problem {
                    kind: error.kind(),
                    message: format!("anchor, line {number}: {error}"),
                })?;
                log.count = number;
            }
            Ok(())
        })
    }
}

/// Says how many leaves of the log's tree (records, and the accounts among them) the last checkpoint
/// proves that `bulla_log_follow` took up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_log_proven(log: LogHandle, leaves: *mut u64, error: *mut Failure) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            let leaves = leaves.as_mut().ok_or_else(|| Problem::argument("leaves", "is NULL"))?;
            *leaves = LOGS.get(log)?.lock().unwrap_or_else(PoisonError::into_inner).reader.proven();
            Ok(())
        })
    }
}

/// Verifies a record that was found anywhere, in the database for example: that a key signed it that a
/// trusted identity certified for its epoch of this log; else it is refused with `BULLA_BAD_SIGNATURE`,
/// `BULLA_UNTRUSTED_KEY` or `BULLA_MALFORMED_RECORD`. The first record of its epoch must have been seen
/// before, here or by `bulla_log_follow`. That it is part of the log, only the log shows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_log_verify_record(
    log: LogHandle,
    text: *const c_char,
    signature: *const c_char,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            let (text, signature) = (required_text("text", text)?, required_text("signature", signature)?);
            let log = LOGS.get(log)?;
            log.lock().unwrap_or_else(PoisonError::into_inner).reader.verify(text, signature)?;
            Ok(())
        })
    }
}
