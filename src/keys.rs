//! Where keys come from, and what they tell of themselves.

use std::ffi::c_char;

use bulla_kms::KeySource;

use crate::boundary::{Bytes, call_for_bytes, input, required_text};
use crate::error::{Failure, Problem};
use crate::statement::only_key;

/// Reads keys, as the text that `bulla_sealer_parse` and its like take.
///
/// `source`: the path of a file, or `env:` and the name of an environment variable that holds what would
/// stand in one; at most 1 MiB. `out` receives the text, which is overwritten when it is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_keys_read(source: *const c_char, out: *mut Bytes, error: *mut Failure) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let mut text = KeySource::parse(required_text("source", source)?)?.text()?;
            Ok(std::mem::take(&mut *text))
        })
    }
}

/// Names a key: writes its thumbprint (RFC 7638), by which envelopes and statements name it.
///
/// `key`: one key, a JWK, a JWK Set or PEM, at most 1 MiB; `BULLA_MALFORMED_KEY` if it is none. `out`
/// receives 43 characters of base64url.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_key_thumbprint(
    key: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let key = only_key(input("key", key, len)?, None)?;
            Ok(key.thumbprint().as_str().into())
        })
    }
}

/// Writes the public part of a key, to be given to others: a JWK.
///
/// `key`: as of `bulla_key_thumbprint`; `BULLA_INVALID_ARGUMENT` if it is a symmetric one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_key_public(
    key: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let public = only_key(input("key", key, len)?, None)?.to_public();
            let public = public
                .ok_or_else(|| Problem::argument("key", "is a symmetric one: it has no public part"))?;
            Ok(public.into())
        })
    }
}
