//! Canonical JSON.

use bulla_core::json::{Limits, canonicalize};

use crate::boundary::{Bytes, call_for_bytes, input};
use crate::error::Failure;

/// Writes a JSON document in its canonical form (RFC 8785).
///
/// `json`: UTF-8, up to 16 MiB, nested up to 128 deep. What canonicalisation would silently change
/// is refused with its position: a member twice, half a surrogate pair, a number that a double
/// does not hold exactly.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_canonicalize(
    json: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call_for_bytes(out, error, || Ok(canonicalize(input("json", json, len)?, Limits::default())?)) }
}
