//! Where keys come from.

use std::ffi::c_char;

use bulla_kms::KeySource;

use crate::boundary::{Bytes, call_for_bytes, required_text};
use crate::error::Failure;

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
